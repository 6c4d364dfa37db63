//! The introspection endpoint (RFC 7662), over HTTP.

use reqwest::{Method, StatusCode};
use serde_json::json;
use vestibule::oidc::AccessTokenFormat;

use crate::people::sign_up;
use crate::support::{Browser, Page, RelyingParty, TestServer};

const ADA: &str = "ada@example.com";
const PATHS: [&str; 2] = ["/oauth/introspect", "/oauth/token_info"];

/// Asks as `rp`, with the secret in the body.
pub async fn ask(browser: &mut Browser, path: &str, rp: &RelyingParty, token: &str) -> Page {
    let mut fields = vec![("client_id", rp.client_id.as_str()), ("token", token)];
    fields.extend(rp.secret.as_deref().map(|secret| ("client_secret", secret)));
    let request = browser.request(Method::POST, path).form(&fields);
    browser.send(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn both_addresses_tell_the_same_of_either_format() {
    let server = TestServer::start().await;
    let asker = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    for format in [AccessTokenFormat::Opaque, AccessTokenFormat::Jwt] {
        let rp = RelyingParty::register_with(&server, |new| new.access_token_format = format).await;
        let tokens = rp.tokens(&mut browser, &[]).await;
        let access = tokens["access_token"].as_str().expect("a token");
        let mut told = Vec::new();
        for path in PATHS {
            let page = ask(&mut browser, path, &asker, access).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.body);
            assert_eq!(page.header("content-type"), Some("application/json"));
            assert_eq!(page.header("cache-control"), Some("no-store"));
            assert_eq!(
                page.header("access-control-allow-origin"),
                None,
                "servers ask, not scripts"
            );
            told.push(page.json());
        }
        assert_eq!(told[0], told[1]);
        assert_eq!(
            (&told[0]["active"], &told[0]["client_id"]),
            (&json!(true), &json!(rp.client_id))
        );
        assert_eq!((&told[0]["username"], &told[0]["acr"]), (&json!(ADA), &json!("aal1")));
        let dead = ask(&mut browser, PATHS[0], &asker, "oat_x").await;
        assert_eq!(
            (dead.status, dead.body.as_str()),
            (StatusCode::OK, r#"{"active":false}"#)
        );
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_secret_is_told_nothing() {
    let server = TestServer::start().await;
    let public = RelyingParty::register_as(&server, true).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    let tokens = public.tokens(&mut browser, &[]).await;
    for path in PATHS {
        let page = ask(
            &mut browser,
            path,
            &public,
            tokens["access_token"].as_str().expect("a token"),
        )
        .await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert_eq!(page.json()["error"], "invalid_client");
        // nor whoever holds a token alone (RFC 7662 section 2.1)
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().expect("a token"));
        let request = browser
            .request(Method::POST, path)
            .header("authorization", bearer)
            .form(&[("token", "x")]);
        assert_eq!(browser.send(request).await.status, StatusCode::UNAUTHORIZED);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_questions_are_refused_as_json() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    let client = format!(
        "client_id={}&client_secret={}",
        rp.client_id,
        rp.secret.as_deref().expect("a secret")
    );
    for path in PATHS {
        for (kind, body) in [
            ("application/x-www-form-urlencoded", client.clone()),
            ("application/x-www-form-urlencoded", format!("{client}&token=a&token=b")),
            ("application/x-www-form-urlencoded", format!("{client}&token=%zz")),
            ("application/json", r#"{"token":"x"}"#.to_owned()),
            ("text/plain", format!("{client}&token=a")),
        ] {
            let request = browser
                .request(Method::POST, path)
                .header("content-type", kind)
                .body(body.clone());
            let page = browser.send(request).await;
            // of another media type too (RFC 6749 section 5.2)
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{kind} {body}");
            assert_eq!(page.json()["error"], "invalid_request", "{body}");
            assert_eq!(page.header("cache-control"), Some("no-store"));
        }
        // a question in the address would be written into logs (RFC 7662 section 4)
        let get = browser.get(&format!("{path}?{client}&token=a")).await;
        assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(get.json()["error"], "invalid_request");
        assert_eq!(get.header("allow"), Some("POST"));
    }
    server.stop().await;
}
