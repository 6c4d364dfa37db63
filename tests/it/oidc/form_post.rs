//! The response mode `form_post` (OAuth 2.0 Form Post Response Mode).

use reqwest::StatusCode;

use crate::people::sign_up;
use crate::support::{CALLBACK, Page, RelyingParty, TestServer};

const ADA: &str = "ada@example.com";

fn field(page: &Page, name: &str) -> Option<String> {
    let mut hidden = page.hidden().into_iter();
    hidden.find(|(known, _)| known == name).map(|(_, value)| value)
}

/// A page that posts to the client.
fn assert_posts(page: &Page) {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.location().is_none());
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert!(
        page.body.contains(&format!("method=\"post\" action=\"{CALLBACK}\"")),
        "{}",
        page.body
    );
    assert!(page.body.contains("<button"), "for people without scripts");
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(
        policy.contains("script-src 'sha256-") && policy.contains("default-src 'none'"),
        "{policy}"
    );
    // the client may redirect the browser on to wherever it likes, and Chromium would apply the directive there
    assert!(!policy.contains("form-action"), "{policy}");
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_and_errors_are_posted_to_the_client() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    let hostile = "st\"><script>alert(1)</script>";
    let changes = [("response_mode", "form_post"), ("state", hostile)];
    let (_, consent) = browser.follow(&rp.authorize(&changes)).await;
    let page = browser
        .submit_shown(&consent, "/consent", &[("decision", "allow")])
        .await;
    assert_posts(&page);
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
    assert!(
        page.body
            .contains("value=\"st&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;\""),
        "{}",
        page.body
    );
    assert_eq!(field(&page, "iss").as_deref(), Some(server.url.as_str()));
    let code = field(&page, "code").expect("a code");
    assert_eq!(rp.redeem(&mut browser, &code).await.status, StatusCode::OK);

    // without a question, the answer comes at once
    let page = browser.get(&rp.authorize(&[("response_mode", "form_post")])).await;
    assert_posts(&page);
    assert_eq!(field(&page, "state").as_deref(), Some("st4te"));
    assert!(field(&page, "code").is_some());

    for (more, expected) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("scope", ""), "invalid_scope"),
        (("claims", "{"), "invalid_request"),
        (("request", "e30.e30."), "request_not_supported"),
        (("max_age", "soon"), "invalid_request"),
    ] {
        let page = browser
            .get(&rp.authorize(&[("response_mode", "form_post"), more]))
            .await;
        assert_posts(&page);
        assert_eq!(field(&page, "error").as_deref(), Some(expected), "{more:?}");
        assert_eq!(field(&page, "state").as_deref(), Some("st4te"));
        assert_eq!(field(&page, "iss").as_deref(), Some(server.url.as_str()));
    }
    let mut stranger = server.browser();
    let page = stranger
        .get(&rp.authorize(&[("response_mode", "form_post"), ("prompt", "none")]))
        .await;
    assert_posts(&page);
    assert_eq!(field(&page, "error").as_deref(), Some("login_required"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_is_posted_too() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    let (_, consent) = browser.follow(&rp.authorize(&[("response_mode", "form_post")])).await;
    let page = browser
        .submit_shown(&consent, "/consent", &[("decision", "deny")])
        .await;
    assert_posts(&page);
    assert_eq!(field(&page, "error").as_deref(), Some("access_denied"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unverified_address_gets_no_form() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let changes = [
        ("response_mode", "form_post"),
        ("redirect_uri", "https://evil.example/cb"),
    ];
    let page = server.browser().get(&rp.authorize(&changes)).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(!page.body.contains("<form"), "{}", page.body);
    server.stop().await;
}
