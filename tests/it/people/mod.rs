//! Signing up, in and out on the hosted pages.

mod applications;
mod limits;
mod pages;
mod reset;

use reqwest::{Method, StatusCode};
use vestibule::kernel::event::Actor;

use crate::support::{Browser, Page, TestServer};

const ADA: &str = "ada@example.com";
const PASSWORD: &str = "correct horse battery";

/// Signs up to the point where the code is asked for; the verification page's address.
async fn begin_sign_up(browser: &mut Browser, email: &str) -> String {
    let fields = [
        ("first_name", "Ada"),
        ("last_name", "Lovelace"),
        ("email", email),
        ("password", PASSWORD),
    ];
    let answer = browser.submit("/sign-up", "/sign-up", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.location().expect("a redirect").to_owned()
}

pub async fn sign_up(server: &TestServer, browser: &mut Browser, email: &str) {
    let verify = begin_sign_up(browser, email).await;
    let code = server.code_for(email).await;
    let answer = browser.submit(&verify, "/sign-up/verify", &[("code", &code)]).await;
    assert_eq!(answer.location(), Some("/account"), "{}", answer.body);
}

/// Signs in from a page that is open at `page`.
pub async fn sign_in(browser: &mut Browser, page: &str, email: &str) -> Page {
    let started = browser.submit(page, "/sign-in", &[("identifier", email)]).await;
    let next = started.location().expect("a redirect").to_owned();
    browser
        .submit(&next, "/sign-in/password", &[("password", PASSWORD)])
        .await
}

/// Signs in to the point where the password was tried.
async fn try_password(browser: &mut Browser, email: &str, password: &str) -> Page {
    let started = browser.submit("/sign-in", "/sign-in", &[("identifier", email)]).await;
    let next = started.location().expect("a redirect").to_owned();
    assert!(next.starts_with("/sign-in/password?attempt=sia_"), "{next}");
    browser
        .submit(&next, "/sign-in/password", &[("password", password)])
        .await
}

async fn from_address(browser: &mut Browser, origin: &str, ip: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let request = browser
        .request(Method::POST, path)
        .header("origin", origin)
        .header("x-forwarded-for", ip)
        .form(fields);
    browser.send(request).await
}

/// One whole attempt to sign in from an address.
async fn try_from(server: &TestServer, ip: &str, email: &str, password: &str) -> Page {
    let mut browser = server.browser();
    let page = browser.get("/sign-in").await;
    let hidden = page.hidden();
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("identifier", email));
    let started = from_address(&mut browser, &server.url, ip, "/sign-in", &fields).await;
    let Some(next) = started.location().map(str::to_owned) else {
        return started;
    };
    let page = browser.get(&next).await;
    let hidden = page.hidden();
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("password", password));
    from_address(&mut browser, &server.url, ip, "/sign-in/password", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_up_out_and_in_again() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;

    let account = browser.get("/account").await;
    assert_eq!(account.status, StatusCode::OK);
    assert!(account.body.contains(ADA) && account.body.contains("Lovelace"));

    let renamed = browser
        .submit_shown(
            &account,
            "/account",
            &[("first_name", "Augusta"), ("last_name", "King")],
        )
        .await;
    assert_eq!(renamed.location(), Some("/account?saved=1"));
    assert!(browser.get("/account").await.body.contains("Augusta"));

    let account = browser.get("/account").await;
    let out = browser.submit_shown(&account, "/sign-out", &[]).await;
    assert_eq!(out.location(), Some("/signed-out"));
    assert_eq!(browser.get("/account").await.location(), Some("/sign-in"));

    let signed_in = try_password(&mut browser, ADA, PASSWORD).await;
    assert_eq!(signed_in.location(), Some("/account"));
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_device_secret_changes_with_every_sign_in() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.get("/sign-in").await;
    let before = browser.cookies.clone();
    sign_up(&server, &mut browser, ADA).await;
    let after = browser.cookies.clone();
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    assert_ne!(before, after);
    let mut fixated = server.browser();
    fixated.cookies = before;
    assert_eq!(
        fixated.get("/account").await.location(),
        Some("/sign-in"),
        "a planted cookie must be worth nothing"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_tell_whether_an_account_exists() {
    let server = TestServer::start().await;
    sign_up(&server, &mut server.browser(), ADA).await;
    let (mut known, mut unknown) = (server.browser(), server.browser());
    let strip = |page: &Page, email: &str| {
        let hidden = page.hidden();
        let body = hidden
            .iter()
            .fold(page.body.clone(), |body, (_, value)| body.replace(value.as_str(), "·"));
        (
            page.status,
            body.replace(email, "·")
                .replace(page.header("x-request-id").expect("an id"), "·"),
        )
    };
    let wrong = "not the password";
    let known_answer = try_password(&mut known, ADA, wrong).await;
    let unknown_answer = try_password(&mut unknown, "bob@example.com", wrong).await;
    assert_eq!(known_answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(strip(&known_answer, ADA), strip(&unknown_answer, "bob@example.com"));

    // signing up: the same page, and the same answer to a guessed code
    let known_page = begin_sign_up(&mut known, ADA).await;
    let unknown_page = begin_sign_up(&mut unknown, "bob@example.com").await;
    let (known_shown, unknown_shown) = (known.get(&known_page).await, unknown.get(&unknown_page).await);
    assert_eq!(strip(&known_shown, ADA), strip(&unknown_shown, "bob@example.com"));
    let known_wrong = known
        .submit_shown(&known_shown, "/sign-up/verify", &[("code", "000000")])
        .await;
    let unknown_wrong = unknown
        .submit_shown(&unknown_shown, "/sign-up/verify", &[("code", "000000")])
        .await;
    assert_eq!(strip(&known_wrong, ADA), strip(&unknown_wrong, "bob@example.com"));

    // the owner is told, and gets no code
    let mail = server.mail_to(ADA).await.expect("a mail").mail;
    assert!(
        !mail
            .text
            .lines()
            .any(|line| line.trim().len() == 6 && line.trim().bytes().all(|b| b.is_ascii_digit()))
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_belongs_to_its_device() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let verify = begin_sign_up(&mut browser, ADA).await;
    let mut other = server.browser();
    assert_eq!(other.get(&verify).await.location(), Some("/sign-in?expired=1"));
    begin_sign_up(&mut other, "eve@example.com").await;
    assert_eq!(other.get(&verify).await.location(), Some("/sign-in?expired=1"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unverified_address_reserves_nothing_and_one_of_two_wins() {
    let server = TestServer::start().await;
    let (mut first, mut second) = (server.browser(), server.browser());
    let first_page = begin_sign_up(&mut first, ADA).await;
    let first_code = server.code_for(ADA).await;
    let second_page = begin_sign_up(&mut second, "Ada@EXAMPLE.com").await;
    let second_code = server.code_for("Ada@example.com").await;
    let won = second
        .submit(&second_page, "/sign-up/verify", &[("code", &second_code)])
        .await;
    assert_eq!(won.location(), Some("/account"));
    let lost = first
        .submit(&first_page, "/sign-up/verify", &[("code", &first_code)])
        .await;
    assert_eq!(lost.location(), Some("/sign-in"));
    assert_eq!(first.get("/account").await.location(), Some("/sign-in"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_when_idle_and_at_their_absolute_end() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    server.advance(6 * 24 * 3600);
    assert_eq!(
        browser.get("/account").await.status,
        StatusCode::OK,
        "activity puts the idle end off"
    );
    server.advance(6 * 24 * 3600);
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    server.advance(7 * 24 * 3600 + 1);
    assert_eq!(
        browser.get("/account").await.location(),
        Some("/sign-in"),
        "seven idle days end it"
    );

    assert_eq!(
        try_password(&mut browser, ADA, PASSWORD).await.location(),
        Some("/account")
    );
    for _ in 0..5 {
        server.advance(6 * 24 * 3600 - 60);
        browser.get("/account").await;
    }
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    server.advance(24 * 3600);
    assert_eq!(
        browser.get("/account").await.location(),
        Some("/sign-in"),
        "thirty days end it in any case"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_banned_person_is_told_so_only_with_the_right_password() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    let accounts = &server.app.accounts;
    let ada = accounts.find_by_email(&ADA.parse().expect("an address")).await;
    let ada = ada.expect("reads").expect("Ada");
    assert!(accounts.ban(&ada.id, Actor::Operator).await.expect("bans"));
    assert_eq!(
        browser.get("/account").await.location(),
        Some("/sign-in"),
        "the session that was there opens nothing any more"
    );
    let mut other = server.browser();
    assert_eq!(
        try_password(&mut other, ADA, "not the password").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let right = try_password(&mut other, ADA, PASSWORD).await;
    assert_eq!(right.status, StatusCode::FORBIDDEN);
    assert!(right.body.contains("blocked"), "{}", right.body);
    assert_eq!(other.get("/account").await.location(), Some("/sign-in"));
    server.stop().await;
}
