//! `/api/v1/oauth_applications`, one application at a time.

use vestibule::oidc::{AuthMethod, Profile};

use super::*;
use crate::support::RelyingParty;

#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_made_read_changed_and_deleted() {
    let api = Api::start().await;
    let made = api.create("Notes").await;
    assert_is("OAuthApplicationWithSecret", &made);
    let now = api.server.now().millis();
    assert_eq!((&made["created_at"], &made["updated_at"]), (&json!(now), &json!(now)));
    assert_eq!(
        made["authorize_url"],
        json!(format!("{}/oauth/authorize", api.server.url))
    );
    assert_eq!((&made["public"], &made["pkce_required"]), (&json!(false), &json!(true)));
    assert_eq!(made["callback_url"], "https://app.example/cb");
    assert!(!text(&made["client_secret"]).is_empty());

    let path = format!("{APPLICATIONS}/{}", text(&made["id"]));
    let read = api.get(&path).await.good("OAuthApplication");
    assert!(read.get("client_secret").is_none(), "a secret is shown once");
    let mut expected = made.clone();
    expected.as_object_mut().expect("an object").remove("client_secret");
    assert_eq!(read, expected);

    api.server.advance(5);
    let change = json!({ "name": "Jottings", "consent_screen_enabled": false, "scopes": "email" });
    let changed = api.patch(&path, &change).await.good("OAuthApplication");
    assert_eq!(changed["name"], "Jottings");
    assert_eq!(
        (&changed["consent_screen_enabled"], &changed["scopes"]),
        (&json!(false), &json!("email"))
    );
    assert_eq!(
        changed["redirect_uris"], made["redirect_uris"],
        "what was not named stays"
    );
    assert_eq!(changed["updated_at"], json!(now + 5000));
    assert_eq!(api.get(&path).await.good("OAuthApplication"), changed);
    let nothing = json!({ "name": null, "redirect_uris": null });
    assert_eq!(api.patch(&path, &nothing).await.good("OAuthApplication"), changed);

    let deleted = api.delete(&path).await.good("DeletedObject");
    assert_eq!(
        deleted,
        json!({ "object": "oauth_application", "id": made["id"], "deleted": true })
    );
    for again in [
        api.get(&path).await,
        api.delete(&path).await,
        api.patch(&path, &change).await,
    ] {
        again.refused(404, "resource_not_found");
    }
    api.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_a_rule_of_registering_is_refused_by_name() {
    let api = Api::start().await;
    let path = format!("{APPLICATIONS}/{}", text(&api.create("Notes").await["id"]));
    let uris = json!(["https://app.example/cb"]);
    for (bad, param) in [
        (json!({ "name": " ", "redirect_uris": uris }), "name"),
        (json!({ "name": "n".repeat(257), "redirect_uris": uris }), "name"),
        (json!({ "name": "a", "redirect_uris": [] }), "redirect_uris"),
        (
            json!({ "name": "a", "redirect_uris": ["http://app.example/cb"] }),
            "redirect_uris",
        ),
        (
            json!({ "name": "a", "redirect_uris": ["https://app.example/#x"] }),
            "redirect_uris",
        ),
        (
            json!({ "name": "a", "redirect_uris": vec![uris[0].clone(); 2] }),
            "redirect_uris",
        ),
        (
            json!({ "name": "a", "callback_url": "javascript:alert(1)" }),
            "redirect_uris",
        ),
        (
            json!({ "name": "a", "callback_url": uris[0], "redirect_uris": uris }),
            "callback_url",
        ),
    ] {
        api.post(APPLICATIONS, &bad)
            .await
            .refused_for(param, "form_param_value_invalid");
        api.patch(&path, &bad)
            .await
            .refused_for(param, "form_param_value_invalid");
    }
    let bad = json!({ "name": "a", "redirect_uris": uris, "scopes": "a\"b" });
    api.post(APPLICATIONS, &bad)
        .await
        .refused_for("scopes", "form_param_format_invalid");
    assert_eq!(api.get(APPLICATIONS).await.body["total_count"], 1);
    assert_eq!(api.get(&path).await.body["name"], "Notes");
    api.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_secret_ends_at_once_or_after_the_overlap_that_was_asked_for() {
    let api = Api::start().await;
    let made = api.create("Notes").await;
    let rotate = format!("{APPLICATIONS}/{}/rotate_secret", text(&made["id"]));
    let works = async |secret: &Value| {
        let rp = RelyingParty {
            client_id: text(&made["client_id"]).to_owned(),
            secret: Some(text(secret).to_owned()),
        };
        let refused = rp.refresh(&mut api.server.browser(), "ort_made_up").await;
        refused.json()["error"] == "invalid_grant"
    };
    let first = made["client_secret"].clone();
    assert!(works(&first).await);
    // without a body, as clients send it
    let second = answer(api.request(Method::POST, &rotate)).await;
    let second = second.good("OAuthApplicationWithSecret")["client_secret"].clone();
    assert!(!works(&first).await && works(&second).await);

    let overlap = json!({ "overlap_seconds": 60 });
    let third = api.post(&rotate, &overlap).await.good("OAuthApplicationWithSecret");
    let third = third["client_secret"].clone();
    assert!(works(&second).await && works(&third).await);
    api.server.advance(61);
    assert!(!works(&second).await && works(&third).await);

    let long = json!({ "overlap_seconds": 91 * 24 * 60 * 60 });
    api.post(&rotate, &long).await.refused(422, "overlap_too_long");
    api.post(&rotate, &json!({ "overlap_seconds": -1 }))
        .await
        .refused_for("overlap_seconds", "form_param_type_invalid");
    api.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_application_has_no_secret_and_gets_one_when_it_is_public_no_more() {
    let api = Api::start().await;
    let body = json!({ "name": "App", "public": true, "redirect_uris": ["https://app.example/cb"] });
    let made = api.post(APPLICATIONS, &body).await.good("OAuthApplicationWithSecret");
    assert_eq!((&made["public"], &made["client_secret"]), (&json!(true), &json!("")));
    let path = format!("{APPLICATIONS}/{}", text(&made["id"]));
    let rotate = format!("{path}/rotate_secret");
    api.post(&rotate, &json!({})).await.refused(422, "no_client_secret");

    let kept = json!({ "public": true });
    assert_eq!(api.patch(&path, &kept).await.good("OAuthApplication"), {
        let mut same = made.clone();
        same.as_object_mut().expect("an object").remove("client_secret");
        same
    });
    let changed = api
        .patch(&path, &json!({ "public": false }))
        .await
        .good("OAuthApplicationWithSecret");
    assert_eq!(changed["public"], false);
    assert!(!text(&changed["client_secret"]).is_empty());
    api.server.stop().await;
}

/// The profile `oauth2.1` is never without PKCE, so who does not want it gets the other.
#[tokio::test(flavor = "multi_thread")]
async fn pkce_is_required_unless_it_is_refused_in_so_many_words() {
    let api = Api::start().await;
    let registered = async |answer: Value| {
        let id = text(&answer["id"]).parse().expect("an id");
        let found = api
            .server
            .app
            .applications
            .get(&id)
            .await
            .expect("reads")
            .expect("is there");
        (found.profile, found.must_use_pkce(), found.authentication)
    };
    let made = api.create("Notes").await;
    let secret = AuthMethod::ClientSecret;
    assert_eq!(registered(made.clone()).await, (Profile::OAuth21, true, secret));
    let path = format!("{APPLICATIONS}/{}", text(&made["id"]));
    let changed = api
        .patch(&path, &json!({ "pkce_required": false }))
        .await
        .good("OAuthApplication");
    assert_eq!(changed["pkce_required"], false);
    assert_eq!(registered(changed).await, (Profile::OidcCore, false, secret));
    let changed = api
        .patch(&path, &json!({ "pkce_required": true }))
        .await
        .good("OAuthApplication");
    assert_eq!(changed["pkce_required"], true);
    // which takes back PKCE alone, and says so
    assert_eq!(changed["profile"], "oidc-core");
    let changed = api
        .patch(&path, &json!({ "profile": "oauth2.1" }))
        .await
        .good("OAuthApplication");
    assert_eq!(changed["profile"], "oauth2.1");
    assert_eq!(registered(changed).await, (Profile::OAuth21, true, secret));
    let refused = api
        .patch(&path, &json!({ "profile": "oauth2.1", "pkce_required": false }))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    api.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_say_by_which_key_it_was_done() {
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
    let api = Api::start().await;
    let made = api.create("Notes").await;
    let path = format!("{APPLICATIONS}/{}", text(&made["id"]));
    api.patch(&path, &json!({ "name": "Jottings" }))
        .await
        .good("OAuthApplication");
    api.post(&format!("{path}/rotate_secret"), &json!({}))
        .await
        .good("OAuthApplicationWithSecret");
    api.delete(&path).await.good("DeletedObject");
    let events = entity::event::Entity::find()
        .filter(entity::event::Column::Subject.eq(text(&made["id"])))
        .all(api.server.app.cx.db.reader())
        .await
        .expect("reads");
    assert_eq!(events.len(), 4, "{events:?}");
    for event in events {
        assert_eq!(event.actor, api.key.key.id.as_str(), "{}", event.kind);
    }
    api.server.stop().await;
}
