//! Codes, and what a redemption must bring (RFC 6749 section 4.1.2).

use std::sync::Arc;

use super::model::{Grant, Standing};
use crate::kernel::clock::Timestamp;
use crate::kernel::secret::SecretString;
use crate::kernel::token::TokenHash;
use crate::oidc::pkce::CodeChallenge;

/// The code of a grant about to be written.
#[derive(Debug)]
pub(in crate::oidc) struct NewCode {
    pub(in crate::oidc) hash: TokenHash,
    pub(in crate::oidc) redirect_uri: String,
    pub(in crate::oidc) code_challenge: Option<CodeChallenge>,
    pub(in crate::oidc) nonce: Option<String>,
    pub(in crate::oidc) expires_at: Timestamp,
}

/// A code with its grant.
#[derive(Debug)]
pub(in crate::oidc) struct Code {
    pub(in crate::oidc) grant: Arc<Grant>,
    pub(in crate::oidc) standing: Standing,
    pub(in crate::oidc) expires_at: Timestamp,
    /// What it is bound to; `None` once it was used.
    pub(in crate::oidc) binding: Option<Arc<Binding>>,
}

/// What a code is bound to.
#[derive(Debug)]
pub(in crate::oidc) struct Binding {
    pub(in crate::oidc) redirect_uri: String,
    pub(in crate::oidc) code_challenge: Option<CodeChallenge>,
    pub(in crate::oidc) nonce: Option<String>,
}

/// What a client presents with a code.
#[derive(Debug)]
pub struct Redemption {
    /// The code.
    pub code: SecretString,
    /// As in the authorization request.
    pub redirect_uri: String,
    /// The verifier of PKCE.
    pub code_verifier: Option<SecretString>,
}

impl Binding {
    /// Why the redemption is refused, if it is.
    pub(in crate::oidc) fn refuses(&self, redemption: &Redemption) -> Option<&'static str> {
        // RFC 6749 section 4.1.3
        if redemption.redirect_uri != self.redirect_uri {
            return Some("redirect_uri is not the one of the authorization request");
        }
        match (&self.code_challenge, &redemption.code_verifier) {
            (None, None) => None,
            // RFC 7636 section 4.6
            (Some(challenge), Some(verifier)) if challenge.admits(verifier.expose()) => None,
            (Some(_), Some(_)) => Some("code_verifier does not belong to the code_challenge"),
            (Some(_), None) => Some("code_verifier is missing"),
            // an attacker took the challenge out of the request (RFC 9700 section 2.1.1)
            (None, Some(_)) => Some("code_verifier is given, but the authorization request had no code_challenge"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn refuses(challenge: Option<&str>, redirect_uri: &str, verifier: Option<&str>) -> bool {
        let binding = Binding {
            redirect_uri: "https://a.example/cb".into(),
            code_challenge: challenge.and_then(CodeChallenge::parse),
            nonce: None,
        };
        let redemption = Redemption {
            code: SecretString::new("code".into()),
            redirect_uri: redirect_uri.into(),
            code_verifier: verifier.map(|verifier| SecretString::new(verifier.into())),
        };
        binding.refuses(&redemption).is_some()
    }

    #[test]
    fn a_code_is_bound_to_its_redirect_uri_and_challenge() {
        let other = "eBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let here = "https://a.example/cb";
        assert!(!refuses(Some(CHALLENGE), here, Some(VERIFIER)));
        assert!(!refuses(None, here, None));
        assert!(refuses(Some(CHALLENGE), "https://a.example/cb?x", Some(VERIFIER)));
        assert!(refuses(Some(CHALLENGE), here, Some(other)));
        assert!(refuses(Some(CHALLENGE), here, Some("")));
        assert!(refuses(Some(CHALLENGE), here, None));
        assert!(refuses(None, here, Some(VERIFIER)), "a downgrade");
    }
}
