//! `[keys]`: encryption at rest.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::kernel::secret::{SecretKey, SecretString};
use crate::platform::settings::{Environment, Problem, Section};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The settings of `[keys]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeysSettings {
    /// The key that seals what is sealed at rest. None in development: it is made on the first run and kept in the data
    /// directory.
    #[serde(deserialize_with = "optional_master_key")]
    pub master_key: Option<SecretKey>,
    /// How long a signing key signs before the next takes its place; none: until somebody rotates by command.
    #[serde(rename = "rotation_days", deserialize_with = "optional_days")]
    pub rotation: Option<Duration>,
}

/// Text that is not a master key. Doesn't repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be base64 of exactly 32 bytes: make one with `openssl rand -base64 32`")]
pub struct BadMasterKey;

/// Reads a master key: standard base64 with padding (RFC 4648 section 4) of exactly 32 bytes.
///
/// # Errors
/// The text is anything else.
pub fn parse_master_key(text: &SecretString) -> Result<SecretKey, BadMasterKey> {
    let decoded = STANDARD.decode(text.expose()).map_err(|_| BadMasterKey)?;
    let decoded = Zeroizing::new(decoded);
    let bytes: [u8; 32] = decoded.as_slice().try_into().map_err(|_| BadMasterKey)?;
    Ok(SecretKey::new(bytes))
}

fn optional_master_key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretKey>, D::Error> {
    let text = SecretString::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    parse_master_key(&text).map(Some).map_err(serde::de::Error::custom)
}

fn optional_days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let days = u64::deserialize(deserializer)?;
    Ok((days > 0).then(|| DAY.saturating_mul(u32::try_from(days).unwrap_or(u32::MAX))))
}

impl Section for KeysSettings {
    const NAME: &'static str = "keys";

    fn validate(&self, environment: Environment) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(period) = self.rotation {
            problems.extend(Self::within(
                "rotation_days",
                period.as_secs() / DAY.as_secs(),
                2..=3650,
                "days",
            ));
        }
        if environment.is_production() && self.master_key.is_none() {
            let message = "must be set in production: make one with `openssl rand -base64 32`, keep it in a file that \
                           only the service reads, and name that file in keys.master_key_file";
            problems.push(Self::error("master_key", message));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SecretKey, BadMasterKey> {
        parse_master_key(&SecretString::new(text.into()))
    }

    #[test]
    fn a_master_key_is_base64_of_32_bytes() {
        let key = parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").expect("a key");
        assert_eq!(key.expose()[31], 31);
        let of_length = |length: usize| parse(&STANDARD.encode(vec![7; length])).is_ok();
        assert!(!of_length(31) && of_length(32) && !of_length(33));
        for bad in ["", "not base64!", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn production_requires_a_master_key() {
        let empty = KeysSettings {
            master_key: None,
            rotation: None,
        };
        assert_eq!(empty.validate(Environment::Development), []);
        assert!(empty.validate(Environment::Production)[0].is_error());
        let set = KeysSettings {
            master_key: Some(SecretKey::new([1; 32])),
            rotation: None,
        };
        assert_eq!(set.validate(Environment::Production), []);
    }

    #[test]
    fn a_key_signs_for_more_days_than_its_successor_is_published_before_it() {
        let days = |days| KeysSettings {
            master_key: None,
            rotation: Some(DAY * days),
        };
        assert_eq!(days(2).validate(Environment::Development), []);
        for wrong in [1, 3651] {
            assert!(days(wrong).validate(Environment::Development)[0].is_error());
        }
    }
}
