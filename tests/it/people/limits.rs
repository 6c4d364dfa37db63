//! What guessing and flooding meet.

use super::*;

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

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_identifier_costs_a_hash_as_well() {
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
        let address = format!("nobody{n}@example.com");
        let started = browser
            .submit("/sign-in", "/sign-in", &[("identifier", &address)])
            .await;
        let shown = browser.get(started.location().expect("a redirect")).await;
        let mut fields = shown.hidden();
        fields.push(("password".to_owned(), PASSWORD.to_owned()));
        forms.push(fields);
    }
    let requests = browsers.iter().zip(&forms).map(|(browser, fields)| {
        let request = browser.request(Method::POST, "/sign-in/password");
        request.header("origin", &server.url).form(fields).send()
    });
    let answers = futures_util::future::join_all(requests).await;
    let busy = answers
        .iter()
        .filter(|answer| {
            answer
                .as_ref()
                .is_ok_and(|answer| answer.status() == StatusCode::SERVICE_UNAVAILABLE)
        })
        .count();
    assert!(busy >= 1, "nobody's password was hashed: the pool was never full");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn identifiers_tried_from_one_address_are_limited() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let mut allowed = 0;
    for n in 0..70 {
        let address = format!("nobody{n}@example.com");
        let answer = browser
            .submit("/sign-in", "/sign-in", &[("identifier", &address)])
            .await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        allowed += 1;
    }
    assert_eq!(allowed, 60);
    server.stop().await;
}

/// Signs up from an address of the network; the answer.
async fn sign_up_from(server: &TestServer, ip: &str, email: &str) -> Page {
    let mut browser = server.browser();
    let hidden = browser.get("/sign-up").await.hidden();
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.extend([("email", email), ("password", PASSWORD)]);
    from_address(&mut browser, &server.url, ip, "/sign-up", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ups_and_the_mails_they_cause_are_limited() {
    let server = TestServer::start_with(&[("server.trusted_proxies", "127.0.0.0/8")]).await;
    let mut by_ip = 0;
    for n in 0..25 {
        let answer = sign_up_from(&server, "198.51.100.1", &format!("person{n}@example.com")).await;
        by_ip += usize::from(answer.status == StatusCode::SEE_OTHER);
    }
    assert_eq!(by_ip, 20, "sign-ups from one address of the network");
    let mut by_pair = 0;
    for _ in 0..8 {
        by_pair += usize::from(sign_up_from(&server, "198.51.100.2", ADA).await.status == StatusCode::SEE_OTHER);
    }
    assert_eq!(by_pair, 5, "mails to one address from one address of the network");
    let mut by_address = by_pair;
    for n in 3..40 {
        let answer = sign_up_from(&server, &format!("198.51.100.{n}"), ADA).await;
        by_address += usize::from(answer.status == StatusCode::SEE_OTHER);
    }
    assert_eq!(by_address, 20, "mails to one address from anywhere");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_tried_from_one_address_are_limited_and_so_are_codes_sent() {
    let server = TestServer::start_with(&[("server.trusted_proxies", "127.0.0.0/8")]).await;
    let mut tried = 0;
    for n in 0..12 {
        let mut browser = server.browser();
        let email = format!("person{n}@example.com");
        let verify = begin_sign_up(&mut browser, &email).await;
        let hidden = browser.get(&verify).await.hidden();
        let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        fields.push(("code", "no digits"));
        for _ in 0..3 {
            let answer = from_address(&mut browser, &server.url, "203.0.113.5", "/sign-up/verify", &fields).await;
            tried += usize::from(answer.status == StatusCode::UNPROCESSABLE_ENTITY);
        }
    }
    assert_eq!(tried, 30);

    let mut browser = server.browser();
    let verify = begin_sign_up(&mut browser, ADA).await;
    for sent in 2..=5 {
        server.advance(31);
        let answer = browser.submit(&verify, "/sign-up/verify/resend", &[]).await;
        assert!(answer.location().expect("a redirect").contains("notice=sent"), "{sent}");
        server.advance(600);
    }
    let no_more = browser.submit(&verify, "/sign-up/verify/resend", &[]).await;
    assert!(no_more.location().expect("a redirect").contains("notice=used_up"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_form_sent_twice_signs_in_once() {
    let server = TestServer::start().await;
    sign_up(&server, &mut server.browser(), ADA).await;
    let mut browser = server.browser();
    let started = browser.submit("/sign-in", "/sign-in", &[("identifier", ADA)]).await;
    let shown = browser.get(started.location().expect("a redirect")).await;
    let mut fields = shown.hidden();
    fields.push(("password".to_owned(), PASSWORD.to_owned()));
    let twice = (0..4).map(|_| {
        let request = browser.request(Method::POST, "/sign-in/password");
        request.header("origin", &server.url).form(&fields).send()
    });
    let mut signed_in = 0;
    for answer in futures_util::future::join_all(twice).await {
        let answer = answer.expect("answers");
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        signed_in += usize::from(answer.headers()["location"] == "/account");
    }
    assert_eq!(signed_in, 1);
    server.stop().await;
}
