//! Refresh tokens: rotation, grace, and the end of a family.

use reqwest::{Method, StatusCode};
use serde_json::Value;
use vestibule::identity::Password;
use vestibule::kernel::event::Actor;
use vestibule::kernel::secret::SecretString;
use vestibule::oidc::AccessTokenFormat;
use vestibule::sign_in::reset_password;

use super::introspection::ask as introspect;
use crate::people::{sign_in, sign_up};
use crate::support::{Browser, RelyingParty, TestServer, claims};

const ADA: &str = "ada@example.com";

async fn ready() -> (TestServer, RelyingParty, Browser, Value) {
    ready_with(AccessTokenFormat::Opaque).await
}

async fn ready_with(format: AccessTokenFormat) -> (TestServer, RelyingParty, Browser, Value) {
    let server = TestServer::start().await;
    let rp = RelyingParty::register_with(&server, |new| new.access_token_format = format).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    let tokens = rp
        .tokens(&mut browser, &[("scope", "openid email offline_access")])
        .await;
    (server, rp, browser, tokens)
}

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap_or_else(|| panic!("no {name}: {tokens}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_gives_new_tokens_that_say_the_same() {
    let (server, rp, mut browser, first) = ready().await;
    assert!(text(&first, "refresh_token").starts_with("ort_"));
    server.advance(120);
    let page = rp.refresh(&mut browser, text(&first, "refresh_token")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let second = page.json();
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_ne!(second["access_token"], first["access_token"]);
    let (before, after) = (claims(text(&first, "id_token")), claims(text(&second, "id_token")));
    for same in ["iss", "sub", "aud", "auth_time", "sid", "amr"] {
        assert_eq!(before[same], after[same], "{same}");
    }
    assert!(after.get("nonce").is_none_or(|nonce| *nonce == before["nonce"]));
    assert_eq!(after["iat"], server.now().secs());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn within_the_grace_a_sibling_after_it_the_end_of_the_family() {
    for format in [AccessTokenFormat::Opaque, AccessTokenFormat::Jwt] {
        reuse_ends_the_family(format).await;
    }
}

async fn reuse_ends_the_family(format: AccessTokenFormat) {
    let (server, rp, mut browser, first) = ready_with(format).await;
    let is_jwt = text(&first, "access_token").split('.').count() == 3;
    assert_eq!(is_jwt, format == AccessTokenFormat::Jwt);
    let old = text(&first, "refresh_token");
    let second = rp.refresh(&mut browser, old).await.json();
    server.advance(9);
    let sibling = rp.refresh(&mut browser, old).await;
    assert_eq!(sibling.status, StatusCode::OK, "{}", sibling.body);
    let sibling = sibling.json();
    server.advance(2);
    for alive in [&first, &second, &sibling] {
        let told = introspect(&mut browser, "/oauth/introspect", &rp, text(alive, "access_token")).await;
        assert_eq!(told.json()["active"], true, "{format}");
    }
    let replay = rp.refresh(&mut browser, old).await;
    assert_eq!(
        (replay.status, replay.json()["error"].as_str()),
        (StatusCode::BAD_REQUEST, Some("invalid_grant"))
    );
    for dead in [&first, &second, &sibling] {
        assert_eq!(
            rp.refresh(&mut browser, text(dead, "refresh_token")).await.json()["error"],
            "invalid_grant"
        );
        for kind in ["access_token", "refresh_token"] {
            let told = introspect(&mut browser, "/oauth/introspect", &rp, text(dead, kind)).await;
            assert_eq!(told.body, r#"{"active":false}"#, "{format} {kind}");
        }
        assert_eq!(
            rp.userinfo(&mut browser, text(dead, "access_token")).await.status,
            StatusCode::UNAUTHORIZED
        );
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_refreshes_all_get_tokens_of_one_generation() {
    let (server, rp, mut browser, first) = ready().await;
    let basic = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        format!("{}:{}", rp.client_id, rp.secret.as_deref().expect("a secret")),
    );
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&first, "refresh_token")),
    ];
    let racers = (0..8).map(|_| {
        browser
            .request(Method::POST, "/oauth/token")
            .header("authorization", format!("Basic {basic}"))
            .form(&fields)
            .send()
    });
    let mut tokens = Vec::new();
    for answer in futures_util::future::join_all(racers).await {
        let answer = answer.expect("answers");
        assert_eq!(answer.status(), StatusCode::OK);
        tokens.push(answer.json::<Value>().await.expect("JSON"));
    }
    // using one of them rotates them all: the next use of another is in grace, a use after it is a replay
    assert_eq!(
        rp.refresh(&mut browser, text(&tokens[0], "refresh_token")).await.status,
        StatusCode::OK
    );
    server.advance(11);
    assert_eq!(
        rp.refresh(&mut browser, text(&tokens[1], "refresh_token")).await.json()["error"],
        "invalid_grant"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_belongs_to_its_client_and_runs_out() {
    let (server, rp, mut browser, first) = ready().await;
    let other = RelyingParty::register(&server).await;
    let stolen = other.refresh(&mut browser, text(&first, "refresh_token")).await;
    assert_eq!(stolen.json()["error"], "invalid_grant");
    let widened = rp
        .token(
            &mut browser,
            &[
                ("grant_type", "refresh_token"),
                ("refresh_token", text(&first, "refresh_token")),
                ("scope", "openid profile"),
            ],
        )
        .await;
    assert_eq!(widened.json()["error"], "invalid_scope");
    let narrowed = rp
        .token(
            &mut browser,
            &[
                ("grant_type", "refresh_token"),
                ("refresh_token", text(&first, "refresh_token")),
                ("scope", "openid"),
            ],
        )
        .await
        .json();
    assert_eq!(narrowed["scope"], "openid");
    let claims = rp.userinfo(&mut browser, text(&narrowed, "access_token")).await.json();
    assert!(claims.get("email").is_none());
    server.advance(30 * 24 * 3600 + 1);
    let late = rp.refresh(&mut browser, text(&narrowed, "refresh_token")).await;
    assert_eq!(late.json()["error"], "invalid_grant");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_access_outlives_the_session_and_nothing_else_does() {
    let (server, rp, mut browser, offline) = ready().await;
    let online = rp.tokens(&mut browser, &[("scope", "openid")]).await;
    let account = browser.get("/account").await;
    browser.submit_shown(&account, "/sign-out", &[]).await;
    assert_eq!(
        rp.userinfo(&mut browser, text(&online, "access_token")).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        rp.userinfo(&mut browser, text(&offline, "access_token")).await.status,
        StatusCode::OK
    );
    assert_eq!(
        rp.refresh(&mut browser, text(&offline, "refresh_token")).await.status,
        StatusCode::OK
    );
    server.stop().await;
}

/// With `offline_access` tokens outlive a sign-out, but not a new password; nor does anything else that the old one opened.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_sessions_and_what_was_granted() {
    let (server, rp, mut browser, tokens) = ready().await;
    let user = claims(text(&tokens, "id_token"))["sub"]
        .as_str()
        .expect("a subject")
        .to_owned();
    let password = Password::choose(&SecretString::new("battery staple".to_owned())).expect("a password");
    // another process, as the command line is
    let cli = server.reopen().await;
    let user = user.parse().expect("an id");
    let reset = reset_password(&cli.cx, &cli.accounts, &user, password, Actor::Operator);
    assert_eq!(reset.await.expect("resets"), 1);
    server.changes.poll().await.expect("polls");

    let userinfo = rp.userinfo(&mut browser, text(&tokens, "access_token")).await;
    assert_eq!(userinfo.status, StatusCode::UNAUTHORIZED);
    let refresh = rp.refresh(&mut browser, text(&tokens, "refresh_token")).await;
    assert_eq!(refresh.json()["error"], "invalid_grant");
    let account = browser.get("/account").await;
    assert!(
        account.location().is_some_and(|to| to.starts_with("/sign-in")),
        "signed out"
    );

    let (at, _) = browser.follow(&rp.authorize(&[])).await;
    let old = sign_in(&mut browser, &at, ADA).await;
    assert_eq!(
        old.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the old password is wrong"
    );
    server.stop().await;
}

/// OpenID Connect Core section 11.
#[tokio::test(flavor = "multi_thread")]
async fn item_14_offline_access_with_prompt_consent_asks_each_time() {
    let (server, rp, mut browser, _) = ready().await;
    let offline = ("scope", "openid email offline_access");
    let (_, page) = browser.follow(&rp.authorize(&[offline])).await;
    assert!(page.location().is_some_and(|to| to.contains("code=")), "{}", page.body);
    for _ in 0..2 {
        let (at, page) = browser.follow(&rp.authorize(&[offline, ("prompt", "consent")])).await;
        assert!(at.contains("/consent?"), "{at}");
        let allowed = browser.submit_shown(&page, "/consent", &[("decision", "allow")]).await;
        assert!(
            allowed.location().is_some_and(|to| to.contains("code=")),
            "{}",
            allowed.body
        );
    }
    server.stop().await;
}
