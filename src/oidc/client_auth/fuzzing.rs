//! What must hold for any client assertion.

use std::sync::LazyLock;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::assertion::{Assertion, Rules};
use crate::kernel::clock::Timestamp;
use crate::oidc::application::{ClientKeys, Profile, Verdict};
use crate::oidc::fuzzing::assert_sendable;

const ISSUER: &str = "https://id.example";
const ENDPOINT: &str = "https://id.example/oauth/token";
const NOW: i64 = 1_700_000_000;
/// The furthest that an assertion of any profile may expire, with the clocks apart as far as we bear it.
const LONGEST: f64 = 3630.0;

/// The keys of the client, one of which signs.
struct Client {
    pair: Ed25519KeyPair,
    keys: ClientKeys,
}

static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a seed");
    let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
    let jwks = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "one", "x": x }] });
    let keys = ClientKeys::parse(jwks.to_string().as_bytes()).expect("keys");
    Client { pair, keys }
});

/// A header in the first line and claims after it, as the client signs them, and the same bytes as an assertion nobody signed.
pub(in crate::oidc) fn assertion(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (header, claims) = (&data[..end], data.get(end + 1..).unwrap_or_default());
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(CLIENT.pair.sign(message.as_bytes()));
    if let Some(assertion) = read(&format!("{message}.{signature}")) {
        let header: Value = serde_json::from_slice(header).expect("it was read");
        let claims: Value = serde_json::from_slice(claims).expect("they were read");
        let names_our_key = header["kid"].is_null() || header["kid"] == "one";
        let verdict = if header["alg"] == "EdDSA" && names_our_key {
            Verdict::Verified
        } else {
            Verdict::NoSuchKey
        };
        assert_eq!(assertion.verify(&CLIENT.keys), verdict, "{header}");
        assert!(
            header.get("crit").is_none_or(Value::is_null),
            "an extension that we do not know"
        );
        assert_eq!(
            (&claims["iss"], &claims["sub"]),
            (&json!(assertion.client_id()), &claims["iss"])
        );
        for profile in [Profile::OAuth21, Profile::OidcCore] {
            assert_judged(&assertion, profile, &claims);
        }
    }
    // a signature of anything else
    for signature in [
        "",
        "AAAA",
        &URL_SAFE_NO_PAD.encode([0; 64]),
        &URL_SAFE_NO_PAD.encode(CLIENT.pair.sign(b"other")),
    ] {
        if let Some(forged) = read(&format!("{message}.{signature}")) {
            assert_ne!(forged.verify(&CLIENT.keys), Verdict::Verified, "forged");
        }
    }
    if let Some(forged) = std::str::from_utf8(data).ok().and_then(read) {
        let message = data.rsplitn(2, |byte| *byte == b'.').last().expect("a part");
        let signature = URL_SAFE_NO_PAD.encode(CLIENT.pair.sign(message));
        let is_signed = data.ends_with(format!(".{signature}").as_bytes());
        assert_eq!(forged.verify(&CLIENT.keys) == Verdict::Verified, is_signed, "forged");
    }
}

fn read(text: &str) -> Option<Assertion> {
    match Assertion::parse(text) {
        Ok(assertion) => Some(assertion),
        Err(why) => {
            assert_sendable(why);
            None
        }
    }
}

/// What holds is addressed to us and of the present (RFC 7523 section 3).
fn assert_judged(assertion: &Assertion, profile: Profile, claims: &Value) {
    let rules = Rules {
        profile,
        issuer: ISSUER,
        endpoints: &[ENDPOINT.to_owned()],
        now: Timestamp::from_secs(NOW),
    };
    if let Err(why) = assertion.check(&rules) {
        return assert_sendable(why);
    }
    let expires_in = claims["exp"].as_f64().expect("a number") - NOW as f64;
    assert!(expires_in > 0.0 && expires_in <= LONGEST, "{claims}");
    for claim in ["iat", "nbf"] {
        let ahead = claims[claim].as_f64().map_or(0.0, |at| at - NOW as f64);
        assert!(ahead < 31.0, "{claim} in {claims}");
    }
    let is_ours = |aud: &Value| aud == ISSUER || (profile == Profile::OidcCore && aud == ENDPOINT);
    let named = match &claims["aud"] {
        Value::Array(all) => profile == Profile::OidcCore && all.iter().any(is_ours),
        one => is_ours(one),
    };
    assert!(named, "meant for somebody else: {claims}");
}
