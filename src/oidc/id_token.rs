//! ID tokens (OpenID Connect Core section 2), and the same tokens when they come back as hints.

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::application::Application;
use super::claims::{Acr, Claims as PersonClaims};
use super::grant::Grant;
use super::provider::Provider;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::SessionId;
use crate::keys::{Algorithm, Purpose};

/// The claims of every ID token, as discovery lists them.
pub(super) const CLAIMS: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "sid",
    "at_hash",
    "amr",
    "acr",
];

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
    iat: i64,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    /// OpenID Connect Front- and Back-Channel Logout.
    sid: &'a str,
    at_hash: String,
    /// RFC 8176.
    amr: Vec<&'a str>,
    acr: &'static str,
    /// What the request asked for one by one.
    #[serde(flatten)]
    person: &'a PersonClaims,
}

/// An ID token of ours, shown again by the application it was made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct IdTokenHint {
    /// The application's client id.
    pub(super) client_id: String,
    pub(super) sub: String,
    pub(super) session: SessionId,
}

impl Provider {
    /// Makes the ID token that goes with an access token. A refresh has no `nonce`, and otherwise says the same of the sign-in as
    /// the first token did (OpenID Connect Core section 12.2).
    pub(super) fn sign_id_token(
        &self,
        application: &Application,
        grant: &Grant,
        nonce: Option<&str>,
        person: &PersonClaims,
        access_token: &str,
        now: Timestamp,
    ) -> Result<String> {
        let algorithm = application.id_token_algorithm;
        let lifetime = self.cx.instance.settings().tokens.id_token_seconds;
        let claims = Claims {
            iss: self.issuer(),
            sub: &grant.sub,
            aud: &application.client_id,
            exp: now.secs() + i64::from(lifetime),
            iat: now.secs(),
            auth_time: grant.auth_time.secs(),
            nonce,
            sid: grant.session_id.as_str(),
            at_hash: at_hash(algorithm, access_token),
            amr: grant.amr.split(' ').filter(|method| !method.is_empty()).collect(),
            acr: Acr::REACHED.as_str(),
            person,
        };
        self.keys.sign(Purpose::IdToken, algorithm, Some("JWT"), &claims)
    }

    /// Reads an ID token of ours, however old (OpenID Connect RP-Initiated Logout section 4); `None` for anything else. The algorithm
    /// and the key are ours, never the message's (RFC 8725 section 3.1).
    pub(super) fn read_hint(&self, token: &str) -> Option<IdTokenHint> {
        let claims = self.keys.verify(Purpose::IdToken, token)?;
        let text = |name: &str| claims.get(name)?.as_str().map(str::to_owned);
        if text("iss")? != self.issuer() {
            return None;
        }
        Some(IdTokenHint {
            client_id: text("aud")?,
            sub: text("sub")?,
            session: text("sid")?.parse().ok()?,
        })
    }
}

/// The left half of the token's hash, by the hash function of the signature's algorithm (OpenID Connect Core section 3.1.3.6); that of
/// Ed25519 is SHA-512 (RFC 8032 section 5.1).
fn at_hash(algorithm: Algorithm, access_token: &str) -> String {
    let function = match algorithm {
        Algorithm::Rs256 | Algorithm::Es256 => &SHA256,
        Algorithm::EdDsa => &SHA512,
    };
    let hash = digest(function, access_token.as_bytes());
    let (left, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    URL_SAFE_NO_PAD.encode(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_hash_is_the_left_half_of_the_hash() {
        // OpenID Connect Core appendix A.3
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(at_hash(Algorithm::Rs256, token), "77QmUPtjPfzWtF2AnpK9RQ");
        assert_eq!(at_hash(Algorithm::Es256, token), "77QmUPtjPfzWtF2AnpK9RQ");
        assert_eq!(at_hash(Algorithm::EdDsa, token).len(), 43, "half of 64 bytes");
    }
}
