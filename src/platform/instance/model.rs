//! The instance's settings, typed and checked.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kernel::web_url::WebOrigin;

/// The two names that are fixed when the instance first starts: tokens, accounts at relying parties and keys of SDKs carry
/// them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// The origin of pages and endpoints, and the OpenID Connect issuer.
    pub public_url: WebOrigin,
    /// Host and port of the Frontend API: the issuer of session tokens, and what a publishable key encodes.
    pub frontend_host: String,
}

/// What a product owner changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstanceSettings {
    /// Who people think they sign in to.
    pub branding: Branding,
    /// Who may create an account.
    pub sign_up: SignUp,
    /// How long a sign-in lasts.
    pub sessions: Sessions,
    /// How long tokens last.
    pub tokens: Tokens,
}

/// Who people think they sign in to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Branding {
    /// The product's name, on pages and in mails.
    pub name: String,
}

/// Who may create an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// Open to everybody, or closed.
    pub mode: SignUpMode,
}

/// Who may create an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignUpMode {
    /// Everybody.
    Open,
    /// Nobody: operators create accounts.
    Closed,
}

/// How long a sign-in lasts, in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sessions {
    /// Without activity.
    pub idle_seconds: u32,
    /// In all.
    pub absolute_seconds: u32,
}

/// How long tokens last, in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// Access tokens.
    pub access_token_seconds: u32,
    /// ID tokens.
    pub id_token_seconds: u32,
    /// Authorization codes.
    pub authorization_code_seconds: u32,
    /// Refresh tokens, each from its own issue.
    pub refresh_token_seconds: u32,
    /// How long a rotated refresh token still answers, for clients whose requests race or whose response was lost.
    pub refresh_grace_seconds: u32,
}

impl InstanceSettings {
    /// Reads settings from the sections of a TOML or JSON document.
    ///
    /// # Errors
    /// In words: an unknown or missing name, a wrong type, or a value out of its range.
    pub fn from_value(value: Value) -> Result<Self, String> {
        let settings: Self = serde_json::from_value(value).map_err(|error| error.to_string())?;
        settings.validate()?;
        Ok(settings)
    }

    fn validate(&self) -> Result<(), String> {
        let ranges: [(&str, u32, u32, u32); 7] = [
            ("sessions.idle_seconds", self.sessions.idle_seconds, 60, 31_536_000),
            (
                "sessions.absolute_seconds",
                self.sessions.absolute_seconds,
                60,
                31_536_000,
            ),
            (
                "tokens.access_token_seconds",
                self.tokens.access_token_seconds,
                30,
                86_400,
            ),
            ("tokens.id_token_seconds", self.tokens.id_token_seconds, 30, 86_400),
            // RFC 9700 section 2.1.1 and FAPI 2.0: a code lives at most a minute
            (
                "tokens.authorization_code_seconds",
                self.tokens.authorization_code_seconds,
                5,
                60,
            ),
            (
                "tokens.refresh_token_seconds",
                self.tokens.refresh_token_seconds,
                60,
                31_536_000,
            ),
            ("tokens.refresh_grace_seconds", self.tokens.refresh_grace_seconds, 0, 60),
        ];
        for (name, value, low, high) in ranges {
            if !(low..=high).contains(&value) {
                return Err(format!("{name} is {value}, but must be from {low} to {high}"));
            }
        }
        if self.sessions.idle_seconds > self.sessions.absolute_seconds {
            return Err("sessions.idle_seconds must not be larger than sessions.absolute_seconds".to_owned());
        }
        let name = self.branding.name.trim();
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err("branding.name must have 1 to 100 characters on one line".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed() -> Value {
        toml::from_str(include_str!("../../../config/instance.toml")).expect("the seed is TOML")
    }

    #[test]
    fn the_shipped_seed_is_valid() {
        InstanceSettings::from_value(seed()).expect("valid");
    }

    #[test]
    fn values_out_of_range_and_unknown_names_are_refused() {
        let mut long_code = seed();
        long_code["tokens"]["authorization_code_seconds"] = 61.into();
        assert!(
            InstanceSettings::from_value(long_code)
                .expect_err("too long")
                .contains("authorization_code_seconds")
        );
        let mut unknown = seed();
        unknown["branding"]["nmae"] = "x".into();
        assert!(
            InstanceSettings::from_value(unknown)
                .expect_err("unknown")
                .contains("nmae")
        );
        let mut idle = seed();
        idle["sessions"]["idle_seconds"] = 31_536_000.into();
        assert!(InstanceSettings::from_value(idle).is_err());
    }
}
