//! private_key_jwt over HTTP, with keys that the client publishes at its `jwks_uri`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use vestibule::oidc::{AuthMethod, GrantType, GrantTypes, Registration, ScopeTokens};

use crate::support::{Browser, ClientKey, Page, RelyingParty, TestServer};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client that acts on its own and has no secret.
pub fn machine(new: &mut Registration) {
    new.authentication = AuthMethod::PrivateKeyJwt;
    new.grant_types = GrantTypes::of([GrantType::ClientCredentials]);
    new.scopes = ScopeTokens::parse("jobs").expect("scopes");
    new.redirect_uris.clear();
}

/// Asks at `path` with an assertion that `key` signs by `algorithm`.
pub async fn ask(
    server: &TestServer,
    browser: &mut Browser,
    path: &str,
    rp: &RelyingParty,
    (key, algorithm, jti): (&ClientKey, &str, &str),
) -> Page {
    let claims = json!({
        "iss": rp.client_id, "sub": rp.client_id, "aud": server.url, "exp": server.now().secs() + 60, "jti": jti,
    });
    let assertion = key.sign(algorithm, &claims);
    let request = browser.request(Method::POST, path).form(&[
        ("grant_type", "client_credentials"),
        ("token", "x"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", &assertion),
    ]);
    browser.send(request).await
}

/// The client's own server.
struct KeyServer {
    uri: String,
    asked: Arc<AtomicUsize>,
    body: Arc<Mutex<String>>,
}

impl KeyServer {
    async fn start(body: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let uri = format!("http://{}/jwks", listener.local_addr().expect("an address"));
        let (asked, body) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(body)));
        let (count, answer) = (Arc::clone(&asked), Arc::clone(&body));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = [0; 4096];
                // one read holds so short a request
                let _ = stream.read(&mut head).await;
                count.fetch_add(1, Ordering::SeqCst);
                let body = answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let length = body.len();
                let text = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
                let _ = stream.write_all(text.as_bytes()).await;
            }
        });
        Self { uri, asked, body }
    }

    fn publish(&self, body: String) {
        *self.body.lock().unwrap_or_else(PoisonError::into_inner) = body;
    }
}

/// OpenID Connect Core section 10.1.1: a `kid` that is not known makes us read the keys again.
#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_key_is_read_from_where_the_client_publishes_it() {
    let server = TestServer::start().await;
    let (old, new, stranger) = (ClientKey::new("old"), ClientKey::new("new"), ClientKey::new("old"));
    let published = KeyServer::start(old.jwks()).await;
    let rp = RelyingParty::register_with(&server, |new| {
        machine(new);
        new.jwks_uri = Some(published.uri.clone());
    })
    .await;
    let mut browser = server.browser();
    for path in ["/oauth/token", "/oauth/introspect", "/oauth/revoke"] {
        let page = ask(&server, &mut browser, path, &rp, (&old, "ES256", path)).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
        let again = ask(&server, &mut browser, path, &rp, (&old, "ES256", path)).await;
        assert_eq!(again.status, StatusCode::UNAUTHORIZED, "an assertion serves once");
    }
    let forged = ask(&server, &mut browser, "/oauth/token", &rp, (&stranger, "ES256", "f")).await;
    assert_eq!(
        (forged.status, forged.json()["error"].as_str()),
        (StatusCode::UNAUTHORIZED, Some("invalid_client"))
    );
    assert_eq!(published.asked.load(Ordering::SeqCst), 1, "the keys are remembered");

    published.publish(new.jwks());
    server.advance(60);
    let page = ask(&server, &mut browser, "/oauth/token", &rp, (&new, "ES256", "1")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(published.asked.load(Ordering::SeqCst), 2, "asked again for the new key");
    let page = ask(&server, &mut browser, "/oauth/token", &rp, (&old, "ES256", "2")).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED, "the old one was withdrawn");
    server.stop().await;
}

/// U+0000, which PostgreSQL takes in no text, in every name that a JWT or JSON has for a row.
#[tokio::test(flavor = "multi_thread")]
async fn control_characters_inside_json_are_refused_as_bad_input() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    let claims = json!({
        "iss": "app\0", "sub": "app\0", "aud": server.url, "exp": server.now().secs() + 60, "jti": "1",
    });
    let assertion = ClientKey::new("one").sign("ES256", &claims);
    for path in ["/oauth/token", "/oauth/introspect", "/oauth/revoke"] {
        let request = browser.request(Method::POST, path).form(&[
            ("grant_type", "client_credentials"),
            ("token", "x"),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", assertion.as_str()),
        ]);
        let page = browser.send(request).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(page.json()["error"], "invalid_client");
        let why = page.json()["error_description"].as_str().unwrap_or_default().to_owned();
        assert!(why.contains("control characters"), "{why}");
    }
    let asked = r#"{"id_token":{"sub":{"value":"user_\u0000"}}}"#;
    let page = browser.get(&rp.authorize(&[("claims", asked)])).await;
    let location = page.location().expect("back to the client");
    assert!(location.contains("error=invalid_request"), "{location}");
    server.stop().await;
}
