//! The userinfo endpoint.

use reqwest::{Method, StatusCode};

use crate::people::sign_up;
use crate::support::{RelyingParty, TestServer, claims};

const ADA: &str = "ada@example.com";

#[tokio::test(flavor = "multi_thread")]
async fn claims_follow_the_scope_and_have_their_types() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    let tokens = rp.tokens(&mut browser, &[]).await;
    let access = tokens["access_token"].as_str().expect("a token");
    let page = rp.userinfo(&mut browser, access).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("content-type"), Some("application/json"));
    let info = page.json();
    assert_eq!(
        info["sub"],
        claims(tokens["id_token"].as_str().expect("a token"))["sub"]
    );
    assert_eq!(info["email"], ADA);
    assert_eq!(info["email_verified"], true);
    assert_eq!(info["name"], "Ada Lovelace");
    assert_eq!(info["given_name"], "Ada");
    assert_eq!(info["family_name"], "Lovelace");
    assert!(info["updated_at"].is_i64(), "a number of seconds (OIDC Core 5.1)");
    assert!(
        info["updated_at"].as_i64().is_some_and(|at| at < 10_000_000_000),
        "seconds, not milliseconds"
    );

    let posted = browser
        .request(Method::POST, "/oauth/userinfo")
        .form(&[("access_token", access)]);
    assert_eq!(browser.send(posted).await.json(), info);

    let narrow = rp.tokens(&mut browser, &[("scope", "openid")]).await;
    let info = rp
        .userinfo(&mut browser, narrow["access_token"].as_str().expect("a token"))
        .await
        .json();
    assert_eq!(info.as_object().expect("an object").keys().collect::<Vec<_>>(), ["sub"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_valid_token_is_refused_as_bearer_tokens_are() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    let tokens = rp.tokens(&mut browser, &[("scope", "openid offline_access")]).await;
    let access = tokens["access_token"].as_str().expect("a token").to_owned();

    let none = browser.get("/oauth/userinfo").await;
    assert_eq!(none.status, StatusCode::UNAUTHORIZED);
    assert!(
        none.header("www-authenticate")
            .is_some_and(|value| value.starts_with("Bearer"))
    );
    // one kind of token is never another
    for wrong in ["id_token", "refresh_token"] {
        let page = rp
            .userinfo(&mut browser, tokens[wrong].as_str().expect("a token"))
            .await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{wrong}");
        let challenge = page.header("www-authenticate").expect("a challenge");
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
    }
    let in_query = browser.get(&format!("/oauth/userinfo?access_token={access}")).await;
    assert_eq!(
        in_query.status,
        StatusCode::BAD_REQUEST,
        "never in the query (RFC 9700 section 4.3.2)"
    );
    server.advance(3601);
    assert_eq!(
        rp.userinfo(&mut browser, &access).await.status,
        StatusCode::UNAUTHORIZED
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_of_any_site_may_call_with_a_token_and_never_with_cookies() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    for path in [
        "/oauth/token",
        "/oauth/userinfo",
        "/oauth/jwks",
        "/.well-known/openid-configuration",
    ] {
        let preflight = browser
            .request(Method::OPTIONS, path)
            .header("origin", "https://spa.example")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type");
        let page = browser.send(preflight).await;
        assert!(page.status.is_success(), "{path}: {}", page.status);
        assert_eq!(page.header("access-control-allow-origin"), Some("*"), "{path}");
        assert!(page.header("access-control-allow-credentials").is_none(), "{path}");
    }
    sign_up(&server, &mut browser, ADA).await;
    let with_cookie = browser.get("/oauth/userinfo").await;
    assert_eq!(with_cookie.status, StatusCode::UNAUTHORIZED);
    server.stop().await;
}
