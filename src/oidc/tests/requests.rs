use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::*;
use crate::keys::{Algorithm, Purpose};
use crate::platform::changes::Refresh;
use ::entity::application_uri;

#[tokio::test]
async fn a_person_signs_in_consents_and_is_not_asked_twice() {
    let world = World::new().await;
    let (app, ada) = (world.app().await, world.person("ada@example.com").await);
    let stranger = world.stranger();
    let step = world
        .authorize(&stranger, &query(&app, &[("login_hint", "ada")]))
        .await
        .expect("a step");
    let waiting = handle(step, "/sign-in");

    let device = Device {
        is_known: true,
        ..stranger
    };
    let on_device = world.on_device(&device).await;
    let continuation = world
        .provider
        .continuations
        .find(&waiting, &on_device.device)
        .await
        .expect("reads")
        .expect("waits");
    assert_eq!(continuation.intent.app_name.as_deref(), Some("Notes"));
    assert_eq!(continuation.intent.login_hint.as_deref(), Some("ada"));
    assert!(!continuation.intent.reauthenticate);

    world.sign_in(&device, &ada).await;
    let step = world
        .provider
        .resume_authorization(&waiting, &device.browser())
        .await
        .expect("a step");
    let answered = world.allow(&device, step).await;
    assert_eq!(answered["state"], "as it was & is");
    assert_eq!(answered["iss"], ISSUER);
    assert_eq!(answered["fixed"], "1", "the registered query is kept");
    assert_eq!(world.events("grant.created").await, 1);
    let replayed = world.provider.resume_authorization(&waiting, &device.browser()).await;
    assert!(matches!(replayed, Err(PageError::Gone)), "what waited is used up");

    // at once, without a page
    let step = world.authorize(&device, &query(&app, &[])).await.expect("a step");
    assert_ne!(answer(step)["code"], answered["code"]);
    let step = world
        .authorize(&device, &query(&app, &[("prompt", "none")]))
        .await
        .expect("a step");
    assert!(answer(step).contains_key("code"));
    // more than was allowed
    let step = world
        .authorize(&device, &query(&app, &[("scope", "openid profile")]))
        .await
        .expect("a step");
    handle(step, "/consent");
}

#[tokio::test]
async fn whom_nobody_knows_is_answered_on_a_page() {
    let world = World::new().await;
    let (app, device) = (world.app().await, world.stranger());
    let client_id = app.application.client_id.clone();
    let twice = |name: &str| format!("{}&{name}=x", query(&app, &[]));
    for bad in [
        query(&app, &[("client_id", "")]),
        query(&app, &[("client_id", "nobody")]),
        query(&app, &[("client_id", &client_id.to_uppercase())]),
        query(&app, &[("redirect_uri", "")]),
        query(&app, &[("redirect_uri", "https://evil.example/cb")]),
        query(&app, &[("redirect_uri", "https://notes.example/cb")]),
        query(&app, &[("redirect_uri", "https://notes.example/cb?fixed=1&more=1")]),
        twice("client_id"),
        twice("redirect_uri"),
    ] {
        let refused = world.authorize(&device, &bad).await;
        assert!(matches!(refused, Err(PageError::Client(_))), "{bad}: {refused:?}");
        let posted = world.provider.authorize_posted(&params(&bad), "192.0.2.1").await;
        assert!(matches!(posted, Err(PageError::Client(_))), "{bad}: {posted:?}");
    }
}

