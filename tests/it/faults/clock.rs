//! The clock jumps.

use std::time::Duration;

use reqwest::StatusCode;

use crate::people::{sign_in, sign_up};
use crate::support::{RelyingParty, TestServer};

const ADA: &str = "ada@example.com";
const HOUR: Duration = Duration::from_secs(3600);
const OFFLINE: &[(&str, &str)] = &[("scope", "openid offline_access")];

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_ahead_ends_what_is_short_lived_and_nothing_else() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    let tokens = rp.tokens(&mut browser, OFFLINE).await;
    let text = |name: &str| tokens[name].as_str().expect("a token");
    let code = rp.code(&mut browser, OFFLINE).await;
    server.clock.advance(HOUR);
    assert_eq!(rp.redeem(&mut browser, &code).await.json()["error"], "invalid_grant");
    let late = rp.userinfo(&mut browser, text("access_token")).await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
    let refreshed = rp.refresh(&mut browser, text("refresh_token")).await;
    assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.body);
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_back_makes_nothing_live_longer_than_by_the_jump() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    let tokens = rp.tokens(&mut browser, OFFLINE).await;
    let text = |name: &str| tokens[name].as_str().expect("a token");
    let code = rp.code(&mut browser, OFFLINE).await;

    server.clock.go_back(HOUR);
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    let early = rp.userinfo(&mut browser, text("access_token")).await;
    assert_eq!(
        early.status,
        StatusCode::OK,
        "what was issued in what is now the future is no other's"
    );
    // everything that is begun anew works at once
    let again = rp.tokens(&mut browser, OFFLINE).await;
    let refresh_token = again["refresh_token"].as_str().expect("a token");
    assert_eq!(rp.refresh(&mut browser, refresh_token).await.status, StatusCode::OK);
    sign_up(&server, &mut server.browser(), "grace@example.com").await;

    server.advance(3600 + 61);
    assert_eq!(rp.redeem(&mut browser, &code).await.json()["error"], "invalid_grant");
    server.advance(3600);
    let late = rp.userinfo(&mut browser, text("access_token")).await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_recovers_in_its_own_time_when_the_clock_jumped_back() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    // more than anybody may try from one address
    let mut last = StatusCode::OK;
    for _ in 0..100 {
        let page = server
            .browser()
            .submit("/sign-in", "/sign-in", &[("identifier", ADA)])
            .await;
        last = page.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    server.clock.go_back(HOUR);
    // the whole burst is back by then, had the clock not jumped
    server.advance(300);
    let signed_in = sign_in(&mut server.browser(), "/sign-in", ADA).await;
    assert_eq!(signed_in.location(), Some("/account"), "{}", signed_in.body);
    server.stop().await;
}
