//! Asking what a token is worth, and ending it.

use vestibule::oidc::{AccessTokenFormat, GrantType, GrantTypes, ScopeTokens};

use super::*;
use crate::people::sign_up;
use crate::support::RelyingParty;

const UNVERSIONED: &str = "/api/oauth_applications/access_tokens/verify";

/// The id of an application of ours.
async fn id_of(api: &Api, rp: &RelyingParty) -> String {
    let found = api.server.app.applications.find(&rp.client_id).await;
    found.expect("reads").expect("is there").id.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_is_told_of_by_either_name_at_either_address() {
    let api = Api::start().await;
    let mut browser = api.server.browser();
    sign_up(&api.server, &mut browser, "ada@example.com").await;
    let ada = api
        .server
        .app
        .accounts
        .find_by_email(&"ada@example.com".parse().expect("an address"))
        .await;
    let ada = ada.expect("reads").expect("is there");
    for format in [AccessTokenFormat::Opaque, AccessTokenFormat::Jwt] {
        let rp = RelyingParty::register_with(&api.server, |new| new.access_token_format = format).await;
        let tokens = rp.tokens(&mut browser, &[("scope", "openid email")]).await;
        let token = text(&tokens["access_token"]);
        let now = api.server.now().millis();
        let mut told = Vec::new();
        for path in [VERIFY, UNVERSIONED] {
            for name in ["access_token", "secret"] {
                told.push(
                    api.post(path, &json!({ name: token }))
                        .await
                        .good("VerifiedOAuthAccessToken"),
                );
            }
        }
        assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
        let told = &told[0];
        assert_eq!(
            (text(&told["subject"]), text(&told["client_id"])),
            (ada.id.as_str(), rp.client_id.as_str())
        );
        assert_eq!(told["scopes"], json!(["openid", "email"]));
        assert_eq!((&told["revoked"], &told["expired"]), (&json!(false), &json!(false)));
        assert_eq!(told["created_at"], now, "in milliseconds");
        assert_eq!(told["expiration"], now + 3_600_000);

        // what it is worth later
        api.server.advance(3600);
        let later = api.post(VERIFY, &json!({ "access_token": token })).await;
        match format {
            AccessTokenFormat::Opaque => later.refused(404, "resource_not_found"),
            AccessTokenFormat::Jwt => {
                assert_eq!(later.good("VerifiedOAuthAccessToken"), json!({ "active": false }));
            }
        }
    }
    api.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_access_token_is_not_found_and_what_is_not_given_is_missed() {
    let api = Api::start().await;
    for nothing in ["oat_x", "x", "a.b", api.key.plain.expose(), &"x".repeat(10_000)] {
        api.post(VERIFY, &json!({ "access_token": nothing }))
            .await
            .refused(404, "resource_not_found");
    }
    api.post(VERIFY, &json!({}))
        .await
        .refused_for("access_token", "form_param_missing");
    api.post(VERIFY, &json!({ "access_token": "" }))
        .await
        .refused_for("access_token", "form_param_missing");
    api.post(VERIFY, &json!({ "access_token": "a", "secret": "b" }))
        .await
        .refused_for("secret", "form_param_value_invalid");
    api.post(VERIFY, &json!({ "access_token": ["a"] }))
        .await
        .refused_for("access_token", "form_param_type_invalid");
    api.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn either_token_of_a_grant_ends_it_with_both() {
    let api = Api::start().await;
    let mut browser = api.server.browser();
    sign_up(&api.server, &mut browser, "ada@example.com").await;
    let rp = RelyingParty::register(&api.server).await;
    let other = RelyingParty::register(&api.server).await;
    let path = |id: String| format!("{APPLICATIONS}/{id}/revoke_token");
    let (own, others) = (path(id_of(&api, &rp).await), path(id_of(&api, &other).await));
    for which in ["access_token", "refresh_token"] {
        let tokens = rp.tokens(&mut browser, &[("scope", "openid offline_access")]).await;
        let body = json!({ "token": tokens[which] });
        api.post(&others, &body).await.refused(404, "resource_not_found");
        let access = text(&tokens["access_token"]);
        assert_eq!(
            rp.userinfo(&mut browser, access).await.status,
            StatusCode::OK,
            "it is not the other's"
        );

        let ended = api.post(&own, &body).await;
        assert_eq!(ended.status, StatusCode::NO_CONTENT, "{ended:?}");
        assert_eq!(rp.userinfo(&mut browser, access).await.status, StatusCode::UNAUTHORIZED);
        let refused = rp.refresh(&mut browser, text(&tokens["refresh_token"])).await;
        assert_eq!(refused.json()["error"], "invalid_grant");
        api.post(&own, &body).await.refused(404, "resource_not_found");
    }
    api.post(&own, &json!({}))
        .await
        .refused_for("token", "form_param_missing");
    api.post(&own, &json!({ "token": "x" }))
        .await
        .refused(404, "resource_not_found");
    api.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_an_application_got_on_its_own_is_told_of_and_ends_alone() {
    let api = Api::start().await;
    let mut browser = api.server.browser();
    let rp = RelyingParty::register_with(&api.server, |new| {
        new.grant_types = GrantTypes::of([GrantType::ClientCredentials]);
        new.scopes = ScopeTokens::parse("jobs:read").expect("scopes");
        new.redirect_uris.clear();
    })
    .await;
    let mut fresh = async || {
        let page = rp.token(&mut browser, &[("grant_type", "client_credentials")]).await;
        page.json()["access_token"].clone()
    };
    let (first, second) = (fresh().await, fresh().await);
    let told = api.post(VERIFY, &json!({ "access_token": first })).await;
    assert_eq!(
        (told.status, text(&told.body["subject"])),
        (StatusCode::OK, rp.client_id.as_str())
    );
    let revoke = format!("{APPLICATIONS}/{}/revoke_token", id_of(&api, &rp).await);
    let ended = api.post(&revoke, &json!({ "token": first })).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    api.post(VERIFY, &json!({ "access_token": first }))
        .await
        .refused(404, "resource_not_found");
    assert_eq!(
        api.post(VERIFY, &json!({ "access_token": second })).await.status,
        StatusCode::OK
    );
    api.server.stop().await;
}
