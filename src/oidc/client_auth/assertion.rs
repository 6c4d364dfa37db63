//! Client assertions: a JWT that a client signs to prove who it is (RFC 7523 sections 2.2 and 3, OpenID Connect Core section 9).
//! Reading and judging one is a pure function of its text, the keys and the time.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use crate::kernel::clock::Timestamp;
use crate::kernel::digest::sha256;
use crate::oidc::application::{AssertionAlgorithm, ClientKeys, Profile, Verdict};

/// Longer than any assertion that is meant well.
const MAX_LENGTH: usize = 16 * 1024;
const MAX_JTI: usize = 512;
/// How far ahead `iat` and `nbf` may be: 10 seconds must be borne and 60 must not (FAPI 2.0 Security Profile section 5.3.2.1).
const MAX_AHEAD: Duration = Duration::from_secs(30);
/// What is said in the header of a JWT of another kind must not pass (RFC 8725 section 3.11).
const TYPES: [&str; 2] = ["jwt", "client-authentication+jwt"];

/// An assertion that was read and not yet judged.
pub struct Assertion {
    algorithm: AssertionAlgorithm,
    kid: Option<String>,
    claims: Claims,
    /// What is signed: the first two parts.
    message: String,
    signature: Vec<u8>,
}

/// By what an assertion is judged.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// The profile of the application.
    pub profile: Profile,
    /// Our issuer identifier.
    pub issuer: &'a str,
    /// The URLs of the endpoints that clients authenticate at.
    pub endpoints: &'a [String],
    /// The present moment.
    pub now: Timestamp,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

/// The claims of RFC 7523 section 3; others mean nothing here. One given twice is refused (RFC 7519 section 4).
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: f64,
    iat: Option<f64>,
    nbf: Option<f64>,
    jti: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Assertion {
    /// Reads the compact form of a JWS (RFC 7515 section 7.1).
    ///
    /// # Errors
    /// Why it is none that could prove anything.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() > MAX_LENGTH {
            return Err("the client assertion is longer than 16384 characters");
        }
        let mut parts = text.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("the client assertion is not a signed JWT");
        };
        let message = text[..header.len() + 1 + claims.len()].to_owned();
        let header: Header = read(header).ok_or("the header of the client assertion is malformed")?;
        let claims: Claims =
            read(claims).ok_or("the client assertion must have the claims iss, sub, aud, exp and jti, each once")?;
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| "the signature of the client assertion is malformed")?;
        let algorithm = header
            .alg
            .parse()
            .map_err(|_| "the client assertion must be signed with RS256, PS256, ES256 or EdDSA")?;
        // an extension that must be understood, and is not (RFC 7515 section 4.1.11)
        if header.crit.is_some() {
            return Err("the client assertion has critical extensions");
        }
        if header
            .typ
            .is_some_and(|typ| !TYPES.contains(&typ.to_ascii_lowercase().as_str()))
        {
            return Err("the client assertion says that it is a token of another kind");
        }
        if claims.iss != claims.sub {
            return Err("the claims iss and sub of the client assertion must both be the client_id");
        }
        // a client id has none (RFC 6749 appendix A.1), and it is looked up before anybody proves anything
        if claims.sub.chars().any(char::is_control) {
            return Err("the claims iss and sub of the client assertion must have no control characters");
        }
        if claims.jti.is_empty() || claims.jti.len() > MAX_JTI {
            return Err("the claim jti of the client assertion must have 1 to 512 characters");
        }
        Ok(Self {
            algorithm,
            kid: header.kid,
            claims,
            message,
            signature,
        })
    }

    /// Who it says it is of, which is to be proven yet.
    pub fn client_id(&self) -> &str {
        &self.claims.sub
    }

    /// SHA-256 of the `jti`, by which it is known to be used.
    pub(super) fn jti_hash(&self) -> [u8; 32] {
        sha256(self.claims.jti.as_bytes())
    }

    /// When it expires.
    pub(super) fn expires_at(&self) -> Timestamp {
        moment(self.claims.exp)
    }

    /// Judges audience and times.
    ///
    /// # Errors
    /// Why it does not hold.
    pub fn check(&self, rules: &Rules<'_>) -> Result<(), &'static str> {
        if !self.claims.aud.is_for(rules) {
            return Err("the claim aud does not name us");
        }
        let now = rules.now;
        if self.expires_at() <= now {
            return Err("it has expired");
        }
        if self.expires_at() > now + longest(rules.profile) + MAX_AHEAD {
            return Err("it expires too far ahead");
        }
        let is_ahead = |at: Option<f64>| at.is_some_and(|at| moment(at) > now + MAX_AHEAD);
        if is_ahead(self.claims.nbf) || is_ahead(self.claims.iat) {
            return Err("it comes from the future");
        }
        Ok(())
    }

    /// Judges the signature. Of the message only the name of the key and of the algorithm are believed, to choose among `keys` and
    /// our own list (RFC 8725 section 3.1); a key inside the message is nothing to us.
    pub fn verify(&self, keys: &ClientKeys) -> Verdict {
        keys.verify(
            self.kid.as_deref(),
            self.algorithm,
            self.message.as_bytes(),
            &self.signature,
        )
    }
}

impl Audience {
    /// OAuth 2.1 and FAPI 2.0: the issuer, as one string, so that an assertion made for somebody else can't be used here. OpenID
    /// Connect Core section 9: an endpoint too.
    fn is_for(&self, rules: &Rules<'_>) -> bool {
        let is_known = |aud: &String| aud == rules.issuer || rules.endpoints.contains(aud);
        match (rules.profile, self) {
            (Profile::OAuth21, Self::One(aud)) => aud == rules.issuer,
            (Profile::OAuth21, Self::Many(_)) => false,
            (Profile::OidcCore, Self::One(aud)) => is_known(aud),
            (Profile::OidcCore, Self::Many(all)) => all.iter().any(is_known),
        }
    }
}

/// How long an assertion may live. Libraries for OpenID Connect Core give theirs up to an hour.
fn longest(profile: Profile) -> Duration {
    match profile {
        Profile::OAuth21 => Duration::from_secs(5 * 60),
        Profile::OidcCore => Duration::from_secs(60 * 60),
    }
}

/// A `NumericDate` (RFC 7519 section 2), which may have a fraction. One beyond all time is at its end.
fn moment(seconds: f64) -> Timestamp {
    // `as` saturates
    Timestamp::from_millis((seconds * 1000.0) as i64)
}

/// All of it is UTF-8, also what is ignored (RFC 7515 section 5.2), which the parser of bytes does not look at.
fn read<T: for<'de> Deserialize<'de>>(part: &str) -> Option<T> {
    let json = String::from_utf8(URL_SAFE_NO_PAD.decode(part).ok()?).ok()?;
    serde_json::from_str(&json).ok()
}

/// It speaks for a client until it expires, so it is not shown.
impl fmt::Debug for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[client assertion of {:?}]", self.client_id())
    }
}

#[cfg(test)]
pub(in crate::oidc) mod testing;
#[cfg(test)]
mod tests;
