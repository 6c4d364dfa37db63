//! Several people on one device: the page that lists them, and the ways around it.

use reqwest::StatusCode;

use crate::people::{sign_in, sign_up};
use crate::support::{Browser, Page, RelyingParty, TestServer, answer, claims, value};

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";

/// Ada and then Bob signed in on one device.
async fn two_people() -> (TestServer, RelyingParty, Browser) {
    let server = TestServer::start().await;
    let rp = RelyingParty::register_with(&server, |new| new.consent_screen_enabled = false).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    sign_up(&server, &mut server.browser(), BOB).await;
    server.advance(5);
    // somebody else signs in beside Ada
    let (at, page) = browser.follow(&rp.authorize(&[("prompt", "select_account")])).await;
    assert!(at.contains("/choose-account?continue="), "{at}");
    let another = link(&page, "another");
    let done = sign_in(&mut browser, &another, BOB).await;
    let resume = done.location().expect("goes on").to_owned();
    let (_, page) = browser.follow(&resume).await;
    let answer = answer(page.location().unwrap_or_else(|| panic!("{}", page.body)));
    assert!(
        value(&answer, "code").is_some(),
        "who signs in for the request is chosen: {answer:?}"
    );
    server.advance(5);
    (server, rp, browser)
}

fn link(page: &Page, id: &str) -> String {
    let (_, rest) = page.body.split_once(&format!("id=\"{id}\" href=\"")).expect("a link");
    rest.split('"').next().expect("an address").replace("&#38;", "&")
}

/// The session of the row that shows `email`.
fn row(page: &Page, email: &str) -> String {
    let rows = page.body.split("<li>").find(|row| row.contains(email)).expect("a row");
    let (_, rest) = rows.split_once("value=\"").expect("a button");
    rest.split('"').next().expect("a session").to_owned()
}

