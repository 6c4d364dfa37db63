//! The token endpoint and authorization codes.

use reqwest::{Method, StatusCode};

use crate::people::sign_up;
use vestibule::oidc::{AccessTokenFormat, Profile};

use crate::support::{Browser, CALLBACK, RelyingParty, TestServer, VERIFIER, claims, header};

const ADA: &str = "ada@example.com";

async fn ready(public: bool) -> (TestServer, RelyingParty, Browser) {
    let server = TestServer::start().await;
    let rp = RelyingParty::register_as(&server, public).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    (server, rp, browser)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_gives_an_access_token_and_an_id_token() {
    for public in [false, true] {
        let (server, rp, mut browser) = ready(public).await;
        let code = rp.code(&mut browser, &[]).await;
        let page = rp.redeem(&mut browser, &code).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(page.header("access-control-allow-origin"), Some("*"));
        let tokens = page.json();
        assert!(tokens["access_token"].as_str().expect("a token").starts_with("oat_"));
        assert_eq!(tokens["token_type"], "Bearer");
        assert_eq!(tokens["expires_in"], 3600);
        assert!(tokens["refresh_token"].as_str().expect("a token").starts_with("ort_"));

        let id_token = tokens["id_token"].as_str().expect("a token");
        let (head, body) = (header(id_token), claims(id_token));
        assert_eq!(head["alg"], "RS256");
        let jwks = browser.get("/oauth/jwks").await.json();
        let known = jwks["keys"]
            .as_array()
            .expect("keys")
            .iter()
            .any(|key| key["kid"] == head["kid"]);
        assert!(known, "the kid is published");
        assert_eq!(body["iss"], server.url);
        assert_eq!(body["aud"], rp.client_id);
        assert_eq!(body["nonce"], "n0nce");
        assert_eq!(body["iat"], server.now().secs());
        assert_eq!(body["exp"], server.now().secs() + 3600);
        assert!(body["sub"].as_str().expect("a subject").starts_with("user_"));
        assert!(body["sid"].as_str().expect("a session").starts_with("sess_"));
        assert!(body["auth_time"].is_i64());
        assert!(
            body.get("email").is_none(),
            "scope claims come from userinfo (OIDC Core 5.4)"
        );
        server.stop().await;
    }
}

/// RFC 6749 section 4.1.2, RFC 9700 section 4.5: of a code that comes twice, nothing lives on, whatever its tokens look like.
#[tokio::test(flavor = "multi_thread")]
async fn item_6_a_replayed_code_ends_what_it_gave() {
    for format in [AccessTokenFormat::Opaque, AccessTokenFormat::Jwt] {
        let (server, _, mut browser) = ready(false).await;
        let rp = RelyingParty::register_with(&server, |new| new.access_token_format = format).await;
        let code = rp.code(&mut browser, &[("scope", "openid offline_access")]).await;
        let tokens = rp.redeem(&mut browser, &code).await.json();
        let access = tokens["access_token"].as_str().expect("a token").to_owned();
        assert_eq!(rp.userinfo(&mut browser, &access).await.status, StatusCode::OK);
        // long after the code has run out
        server.advance(300);
        let replay = rp.redeem(&mut browser, &code).await;
        assert_eq!(
            (replay.status, replay.json()["error"].as_str()),
            (StatusCode::BAD_REQUEST, Some("invalid_grant"))
        );
        assert_eq!(
            rp.userinfo(&mut browser, &access).await.status,
            StatusCode::UNAUTHORIZED,
            "{format}"
        );
        let secret = rp.secret.as_deref().expect("a secret");
        let fields = [
            ("client_id", rp.client_id.as_str()),
            ("client_secret", secret),
            ("token", &access),
        ];
        let asked = browser.request(Method::POST, "/oauth/introspect").form(&fields);
        assert_eq!(browser.send(asked).await.body, r#"{"active":false}"#, "{format}");
        let refresh = rp
            .refresh(&mut browser, tokens["refresh_token"].as_str().expect("a token"))
            .await;
        assert_eq!(refresh.json()["error"], "invalid_grant");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_parallel_redemptions_at_most_one_succeeds() {
    let (server, rp, mut browser) = ready(true).await;
    let code = rp.code(&mut browser, &[]).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("client_id", &rp.client_id),
    ];
    let racers = (0..16).map(|_| browser.request(Method::POST, "/oauth/token").form(&fields).send());
    let answers = futures_util::future::join_all(racers).await;
    let won = answers
        .iter()
        .filter(|answer| answer.as_ref().expect("answers").status() == StatusCode::OK)
        .count();
    assert_eq!(won, 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_the_request_is_refused() {
    let (server, rp, mut browser) = ready(false).await;
    let other_verifier = "x".repeat(43);
    let cases: [&[(&str, &str)]; 4] = [
        &[("code_verifier", &other_verifier)],
        &[("code_verifier", "")],
        &[("redirect_uri", "https://app.example/other")],
        &[("redirect_uri", "")],
    ];
    for changes in cases {
        let code = rp.code(&mut browser, &[]).await;
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        for change in changes {
            fields.retain(|(name, _)| name != &change.0);
            fields.push(*change);
        }
        let page = rp.token(&mut browser, &fields).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{changes:?}: {}", page.body);
        let error = page.json()["error"].as_str().expect("an error").to_owned();
        assert!(
            error == "invalid_grant" || error == "invalid_request",
            "{changes:?}: {error}"
        );
    }
    // a verifier where no challenge was (RFC 9700 section 2.1.1)
    let core = RelyingParty::register_with(&server, |new| new.profile = Profile::OidcCore).await;
    let code = core
        .code(&mut browser, &[("code_challenge", ""), ("code_challenge_method", "")])
        .await;
    assert_eq!(core.redeem(&mut browser, &code).await.json()["error"], "invalid_grant");
    // too late
    let code = rp.code(&mut browser, &[]).await;
    server.advance(61);
    assert_eq!(rp.redeem(&mut browser, &code).await.json()["error"], "invalid_grant");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_in_other_hands_is_worth_nothing_and_stays_good() {
    let (server, rp, mut browser) = ready(false).await;
    let thief = RelyingParty::register(&server).await;
    let code = rp.code(&mut browser, &[]).await;
    assert_eq!(thief.redeem(&mut browser, &code).await.json()["error"], "invalid_grant");
    assert_eq!(rp.redeem(&mut browser, &code).await.status, StatusCode::OK);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_are_authenticated_by_one_method() {
    let (server, rp, mut browser) = ready(false).await;
    let wrong = RelyingParty {
        client_id: rp.client_id.clone(),
        secret: Some("wrong".into()),
    };
    let page = wrong.redeem(&mut browser, "x").await;
    assert_eq!(
        (page.status, page.json()["error"].as_str()),
        (StatusCode::UNAUTHORIZED, Some("invalid_client"))
    );
    assert!(
        page.header("www-authenticate")
            .is_some_and(|value| value.starts_with("Basic"))
    );
    let public = RelyingParty {
        client_id: rp.client_id.clone(),
        secret: None,
    };
    assert_eq!(
        public.redeem(&mut browser, "x").await.status,
        StatusCode::UNAUTHORIZED,
        "a secret can't be left out"
    );

    let secret = rp.secret.as_deref().expect("a secret");
    let code = rp.code(&mut browser, &[]).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("client_id", &rp.client_id),
        ("client_secret", secret),
    ];
    let both = rp.token(&mut browser, &fields).await;
    assert_eq!(
        (both.status, both.json()["error"].as_str()),
        (StatusCode::BAD_REQUEST, Some("invalid_request"))
    );
    let posted = browser.request(Method::POST, "/oauth/token").form(&fields);
    assert_eq!(browser.send(posted).await.status, StatusCode::OK, "client_secret_post");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_requests_are_answered_as_json() {
    let (server, rp, mut browser) = ready(false).await;
    let unknown = rp.token(&mut browser, &[("grant_type", "password")]).await;
    assert_eq!(unknown.json()["error"], "unsupported_grant_type");
    let none = rp.token(&mut browser, &[]).await;
    assert_eq!(none.json()["error"], "invalid_request");
    let twice = rp
        .token(
            &mut browser,
            &[("grant_type", "refresh_token"), ("grant_type", "refresh_token")],
        )
        .await;
    assert_eq!(twice.json()["error"], "invalid_request");
    let json = browser
        .request(Method::POST, "/oauth/token")
        .header("content-type", "application/json")
        .body("{}");
    let json = browser.send(json).await;
    assert!(json.status.is_client_error(), "{}", json.status);
    assert_eq!(json.json()["error"], "invalid_request");
    let get = browser.get("/oauth/token?grant_type=refresh_token").await;
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(get.json()["error"].is_string());
    let huge = "x".repeat(100_000);
    let large = rp
        .token(
            &mut browser,
            &[("grant_type", "refresh_token"), ("refresh_token", &huge)],
        )
        .await;
    assert_eq!(
        (large.status, large.json()["error"].as_str()),
        (StatusCode::BAD_REQUEST, Some("invalid_request"))
    );
    server.stop().await;
}
