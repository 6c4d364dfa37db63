//! The authorization endpoint. A number in a test's name is that of the mistake it looks for, among those that providers most often make
//! (a list read off the OpenID Foundation's conformance suite).

use reqwest::{Method, StatusCode};
use sea_orm::{EntityTrait, PaginatorTrait};

use crate::people::{sign_in, sign_up};
use crate::support::{AFTER_LOGOUT, CALLBACK, Page, RelyingParty, TestServer, answer, claims, value};

const ADA: &str = "ada@example.com";

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_to_an_app_with_consent_once() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    sign_up(&server, &mut server.browser(), ADA).await;
    let mut browser = server.browser();

    let (at, page) = browser.follow(&rp.authorize(&[])).await;
    assert!(at.contains("/sign-in?continue="), "{at}");
    assert!(page.body.contains("Acme Notes"));
    let allowed = sign_in(&mut browser, &at, ADA).await;
    let resume = allowed.location().expect("a redirect").to_owned();
    assert!(resume.starts_with("/oauth/authorize/resume?continue="), "{resume}");
    let (at, consent) = browser.follow(&resume).await;
    assert!(at.contains("/consent?continue="), "{at}");
    assert!(consent.body.contains("Acme Notes") && consent.body.contains(ADA));
    let done = browser
        .submit_shown(&consent, "/consent", &[("decision", "allow")])
        .await;
    assert_eq!(
        done.status,
        StatusCode::OK,
        "no redirect, which the form's own policy would hold"
    );
    assert!(done.body.contains("id=\"onward\""), "{}", done.body);
    let first = answer(done.location().expect("a redirect"));
    assert_eq!(value(&first, "state").as_deref(), Some("st4te"));
    assert_eq!(value(&first, "iss").as_deref(), Some(server.url.as_str()));
    assert!(value(&first, "code").is_some());

    // remembered: the second time nothing is asked
    let again = browser.get(&rp.authorize(&[])).await;
    assert!(value(&answer(again.location().expect("a redirect")), "code").is_some());
    // more than was allowed is asked for
    let (at, _) = browser
        .follow(&rp.authorize(&[("scope", "openid offline_access")]))
        .await;
    assert!(at.contains("/consent?"), "{at}");
    // and so is anything when the client wants it asked
    let (at, _) = browser.follow(&rp.authorize(&[("prompt", "consent")])).await;
    assert!(at.contains("/consent?"), "{at}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_person_signs_up_on_the_way_to_an_app() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    let (at, _) = browser.follow(&rp.authorize(&[])).await;
    let handle = at.split_once("continue=").expect("a handle").1.to_owned();
    let sign_up = format!("/sign-up?continue={handle}");
    let fields = [("email", ADA), ("password", "correct horse battery")];
    let started = browser.submit(&sign_up, "/sign-up", &fields).await;
    let verify = started.location().expect("a redirect").to_owned();
    let code = server.code_for(ADA).await;
    let done = browser.submit(&verify, "/sign-up/verify", &[("code", &code)]).await;
    assert!(
        done.location()
            .expect("a redirect")
            .starts_with("/oauth/authorize/resume?"),
        "{:?}",
        done.location()
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn item_7_without_a_verified_address_there_is_a_page_and_no_redirect() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    let twice = format!("{}&client_id=x", rp.authorize(&[]));
    let requests = [
        rp.authorize(&[("client_id", "nobody")]),
        rp.authorize(&[("client_id", "")]),
        rp.authorize(&[("redirect_uri", "https://evil.example/cb")]),
        rp.authorize(&[("redirect_uri", "")]),
        rp.authorize(&[("redirect_uri", &format!("{CALLBACK}?x=1"))]),
        rp.authorize(&[("redirect_uri", &format!("{CALLBACK}/"))]),
        rp.authorize(&[("redirect_uri", &format!("{CALLBACK}#f"))]),
        rp.authorize(&[("redirect_uri", "https://app.example:443/cb")]),
        rp.authorize(&[("redirect_uri", "https://APP.example/cb")]),
        rp.authorize(&[("redirect_uri", AFTER_LOGOUT)]),
        twice,
    ];
    for request in &requests {
        let page = browser.get(request).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{request}");
        assert!(page.location().is_none(), "{request}");
        assert!(page.body.contains("<html"), "{request}");
        assert!(!page.body.contains("evil.example/cb\""), "no link to it");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn item_7_other_errors_go_to_the_client_with_state_and_iss() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let public = RelyingParty::register_as(&server, true).await;
    let mut browser = server.browser();
    let cases = [
        (rp.authorize(&[("response_type", "token")]), "unsupported_response_type"),
        (rp.authorize(&[("response_type", "")]), "invalid_request"),
        (rp.authorize(&[("response_mode", "fragment")]), "invalid_request"),
        (rp.authorize(&[("code_challenge_method", "plain")]), "invalid_request"),
        (rp.authorize(&[("code_challenge", "short")]), "invalid_request"),
        (
            public.authorize(&[("code_challenge", ""), ("code_challenge_method", "")]),
            "invalid_request",
        ),
        (rp.authorize(&[("prompt", "none login")]), "invalid_request"),
        (rp.authorize(&[("max_age", "soon")]), "invalid_request"),
        (rp.authorize(&[("prompt", "none")]), "login_required"),
        (rp.authorize(&[("request", "e30.e30.")]), "request_not_supported"),
        (
            rp.authorize(&[("request_uri", "https://app.example/r")]),
            "request_uri_not_supported",
        ),
        (rp.authorize(&[("registration", "{}")]), "registration_not_supported"),
        (rp.authorize(&[("id_token_hint", "not.a.token")]), "invalid_request"),
        (format!("{}&scope=openid", rp.authorize(&[])), "invalid_request"),
    ];
    for (request, expected) in cases {
        let page = browser.get(&request).await;
        let answer = answer(page.location().unwrap_or_else(|| panic!("{request}: {}", page.body)));
        assert_eq!(value(&answer, "error").as_deref(), Some(expected), "{request}");
        assert_eq!(value(&answer, "state").as_deref(), Some("st4te"), "{request}");
        assert_eq!(value(&answer, "iss").as_deref(), Some(server.url.as_str()), "{request}");
        let description = value(&answer, "error_description").unwrap_or_default();
        assert!(
            description
                .bytes()
                .all(|b| matches!(b, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e)),
            "{description}"
        );
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn item_2_unsupported_parameters_change_nothing() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    let extra = [
        ("display", "touch"),
        ("ui_locales", "se"),
        ("claims_locales", "se"),
        ("acr_values", "1 2"),
        (
            "claims",
            r#"{"userinfo":{"x":null},"id_token":{"y":{"essential":true}},"z":1}"#,
        ),
        ("foo", "bar"),
    ];
    assert!(!rp.code(&mut browser, &extra).await.is_empty());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_from_another_site_goes_on_at_a_page_that_sees_the_cookie() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    rp.code(&mut browser, &[]).await;
    let query = rp.authorize(&[]);
    let fields: Vec<(String, String)> = url::Url::parse(&browser.url(&query))
        .expect("a URL")
        .query_pairs()
        .into_owned()
        .collect();
    // a cross-site POST has no cookies of ours
    let mut cookieless = server.browser();
    let request = cookieless
        .request(Method::POST, "/oauth/authorize")
        .header("origin", "https://app.example")
        .header("sec-fetch-site", "cross-site")
        .form(&fields);
    let posted = cookieless.send(request).await;
    assert_eq!(posted.status, StatusCode::SEE_OTHER);
    let resume = posted.location().expect("a redirect").to_owned();
    assert!(resume.starts_with("/oauth/authorize/resume?continue="), "{resume}");
    let done = browser.get(&resume).await;
    assert!(value(&answer(done.location().expect("a redirect")), "code").is_some());
    // once
    let again = browser.get(&resume).await;
    assert!(
        again.location().is_none_or(|to| !to.contains("code=")),
        "{:?}",
        again.location()
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_belongs_to_the_browser_that_began() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut victim = server.browser();
    sign_up(&server, &mut victim, ADA).await;
    let mut eve = server.browser();
    let (at, _) = eve.follow(&rp.authorize(&[("state", "eves")])).await;
    let handle = at.split_once("continue=").expect("a handle").1.to_owned();
    let lured = victim.get(&format!("/oauth/authorize/resume?continue={handle}")).await;
    assert!(lured.location().is_none(), "{:?}", lured.location());
    let lured = victim.get(&format!("/sign-in?continue={handle}")).await;
    assert_eq!(lured.location(), Some("/account"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn item_3_prompt_none_answers_without_a_page() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    let error = |page: &Page| value(&answer(page.location().expect("a redirect")), "error");
    // where nobody is signed in, and where the sign-in is too long ago
    let none = browser.get(&rp.authorize(&[("prompt", "none")])).await;
    assert_eq!(error(&none).as_deref(), Some("login_required"));
    sign_up(&server, &mut browser, ADA).await;
    let none = browser
        .get(&rp.authorize(&[("prompt", "none"), ("max_age", "0")]))
        .await;
    assert_eq!(error(&none).as_deref(), Some("login_required"));
    let none = browser.get(&rp.authorize(&[("prompt", "none")])).await;
    assert_eq!(error(&none).as_deref(), Some("consent_required"));
    let before = rp.tokens(&mut browser, &[]).await;
    let none = browser.get(&rp.authorize(&[("prompt", "none")])).await;
    let code = value(&answer(none.location().expect("a redirect")), "code").expect("a code");
    let after = rp.redeem(&mut browser, &code).await.json();
    let (before, after) = (
        claims(before["id_token"].as_str().expect("a token")),
        claims(after["id_token"].as_str().expect("a token")),
    );
    for claim in ["sub", "auth_time", "sid"] {
        assert_eq!(before[claim], after[claim], "{claim}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn item_4_prompt_login_and_an_expired_max_age_really_ask() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    let before = claims(
        rp.tokens(&mut browser, &[]).await["id_token"]
            .as_str()
            .expect("a token"),
    );
    for changes in [[("prompt", "login")], [("max_age", "5")], [("max_age", "0")]] {
        server.advance(60);
        let (at, page) = browser.follow(&rp.authorize(&changes)).await;
        assert!(at.contains("/sign-in?"), "{changes:?}: {at}");
        assert!(page.body.contains(ADA), "the person's own address is filled in");
        // going on without proving anything leads back to the page
        let handle = at.split_once("continue=").expect("a handle").1.to_owned();
        let (back, _) = browser
            .follow(&format!("/oauth/authorize/resume?continue={handle}"))
            .await;
        assert!(back.contains("/sign-in?"), "{back}");
        let signed_in = sign_in(&mut browser, &at, ADA).await;
        let (_, done) = browser.follow(signed_in.location().expect("a redirect")).await;
        let code = value(&answer(done.location().expect("a redirect")), "code").expect("a code");
        let after = claims(
            rp.redeem(&mut browser, &code).await.json()["id_token"]
                .as_str()
                .expect("a token"),
        );
        assert_eq!(after["auth_time"], server.now().secs(), "{changes:?}");
        assert_ne!(after["auth_time"], before["auth_time"]);
        assert_eq!(after["sid"], before["sid"], "the same session, with newer evidence");
        assert!(after["amr"].as_array().expect("methods").contains(&"pwd".into()));
    }
    // within max_age nothing is asked
    let quiet = browser.get(&rp.authorize(&[("max_age", "3600")])).await;
    assert!(quiet.location().expect("a redirect").starts_with(CALLBACK));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hints_choose_the_person() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let (mut browser, mut elsewhere) = (server.browser(), server.browser());
    sign_up(&server, &mut browser, ADA).await;
    sign_up(&server, &mut elsewhere, "bob@example.com").await;
    let ada = rp.tokens(&mut browser, &[]).await["id_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let bob = rp.tokens(&mut elsewhere, &[]).await["id_token"]
        .as_str()
        .expect("a token")
        .to_owned();

    let hinted = browser
        .get(&rp.authorize(&[("prompt", "none"), ("id_token_hint", &ada)]))
        .await;
    assert!(value(&answer(hinted.location().expect("a redirect")), "code").is_some());
    let other = browser
        .get(&rp.authorize(&[("prompt", "none"), ("id_token_hint", &bob)]))
        .await;
    assert_eq!(
        value(&answer(other.location().expect("a redirect")), "error").as_deref(),
        Some("login_required")
    );
    let (at, page) = browser.follow(&rp.authorize(&[("id_token_hint", &bob)])).await;
    assert!(at.contains("/sign-in?"), "{at}");
    assert!(!page.body.contains("bob@example.com"), "Bob was never signed in here");
    let account = elsewhere.get("/account").await;
    elsewhere.submit_shown(&account, "/sign-out", &[]).await;
    let (_, page) = elsewhere.follow(&rp.authorize(&[("id_token_hint", &bob)])).await;
    assert!(page.body.contains("bob@example.com"), "Bob was");

    let (_, page) = server
        .browser()
        .follow(&rp.authorize(&[("login_hint", "carol@example.com")]))
        .await;
    assert!(page.body.contains("carol@example.com"));

    // a hint of another client, or altered
    let foreign = RelyingParty::register(&server).await;
    let refused = browser
        .get(&foreign.authorize(&[("prompt", "none"), ("id_token_hint", &ada)]))
        .await;
    assert!(value(&answer(refused.location().expect("a redirect")), "error").is_some());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_told_to_the_client_and_ends_the_request() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    let (at, consent) = browser.follow(&rp.authorize(&[])).await;
    assert!(at.contains("/consent?"));
    let csp = consent.header("content-security-policy").expect("a policy");
    assert!(csp.contains("form-action 'self';"), "{csp}");
    let denied = browser
        .submit_shown(&consent, "/consent", &[("decision", "deny")])
        .await;
    let refused = answer(denied.location().expect("a redirect"));
    assert_eq!(value(&refused, "error").as_deref(), Some("access_denied"));
    assert_eq!(value(&refused, "state").as_deref(), Some("st4te"));
    let again = browser
        .submit_shown(&consent, "/consent", &[("decision", "allow")])
        .await;
    assert!(
        again.location().is_none_or(|to| !to.contains("code=")),
        "{:?}",
        again.location()
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_can_not_make_us_write_without_end() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut refused = 0;
    for _ in 0..140 {
        let page = server.browser().get(&rp.authorize(&[])).await;
        let to = page.location().expect("a redirect").to_owned();
        if to.starts_with(CALLBACK) {
            assert_eq!(value(&answer(&to), "error").as_deref(), Some("temporarily_unavailable"));
            refused += 1;
        }
    }
    assert!(refused >= 15, "{refused}");
    // nor does a made-up handle make a device
    let devices = entity::device::Entity::find()
        .count(server.app.cx.db.reader())
        .await
        .expect("counts");
    server.browser().get("/oauth/authorize/resume?continue=made-up").await;
    server.browser().get("/oauth/logout/resume?continue=made-up").await;
    let after = entity::device::Entity::find()
        .count(server.app.cx.db.reader())
        .await
        .expect("counts");
    assert_eq!(devices, after);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_as_somebody_else_than_the_hint_names_is_not_asked_for_ever() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    sign_up(&server, &mut server.browser(), "bob@example.com").await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    let ada = rp.tokens(&mut browser, &[]).await["id_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    server.advance(60);
    let (at, _) = browser
        .follow(&rp.authorize(&[("prompt", "login"), ("id_token_hint", &ada)]))
        .await;
    let signed_in = sign_in(&mut browser, &at, "bob@example.com").await;
    let (_, page) = browser.follow(signed_in.location().expect("a redirect")).await;
    let answer = answer(page.location().expect("a redirect"));
    assert_eq!(value(&answer, "error").as_deref(), Some("login_required"));
    server.stop().await;
}
