//! How clients prove who they are, over HTTP.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, StatusCode};
use vestibule::oidc::{GrantType, GrantTypes, Registration, ScopeTokens};

use crate::support::{Browser, Page, RelyingParty, TestServer};

/// Where clients authenticate.
const ENDPOINTS: [&str; 5] = [
    "/oauth/token",
    "/oauth/introspect",
    "/oauth/token_info",
    "/oauth/revoke",
    "/oauth/token/revoke",
];

fn machine(new: &mut Registration) {
    new.grant_types = GrantTypes::of([GrantType::ClientCredentials]);
    new.scopes = ScopeTokens::parse("jobs").expect("scopes");
    new.redirect_uris.clear();
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

async fn ask(browser: &mut Browser, path: &str, authorization: &str, ip: &str) -> Page {
    let request = browser
        .request(Method::POST, path)
        .header("authorization", authorization)
        .header("x-forwarded-for", ip)
        .form(&[("grant_type", "client_credentials"), ("token", "x")]);
    browser.send(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn failing_clients_are_limited_by_address_and_right_ones_never() {
    let server = TestServer::start_with(&[("server.trusted_proxies", "127.0.0.0/8")]).await;
    let rp = RelyingParty::register_with(&server, machine).await;
    let mut browser = server.browser();
    let right = basic(&rp.client_id, rp.secret.as_deref().expect("a secret"));
    let wrong = [basic(&rp.client_id, "wrong"), basic("nobody", "x")];
    for attempt in 0..30 {
        let page = ask(&mut browser, ENDPOINTS[attempt % 5], &wrong[attempt % 2], "203.0.113.1").await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{attempt}");
    }
    // it survives a restart
    let server = server.restart().await;
    for (path, authorization) in ENDPOINTS.iter().zip(wrong.iter().cycle()) {
        let page = ask(&mut browser, path, authorization, "203.0.113.1").await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert_eq!(page.header("retry-after"), Some("10"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(page.json()["error"], "temporarily_unavailable");
    }
    let good = ask(&mut browser, "/oauth/token", &right, "203.0.113.1").await;
    assert_eq!(good.status, StatusCode::OK, "who proves who it is is never refused");
    let elsewhere = ask(&mut browser, "/oauth/token", &wrong[0], "203.0.113.2").await;
    assert_eq!(elsewhere.status, StatusCode::UNAUTHORIZED, "counted by address");
    server.advance(10);
    let later = ask(&mut browser, "/oauth/token", &wrong[0], "203.0.113.1").await;
    assert_eq!(later.status, StatusCode::UNAUTHORIZED);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_proves_who_it_is_writes_nothing() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register_with(&server, machine).await;
    let mut browser = server.browser();
    let right = basic(&rp.client_id, rp.secret.as_deref().expect("a secret"));
    let commands = server.app.cx.db.counts().commands.get();
    for path in ENDPOINTS {
        let page = ask(&mut browser, path, &right, "203.0.113.1").await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
    }
    assert_eq!(server.app.cx.db.counts().commands.get(), commands);
    server.stop().await;
}

/// RFC 6749 section 2.3.1: both parts of client_secret_basic are urlencoded before base64.
#[tokio::test(flavor = "multi_thread")]
async fn item_10_basic_is_urlencoded_and_secrets_need_none() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register_with(&server, machine).await;
    let mut browser = server.browser();
    let secret = rp.secret.as_deref().expect("a secret");
    assert!(
        secret.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "nothing to encode"
    );
    let encode = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let encoded = basic(&encode(&rp.client_id), &encode(secret));
    for authorization in [encoded, basic(&rp.client_id, secret)] {
        let page = ask(&mut browser, "/oauth/token", &authorization, "203.0.113.1").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    }
    server.stop().await;
}

/// RFC 6749 section 5.2: 401 with the scheme that the client used; RFC 9110 section 15.5.2.
#[tokio::test(flavor = "multi_thread")]
async fn item_18_who_fails_is_told_the_scheme_at_every_endpoint() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    for path in ENDPOINTS {
        for authorization in [
            basic(&rp.client_id, "wrong"),
            "Bearer x".to_owned(),
            "Basic !".to_owned(),
        ] {
            let page = ask(&mut browser, path, &authorization, "203.0.113.1").await;
            assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path} {authorization}");
            assert_eq!(page.json()["error"], "invalid_client");
            let challenge = format!("Basic realm=\"{}\"", server.url);
            assert_eq!(page.header("www-authenticate"), Some(challenge.as_str()));
            assert_eq!(page.header("cache-control"), Some("no-store"));
            assert_eq!(page.header("content-type"), Some("application/json"));
        }
    }
    server.stop().await;
}
