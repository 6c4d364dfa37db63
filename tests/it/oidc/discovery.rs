//! Discovery, RFC 8414 metadata and the keys.

use std::collections::BTreeSet;

use crate::people::sign_up;
use crate::support::{RelyingParty, TestServer};

#[tokio::test(flavor = "multi_thread")]
async fn metadata_is_honest_and_the_same_at_both_addresses() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let discovery = browser.get("/.well-known/openid-configuration").await;
    let oauth = browser.get("/.well-known/oauth-authorization-server").await;
    assert_eq!(discovery.body, oauth.body);
    assert_eq!(discovery.header("content-type"), Some("application/json"));
    assert_eq!(discovery.header("access-control-allow-origin"), Some("*"));
    let document = discovery.body.replace(&server.url, "https://id.example.com");
    let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    insta::assert_json_snapshot!(document);
    server.stop().await;
}

/// What is listed works, and what works is listed.
#[tokio::test(flavor = "multi_thread")]
async fn item_15_what_the_metadata_claims_is_so() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, "ada@example.com").await;
    rp.code(&mut browser, &[]).await;
    let document = browser.get("/.well-known/openid-configuration").await.json();
    let listed = |name: &str| -> Vec<String> {
        let values = document[name]
            .as_array()
            .unwrap_or_else(|| panic!("{name} in {document}"));
        values
            .iter()
            .map(|value| value.as_str().expect("a text").to_owned())
            .collect()
    };
    for mode in ["query", "form_post", "fragment", "form_post.jwt", "web_message"] {
        let page = browser
            .get(&rp.authorize(&[("response_mode", mode), ("prompt", "none")]))
            .await;
        let works = page.body.contains("name=\"code\"") || page.location().is_some_and(|to| to.contains("code="));
        assert_eq!(
            works,
            listed("response_modes_supported").iter().any(|known| known == mode),
            "{mode}"
        );
    }
    for kind in ["code", "token", "id_token", "code id_token", "none"] {
        let page = browser
            .get(&rp.authorize(&[("response_type", kind), ("prompt", "none")]))
            .await;
        let works = page.location().expect("an answer").contains("code=");
        assert_eq!(
            works,
            listed("response_types_supported").iter().any(|known| known == kind),
            "{kind}"
        );
    }
    for prompt in listed("prompt_values_supported") {
        let page = browser.get(&rp.authorize(&[("prompt", &prompt)])).await;
        let location = page.location().expect("goes on").to_owned();
        let expected = match prompt.as_str() {
            "none" => "code=",
            "login" => "/sign-in?",
            "consent" => "/consent?",
            "select_account" => "/choose-account?",
            "create" => "/sign-up?",
            other => panic!("{other} has no test"),
        };
        assert!(location.contains(expected), "{prompt}: {location}");
    }
    for scope in listed("scopes_supported") {
        let scope = format!("openid {scope}");
        let told = rp
            .tokens(&mut browser, &[("scope", &scope), ("prompt", "consent")])
            .await["scope"]
            .clone();
        let told = told.as_str().expect("a scope");
        assert!(
            scope
                .split(' ')
                .all(|value| told.split(' ').any(|known| known == value)),
            "{scope}: {told}"
        );
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_are_public_alone_with_unique_names() {
    let server = TestServer::start().await;
    let page = server.browser().get("/oauth/jwks").await;
    assert_eq!(page.header("access-control-allow-origin"), Some("*"));
    let keys = page.json()["keys"].as_array().expect("keys").clone();
    let kids: BTreeSet<&str> = keys.iter().map(|key| key["kid"].as_str().expect("kid")).collect();
    assert_eq!(kids.len(), keys.len());
    for key in &keys {
        assert_eq!(key["use"], "sig");
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(key.get(private).is_none(), "{private}");
        }
    }
    let algorithms: BTreeSet<&str> = keys.iter().filter_map(|key| key["alg"].as_str()).collect();
    assert_eq!(algorithms, BTreeSet::from(["ES256", "EdDSA", "RS256"]));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_by_another_process_is_published_at_the_next_look() {
    let server = TestServer::start().await;
    let before = server.browser().get("/oauth/jwks").await.json();
    server.changes.poll().await.expect("polls");
    let cli = server.reopen().await;
    cli.keys
        .rotate(
            vestibule::keys::Purpose::IdToken,
            vestibule::keys::Algorithm::Rs256,
            true,
            vestibule::kernel::event::Actor::Operator,
        )
        .await
        .expect("rotates");
    server.changes.poll().await.expect("polls");
    let after = server.browser().get("/oauth/jwks").await.json();
    let count = |document: &serde_json::Value| document["keys"].as_array().map_or(0, Vec::len);
    assert_eq!(
        count(&after),
        count(&before) + 1,
        "the old key stays, a new next one comes"
    );
    server.stop().await;
}
