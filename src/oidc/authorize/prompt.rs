//! The parameter `prompt` (OpenID Connect Core section 3.1.2.1, Initiating User Registration via OpenID Connect 1.0).

use serde::{Deserialize, Serialize};

use crate::oidc::error::OAuthError;

/// The values that we act on, as discovery lists them.
pub const SUPPORTED: [&str; 5] = ["none", "login", "consent", "select_account", "create"];

/// What a request wants the person to be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// Nothing: without a session and consent the answer is an error.
    pub none: bool,
    /// To prove anew who they are.
    pub login: bool,
    /// To consent, even when they did before.
    pub consent: bool,
    /// To choose among those who are signed in.
    pub select_account: bool,
    /// To make an account.
    pub create: bool,
}

impl Prompt {
    /// Reads the list. A value that the standard does not define is ignored, which it recommends so that new ones can spread.
    ///
    /// # Errors
    /// `invalid_request` where `none` stands beside another value.
    pub fn parse(text: Option<&str>) -> Result<Self, OAuthError> {
        let values: Vec<&str> = text
            .unwrap_or_default()
            .split(' ')
            .filter(|value| !value.is_empty())
            .collect();
        let has = |value| values.contains(&value);
        if has("none") && values.iter().any(|value| *value != "none") {
            return Err(OAuthError::invalid_request("prompt has none beside another value"));
        }
        Ok(Self {
            none: has("none"),
            login: has("login"),
            consent: has("consent"),
            select_account: has("select_account"),
            create: has("create"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::error::ErrorCode;

    fn parse(text: &str) -> Result<Prompt, ErrorCode> {
        Prompt::parse(Some(text)).map_err(|error| error.code())
    }

    #[test]
    fn values_are_read_and_unknown_ones_ignored() {
        let nothing = Prompt::default();
        assert_eq!(parse("none"), Ok(Prompt { none: true, ..nothing }));
        assert_eq!(parse("login"), Ok(Prompt { login: true, ..nothing }));
        assert_eq!(
            parse("select_account"),
            Ok(Prompt {
                select_account: true,
                ..nothing
            })
        );
        assert_eq!(
            parse("create"),
            Ok(Prompt {
                create: true,
                ..nothing
            })
        );
        let both = Prompt {
            login: true,
            consent: true,
            ..nothing
        };
        assert_eq!(parse("consent login"), Ok(both));
        assert_eq!(parse("enroll"), Ok(nothing));
        assert_eq!(parse("LOGIN"), Ok(nothing), "values are case-sensitive");
        assert_eq!(Prompt::parse(None).expect("nothing"), nothing);
    }

    #[test]
    fn none_stands_alone() {
        for bad in ["none login", "none create", "select_account none"] {
            assert_eq!(parse(bad), Err(ErrorCode::InvalidRequest), "{bad}");
        }
    }
}
