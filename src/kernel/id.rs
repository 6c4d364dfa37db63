//! Typed ids: `prefix_` and 27 base62 characters of 48 bits of milliseconds and 112 random bits.
//!
//! The alphabet is in ASCII order and the time leads, so ids sort by age in both databases, inserts append, and a cursor is
//! an id.

use super::clock::Timestamp;
use super::rng::Rng;

/// `0-9A-Za-z`: the order of the characters is the order of their bytes.
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BODY_LENGTH: usize = 27;

/// Big-endian bytes as base62, left-padded with `0` to `length` characters.
pub(super) fn base62(bytes: &[u8], length: usize) -> String {
    let mut number = bytes.to_vec();
    let mut out = vec![ALPHABET[0]; length];
    for slot in out.iter_mut().rev() {
        let mut remainder = 0u32;
        for byte in &mut number {
            let value = remainder << 8 | u32::from(*byte);
            // value < 62 * 256, so the quotient fits a byte
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            remainder = value % 62;
        }
        *slot = ALPHABET[remainder as usize];
    }
    out.into_iter().map(char::from).collect()
}

/// The part of an id after its prefix.
pub(crate) fn draw_body(now: Timestamp, rng: &Rng) -> String {
    let millis = now.millis().clamp(0, (1 << 48) - 1).to_be_bytes();
    let mut bytes = [0u8; 20];
    bytes[..6].copy_from_slice(&millis[2..]);
    bytes[6..].copy_from_slice(&rng.bytes::<14>());
    base62(&bytes, BODY_LENGTH)
}

/// Whether `text` is `prefix` followed by an id body.
pub(crate) fn is_well_formed(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|body| body.len() == BODY_LENGTH && body.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Text that is not an id of the expected kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id that begins with {expected}")]
pub struct BadId {
    /// The prefix that was expected, with its underscore.
    pub expected: &'static str,
}

/// Declares an id type: `typed_id!(UserId, "user_", "a person")`.
macro_rules! typed_id {
    ($name:ident, $prefix:literal, $what:literal) => {
        #[doc = concat!("The id of ", $what, ": `", $prefix, "` and 27 base62 characters.")]
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A fresh id, ordered by `now`.
            pub fn draw(now: $crate::kernel::clock::Timestamp, rng: &$crate::kernel::rng::Rng) -> Self {
                Self(format!(
                    "{}{}",
                    Self::PREFIX,
                    $crate::kernel::id::draw_body(now, rng)
                ))
            }

            /// An id read back from the database, which holds only ids that were drawn.
            pub fn from_stored(text: String) -> Self {
                Self(text)
            }

            /// The whole id, prefix included.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::kernel::id::BadId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::try_from(text.to_owned())
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::kernel::id::BadId;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                if $crate::kernel::id::is_well_formed(&text, Self::PREFIX) {
                    Ok(Self(text))
                } else {
                    Err($crate::kernel::id::BadId {
                        expected: Self::PREFIX,
                    })
                }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

typed_id!(UserId, "user_", "a person");
typed_id!(
    IdentificationId,
    "idn_",
    "an identification (an email address, later a phone number, a passkey …)"
);
typed_id!(DeviceId, "client_", "a device (the wire calls it a client)");
typed_id!(SessionId, "sess_", "a session");
typed_id!(ProofId, "proof_", "one proof of a session's evidence");
typed_id!(SignInId, "sia_", "a sign-in attempt");
typed_id!(SignUpId, "sua_", "a sign-up attempt");
typed_id!(ApplicationId, "oauthapp_", "an application");
typed_id!(ApplicationSecretId, "oauthsec_", "one client secret of an application");
typed_id!(SecretKeyId, "seckey_", "a key of the Backend API");
typed_id!(GrantId, "grant_", "a grant");
typed_id!(EventId, "evt_", "an event");
typed_id!(JobId, "job_", "a job");
typed_id!(MailId, "mail_", "a queued mail");
typed_id!(KeyId, "key_", "a signing key, which is also its JWK `kid`");

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn an_id_has_its_prefix_and_27_characters() {
        let id = UserId::draw(Timestamp::from_secs(1_700_000_000), &Rng::seeded(1));
        assert_eq!(id.as_str().len(), "user_".len() + 27);
        assert_eq!(id.as_str().parse::<UserId>(), Ok(id.clone()));
        assert!(id.as_str().parse::<SessionId>().is_err());
        assert!("user_".parse::<UserId>().is_err());
        assert!(format!("{}!", &id.as_str()[..31]).parse::<UserId>().is_err());
    }

    #[test]
    fn ids_sort_by_time_as_bytes() {
        let rng = Rng::seeded(2);
        let mut at = Timestamp::from_secs(1_700_000_000);
        let mut ids = Vec::new();
        for _ in 0..200 {
            ids.push(UserId::draw(at, &rng).as_str().to_owned());
            at = at + Duration::from_millis(37);
        }
        let mut sorted = ids.clone();
        sorted.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
        assert_eq!(ids, sorted);
    }

    #[test]
    fn the_largest_value_fits_the_length() {
        let text = base62(&[0xff; 20], BODY_LENGTH);
        assert_eq!(text.len(), BODY_LENGTH);
        assert_ne!(text.as_bytes()[0], b'0');
    }
}
