//! What applications are told of people: the scopes, and the parameter `claims` (OpenID Connect Core section 5).

use serde_json::{Value, json};
use vestibule::identity::{DescribeUser, PhoneChange, ProfileClaim};

use crate::people::sign_up;
use crate::support::{Browser, RelyingParty, TestServer, answer, value};

const ADA: &str = "ada@example.com";

/// Ada, who has told everything there is, in a browser.
async fn ada() -> (TestServer, RelyingParty, Browser) {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let mut browser = server.browser();
    sign_up(&server, &mut browser, ADA).await;
    let claims = ProfileClaim::ALL.map(|claim| {
        let value = match claim {
            ProfileClaim::Profile | ProfileClaim::Picture | ProfileClaim::Website => "https://ada.example/",
            ProfileClaim::Birthdate => "1815-12-10",
            ProfileClaim::Zoneinfo => "Europe/London",
            ProfileClaim::Locale => "en-GB",
            _ => claim.as_str(),
        };
        claim.set(value).expect("a value")
    });
    let change = DescribeUser {
        claims: claims.to_vec(),
        phone: Some(PhoneChange::Set {
            number: "+44 20 1234567".parse().expect("a number"),
            verified: true,
        }),
    };
    let accounts = &server.app.accounts;
    let user = accounts.find_by_email(&ADA.parse().expect("an address")).await;
    let id = user.expect("reads").expect("is there").id;
    accounts.describe(&id, &change).await.expect("writes");
    (server, rp, browser)
}

async fn userinfo(rp: &RelyingParty, browser: &mut Browser, changes: &[(&str, &str)]) -> Value {
    let tokens = rp.tokens(browser, changes).await;
    let access = tokens["access_token"].as_str().expect("a token");
    rp.userinfo(browser, access).await.json()
}

/// Wrong types and missing members are what providers most often get wrong here.
#[tokio::test(flavor = "multi_thread")]
async fn item_5_every_scope_opens_its_claims_with_the_right_types() {
    let (server, rp, mut browser) = ada().await;
    let info = userinfo(&rp, &mut browser, &[("scope", "openid profile email address phone")]).await;
    for (scope, names) in [
        (
            "profile",
            "name given_name family_name middle_name nickname preferred_username profile picture website gender birthdate \
             zoneinfo locale",
        ),
        ("email", "email"),
        ("phone", "phone_number"),
    ] {
        for name in names.split(' ') {
            assert!(info[name].is_string(), "{scope}: {name} in {info}");
        }
    }
    assert!(
        info["updated_at"].as_i64().is_some_and(|at| at < 10_000_000_000),
        "seconds"
    );
    assert_eq!(info["email_verified"], json!(true));
    assert_eq!(info["phone_number_verified"], json!(true));
    assert_eq!(info["phone_number"], "+44201234567");
    assert_eq!(info["address"]["locality"], "locality");
    assert!(info["address"].is_object());

    let narrow = userinfo(&rp, &mut browser, &[("scope", "openid phone")]).await;
    let mut names: Vec<&String> = narrow.as_object().expect("an object").keys().collect();
    names.sort_unstable();
    assert_eq!(names, ["phone_number", "phone_number_verified", "sub"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_asked_for_by_name_needs_the_consent_of_its_scope() {
    let (server, rp, mut browser) = ada().await;
    let asked = r#"{"userinfo":{"nickname":null}}"#;
    // asked for by name, it has to be allowed like the scope that opens it
    let (at, page) = browser
        .follow(&rp.authorize(&[("scope", "openid"), ("claims", asked)]))
        .await;
    assert!(at.contains("/consent?"), "{at}");
    assert!(page.body.contains("what else is in your profile"), "{}", page.body);
    let refused = browser
        .get(&rp.authorize(&[("scope", "openid"), ("claims", asked), ("prompt", "none")]))
        .await;
    let told = answer(refused.location().expect("an answer"));
    assert_eq!(value(&told, "error").as_deref(), Some("consent_required"));
    server.stop().await;
}
