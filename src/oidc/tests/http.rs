use actix_web::App as Server;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::platform::http::DeviceCookie;

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

async fn send(world: &World, request: TestRequest) -> Answer {
    let provider = world.provider.clone();
    let server = init_service(Server::new().configure(|config| routes(config, provider.clone()))).await;
    let response = call_service(&server, request.to_request()).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = String::from_utf8(read_body(response).await.to_vec()).expect("text");
    Answer { status, headers, body }
}

fn form(path: &str, body: &str) -> TestRequest {
    TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload(body.to_owned())
}

fn basic(app: &App) -> (&'static str, String) {
    let plain = format!(
        "{}:{}",
        app.application.client_id,
        app.secret.as_deref().expect("a secret")
    );
    ("authorization", format!("Basic {}", STANDARD.encode(plain)))
}

async fn signed_in() -> (World, App, Device) {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    (world, app, device)
}

#[actix_web::test]
async fn documents_are_open_to_scripts_and_caches() {
    let world = World::new().await;
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
    ] {
        let answer = send(&world, TestRequest::get().uri(path)).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, "application/json"),
            "{path}"
        );
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert!(answer.header("cache-control").starts_with("public"));
        assert_eq!(answer.json()["jwks_uri"], format!("{ISSUER}/oauth/jwks"));
    }
    let keys = send(&world, TestRequest::get().uri("/oauth/jwks")).await;
    assert_eq!((keys.status, keys.header("content-type")), (200, "application/json"));
    assert_eq!(
        keys.json()["keys"].as_array().map(Vec::len),
        Some(12),
        "active and next of three algorithms for ID tokens and for access tokens"
    );
    for path in [
        "/oauth/token",
        "/oauth/userinfo",
        "/oauth/jwks",
        "/.well-known/openid-configuration",
    ] {
        let answer = send(
            &world,
            TestRequest::default()
                .method(actix_web::http::Method::OPTIONS)
                .uri(path),
        )
        .await;
        assert_eq!(
            (answer.status, answer.header("access-control-allow-origin")),
            (204, "*"),
            "{path}"
        );
        assert!(answer.header("access-control-allow-headers").contains("Authorization"));
        assert!(answer.headers.get("access-control-allow-credentials").is_none());
    }
}

#[actix_web::test]
async fn tokens_are_given_to_who_asks_rightly() {
    let (world, app, device) = signed_in().await;
    let code = world.code(&device, &app, "openid offline_access").await;
    let answer = send(
        &world,
        form("/oauth/token", &encode(&redemption(&code))).insert_header(basic(&app)),
    )
    .await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, "application/json"),
        "{}",
        answer.body
    );
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    for member in [
        "access_token",
        "token_type",
        "expires_in",
        "scope",
        "refresh_token",
        "id_token",
    ] {
        assert!(answer.json().get(member).is_some(), "{member}");
    }
}

#[actix_web::test]
async fn token_errors_have_the_shape_of_the_standard() {
    let (world, app, _) = signed_in().await;
    let right = encode(&redemption("unknown"));
    let twice = format!("{right}&code=again");
    let with_secret = format!("{right}&client_secret=x");
    for (request, status, error) in [
        (
            form("/oauth/token", &right).insert_header(basic(&app)),
            400,
            "invalid_grant",
        ),
        (form("/oauth/token", &right), 401, "invalid_client"),
        (
            form("/oauth/token", &right).insert_header(("authorization", "Basic eDp5")),
            401,
            "invalid_client",
        ),
        (
            form("/oauth/token", &right).insert_header(("authorization", "Bearer x")),
            401,
            "invalid_client",
        ),
        (
            form("/oauth/token", &with_secret).insert_header(basic(&app)),
            400,
            "invalid_request",
        ),
        (
            form("/oauth/token", &twice).insert_header(basic(&app)),
            400,
            "invalid_request",
        ),
        (
            form("/oauth/token", "grant_type=password").insert_header(basic(&app)),
            400,
            "unsupported_grant_type",
        ),
        (
            form("/oauth/token", "").insert_header(basic(&app)),
            400,
            "invalid_request",
        ),
        (
            TestRequest::post()
                .uri("/oauth/token")
                .insert_header(basic(&app))
                .set_payload("{}"),
            400,
            "invalid_request",
        ),
    ] {
        let answer = send(&world, request).await;
        assert_eq!(
            (answer.status, answer.json()["error"].as_str()),
            (status, Some(error)),
            "{}",
            answer.body
        );
        assert!(answer.json()["error_description"].is_string());
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let challenge = format!("Basic realm=\"{ISSUER}\"");
        assert_eq!(
            answer.header("www-authenticate"),
            if status == 401 { challenge.as_str() } else { "" }
        );
    }
}

