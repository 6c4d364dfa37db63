//! Codes, and what a redemption must bring.

use crate::kernel::clock::Timestamp;
use crate::kernel::id::GrantId;
use crate::kernel::secret::SecretString;
use crate::kernel::token::TokenHash;
use crate::oidc::grant::Grant;
use crate::oidc::pkce::CodeChallenge;

/// A code about to be written.
#[derive(Debug)]
pub(in crate::oidc) struct NewCode {
    pub(in crate::oidc) hash: TokenHash,
    pub(in crate::oidc) grant_id: GrantId,
    pub(in crate::oidc) redirect_uri: String,
    pub(in crate::oidc) code_challenge: Option<CodeChallenge>,
    pub(in crate::oidc) nonce: Option<String>,
    pub(in crate::oidc) expires_at: Timestamp,
}

/// A code and its grant.
#[derive(Debug)]
pub(in crate::oidc) struct Code {
    pub(in crate::oidc) grant: Grant,
    pub(in crate::oidc) redirect_uri: String,
    pub(in crate::oidc) code_challenge: Option<CodeChallenge>,
    pub(in crate::oidc) nonce: Option<String>,
    pub(in crate::oidc) expires_at: Timestamp,
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

impl Code {
    /// Why the redemption is refused, if it is.
    pub(in crate::oidc) fn refuses(&self, redemption: &Redemption, now: Timestamp) -> Option<&'static str> {
        if now >= self.expires_at {
            return Some("the code has expired");
        }
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
    use crate::kernel::id::{ApplicationId, SessionId, UserId};
    use crate::kernel::rng::Rng;
    use crate::oidc::scope::Scope;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn code(challenge: Option<&str>) -> Code {
        let (at, rng) = (Timestamp::from_secs(100), Rng::seeded(1));
        Code {
            grant: Grant {
                id: GrantId::draw(at, &rng),
                application_id: ApplicationId::draw(at, &rng),
                user_id: UserId::draw(at, &rng),
                session_id: SessionId::draw(at, &rng),
                scope: Scope::EMPTY,
                auth_time: at,
                amr: String::new(),
                sub: String::new(),
            },
            redirect_uri: "https://a.example/cb".into(),
            code_challenge: challenge.and_then(CodeChallenge::parse),
            nonce: None,
            expires_at: Timestamp::from_secs(160),
        }
    }

    fn redemption(redirect_uri: &str, verifier: Option<&str>) -> Redemption {
        Redemption {
            code: SecretString::new("code".into()),
            redirect_uri: redirect_uri.into(),
            code_verifier: verifier.map(|verifier| SecretString::new(verifier.into())),
        }
    }

    #[test]
    fn a_code_is_bound_to_its_redirect_uri_challenge_and_time() {
        let other = "eBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let (here, in_time, late) = (
            "https://a.example/cb",
            Timestamp::from_millis(159_999),
            Timestamp::from_secs(160),
        );
        let refuses =
            |challenge, uri, verifier, now| code(challenge).refuses(&redemption(uri, verifier), now).is_some();
        assert!(!refuses(Some(CHALLENGE), here, Some(VERIFIER), in_time));
        assert!(!refuses(None, here, None, in_time));
        assert!(refuses(Some(CHALLENGE), here, Some(VERIFIER), late));
        assert!(refuses(
            Some(CHALLENGE),
            "https://a.example/cb?x",
            Some(VERIFIER),
            in_time
        ));
        assert!(refuses(Some(CHALLENGE), here, Some(other), in_time));
        assert!(refuses(Some(CHALLENGE), here, Some(""), in_time));
        assert!(refuses(Some(CHALLENGE), here, None, in_time));
        assert!(refuses(None, here, Some(VERIFIER), in_time), "a downgrade");
    }
}
