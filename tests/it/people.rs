//! Signing up, in and out on the hosted pages.

use reqwest::{Method, StatusCode};
use sea_orm::ConnectionTrait;

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
async fn a_code_ends_after_three_wrong_guesses_and_a_new_one_works() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let verify = begin_sign_up(&mut browser, ADA).await;
    let code = server.code_for(ADA).await;
    let wrong = if code == "123456" { "654321" } else { "123456" };
    for _ in 0..3 {
        let answer = browser.submit(&verify, "/sign-up/verify", &[("code", wrong)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let spent = browser.submit(&verify, "/sign-up/verify", &[("code", &code)]).await;
    assert_eq!(
        spent.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a spent code must not work"
    );

    let too_soon = browser.submit(&verify, "/sign-up/verify/resend", &[]).await;
    assert!(too_soon.location().expect("a redirect").contains("notice=too_soon"));
    server.advance(31);
    let sent = browser.submit(&verify, "/sign-up/verify/resend", &[]).await;
    assert!(sent.location().expect("a redirect").contains("notice=sent"));
    let code = server.code_for(ADA).await;
    let done = browser.submit(&verify, "/sign-up/verify", &[("code", &code)]).await;
    assert_eq!(done.location(), Some("/account"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_guesses_do_not_share_a_try() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let verify = begin_sign_up(&mut browser, ADA).await;
    let code = server.code_for(ADA).await;
    let shown = browser.get(&verify).await;
    let hidden = shown.hidden();
    let wrong: Vec<String> = (0..12)
        .map(|n| format!("{n:06}"))
        .filter(|guess| *guess != code)
        .collect();
    let requests = wrong.iter().map(|guess| {
        let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        fields.push(("code", guess));
        browser
            .request(Method::POST, "/sign-up/verify")
            .header("origin", &server.url)
            .form(&fields)
            .send()
    });
    for answer in futures_util::future::join_all(requests).await {
        assert_eq!(answer.expect("answers").status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let late = browser.submit(&verify, "/sign-up/verify", &[("code", &code)]).await;
    assert_eq!(
        late.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the guesses used up the code"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_and_attempts_run_out() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let verify = begin_sign_up(&mut browser, ADA).await;
    let code = server.code_for(ADA).await;
    server.advance(601);
    let late = browser.submit(&verify, "/sign-up/verify", &[("code", &code)]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    server.advance(24 * 3600);
    assert_eq!(browser.get(&verify).await.location(), Some("/sign-in?expired=1"));
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
async fn guessing_passwords_is_limited_per_pair_and_survives_a_restart() {
    let server = TestServer::start().await;
    sign_up(&server, &mut server.browser(), ADA).await;
    let mut eve = server.browser();
    let mut limited_at = None;
    for attempt in 0..8 {
        let answer = try_password(&mut eve, ADA, "guess guess").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.header("retry-after").is_some());
            limited_at = Some(attempt);
            break;
        }
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(limited_at, Some(5));
    let server = server.restart().await;
    // a fresh browser at the same address is as limited, even with the right password
    let mut again = server.browser();
    assert_eq!(
        try_password(&mut again, ADA, PASSWORD).await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    server.advance(61);
    assert_eq!(
        try_password(&mut again, ADA, PASSWORD).await.location(),
        Some("/account")
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_passwords_than_can_be_hashed_are_refused_at_once() {
    let costly = [
        ("passwords.memory_kib", "65536"),
        ("passwords.iterations", "4"),
        ("passwords.workers", "1"),
        ("passwords.queue", "1"),
    ];
    let server = TestServer::start_with(&costly).await;
    let mut browsers: Vec<Browser> = (0..8).map(|_| server.browser()).collect();
    let mut forms = Vec::new();
    for (n, browser) in browsers.iter_mut().enumerate() {
        let shown = browser.get("/sign-up").await;
        let mut fields = shown.hidden();
        fields.push(("email".to_owned(), format!("person{n}@example.com")));
        fields.push(("password".to_owned(), PASSWORD.to_owned()));
        forms.push(fields);
    }
    let requests = browsers.iter().zip(&forms).map(|(browser, fields)| {
        browser
            .request(Method::POST, "/sign-up")
            .header("origin", &server.url)
            .form(fields)
            .send()
    });
    let (mut done, mut refused) = (0, 0);
    for answer in futures_util::future::join_all(requests).await {
        let answer = answer.expect("answers");
        match answer.status() {
            StatusCode::SEE_OTHER => done += 1,
            StatusCode::SERVICE_UNAVAILABLE => {
                assert!(answer.headers().contains_key("retry-after"));
                refused += 1;
            }
            other => panic!("{other}"),
        }
    }
    assert!(done >= 2 && refused >= 1, "{done} done, {refused} refused");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_can_not_lock_a_person_out() {
    let server = TestServer::start_with(&[("server.trusted_proxies", "127.0.0.0/8")]).await;
    let mut ada = server.browser();
    sign_up(&server, &mut ada, ADA).await;
    let account = ada.get("/account").await;
    ada.submit_shown(&account, "/sign-out", &[]).await;
    // from many addresses, until the account's bucket is full
    let mut is_full = false;
    for n in 0..60 {
        let tried = try_from(&server, &format!("198.51.100.{n}"), ADA, "guess guess").await;
        if tried.status == StatusCode::TOO_MANY_REQUESTS {
            is_full = true;
            break;
        }
    }
    assert!(is_full, "guessing from many addresses must be limited for the account");
    let signed_in = try_password(&mut ada, ADA, PASSWORD).await;
    assert_eq!(
        signed_in.location(),
        Some("/account"),
        "the person's own device is let past"
    );
    server.stop().await;
}

async fn from_address(browser: &mut Browser, origin: &str, ip: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let request = browser
        .request(Method::POST, path)
        .header("origin", origin)
        .header("x-forwarded-for", ip)
        .form(fields);
    browser.send(request).await
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
async fn forms_of_others_are_refused() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let shown = browser.get("/sign-in").await;
    let csrf = shown
        .hidden()
        .into_iter()
        .find(|(name, _)| name == "csrf")
        .expect("a token")
        .1;
    let fields = [("csrf", csrf.as_str()), ("identifier", ADA)];

    let foreign = browser
        .request(Method::POST, "/sign-in")
        .header("origin", "https://evil.example")
        .form(&fields);
    assert_eq!(browser.send(foreign).await.status, StatusCode::FORBIDDEN);
    let none = browser.request(Method::POST, "/sign-in").form(&fields);
    assert_eq!(browser.send(none).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        browser.post("/sign-in", &[("identifier", ADA)]).await.status,
        StatusCode::FORBIDDEN
    );
    let mut other = server.browser();
    other.get("/sign-in").await;
    assert_eq!(
        other.post("/sign-in", &fields).await.status,
        StatusCode::FORBIDDEN,
        "another browser's token"
    );
    assert_eq!(browser.post("/sign-in", &fields).await.status, StatusCode::SEE_OTHER);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_answered_beside_its_field_and_changes_nothing() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let fields = [
        ("first_name", "<b>x</b>"),
        ("email", "not an address"),
        ("password", "short"),
    ];
    let answer = browser.submit("/sign-up", "/sign-up", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("aria-invalid") && answer.body.contains("aria-describedby"));
    assert!(answer.body.contains("not an address"), "the field keeps its value");
    assert!(!answer.body.contains("<b>x</b>") && !answer.body.contains("value=\"short\""));
    let twice = browser
        .post(
            "/sign-in",
            &[("identifier", "a@example.com"), ("identifier", "b@example.com")],
        )
        .await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    assert!(server.app.accounts.list(None, 10).await.expect("lists").is_empty());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_carry_the_security_headers() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    for path in ["/sign-in", "/sign-up", "/signed-out", "/nowhere", "/dev/inbox"] {
        let page = browser.get(path).await;
        let csp = page.header("content-security-policy").expect(path);
        assert!(
            csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"),
            "{csp}"
        );
        assert!(!csp.contains("unsafe"), "{csp}");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(page.header("referrer-policy"), Some("same-origin"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(page.header("x-request-id").is_some());
        assert!(
            !page.body.contains("<script>") && !page.body.contains(" style=\""),
            "{path}: nothing inline"
        );
    }
    let cookie = browser.get("/sign-in").await;
    assert!(
        cookie.header("set-cookie").is_none(),
        "a browser that has the cookie is not given another"
    );
    let first = server.browser().get("/sign-in").await;
    let set = first.header("set-cookie").expect("a cookie");
    assert!(
        set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"),
        "{set}"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_to_ones_own_account_frees_nobody_elses_guesses() {
    let server = TestServer::start().await;
    sign_up(&server, &mut server.browser(), "eve@example.com").await;
    sign_up(&server, &mut server.browser(), ADA).await;
    let mut limited = false;
    for n in 0..12 {
        // a few guesses at many accounts, and one's own password between them
        for account in 0..4 {
            let target = format!("victim{n}-{account}@example.com");
            limited |= try_password(&mut server.browser(), &target, "guess guess").await.status
                == StatusCode::TOO_MANY_REQUESTS;
        }
        try_password(&mut server.browser(), "eve@example.com", PASSWORD).await;
    }
    assert!(limited, "the limit of the address must hold");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_instance_makes_no_new_people() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let open = browser.get("/sign-up").await;
    server
        .app
        .cx
        .instance
        .set("sign_up.mode", "closed", server.now())
        .await
        .expect("sets");
    assert_eq!(browser.get("/sign-up").await.status, StatusCode::FORBIDDEN);
    let fields = [("email", ADA), ("password", PASSWORD)];
    let late = browser.submit_shown(&open, "/sign-up", &fields).await;
    assert_eq!(late.status, StatusCode::FORBIDDEN);
    assert!(late.body.contains("New accounts are not open"));
    assert!(
        !browser.get("/sign-in").await.body.contains("/sign-up"),
        "no link to a closed door"
    );
    assert!(server.mail_to(ADA).await.is_none());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_banned_person_is_told_so_only_with_the_right_password() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    server
        .app
        .cx
        .db
        .write(|tx| async move {
            tx.execute_unprepared("UPDATE users SET banned_at = 1").await?;
            Ok(())
        })
        .await
        .expect("writes");
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

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_answers_under_its_own_name_alone() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    begin_sign_up(&mut browser, ADA).await;
    server.code_for(ADA).await;
    assert!(browser.get("/dev/inbox.json").await.body.contains(ADA));
    for path in ["/dev/inbox", "/dev/inbox.json"] {
        let rebound = browser.request(Method::GET, path).header("host", "evil.example");
        assert_eq!(browser.send(rebound).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_refused_uses_up_nothing_of_others() {
    let server = TestServer::start_with(&[("server.trusted_proxies", "127.0.0.0/8")]).await;
    sign_up(&server, &mut server.browser(), ADA).await;
    // one address, far beyond its own limits, against one account
    let eve = "198.51.100.7";
    let mut refused = 0;
    for _ in 0..40 {
        if try_from(&server, eve, ADA, "guess guess").await.status == StatusCode::TOO_MANY_REQUESTS {
            refused += 1;
        }
    }
    assert!(refused >= 30, "{refused}");
    let elsewhere = try_from(&server, "203.0.113.9", ADA, PASSWORD).await;
    assert_eq!(
        elsewhere.location(),
        Some("/account"),
        "a new device at another address is let in"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_too_soon_for_a_code_uses_up_nothing() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let verify = begin_sign_up(&mut browser, ADA).await;
    for _ in 0..8 {
        let too_soon = browser.submit(&verify, "/sign-up/verify/resend", &[]).await;
        assert!(too_soon.location().expect("a redirect").contains("notice=too_soon"));
    }
    server.advance(31);
    let sent = browser.submit(&verify, "/sign-up/verify/resend", &[]).await;
    assert!(
        sent.location().expect("a redirect").contains("notice=sent"),
        "{}",
        sent.body
    );
    server.stop().await;
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
