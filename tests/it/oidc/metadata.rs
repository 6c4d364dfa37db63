//! What the metadata lists works, and of what it does not list one value each does not (RFC 8414 section 2). Response modes and types,
//! prompts and scopes are in `discovery`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use vestibule::keys::Algorithm;
use vestibule::oidc::{AuthMethod, GrantType, GrantTypes};

use super::claims::ada;
use super::client_keys::{ask, machine};
use crate::people::sign_up;
use crate::support::{Browser, ClientKey, RelyingParty, TestServer, claims, header, redemption};

/// What the document lists under a name.
struct Metadata(Value);

impl Metadata {
    async fn read(browser: &mut Browser) -> Self {
        Self(browser.get("/.well-known/openid-configuration").await.json())
    }

    fn list(&self, name: &str) -> Vec<&str> {
        let values = self.0[name].as_array().unwrap_or_else(|| panic!("no {name}"));
        values.iter().map(|value| value.as_str().expect("a text")).collect()
    }

    /// Fails unless `value` works just where it is listed.
    #[track_caller]
    fn judge(&self, name: &str, value: &str, works: bool) {
        assert_eq!(works, self.list(name).contains(&value), "{name}: {value}");
    }

    /// Fails unless every value that is listed was looked at, and one more.
    #[track_caller]
    fn covered(&self, name: &str, tried: &[&str]) {
        let listed = self.list(name);
        assert!(listed.iter().all(|value| tried.contains(value)), "{name}: {listed:?}");
        assert!(tried.iter().any(|value| !listed.contains(value)), "{name}: {tried:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn item_15_grant_types_challenges_and_languages_are_as_listed() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register_with(&server, |new| {
        new.grant_types = GrantTypes::of(GrantType::ALL.iter().copied());
    })
    .await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, "ada@example.com").await;
    let metadata = Metadata::read(&mut browser).await;

    let grants = [
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:device_code",
    ];
    metadata.covered("grant_types_supported", &grants);
    let tokens = rp.tokens(&mut browser, &[]).await;
    let refresh_token = tokens["refresh_token"].as_str().expect("a token");
    let code = rp.code(&mut browser, &[]).await;
    for grant in grants {
        // everything that any of them asks for
        let mut fields = redemption(&code).to_vec();
        fields[0].1 = grant;
        fields.extend([
            ("refresh_token", refresh_token),
            ("username", "ada@example.com"),
            ("password", "correct horse battery"),
            ("device_code", "x"),
        ]);
        let page = rp.token(&mut browser, &fields).await;
        metadata.judge("grant_types_supported", grant, page.status == StatusCode::OK);
        if page.status != StatusCode::OK {
            assert_eq!(page.json()["error"], "unsupported_grant_type", "{grant}");
        }
    }

    let methods = ["S256", "plain", "S512"];
    metadata.covered("code_challenge_methods_supported", &methods);
    for method in methods {
        let page = browser
            .get(&rp.authorize(&[("code_challenge_method", method), ("prompt", "none")]))
            .await;
        let works = page.location().is_some_and(|to| to.contains("code="));
        metadata.judge("code_challenge_methods_supported", method, works);
    }

    let languages = ["en", "de", "fr"];
    metadata.covered("ui_locales_supported", &languages);
    for language in languages {
        let mut stranger = server.browser();
        let (_, page) = stranger.follow(&rp.authorize(&[("ui_locales", language)])).await;
        let works = page.body.contains(&format!("<html lang=\"{language}\""));
        metadata.judge("ui_locales_supported", language, works);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn item_15_claims_and_acr_values_are_as_listed() {
    let (server, rp, mut browser) = ada().await;
    let metadata = Metadata::read(&mut browser).await;
    let mut asked: Vec<&str> = metadata.list("claims_supported");
    asked.extend(["groups", "roles", "vot"]);
    metadata.covered("claims_supported", &asked);
    // `sub` by name stands for one person, and who signs in is told anyway
    let by_name: Value = asked.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    let request = json!({ "userinfo": by_name, "id_token": by_name }).to_string();
    let tokens = rp
        .tokens(&mut browser, &[("scope", "openid"), ("claims", &request)])
        .await;
    let access = tokens["access_token"].as_str().expect("a token");
    let info = rp.userinfo(&mut browser, access).await.json();
    let id_token = claims(tokens["id_token"].as_str().expect("a token"));
    for name in &asked {
        metadata.judge("claims_supported", name, id_token.get(*name).is_some());
        if info.get(*name).is_none() {
            // what tells of the sign-in is not for userinfo
            let of_token = "iss aud exp iat auth_time nonce sid at_hash amr acr groups roles vot";
            assert!(of_token.split(' ').any(|one| one == *name), "{name} in {info}");
        }
    }
    for told in [&id_token, &info] {
        for name in told.as_object().expect("an object").keys() {
            metadata.judge("claims_supported", name, true);
        }
    }

    let levels = ["aal1", "aal2", "phr"];
    metadata.covered("acr_values_supported", &levels);
    for level in levels {
        let essential = json!({ "id_token": { "acr": { "essential": true, "value": level } } }).to_string();
        let page = browser
            .get(&rp.authorize(&[("claims", &essential), ("prompt", "none")]))
            .await;
        let to = page.location().expect("an answer");
        metadata.judge("acr_values_supported", level, to.contains("code="));
        if !to.contains("code=") {
            assert!(to.contains("error=unmet_authentication_requirements"), "{to}");
        }
    }
    metadata.judge("acr_values_supported", id_token["acr"].as_str().expect("an acr"), true);
    server.stop().await;
}

/// The three endpoints where clients authenticate, by what their lists are called.
const ENDPOINTS: [(&str, &str); 3] = [
    ("token", "/oauth/token"),
    ("introspection", "/oauth/introspect"),
    ("revocation", "/oauth/revoke"),
];

#[tokio::test(flavor = "multi_thread")]
async fn item_15_methods_of_authentication_are_as_listed() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, "ada@example.com").await;
    let metadata = Metadata::read(&mut browser).await;
    let key = ClientKey::new("one");
    let methods = [
        "client_secret_basic",
        "client_secret_post",
        "private_key_jwt",
        "none",
        "client_secret_jwt",
    ];
    for (name, path) in ENDPOINTS {
        let name = format!("{name}_endpoint_auth_methods_supported");
        metadata.covered(&name, &methods);
        for method in methods {
            let rp = RelyingParty::register_with(&server, |new| {
                new.authentication = method.parse().unwrap_or(AuthMethod::ClientSecret);
                new.jwks = (method == "private_key_jwt").then(|| key.jwks());
            })
            .await;
            let secret = rp.secret.as_deref().unwrap_or_default();
            // what the client authenticates for, at whichever of the endpoints
            let code = rp.code(&mut browser, &[]).await;
            let mut fields = redemption(&code).to_vec();
            fields.push(("token", "x"));
            let mut request = browser.request(Method::POST, path);
            let now = server.now().secs();
            let assertion = key.sign(
                if method == "private_key_jwt" { "ES256" } else { "HS256" },
                &json!({
                    "iss": rp.client_id, "sub": rp.client_id, "aud": server.url, "exp": now + 60, "jti": path,
                }),
            );
            match method {
                "client_secret_basic" => {
                    let basic = STANDARD.encode(format!("{}:{secret}", rp.client_id));
                    request = request.header("authorization", format!("Basic {basic}"));
                }
                "client_secret_post" => {
                    fields.extend([("client_id", rp.client_id.as_str()), ("client_secret", secret)])
                }
                "none" => fields.push(("client_id", &rp.client_id)),
                _ => fields.extend([
                    (
                        "client_assertion_type",
                        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    ),
                    ("client_assertion", &assertion),
                ]),
            }
            let page = browser.send(request.form(&fields)).await;
            metadata.judge(&name, method, page.status == StatusCode::OK);
            if page.status != StatusCode::OK {
                assert_eq!(page.json()["error"], "invalid_client", "{path} {method}");
            }
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn item_15_algorithms_are_as_listed() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, "ada@example.com").await;
    let metadata = Metadata::read(&mut browser).await;
    let algorithms = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519", "ES384", "HS256", "none"];
    for algorithm in algorithms {
        let key = ClientKey::made_for("one", algorithm);
        let rp = RelyingParty::register_with(&server, |new| {
            machine(new);
            new.jwks = Some(key.jwks());
        })
        .await;
        for (name, path) in ENDPOINTS {
            let name = format!("{name}_endpoint_auth_signing_alg_values_supported");
            metadata.covered(&name, &algorithms);
            let page = ask(&server, &mut browser, path, &rp, (&key, algorithm, path)).await;
            metadata.judge(&name, algorithm, page.status == StatusCode::OK);
        }
    }
    let name = "id_token_signing_alg_values_supported";
    let algorithms = ["RS256", "ES256", "EdDSA", "PS256", "none"];
    metadata.covered(name, &algorithms);
    for algorithm in algorithms {
        let Ok(known) = algorithm.parse::<Algorithm>() else {
            metadata.judge(name, algorithm, false);
            continue;
        };
        let rp = RelyingParty::register_with(&server, |new| new.id_token_algorithm = known).await;
        let tokens = rp.tokens(&mut browser, &[]).await;
        let signed = header(tokens["id_token"].as_str().expect("a token"));
        metadata.judge(name, algorithm, signed["alg"] == algorithm);
    }
    server.stop().await;
}
