//! The page of connected applications.

use reqwest::StatusCode;

use super::pages::csrf_of;
use super::*;
use crate::support::RelyingParty;

async fn page(browser: &mut Browser) -> Page {
    let page = browser.get("/account/applications").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    page
}

/// The id of the first application on the page.
fn first(page: &Page) -> String {
    let (_, rest) = page.body.split_once("name=\"application\" value=\"").expect("a row");
    rest.split('"').next().expect("an id").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_what_has_access_and_takes_it_away() {
    let server = TestServer::start().await;
    let (rp, own) = (
        RelyingParty::register(&server).await,
        RelyingParty::register_with(&server, |new| {
            new.name = "Of the house".to_owned();
            new.consent_screen_enabled = false;
        })
        .await,
    );
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    assert!(page(&mut browser).await.body.contains("No applications"));

    let tokens = rp
        .tokens(&mut browser, &[("scope", "openid email offline_access")])
        .await;
    own.tokens(&mut browser, &[]).await;
    let shown = page(&mut browser).await;
    for text in [
        "Acme Notes",
        "Of the house",
        "Email address",
        "While you are away",
        "Last used",
    ] {
        assert!(shown.body.contains(text), "{text} in {}", shown.body);
    }
    let id = server
        .app
        .applications
        .find(&rp.client_id)
        .await
        .expect("reads")
        .expect("is there")
        .id
        .clone();
    let removed = browser
        .submit_shown(&shown, "/account/applications", &[("application", id.as_str())])
        .await;
    assert_eq!(removed.location(), Some("/account/applications?removed=1"));
    let (_, shown) = browser.follow("/account/applications?removed=1").await;
    assert!(
        !shown.body.contains("Acme Notes") && shown.body.contains("Of the house"),
        "{}",
        shown.body
    );
    assert!(shown.body.contains("no access any more"));
    assert_ne!(first(&shown), id.as_str());

    // at once, and for good: the tokens are dead and consent is asked again
    let access = tokens["access_token"].as_str().expect("a token");
    assert_eq!(rp.userinfo(&mut browser, access).await.status, StatusCode::UNAUTHORIZED);
    let refresh = tokens["refresh_token"].as_str().expect("a token");
    assert_eq!(rp.refresh(&mut browser, refresh).await.json()["error"], "invalid_grant");
    let (at, _) = browser.follow(&rp.authorize(&[("scope", "openid")])).await;
    assert!(at.contains("/consent?"), "{at}");

    let bad = browser
        .submit_shown(&shown, "/account/applications", &[("application", "x")])
        .await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        server.browser().get("/account/applications").await.location(),
        Some("/sign-in")
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_or_ends_what_is_anothers() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let (mut ada, mut bob) = (server.browser(), server.browser());
    sign_up(&server, &mut ada, ADA).await;
    sign_up(&server, &mut bob, "bob@example.com").await;
    let tokens = rp.tokens(&mut ada, &[]).await;
    let shown = page(&mut bob).await;
    assert!(!shown.body.contains("Acme Notes"), "{}", shown.body);
    let id = server
        .app
        .applications
        .find(&rp.client_id)
        .await
        .expect("reads")
        .expect("is there")
        .id
        .clone();
    let csrf = csrf_of(&mut bob).await;
    let fields = [("csrf", csrf.as_str()), ("application", id.as_str())];
    bob.post("/account/applications", &fields).await;
    let access = tokens["access_token"].as_str().expect("a token");
    assert_eq!(rp.userinfo(&mut ada, access).await.status, StatusCode::OK);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_pages() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    for number in 0..21 {
        let named = |new: &mut vestibule::oidc::Registration| {
            new.name = format!("Application {number:02}");
            new.consent_screen_enabled = false;
        };
        server.advance(1);
        RelyingParty::register_with(&server, named)
            .await
            .code(&mut browser, &[])
            .await;
    }
    let shown = page(&mut browser).await;
    assert!(shown.body.contains("Application 19") && !shown.body.contains("Application 20"));
    let (_, rest) = shown.body.split_once("id=\"next\" href=\"").expect("a link");
    let next = rest.split('"').next().expect("an address").replace("&#38;", "&");
    let rest = browser.get(&next).await;
    assert!(rest.body.contains("Application 20") && !rest.body.contains("Application 19"));
    assert!(!rest.body.contains("id=\"next\""));
    server.stop().await;
}
