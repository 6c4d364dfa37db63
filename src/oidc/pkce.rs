//! Proof Key for Code Exchange (RFC 7636), by the method S256 alone: `plain` protects nothing from who can read the request.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::kernel::digest::{constant_time_eq, sha256};

/// The one method we know (RFC 7636 section 4.2).
pub const METHOD: &str = "S256";

/// The challenge that a code is bound to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeChallenge(String);

impl CodeChallenge {
    /// A challenge by S256: the base64url of 32 bytes without padding, which has 43 characters (RFC 7636 section 4.2).
    pub fn parse(text: &str) -> Option<Self> {
        let is_digest = URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32);
        is_digest.then(|| Self(text.to_owned()))
    }

    /// A challenge that was stored.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `verifier` is well-formed (RFC 7636 section 4.1) and is what the challenge was made of (section 4.6).
    pub fn admits(&self, verifier: &str) -> bool {
        let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        (43..=128).contains(&verifier.len())
            && verifier.bytes().all(unreserved)
            && constant_time_eq(
                URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes())).as_bytes(),
                self.0.as_bytes(),
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636 appendix B
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_standard_holds() {
        let challenge = CodeChallenge::parse(CHALLENGE).expect("a challenge");
        assert!(challenge.admits(VERIFIER));
        assert!(!challenge.admits(&VERIFIER.replace('d', "e")));
    }

    #[test]
    fn a_challenge_is_a_digest() {
        assert!(CodeChallenge::parse(VERIFIER).is_some(), "any 32 bytes");
        for bad in [
            "",
            "short",
            &CHALLENGE[..42],
            &format!("{CHALLENGE}="),
            &format!("{CHALLENGE}AA"),
        ] {
            assert_eq!(CodeChallenge::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_verifier_keeps_its_length_and_alphabet() {
        let bound_to = |verifier: &str| CodeChallenge(URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes())));
        for good in ["a".repeat(43), "~".repeat(128)] {
            assert!(bound_to(&good).admits(&good));
        }
        for bad in [
            "a".repeat(42),
            "a".repeat(129),
            format!("{} ", "a".repeat(43)),
            "ä".repeat(43),
        ] {
            assert!(!bound_to(&bad).admits(&bad), "{bad}");
        }
    }
}
