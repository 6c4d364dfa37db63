use serde_json::json;

use super::*;
use crate::keys::Purpose;

#[tokio::test]
async fn an_application_acts_on_its_own_with_an_access_token_alone() {
    let world = World::new().await;
    for registration in [robot(), readable(robot())] {
        let app = world.register(registration).await;
        let client_id = app.application.client_id.as_str();
        let ask = |scope: &'static str| {
            let (world, app) = (&world, &app);
            async move {
                let form = [("grant_type", "client_credentials"), ("scope", scope)];
                world.token(app, &form).await
            }
        };
        let mut given = ask("jobs:read").await.expect("a token");
        let token = given.as_object_mut().expect("an object").remove("access_token");
        let token = token.expect("a token");
        assert_eq!(
            given,
            json!({ "token_type": "Bearer", "expires_in": 3600, "scope": "jobs:read" })
        );
        let told = world
            .introspect(&app, token.as_str().expect("text"))
            .await
            .expect("told");
        assert_eq!(
            (&told["sub"], &told["client_id"], &told["scope"]),
            (&json!(client_id), &json!(client_id), &json!("jobs:read"))
        );
        assert!(told.get("auth_time").is_none(), "nobody signed in");
        let presented = json!({ "access_token": token });
        assert_eq!(world.userinfo(&presented).await, Err(ErrorCode::InsufficientScope));
        assert_eq!(ask("").await.expect("a token")["scope"], "jobs:read jobs:write");
        for bad in ["openid", "jobs:delete"] {
            assert_eq!(ask(bad).await, Err(ErrorCode::InvalidScope), "{bad}");
        }
        world
            .provider
            .applications
            .delete(client_id, Actor::Operator)
            .await
            .expect("deletes");
        let other = world.register(robot()).await;
        let told = world.introspect(&other, token.as_str().expect("text")).await;
        assert_eq!(told.expect("told")["active"], false, "it died with the application");
    }
}

#[tokio::test]
async fn a_grant_type_must_be_registered() {
    let world = World::new().await;
    let (app, robot) = (world.app().await, world.register(robot()).await);
    let own = world.token(&app, &[("grant_type", "client_credentials")]).await;
    assert_eq!(own, Err(ErrorCode::UnauthorizedClient));
    assert_eq!(world.redeem(&robot, "x").await, Err(ErrorCode::UnauthorizedClient));
    assert_eq!(world.refresh(&robot, "x").await, Err(ErrorCode::UnauthorizedClient));
    let once = world
        .register(Registration {
            grant_types: GrantTypes::of([GrantType::AuthorizationCode]),
            ..notes()
        })
        .await;
    let (ada, device) = (world.person("ada@example.com").await, world.device().await);
    world.sign_in(&device, &ada).await;
    let tokens = world.tokens(&device, &once, "openid").await;
    assert!(tokens.get("refresh_token").is_none());
}

/// RFC 9068 section 2.
#[tokio::test]
async fn a_readable_access_token_says_what_the_standard_demands() {
    let world = World::new().await;
    let app = world.register(readable(notes())).await;
    let (ada, device) = (world.person("ada@example.com").await, world.device().await);
    world.sign_in(&device, &ada).await;
    let tokens = world.tokens(&device, &app, "openid email").await;
    let access = text(&tokens, "access_token");
    let header = access.split('.').next().expect("a header");
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).expect("base64url")).expect("JSON");
    assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("ES256")));
    let mut claims = world.keys.verify(Purpose::AccessToken, &access).expect("ours");
    let claims = claims.as_object_mut().expect("an object");
    for drawn in ["jti", "grant_id"] {
        assert!(claims.remove(drawn).is_some(), "{drawn}");
    }
    let now = world.cx.now().secs();
    assert_eq!(
        json!(claims),
        json!({
            "iss": ISSUER,
            "sub": ada.as_str(),
            "aud": ISSUER,
            "client_id": app.application.client_id,
            "iat": now,
            "exp": now + 3600,
            "scope": "openid email",
            "auth_time": now,
            "acr": "aal1",
            "amr": ["pwd"],
        })
    );
    let hash = sha256(access.as_bytes());
    assert_eq!(super::claims(&tokens)["at_hash"], URL_SAFE_NO_PAD.encode(&hash[..16]));
    world.userinfo(&tokens).await.expect("claims");
    world.sign_out(&device).await;
    assert_eq!(
        world.userinfo(&tokens).await,
        Err(ErrorCode::InvalidToken),
        "at our own endpoints it dies with its grant"
    );
}

/// One kind of secret is never another, whatever it is shown to.
#[tokio::test]
async fn every_kind_of_token_is_refused_by_every_verifier_of_another_kind() {
    let world = World::new().await;
    let (opaque, jwt) = (world.app().await, world.register(readable(notes())).await);
    let (ada, device) = (world.person("ada@example.com").await, world.device().await);
    world.sign_in(&device, &ada).await;
    let (one, two) = (
        world.tokens(&device, &opaque, "openid").await,
        world.tokens(&device, &jwt, "openid").await,
    );
    let code = world.code(&device, &opaque, "openid").await;
    let waiting = world
        .authorize(&device, &query(&opaque, &[("prompt", "consent")]))
        .await
        .expect("a step");
    let kinds = [
        ("id_token", text(&one, "id_token")),
        ("access_token", text(&one, "access_token")),
        ("access_token", text(&two, "access_token")),
        ("refresh_token", text(&one, "refresh_token")),
        ("code", code),
        ("device", device.secret.lock().expect("a secret").expose().to_owned()),
        ("client_secret", opaque.secret.clone().expect("a secret")),
        ("handle", handle(waiting, "/consent")),
    ];
    for (kind, token) in &kinds {
        let presented = json!({ "access_token": token });
        if *kind != "access_token" {
            assert_eq!(world.userinfo(&presented).await, Err(ErrorCode::InvalidToken), "{kind}");
        }
        if *kind != "refresh_token" {
            assert_eq!(
                world.refresh(&opaque, token).await,
                Err(ErrorCode::InvalidGrant),
                "{kind}"
            );
        }
        if *kind != "code" {
            assert_eq!(
                world.redeem(&opaque, token).await,
                Err(ErrorCode::InvalidGrant),
                "{kind}"
            );
        }
        if !["access_token", "refresh_token"].contains(kind) {
            let told = world.introspect(&opaque, token).await.expect("told");
            assert_eq!(told["active"], false, "{kind}");
        }
        if *kind != "id_token" {
            assert!(world.provider.read_hint(token).is_none(), "{kind}");
        }
        if *kind != "client_secret" {
            let posing = App {
                application: opaque.application.clone(),
                secret: Some(token.clone()),
            };
            let told = world.introspect(&posing, "x").await;
            assert_eq!(told, Err(ErrorCode::InvalidClient), "{kind}");
        }
        if *kind != "device" {
            let known = world.sessions.on_device(&TokenHash::of(token)).await;
            assert!(known.expect("reads").is_none(), "{kind}");
        }
        if *kind != "handle" {
            let resumed = world.provider.resume_authorization(token, &device.browser()).await;
            assert!(resumed.is_err(), "{kind}");
        }
    }
}
