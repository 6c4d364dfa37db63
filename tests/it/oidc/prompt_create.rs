//! `prompt=create` (Initiating User Registration via OpenID Connect 1.0), over HTTP.

use reqwest::StatusCode;

use crate::people::{sign_in, sign_up};
use crate::support::{RelyingParty, TestServer, answer, claims, value};

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";

/// From the request to a code for the account that was made for it, whoever is signed in already.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_made_for_the_request_gets_the_code() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    server.advance(1);
    let (at, page) = browser.follow(&rp.authorize(&[("prompt", "create")])).await;
    assert!(at.contains("/sign-up?continue="), "{at}");
    let fields = [
        ("first_name", "Bob"),
        ("last_name", "Babbage"),
        ("email", BOB),
        ("password", "correct horse battery"),
    ];
    let begun = browser.submit_shown(&page, "/sign-up", &fields).await;
    let verify = begun.location().expect("a redirect").to_owned();
    let code = server.code_for(BOB).await;
    let done = browser.submit(&verify, "/sign-up/verify", &[("code", &code)]).await;
    let (at, consent) = browser.follow(done.location().expect("goes on")).await;
    assert!(at.contains("/consent?"), "{at}: {}", consent.body);
    assert!(consent.body.contains(BOB) && !consent.body.contains(ADA));
    let allowed = browser
        .submit_shown(&consent, "/consent", &[("decision", "allow")])
        .await;
    let told = answer(allowed.location().expect("a redirect"));
    let tokens = rp.redeem(&mut browser, &value(&told, "code").expect("a code")).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.body);
    let tokens = tokens.json();
    let access = tokens["access_token"].as_str().expect("a token");
    let info = rp.userinfo(&mut browser, access).await.json();
    assert_eq!(info["email"], BOB);
    let id_token = claims(tokens["id_token"].as_str().expect("a token"));
    assert_eq!(
        (&id_token["sub"], id_token["nonce"].as_str()),
        (&info["sub"], Some("n0nce"))
    );
    server.stop().await;
}

/// Where nobody may make accounts, the request goes on with one that exists.
#[tokio::test(flavor = "multi_thread")]
async fn a_closed_instance_asks_for_an_account_that_there_is() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    sign_up(&server, &mut server.browser(), ADA).await;
    let instance = &server.app.cx.instance;
    let closed = instance.set("sign_up.mode", "closed", server.now()).await;
    closed.expect("sets");
    let mut browser = server.browser();
    let (at, page) = browser.follow(&rp.authorize(&[("prompt", "create")])).await;
    assert!(at.contains("/sign-in?"), "{at}");
    assert!(!page.body.contains("/sign-up"), "no link to a closed door");
    server.advance(1);
    let done = sign_in(&mut browser, &at, ADA).await;
    let (at, consent) = browser.follow(done.location().expect("goes on")).await;
    assert!(at.contains("/consent?"), "{at}: {}", consent.body);
    let allowed = browser
        .submit_shown(&consent, "/consent", &[("decision", "allow")])
        .await;
    let told = answer(allowed.location().expect("a redirect"));
    assert!(value(&told, "code").is_some(), "{told:?}");
    server.stop().await;
}