#[tokio::test]
async fn everything_else_is_told_to_the_client() {
    let world = World::new().await;
    let (app, device) = (world.app().await, world.stranger());
    for (more, expected) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("scope", "groups"), "invalid_scope"),
        (("claims", "[]"), "invalid_request"),
        (("request", "eyJ"), "request_not_supported"),
        (("prompt", "none login"), "invalid_request"),
        (("prompt", "none"), "login_required"),
        (("id_token_hint", "eyJ"), "invalid_request"),
    ] {
        let step = world.authorize(&device, &query(&app, &[more])).await.expect("a step");
        let told = answer(step);
        assert_eq!(
            (told["error"].as_str(), told["state"].as_str()),
            (expected, "as it was & is"),
            "{more:?}"
        );
        assert_eq!(told["iss"], ISSUER);
        assert!(!told.contains_key("code"));
    }
    let step = world.authorize(&device, &format!("{}&state=b", query(&app, &[]))).await;
    assert_eq!(error_of(step), "invalid_request");
    assert!(
        world.sessions.on_device(&device.hash()).await.expect("reads").is_none(),
        "no device was made for it"
    );
}

#[tokio::test]
async fn a_posted_request_waits_for_the_cookies() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    world.code(&device, &app, "openid email").await;
    let step = world
        .provider
        .authorize_posted(&params(&query(&app, &[])), "192.0.2.1")
        .await
        .expect("a step");
    let waiting = handle(step, "/oauth/authorize/resume");
    let step = world
        .provider
        .resume_authorization(&waiting, &device.browser())
        .await
        .expect("a step");
    assert!(answer(step).contains_key("code"));

    // whoever presents the handle first has it
    let step = world
        .provider
        .authorize_posted(&params(&query(&app, &[])), "192.0.2.1")
        .await
        .expect("a step");
    let waiting = handle(step, "/oauth/authorize/resume");
    let step = world
        .provider
        .resume_authorization(&waiting, &world.stranger().browser())
        .await
        .expect("a step");
    handle(step, "/sign-in");
    let refused = world.provider.resume_authorization(&waiting, &device.browser()).await;
    assert!(matches!(refused, Err(PageError::Gone)));
}

#[tokio::test]
async fn prompt_login_and_max_age_demand_a_new_proof() {
    for demand in [("prompt", "login"), ("max_age", "0"), ("max_age", "30")] {
        let world = World::new().await;
        let (app, ada, device) = (
            world.app().await,
            world.person("ada@example.com").await,
            world.device().await,
        );
        let session = world.sign_in(&device, &ada).await;
        let first = claims(&world.tokens(&device, &app, "openid email").await);
        world.wait(60).await;
        let step = world.authorize(&device, &query(&app, &[demand])).await.expect("a step");
        let waiting = handle(step, "/sign-in");
        let on_device = world.on_device(&device).await;
        let continuation = world
            .provider
            .continuations
            .find(&waiting, &on_device.device)
            .await
            .expect("reads")
            .expect("waits");
        assert!(continuation.intent.reauthenticate);
        // going on without a proof leads back
        let step = world
            .provider
            .resume_authorization(&waiting, &device.browser())
            .await
            .expect("a step");
        assert_eq!(handle(step, "/sign-in"), waiting);

        world.wait(600).await;
        world.sign_in(&device, &ada).await;
        let step = world
            .provider
            .resume_authorization(&waiting, &device.browser())
            .await
            .expect("a step");
        let tokens = world.redeem(&app, &answer(step)["code"]).await.expect("tokens");
        let second = claims(&tokens);
        assert_eq!(second["sid"], session.as_str());
        let elapsed = second["auth_time"]
            .as_i64()
            .zip(first["auth_time"].as_i64())
            .map(|(b, a)| b - a);
        assert_eq!(elapsed, Some(660), "{demand:?}");
    }
}

