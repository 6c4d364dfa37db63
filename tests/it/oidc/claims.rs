//! What applications are told of people: the scopes, and the parameter `claims` (OpenID Connect Core section 5).

use serde_json::{Value, json};
use vestibule::identity::{DescribeUser, PhoneChange, ProfileClaim};

use crate::people::sign_up;
use crate::support::{Browser, RelyingParty, TestServer, answer, claims, value};

const ADA: &str = "ada@example.com";

/// Ada, who has told everything there is, in a browser.
pub async fn ada() -> (TestServer, RelyingParty, Browser) {
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
    let id = user.expect("reads").expect("is there").id.clone();
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

#[tokio::test(flavor = "multi_thread")]
async fn claims_asked_for_by_name_are_told_where_they_were_asked_for() {
    let (server, rp, mut browser) = ada().await;
    let asked = json!({
        "userinfo": {"given_name": {"essential": true}, "nickname": null, "http://example.info/groups": null},
        "id_token": {"email": null, "phone_number": {"essential": true}, "auth_time": {"essential": true}},
    })
    .to_string();
    let changes = [("scope", "openid offline_access"), ("claims", asked.as_str())];
    let tokens = rp.tokens(&mut browser, &changes).await;
    let id_token = claims(tokens["id_token"].as_str().expect("a token"));
    assert_eq!(id_token["email"], ADA);
    assert_eq!(id_token["phone_number"], "+44201234567");
    assert!(id_token["auth_time"].is_i64());
    assert_eq!(id_token["acr"], "aal1");
    for other in ["given_name", "nickname", "email_verified", "name"] {
        assert!(id_token.get(other).is_none(), "{other} in {id_token}");
    }
    let access = tokens["access_token"].as_str().expect("a token");
    let info = rp.userinfo(&mut browser, access).await.json();
    let mut names: Vec<&String> = info.as_object().expect("an object").keys().collect();
    names.sort_unstable();
    assert_eq!(names, ["given_name", "nickname", "sub"], "{info}");

    // a refresh says the same (OpenID Connect Core section 12.2)
    let refreshed = rp
        .refresh(&mut browser, tokens["refresh_token"].as_str().expect("a token"))
        .await
        .json();
    let again = claims(refreshed["id_token"].as_str().expect("a token"));
    assert_eq!(again["email"], ADA);
    assert_eq!(again["acr"], "aal1");
    // and a grant without the parameter tells nothing of it
    let plain = rp.tokens(&mut browser, &[("scope", "openid")]).await;
    assert!(
        claims(plain["id_token"].as_str().expect("a token"))
            .get("email")
            .is_none()
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_malformed_or_can_not_be_met_has_its_error() {
    let (server, rp, mut browser) = ada().await;
    for (asked, expected) in [
        ("{", "invalid_request"),
        ("[]", "invalid_request"),
        (r#"{"userinfo":{"name":true}}"#, "invalid_request"),
        (
            r#"{"id_token":{"acr":{"essential":true,"values":["aal3"]}}}"#,
            "unmet_authentication_requirements",
        ),
    ] {
        let refused = browser.get(&rp.authorize(&[("claims", asked)])).await;
        let told = answer(
            refused
                .location()
                .unwrap_or_else(|| panic!("{asked}: {}", refused.body)),
        );
        assert_eq!(value(&told, "error").as_deref(), Some(expected), "{asked}");
        assert_eq!(value(&told, "state").as_deref(), Some("st4te"), "{asked}");
    }
    // a wish is no demand
    let wish = r#"{"id_token":{"acr":{"values":["aal3"]}}}"#;
    let tokens = rp
        .tokens(&mut browser, &[("claims", wish), ("acr_values", "aal3")])
        .await;
    assert_eq!(claims(tokens["id_token"].as_str().expect("a token"))["acr"], "aal1");
    server.stop().await;
}
