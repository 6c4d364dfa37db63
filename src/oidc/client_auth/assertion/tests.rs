use proptest::prelude::*;
use serde_json::json;

use super::testing::Signer;
use super::*;

const ISSUER: &str = "https://id.example.com";
const TOKEN: &str = "https://id.example.com/oauth/token";
const NOW: i64 = 1_700_000_000;

fn claims() -> Value {
    json!({ "iss": "app", "sub": "app", "aud": ISSUER, "exp": NOW + 60, "jti": "1" })
}

/// The claims with some of them changed; null leaves one out.
fn with(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().expect("an object") {
        match value {
            Value::Null => drop(claims.as_object_mut().and_then(|all| all.remove(name))),
            value => claims[name] = value.clone(),
        }
    }
    claims
}

fn parse(claims: &Value) -> Result<Assertion, &'static str> {
    Assertion::parse(&Signer::new("one").sign(claims))
}

fn holds(profile: Profile, changes: Value) -> bool {
    let rules = Rules {
        profile,
        issuer: ISSUER,
        endpoints: &[TOKEN.to_owned()],
        now: Timestamp::from_secs(NOW),
    };
    parse(&with(changes)).expect("is read").check(&rules).is_ok()
}

#[test]
fn an_assertion_is_read_and_verified_by_the_key_it_names() {
    let (signer, other) = (Signer::new("one"), Signer::new("one"));
    let assertion = Assertion::parse(&signer.sign(&claims())).expect("is read");
    assert_eq!(assertion.client_id(), "app");
    assert!(!format!("{assertion:?}").contains("signature"));
    let keys = |signer: &Signer| ClientKeys::parse(signer.jwks().as_bytes()).expect("keys");
    assert_eq!(assertion.verify(&keys(&signer)), Verdict::Verified);
    assert_eq!(assertion.verify(&keys(&other)), Verdict::Wrong);
    assert_eq!(assertion.verify(&keys(&Signer::new("two"))), Verdict::NoSuchKey);
}

#[test]
fn a_client_id_has_no_control_characters() {
    for bad in ["\0", "app\0", "a\npp", "\u{85}"] {
        let refused = parse(&with(json!({ "iss": bad, "sub": bad })));
        assert!(refused.is_err_and(|why| why.contains("control characters")), "{bad:?}");
    }
}

#[test]
fn what_is_changed_after_signing_is_not_verified() {
    let signer = Signer::new("one");
    let signed = signer.sign(&claims());
    let signature = signed.rsplit_once('.').expect("three parts").1;
    let forged = signer.sign(&with(json!({ "jti": "2" })));
    let message = forged.rsplit_once('.').expect("three parts").0;
    let assertion = Assertion::parse(&format!("{message}.{signature}")).expect("is read");
    let keys = ClientKeys::parse(signer.jwks().as_bytes()).expect("keys");
    assert_eq!(assertion.verify(&keys), Verdict::Wrong);
}

#[test]
fn what_says_too_little_or_of_another_kind_is_not_read() {
    for missing in ["iss", "sub", "aud", "exp", "jti"] {
        assert!(parse(&with(json!({ missing: null }))).is_err(), "{missing}");
    }
    for bad in [
        json!({ "sub": "other" }),
        json!({ "jti": "" }),
        json!({ "jti": "x".repeat(513) }),
        json!({ "exp": "soon" }),
        json!({ "aud": 1 }),
    ] {
        assert!(parse(&with(bad.clone())).is_err(), "{bad}");
    }
    let signer = Signer::new("one");
    let headed = |header: Value| Assertion::parse(&signer.sign_with(&header, &claims().to_string())).is_ok();
    assert!(headed(json!({ "alg": "ES256" })));
    assert!(headed(json!({ "alg": "ES256", "typ": "JWT" })));
    assert!(headed(json!({ "alg": "ES256", "typ": "client-authentication+jwt" })));
    assert!(
        !headed(json!({ "alg": "ES256", "typ": "at+jwt" })),
        "a token is no assertion"
    );
    assert!(!headed(json!({ "alg": "ES256", "crit": ["b64"], "b64": false })));
    for alg in ["none", "HS256", "es256", "RS512", ""] {
        assert!(!headed(json!({ "alg": alg })), "{alg}");
    }
    let twice = r#"{"iss":"app","sub":"app","sub":"app","aud":"a","exp":1,"jti":"1"}"#;
    assert!(Assertion::parse(&signer.sign_with(&json!({ "alg": "ES256" }), twice)).is_err());
    for text in ["", ".", "..", "a.b", "a.b.c.d", "e30.e30.", &"x".repeat(16_385)] {
        assert!(Assertion::parse(text).is_err(), "{text}");
    }
}

/// OpenID Connect: what most get wrong, 16.
#[test]
fn whom_it_is_for_depends_on_the_profile() {
    for (aud, in_core, in_21) in [
        (json!(ISSUER), true, true),
        (json!(TOKEN), true, false),
        (json!([ISSUER]), true, false),
        (json!(["https://other.example", TOKEN]), true, false),
        (json!("https://id.example.com/"), false, false),
        (json!("https://other.example"), false, false),
        (json!([]), false, false),
    ] {
        assert_eq!(
            holds(Profile::OidcCore, json!({ "aud": aud })),
            in_core,
            "oidc-core {aud}"
        );
        assert_eq!(holds(Profile::OAuth21, json!({ "aud": aud })), in_21, "oauth2.1 {aud}");
    }
}

/// OpenID Connect: what most get wrong, 16.
#[test]
fn clocks_may_differ_by_ten_seconds_and_not_by_sixty() {
    let holds = |changes| holds(Profile::OAuth21, changes);
    for claim in ["iat", "nbf"] {
        assert!(holds(json!({ claim: NOW - 3600 })), "{claim}");
        assert!(holds(json!({ claim: NOW + 10 })), "{claim}");
        assert!(!holds(json!({ claim: NOW + 61 })), "{claim}");
    }
    assert!(holds(json!({ "exp": NOW + 300 })));
    assert!(holds(json!({ "exp": (NOW + 1) as f64 + 0.5 })));
    for exp in [NOW, NOW - 1, 0, -1, NOW + 331, i64::MAX, i64::MIN] {
        assert!(!holds(json!({ "exp": exp })), "{exp}");
    }
}

#[test]
fn an_hour_is_borne_of_libraries_for_openid_connect() {
    assert!(holds(Profile::OidcCore, json!({ "exp": NOW + 3600 })));
    assert!(!holds(Profile::OidcCore, json!({ "exp": NOW + 3631 })));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC*", header in "[ -~]{0,80}", claims in "[ -~]{0,200}") {
        let _ = Assertion::parse(&text);
        let encoded = format!("{}.{}.AA", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let _ = Assertion::parse(&encoded);
    }
}