#[tokio::test]
async fn a_hint_chooses_the_person_and_refuses_others() {
    let world = World::new().await;
    let (app, device) = (world.app().await, world.device().await);
    let (ada, bob) = (
        world.person("ada@example.com").await,
        world.person("bob@example.com").await,
    );
    world.sign_in(&device, &ada).await;
    let tokens = world.tokens(&device, &app, "openid email").await;
    let hint = text(&tokens, "id_token");
    // expired is fine
    world.wait(7200).await;
    world.sign_in(&device, &bob).await;
    let step = world
        .authorize(&device, &query(&app, &[("id_token_hint", &hint), ("prompt", "none")]))
        .await
        .expect("a step");
    let again = world.redeem(&app, &answer(step)["code"]).await.expect("tokens");
    assert_eq!(claims(&again)["sub"], claims(&tokens)["sub"]);

    // an application shows its own tokens alone
    let other = world.app().await;
    let step = world
        .authorize(&device, &query(&other, &[("id_token_hint", &hint)]))
        .await;
    assert_eq!(error_of(step), "invalid_request");

    // with Ada signed out, only she will do
    let elsewhere = world.device().await;
    world.sign_in(&elsewhere, &bob).await;
    let asks = |prompt| query(&app, &[("id_token_hint", hint.as_str()), ("prompt", prompt)]);
    assert_eq!(
        error_of(world.authorize(&elsewhere, &asks("none")).await),
        "login_required"
    );
    let waiting = handle(
        world.authorize(&elsewhere, &asks("")).await.expect("a step"),
        "/sign-in",
    );
    let on_device = world.on_device(&elsewhere).await;
    let continuation = world
        .provider
        .continuations
        .find(&waiting, &on_device.device)
        .await
        .expect("reads")
        .expect("waits");
    assert_eq!(continuation.intent.login_hint, None, "Ada was never signed in here");
    assert!(
        continuation.intent.reauthenticate,
        "the page is shown although Bob is signed in"
    );
    world.wait(1).await;
    world.sign_in(&elsewhere, &bob).await;
    let step = world
        .provider
        .resume_authorization(&waiting, &elsewhere.browser())
        .await;
    assert_eq!(error_of(step), "login_required");
}

#[tokio::test]
async fn a_request_does_not_outlive_its_redirect_uri() {
    let world = World::new().await;
    let (app, device) = (world.app().await, world.device().await);
    let asked = world.authorize(&device, &query(&app, &[])).await;
    let waiting = handle(asked.expect("a step"), "/sign-in");
    let moved = application_uri::Entity::update_many()
        .col_expr(
            application_uri::Column::Uri,
            Expr::val("https://notes.example/elsewhere"),
        )
        .filter(application_uri::Column::Uri.eq(CALLBACK));
    let moved = &moved;
    let written = world
        .cx
        .db
        .write(|tx| async move { Ok(moved.clone().exec(&tx).await?) });
    written.await.expect("writes");
    world.provider.applications.refresh().await.expect("refreshes");
    let refused = world.provider.resume_authorization(&waiting, &device.browser()).await;
    assert!(matches!(refused, Err(PageError::Client(_))), "{refused:?}");

    let client_id = &app.application.client_id;
    let deleted = world.provider.applications.delete(client_id, Actor::Operator).await;
    deleted.expect("deletes");
    let refused = world.provider.resume_authorization(&waiting, &device.browser()).await;
    assert!(matches!(refused, Err(PageError::Client(_))), "{refused:?}");
}

#[tokio::test]
async fn a_hint_was_issued_by_this_very_issuer() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    let session = world.sign_in(&device, &ada).await;
    world.code(&device, &app, "openid").await;
    for (issuer, expected) in [(ISSUER, None), ("https://before.example", Some("invalid_request"))] {
        let claims = serde_json::json!({
            "iss": issuer,
            "aud": app.application.client_id.as_str(),
            "sub": ada.as_str(),
            "sid": session.as_str(),
        });
        let hint = world
            .keys
            .sign(Purpose::IdToken, Algorithm::Es256, Some("JWT"), &claims);
        let hint = hint.expect("signs");
        let more = [
            ("id_token_hint", hint.as_str()),
            ("scope", "openid"),
            ("prompt", "none"),
        ];
        let step = world.authorize(&device, &query(&app, &more)).await.expect("a step");
        assert_eq!(answer(step).get("error").map(String::as_str), expected, "{issuer}");
    }
}
