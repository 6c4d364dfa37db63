//! Where answers go, and what they may be.

use vestibule::oidc::Registration;

use crate::people::sign_up;
use crate::support::{RelyingParty, TestServer, answer, value};

const ADA: &str = "ada@example.com";

#[tokio::test(flavor = "multi_thread")]
async fn item_1_request_objects_are_refused_by_their_own_errors() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    // what stands beside them does not help: the object would override it
    for (name, content, expected) in [
        ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
        ("request_uri", "https://app.example/r", "request_uri_not_supported"),
        (
            "request_uri",
            "urn:ietf:params:oauth:request_uri:x",
            "request_uri_not_supported",
        ),
        ("registration", "{}", "registration_not_supported"),
    ] {
        let page = browser.get(&rp.authorize(&[(name, content)])).await;
        let told = answer(page.location().expect("a redirect"));
        assert_eq!(value(&told, "error").as_deref(), Some(expected), "{name}");
        assert_eq!(value(&told, "state").as_deref(), Some("st4te"), "{name}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn item_8_redirect_addresses_match_to_the_letter_and_keep_their_query() {
    let server = TestServer::start().await;
    const WITH_QUERY: &str = "https://app.example/cb?tenant=a&x=%20";
    let with_query = |new: &mut Registration| new.redirect_uris = vec![WITH_QUERY.to_owned()];
    let rp = RelyingParty::register_with(&server, with_query).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    for other in [
        "https://app.example/cb",
        "https://app.example/cb?tenant=a",
        "https://app.example/cb?tenant=b&x=%20",
        "https://app.example/cb?x=%20&tenant=a",
        "https://app.example/cb?tenant=a&x=+",
        "https://app.example/cb?tenant=a&x=%20&more=1",
        "https://app.example/CB?tenant=a&x=%20",
        "https://app.example/cb/../cb?tenant=a&x=%20",
    ] {
        let page = browser.get(&rp.authorize(&[("redirect_uri", other)])).await;
        assert_eq!(page.status, 400, "{other}");
        assert!(page.location().is_none(), "{other}");
    }
    let refused = browser
        .get(&rp.authorize(&[("redirect_uri", WITH_QUERY), ("prompt", "none")]))
        .await;
    let location = refused.location().expect("a redirect");
    assert!(location.starts_with(&format!("{WITH_QUERY}&error=")), "{location}");
    server.stop().await;
}
