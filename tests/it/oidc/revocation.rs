//! The revocation endpoint (RFC 7009), over HTTP.

use reqwest::{Method, StatusCode};
use serde_json::Value;
use vestibule::oidc::{AccessTokenFormat, Registration};

use crate::people::sign_up;
use crate::support::{Browser, Page, RelyingParty, TestServer};

const PATHS: [&str; 2] = ["/oauth/revoke", "/oauth/token/revoke"];

async fn ready(change: impl FnOnce(&mut Registration)) -> (TestServer, RelyingParty, Browser) {
    let server = TestServer::start().await;
    let rp = RelyingParty::register_with(&server, change).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, "ada@example.com").await;
    (server, rp, browser)
}

async fn revoke(browser: &mut Browser, path: &str, rp: &RelyingParty, fields: &[(&str, &str)]) -> Page {
    let mut all = vec![("client_id", rp.client_id.as_str())];
    all.extend(rp.secret.as_deref().map(|secret| ("client_secret", secret)));
    all.extend(fields);
    let request = browser.request(Method::POST, path).form(&all);
    browser.send(request).await
}

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().expect("a token")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_back_opens_nothing_at_either_address() {
    for (path, format) in PATHS
        .into_iter()
        .zip([AccessTokenFormat::Opaque, AccessTokenFormat::Jwt])
    {
        let (server, rp, mut browser) = ready(|new| new.access_token_format = format).await;
        let tokens = rp.tokens(&mut browser, &[("scope", "openid offline_access")]).await;
        // a hint that is wrong, or that nobody knows, is no error (RFC 7009 section 2.1)
        for hint in ["refresh_token", "of_a_kind"] {
            let fields = [("token", text(&tokens, "access_token")), ("token_type_hint", hint)];
            let page = revoke(&mut browser, path, &rp, &fields).await;
            assert_eq!((page.status, page.body.as_str()), (StatusCode::OK, ""), "{hint}");
            assert_eq!(page.header("cache-control"), Some("no-store"));
            assert_eq!(
                page.header("access-control-allow-origin"),
                Some("*"),
                "pages revoke too"
            );
        }
        let dead = rp.userinfo(&mut browser, text(&tokens, "access_token")).await;
        assert_eq!(dead.status, StatusCode::UNAUTHORIZED);
        let refreshed = rp.refresh(&mut browser, text(&tokens, "refresh_token")).await;
        assert_eq!(refreshed.status, StatusCode::OK, "an access token goes alone");
        let refreshed = refreshed.json();
        let page = revoke(&mut browser, path, &rp, &[("token", text(&refreshed, "refresh_token"))]).await;
        assert_eq!(page.status, StatusCode::OK);
        let dead = rp.userinfo(&mut browser, text(&refreshed, "access_token")).await;
        assert_eq!(
            dead.status,
            StatusCode::UNAUTHORIZED,
            "a refresh token takes its grant along"
        );
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_given_back_is_said_or_silent() {
    let (server, rp, mut browser) = ready(|_| ()).await;
    let other = RelyingParty::register(&server).await;
    let tokens = rp.tokens(&mut browser, &[("scope", "openid offline_access")]).await;
    for path in PATHS {
        let id_token = revoke(&mut browser, path, &rp, &[("token", text(&tokens, "id_token"))]).await;
        assert_eq!(id_token.status, StatusCode::BAD_REQUEST);
        assert_eq!(id_token.json()["error"], "unsupported_token_type");
        for silent in ["x", text(&tokens, "refresh_token"), text(&tokens, "access_token")] {
            let page = revoke(&mut browser, path, &other, &[("token", silent)]).await;
            assert_eq!((page.status, page.body.as_str()), (StatusCode::OK, ""));
        }
        let userinfo = rp.userinfo(&mut browser, text(&tokens, "access_token")).await;
        assert_eq!(userinfo.status, StatusCode::OK, "another's stays as it is");
        for fields in [&[][..], &[("token", "")], &[("token", "a"), ("token", "b")]] {
            let page = revoke(&mut browser, path, &rp, fields).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{fields:?}");
            assert_eq!(page.json()["error"], "invalid_request");
        }
        let get = browser.get(&format!("{path}?token=a")).await;
        assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(get.json()["error"], "invalid_request");
        let json = browser
            .request(Method::POST, path)
            .header("content-type", "application/json")
            .body(r#"{"token":"x"}"#);
        let json = browser.send(json).await;
        assert!(json.status.is_client_error());
        assert_eq!(json.json()["error"], "invalid_request");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_may_ask_first_whether_it_may() {
    let (server, rp, mut browser) = ready(|_| ()).await;
    for path in PATHS {
        let preflight = browser
            .request(Method::OPTIONS, path)
            .header("origin", "https://app.example")
            .header("access-control-request-method", "POST");
        let page = browser.send(preflight).await;
        assert_eq!(page.status, StatusCode::NO_CONTENT);
        assert_eq!(page.header("access-control-allow-origin"), Some("*"));
    }
    drop(rp);
    server.stop().await;
}
