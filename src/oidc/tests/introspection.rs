use serde_json::json;

use super::*;

const INACTIVE: &str = r#"{"active":false}"#;

async fn ready() -> (World, App, App, Device, UserId) {
    let world = World::new().await;
    let (app, server) = (world.app().await, world.register(robot()).await);
    let (ada, device) = (world.person("ada@example.com").await, world.device().await);
    world.sign_in(&device, &ada).await;
    (world, app, server, device, ada)
}

#[tokio::test]
async fn an_access_token_is_told_to_any_server_and_a_refresh_token_to_its_own_client() {
    let (world, app, server, device, ada) = ready().await;
    let tokens = world.tokens(&device, &app, "openid email").await;
    let now = world.cx.now().secs();
    let mut told = world
        .introspect(&server, &text(&tokens, "access_token"))
        .await
        .expect("told");
    let access = told.as_object_mut().expect("an object");
    let jti = access.remove("jti").expect("an id");
    assert_eq!(jti.as_str().map(str::len), Some(16));
    assert_eq!(
        told,
        json!({
            "active": true,
            "scope": "openid email",
            "client_id": app.application.client_id,
            "token_type": "Bearer",
            "exp": now + 3600,
            "iat": now,
            "nbf": now,
            "sub": ada.as_str(),
            "aud": ISSUER,
            "iss": ISSUER,
            "username": "ada@example.com",
            "auth_time": now,
            "acr": "aal1",
        })
    );
    let refresh_token = text(&tokens, "refresh_token");
    let told = world.introspect(&app, &refresh_token).await.expect("told");
    assert_eq!((&told["active"], &told["sub"]), (&json!(true), &json!(ada.as_str())));
    assert!(told.get("token_type").is_none(), "it is not presented to anybody");
    assert_eq!(told["username"], "ada@example.com");
    let others = world.introspect(&server, &refresh_token).await.expect("told");
    assert_eq!(others.to_string(), INACTIVE, "another's");
}

#[tokio::test]
async fn what_is_worth_nothing_is_inactive_and_never_an_error() {
    let (world, app, server, device, _) = ready().await;
    let tokens = world.tokens(&device, &app, "openid").await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let again = world.refresh(&app, &refresh).await.expect("tokens");
    let told = world.introspect(&app, &refresh).await.expect("told");
    assert_eq!(told["active"], true, "it still serves within the grace");
    world.wait(10).await;
    for dead in [
        refresh.as_str(),
        "nonsense",
        "oat_",
        "ort_AQ",
        &text(&tokens, "id_token"),
    ] {
        let told = world.introspect(&app, dead).await.expect("told");
        assert_eq!(told.to_string(), INACTIVE, "{dead}");
    }
    world.sign_out(&device).await;
    for dead in [&access, &text(&again, "refresh_token")] {
        let told = world.introspect(&app, dead).await.expect("told");
        assert_eq!(told.to_string(), INACTIVE, "signed out");
    }
    let own = world.token(&server, &[("grant_type", "client_credentials")]).await;
    let own = text(&own.expect("a token"), "access_token");
    assert_eq!(world.introspect(&app, &own).await.expect("told")["active"], true);
    world.wait(3600).await;
    let told = world.introspect(&app, &own).await.expect("told");
    assert_eq!(told.to_string(), INACTIVE, "expired");
}

#[tokio::test]
async fn who_does_not_prove_who_it_is_is_told_nothing() {
    let (world, app, _, device, _) = ready().await;
    let public = world.public_app().await;
    let access = text(&world.tokens(&device, &app, "openid").await, "access_token");
    assert_eq!(world.introspect(&public, &access).await, Err(ErrorCode::InvalidClient));
    let wrong = App {
        application: app.application.clone(),
        secret: Some("wrong".to_owned()),
    };
    assert_eq!(world.introspect(&wrong, &access).await, Err(ErrorCode::InvalidClient));
    assert_eq!(world.introspect(&app, "").await, Err(ErrorCode::InvalidRequest));
}

#[tokio::test]
async fn a_person_is_named_where_the_token_may_read_the_name_alone() {
    let (world, app, server, device, _) = ready().await;
    let tokens = world.tokens(&device, &app, "openid email offline_access").await;
    // the grant has more than this token
    let narrowed = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &text(&tokens, "refresh_token")),
        ("scope", "openid"),
    ];
    let narrow = world.token(&app, &narrowed).await.expect("tokens");
    let own = world.token(&server, &[("grant_type", "client_credentials")]).await;
    for nameless in [&narrow, &own.expect("a token")] {
        let told = world
            .introspect(&server, &text(nameless, "access_token"))
            .await
            .expect("told");
        assert_eq!((&told["active"], told.get("username")), (&json!(true), None), "{told}");
    }
}