#[actix_web::test]
async fn userinfo_takes_a_token_in_one_way() {
    let (world, app, device) = signed_in().await;
    let tokens = world.tokens(&device, &app, "openid email").await;
    let token = text(&tokens, "access_token");
    let bearer = ("authorization", format!("Bearer {token}"));
    let body = format!("access_token={token}");
    let get = || TestRequest::get().uri("/oauth/userinfo");
    let post = || TestRequest::post().uri("/oauth/userinfo");
    for good in [
        get().insert_header(bearer.clone()),
        get().insert_header(("authorization", format!("bearer {token}"))),
        post().insert_header(bearer.clone()),
        form("/oauth/userinfo", "").insert_header(bearer.clone()),
        form("/oauth/userinfo", &body),
    ] {
        let answer = send(&world, good).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, "application/json"),
            "{}",
            answer.body
        );
        assert_eq!(answer.json()["email"], "ada@example.com");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
    for (bad, status, challenge) in [
        (get(), 401, None),
        (get().insert_header(basic(&app)), 401, None),
        (
            get().insert_header(("authorization", "Bearer x")),
            401,
            Some("invalid_token"),
        ),
        (form("/oauth/userinfo", "access_token=x"), 401, Some("invalid_token")),
        (
            form("/oauth/userinfo", &body).insert_header(bearer.clone()),
            400,
            Some("invalid_request"),
        ),
        (
            TestRequest::get().uri(&format!("/oauth/userinfo?{body}")),
            400,
            Some("invalid_request"),
        ),
        (
            get().insert_header(bearer.clone()).append_header(bearer.clone()),
            400,
            Some("invalid_request"),
        ),
    ] {
        let answer = send(&world, bad).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        let told = answer.header("www-authenticate");
        assert!(told.starts_with(&format!("Bearer realm=\"{ISSUER}\"")), "{told}");
        match challenge {
            Some(error) => assert!(told.contains(&format!("error=\"{error}\"")), "{told}"),
            None => assert!(!told.contains("error"), "{told}"),
        }
    }
    let narrow = world.tokens(&device, &app, "email").await;
    let answer = send(
        &world,
        get().insert_header(("authorization", format!("Bearer {}", text(&narrow, "access_token")))),
    )
    .await;
    assert_eq!(answer.status, 403);
    assert!(answer.header("www-authenticate").contains("insufficient_scope"));
}

#[actix_web::test]
async fn browsers_are_sent_on_with_303_and_get_their_cookie_where_they_need_it() {
    let (world, app, device) = signed_in().await;
    let cookie = DeviceCookie::new(world.cx.public_url());
    let ask = |more: &[(&str, &str)]| TestRequest::get().uri(&format!("/oauth/authorize?{}", query(&app, more)));

    let answer = send(&world, ask(&[])).await;
    assert_eq!(answer.status, 303);
    assert!(answer.header("location").starts_with("/sign-in?continue="));
    assert!(answer.header("set-cookie").starts_with(cookie.name()));

    let answer = send(&world, ask(&[("prompt", "none")])).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (303, ""));
    assert!(
        answer
            .header("location")
            .starts_with("https://notes.example/cb?fixed=1&error=login_required")
    );

    let known = (
        "cookie",
        format!("{}={}", cookie.name(), device.secret.lock().expect("a secret").expose()),
    );
    let answer = send(&world, ask(&[]).insert_header(known.clone())).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (303, ""));
    assert!(answer.header("location").starts_with("/consent?continue="));

    let posted = form("/oauth/authorize", &query(&app, &[])).insert_header(("origin", "https://notes.example"));
    let answer = send(&world, posted).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (303, ""));
    let resume = answer.header("location").to_owned();
    assert!(resume.starts_with("/oauth/authorize/resume?continue="));
    let answer = send(&world, TestRequest::get().uri(&resume).insert_header(known.clone())).await;
    assert!(answer.header("location").starts_with("/consent?continue="));

    let posted = form("/oauth/logout", "").insert_header(("origin", "https://notes.example"));
    let resume = send(&world, posted).await.header("location").to_owned();
    let answer = send(&world, TestRequest::get().uri(&resume).insert_header(known)).await;
    assert!(answer.header("location").starts_with("/oauth/logout/confirm?continue="));
}

#[actix_web::test]
async fn what_has_no_destination_is_a_page() {
    let (world, app, _) = signed_in().await;
    let elsewhere = query(&app, &[("redirect_uri", "https://evil.example/")]);
    for bad in [
        TestRequest::get().uri("/oauth/authorize"),
        TestRequest::get().uri(&format!("/oauth/authorize?{elsewhere}")),
        TestRequest::get().uri("/oauth/authorize?client_id=%ff"),
        TestRequest::get().uri("/oauth/authorize?client_id=%00"),
        TestRequest::get().uri("/oauth/authorize/resume"),
        TestRequest::get().uri("/oauth/authorize/resume?continue=nothing"),
        form("/oauth/authorize", &elsewhere),
        TestRequest::post()
            .uri("/oauth/authorize")
            .set_payload(query(&app, &[])),
        TestRequest::get().uri("/oauth/logout?id_token_hint=nothing"),
        TestRequest::get().uri("/oauth/logout?state=a&state=b"),
        form("/oauth/logout", "id_token_hint=nothing"),
        TestRequest::get().uri("/oauth/logout/resume?continue=nothing"),
    ] {
        let answer = send(&world, bad).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (400, "text/html; charset=utf-8"),
            "{}",
            answer.body
        );
        assert_eq!(answer.header("location"), "");
    }
}