async fn email_of(rp: &RelyingParty, browser: &mut Browser, location: &str) -> String {
    let answer = answer(location);
    let code = value(&answer, "code").unwrap_or_else(|| panic!("no code: {answer:?}"));
    let tokens = rp.redeem(browser, &code).await.json();
    let access = tokens["access_token"].as_str().expect("a token");
    let info = rp.userinfo(browser, access).await.json();
    assert_eq!(
        claims(tokens["id_token"].as_str().expect("a token"))["sub"],
        info["sub"]
    );
    info["email"].as_str().expect("an address").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_chosen_on_the_page_goes_on() {
    let (server, rp, mut browser) = two_people().await;
    for email in [ADA, BOB] {
        let (at, page) = browser.follow(&rp.authorize(&[])).await;
        assert!(at.contains("/choose-account?continue="), "{at}");
        assert!(page.body.contains(ADA) && page.body.contains(BOB) && page.body.contains("Acme Notes"));
        assert!(
            page.header("content-security-policy")
                .expect("a policy")
                .contains("form-action 'self';")
        );
        let session = row(&page, email);
        let chosen = browser
            .submit_shown(&page, "/choose-account", &[("session", &session)])
            .await;
        assert_eq!(chosen.status, StatusCode::OK);
        let resume = chosen.location().expect("goes on").to_owned();
        let (_, page) = browser.follow(&resume).await;
        assert_eq!(
            email_of(&rp, &mut browser, page.location().expect("an answer")).await,
            email
        );
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_not_of_this_device_is_no_choice() {
    let (server, rp, mut browser) = two_people().await;
    let (_, shown) = browser.follow(&rp.authorize(&[])).await;
    let session = row(&shown, ADA);
    // one that nobody has: the page asks again
    let made_up = format!("{}{}", &session[..session.len() - 4], "0000");
    let chosen = browser
        .submit_shown(&shown, "/choose-account", &[("session", &made_up)])
        .await;
    let resume = chosen.location().expect("goes on").to_owned();
    let (at, shown) = browser.follow(&resume).await;
    assert!(at.contains("/choose-account?"), "{at}");
    for bad in [vec![("session", "x")], vec![]] {
        let refused = browser.submit_shown(&shown, "/choose-account", &bad).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{bad:?}");
    }
    // another browser with the handle sees nobody
    let mut other = server.browser();
    let (_, page) = other.follow(&at).await;
    assert!(!page.body.contains(ADA) && !page.body.contains(BOB));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_asked_where_the_request_names_the_person() {
    let (server, rp, mut browser) = two_people().await;
    let none = browser.get(&rp.authorize(&[("prompt", "none")])).await;
    let told = answer(none.location().expect("an answer"));
    assert_eq!(value(&told, "error").as_deref(), Some("account_selection_required"));

    for email in [ADA, BOB] {
        let hinted = browser
            .get(&rp.authorize(&[("prompt", "none"), ("login_hint", email)]))
            .await;
        let location = hinted.location().expect("an answer").to_owned();
        assert_eq!(email_of(&rp, &mut browser, &location).await, email, "login_hint");
        let code = value(&answer(&location), "code");
        assert!(code.is_some());

        let hinted = browser.get(&rp.authorize(&[("login_hint", email)])).await;
        let code = value(&answer(hinted.location().expect("an answer")), "code").expect("a code");
        let tokens = rp.redeem(&mut browser, &code).await.json();
        let id_token = tokens["id_token"].as_str().expect("a token");
        let by_token = browser
            .get(&rp.authorize(&[("prompt", "none"), ("id_token_hint", id_token)]))
            .await;
        assert_eq!(
            email_of(&rp, &mut browser, by_token.location().expect("an answer")).await,
            email,
            "id_token_hint"
        );
        let sub = claims(id_token)["sub"].as_str().expect("a sub").to_owned();
        let asked = format!(r#"{{"id_token":{{"sub":{{"value":"{sub}"}}}}}}"#);
        let by_claim = browser
            .get(&rp.authorize(&[("prompt", "none"), ("claims", &asked)]))
            .await;
        assert_eq!(
            email_of(&rp, &mut browser, by_claim.location().expect("an answer")).await,
            email,
            "claims.sub"
        );
    }
    // a hint of somebody who is not here leaves the choice
    let (at, _) = browser
        .follow(&rp.authorize(&[("login_hint", "eve@example.com")]))
        .await;
    assert!(at.contains("/choose-account?"), "{at}");
    let unknown = r#"{"id_token":{"sub":{"value":"user_nobody"}}}"#;
    let asked = browser.get(&rp.authorize(&[("claims", unknown)])).await;
    assert!(
        asked.location().is_some_and(|to| to.starts_with("/sign-in?")),
        "as for somebody who is not signed in"
    );
    let refused = browser
        .get(&rp.authorize(&[("claims", unknown), ("prompt", "none")]))
        .await;
    let told = answer(refused.location().expect("an answer"));
    assert_eq!(value(&told, "error").as_deref(), Some("login_required"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_is_asked_only_when_the_request_wants_it() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register_with(&server, |new| new.consent_screen_enabled = false).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    server.advance(5);
    let straight = browser.get(&rp.authorize(&[])).await;
    assert!(value(&answer(straight.location().expect("an answer")), "code").is_some());
    let (at, page) = browser.follow(&rp.authorize(&[("prompt", "select_account")])).await;
    assert!(at.contains("/choose-account?"), "{at}");
    let session = row(&page, ADA);
    let chosen = browser
        .submit_shown(&page, "/choose-account", &[("session", &session)])
        .await;
    let resume = chosen.location().expect("goes on").to_owned();
    let (_, page) = browser.follow(&resume).await;
    assert!(value(&answer(page.location().expect("an answer")), "code").is_some());

    // nobody is signed in: there is nobody to choose
    let (at, _) = server
        .browser()
        .follow(&rp.authorize(&[("prompt", "select_account")]))
        .await;
    assert!(at.contains("/sign-in?"), "{at}");
    // an account is made, whoever is signed in
    let (at, page) = browser.follow(&rp.authorize(&[("prompt", "create")])).await;
    assert!(at.contains("/sign-up?continue="), "{at}");
    assert!(page.body.contains("Acme Notes"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_speak_the_language_of_the_request() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    let (at, page) = browser.follow(&rp.authorize(&[("ui_locales", "se de-AT en")])).await;
    assert!(page.body.contains("<html lang=\"de\""), "{at}");
    sign_up(&server, &mut server.browser(), ADA).await;
    let done = sign_in(&mut browser, &at, ADA).await;
    let (at, page) = browser.follow(done.location().expect("goes on")).await;
    assert!(
        at.contains("/consent?") && page.body.contains("<html lang=\"de\""),
        "{at}"
    );
    // the page that leads on, whatever the browser prefers
    assert!(done.body.contains("<html lang=\"de\""), "{}", done.body);
    let allowed = browser.submit_shown(&page, "/consent", &[("decision", "allow")]).await;
    assert!(allowed.body.contains("<html lang=\"de\""), "{}", allowed.body);
    // a language that we do not speak is no error (OpenID Connect Core section 3.1.2.1)
    let (_, page) = server.browser().follow(&rp.authorize(&[("ui_locales", "se")])).await;
    assert!(page.body.contains("<html lang=\"en\""));
    server.stop().await;
}
