//! RP-initiated logout.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, StatusCode};

use crate::people::{sign_in, sign_up};
use crate::support::{AFTER_LOGOUT, Browser, RelyingParty, TestServer};

const ADA: &str = "ada@example.com";

async fn ready() -> (TestServer, RelyingParty, Browser, String) {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    let tokens = rp.tokens(&mut browser, &[]).await;
    let hint = tokens["id_token"].as_str().expect("a token").to_owned();
    (server, rp, browser, hint)
}

fn logout(params: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(params)
        .finish();
    format!("/oauth/logout?{query}")
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/account").await.status == StatusCode::OK
}

#[tokio::test(flavor = "multi_thread")]
async fn a_valid_hint_ends_the_session_and_leads_back_with_state() {
    let (server, _, mut browser, hint) = ready().await;
    // an ID token is a hint however old (RP-Initiated Logout section 4)
    server.advance(2 * 24 * 3600);
    let params = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", AFTER_LOGOUT),
        ("state", "a b&c"),
    ];
    let (_, page) = browser.follow(&logout(&params)).await;
    assert_eq!(page.location(), Some(format!("{AFTER_LOGOUT}?state=a+b%26c").as_str()));
    assert!(!is_signed_in(&mut browser).await);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn item_11_without_a_hint_the_person_is_asked() {
    let (server, rp, mut browser, _) = ready().await;
    for params in [
        vec![],
        vec![("state", "x")],
        vec![
            ("client_id", rp.client_id.as_str()),
            ("post_logout_redirect_uri", AFTER_LOGOUT),
        ],
    ] {
        let (at, page) = browser.follow(&logout(&params)).await;
        assert!(at.contains("/oauth/logout/confirm?continue="), "{at}: {}", page.body);
        assert_eq!(page.status, StatusCode::OK);
        assert!(is_signed_in(&mut browser).await, "a GET ended it");
    }
    let params = [
        ("client_id", rp.client_id.as_str()),
        ("post_logout_redirect_uri", AFTER_LOGOUT),
        ("state", "x"),
    ];
    let (_, page) = browser.follow(&logout(&params)).await;
    let done = browser.submit_shown(&page, "/oauth/logout/confirm", &[]).await;
    assert_eq!(done.location(), Some(format!("{AFTER_LOGOUT}?state=x").as_str()));
    assert!(!is_signed_in(&mut browser).await);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_hint_and_an_unregistered_address_are_error_pages() {
    let (server, rp, mut browser, hint) = ready().await;
    let mut parts: Vec<&str> = hint.split('.').collect();
    let none = URL_SAFE_NO_PAD.encode(br#"{"alg":"none"}"#);
    let unsigned = format!("{none}.{}.", parts[1]);
    let altered_claims = URL_SAFE_NO_PAD.encode(br#"{"iss":"x"}"#);
    parts[1] = &altered_claims;
    let altered = parts.join(".");
    let foreign = RelyingParty::register(&server).await;
    for params in [
        vec![
            ("id_token_hint", unsigned.as_str()),
            ("post_logout_redirect_uri", AFTER_LOGOUT),
        ],
        vec![
            ("id_token_hint", altered.as_str()),
            ("post_logout_redirect_uri", AFTER_LOGOUT),
        ],
        vec![("id_token_hint", "garbage")],
        vec![
            ("id_token_hint", hint.as_str()),
            ("post_logout_redirect_uri", "https://evil.example/"),
        ],
        vec![
            ("id_token_hint", hint.as_str()),
            ("post_logout_redirect_uri", "https://app.example/bye?x=1"),
        ],
        vec![
            ("id_token_hint", hint.as_str()),
            ("client_id", foreign.client_id.as_str()),
        ],
        vec![
            ("client_id", rp.client_id.as_str()),
            ("post_logout_redirect_uri", "https://evil.example/"),
        ],
    ] {
        let (at, page) = browser.follow(&logout(&params)).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{params:?} ended at {at}");
        assert!(page.location().is_none());
        assert!(is_signed_in(&mut browser).await, "{params:?}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hint_ends_nothing_in_another_browser() {
    let (server, _, mut browser, hint) = ready().await;
    let mut eve = server.browser();
    let params = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", AFTER_LOGOUT),
    ];
    let (_, page) = eve.follow(&logout(&params)).await;
    assert_eq!(page.location(), Some(AFTER_LOGOUT));
    assert!(is_signed_in(&mut browser).await);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_from_another_site_goes_on_at_a_page_that_sees_the_cookie() {
    let (server, _, mut browser, hint) = ready().await;
    let mut cookieless = server.browser();
    let request = cookieless
        .request(Method::POST, "/oauth/logout")
        .header("origin", "https://app.example")
        .form(&[
            ("id_token_hint", hint.as_str()),
            ("post_logout_redirect_uri", AFTER_LOGOUT),
        ]);
    let posted = cookieless.send(request).await;
    assert_eq!(posted.status, StatusCode::SEE_OTHER, "{}", posted.body);
    let next = posted.location().expect("a redirect").to_owned();
    assert!(is_signed_in(&mut browser).await);
    let (_, page) = browser.follow(&next).await;
    assert_eq!(page.location(), Some(AFTER_LOGOUT));
    assert!(!is_signed_in(&mut browser).await);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_gives_the_browser_a_new_secret() {
    let (server, _, mut browser, hint) = ready().await;
    let before = browser.cookies.clone();
    let params = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", AFTER_LOGOUT),
    ];
    browser.follow(&logout(&params)).await;
    let (name, old) = before.iter().next().expect("a cookie");
    let new = browser.cookies.get(name).expect("a cookie still");
    assert_ne!(new, old, "the end of a session is a change of privilege");

    // by the button, and by the page that asks, alike
    for page in ["/account", "/oauth/logout"] {
        sign_in_again(&mut browser).await;
        let before = browser.cookies.clone();
        let (at, shown) = browser.follow(page).await;
        let action = if at.contains("/confirm") {
            "/oauth/logout/confirm"
        } else {
            "/sign-out"
        };
        browser.submit_shown(&shown, action, &[]).await;
        assert_ne!(browser.cookies, before, "{page}");
        assert!(!is_signed_in(&mut browser).await, "{page}");
    }
    server.stop().await;
}

async fn sign_in_again(browser: &mut Browser) {
    let done = sign_in(browser, "/sign-in", ADA).await;
    assert_eq!(done.location(), Some("/account"));
}
