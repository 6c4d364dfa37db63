use super::*;

async fn signed_in() -> (World, App, Device, UserId) {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    (world, app, device, ada)
}

#[tokio::test]
async fn a_code_gives_tokens_that_say_the_truth() {
    let (world, app, device, ada) = signed_in().await;
    let session = world.on_device(&device).await.sessions.remove(0);
    world.wait(5).await;
    let tokens = world.tokens(&device, &app, "openid email").await;
    assert!(text(&tokens, "access_token").starts_with("oat_"));
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3600);
    assert_eq!(tokens["scope"], "openid email");
    assert!(text(&tokens, "refresh_token").starts_with("ort_"));

    let claims = claims(&tokens);
    let now = world.cx.now().secs();
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["aud"], app.application.client_id.as_str());
    assert_eq!(claims["sub"], ada.as_str());
    assert_eq!(claims["sid"], session.id.as_str());
    assert_eq!(claims["iat"], now);
    assert_eq!(claims["exp"], now + 3600);
    assert_eq!(claims["auth_time"], now - 5);
    assert_eq!(claims["nonce"], "n-0S6");
    assert_eq!(claims["amr"], serde_json::json!(["pwd"]));
    let hash = sha256(text(&tokens, "access_token").as_bytes());
    assert_eq!(claims["at_hash"], URL_SAFE_NO_PAD.encode(&hash[..16]));
    let verified = world
        .keys
        .verify(crate::keys::Purpose::IdToken, &text(&tokens, "id_token"));
    assert_eq!(verified.as_ref(), Some(&claims));
}

#[tokio::test]
async fn a_second_use_of_a_code_ends_what_the_first_gave() {
    let (world, app, device, _) = signed_in().await;
    let code = world.code(&device, &app, "openid offline_access").await;
    let tokens = world.redeem(&app, &code).await.expect("tokens");
    world.userinfo(&tokens).await.expect("claims");
    // long after it has expired
    world.wait(120).await;
    assert_eq!(world.redeem(&app, &code).await, Err(ErrorCode::InvalidGrant));
    assert_eq!(world.userinfo(&tokens).await, Err(ErrorCode::InvalidToken));
    let refreshed = world.refresh(&app, &text(&tokens, "refresh_token")).await;
    assert_eq!(refreshed, Err(ErrorCode::InvalidGrant));
    assert_eq!(world.redeem(&app, &code).await, Err(ErrorCode::InvalidGrant));
    assert_eq!(world.events("grant.revoked").await, 1, "told once");
}

#[tokio::test]
async fn one_of_many_uses_of_a_code_counts() {
    let (world, app, device, _) = signed_in().await;
    let code = world.code(&device, &app, "openid").await;
    let outcomes = futures_util::future::join_all((0..8).map(|_| world.redeem(&app, &code))).await;
    let given: Vec<&Value> = outcomes.iter().flatten().collect();
    assert_eq!(given.len(), 1);
    assert_eq!(
        world.userinfo(given[0]).await,
        Err(ErrorCode::InvalidToken),
        "the others were replays"
    );
}

#[tokio::test]
async fn a_code_in_the_hands_of_another_client_stays_as_it_is() {
    let (world, app, device, _) = signed_in().await;
    let (thief, public_thief) = (world.app().await, world.public_app().await);
    let code = world.code(&device, &app, "openid").await;
    for thief in [&thief, &public_thief] {
        assert_eq!(world.redeem(thief, &code).await, Err(ErrorCode::InvalidGrant));
    }
    let tokens = world.redeem(&app, &code).await.expect("the owner is not harmed");
    assert_eq!(world.redeem(&thief, &code).await, Err(ErrorCode::InvalidGrant));
    world.userinfo(&tokens).await.expect("nor later");
}

#[tokio::test]
async fn a_failed_try_uses_a_code_up() {
    let (world, app, device, _) = signed_in().await;
    let wrong = [
        ("redirect_uri", "https://notes.example/cb"),
        ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXx"),
        ("code_verifier", "short"),
        ("code_verifier", ""),
    ];
    for (name, value) in wrong {
        let code = world.code(&device, &app, "openid").await;
        let form: Vec<(&str, &str)> = redemption(&code)
            .into_iter()
            .map(|pair| if pair.0 == name { (name, value) } else { pair })
            .collect();
        assert_eq!(
            world.token(&app, &form).await,
            Err(ErrorCode::InvalidGrant),
            "{name}={value}"
        );
        assert_eq!(
            world.redeem(&app, &code).await,
            Err(ErrorCode::InvalidGrant),
            "{name}={value}"
        );
    }
    let code = world.code(&device, &app, "openid").await;
    world.wait(60).await;
    assert_eq!(world.redeem(&app, &code).await, Err(ErrorCode::InvalidGrant), "expired");
    assert_eq!(world.redeem(&app, "never issued").await, Err(ErrorCode::InvalidGrant));
}

#[tokio::test]
async fn a_verifier_without_a_challenge_is_a_downgrade() {
    let (world, _, device, _) = signed_in().await;
    let app = world
        .register(Registration {
            profile: Profile::OidcCore,
            ..notes()
        })
        .await;
    let request = query(
        &app,
        &[
            ("code_challenge", ""),
            ("code_challenge_method", ""),
            ("prompt", "consent"),
        ],
    );
    let step = world.authorize(&device, &request).await.expect("a step");
    let first = world.allow(&device, step).await["code"].clone();
    assert_eq!(world.redeem(&app, &first).await, Err(ErrorCode::InvalidGrant));
    let step = world.authorize(&device, &request).await.expect("a step");
    let second = world.allow(&device, step).await["code"].clone();
    let [grant_type, code, redirect_uri, _] = redemption(&second);
    world
        .token(&app, &[grant_type, code, redirect_uri])
        .await
        .expect("its profile lets it do without");
}

#[tokio::test]
async fn a_code_dies_with_its_session_unless_access_is_offline() {
    let (world, app, device, ada) = signed_in().await;
    let code = world.code(&device, &app, "openid").await;
    let offline = world.code(&device, &app, "openid offline_access").await;
    world.sign_out(&device).await;
    assert_eq!(world.redeem(&app, &code).await, Err(ErrorCode::InvalidGrant));
    world.redeem(&app, &offline).await.expect("outlives the session");
    world.sign_in(&device, &ada).await;
}

#[tokio::test]
async fn clients_prove_who_they_are() {
    let (world, app, device, _) = signed_in().await;
    let public = world.public_app().await;
    let code = world.code(&device, &app, "openid").await;
    let with = |id: &str, secret: Option<&str>| {
        let mut application = app.application.clone();
        application.client_id = id.to_owned();
        App {
            application,
            secret: secret.map(str::to_owned),
        }
    };
    let (id, secret) = (
        app.application.client_id.as_str(),
        app.secret.as_deref().expect("a secret"),
    );
    for (id, secret) in [
        (id, Some("wrong")),
        (id, None),
        ("nobody", Some(secret)),
        ("nobody", None),
        (public.application.client_id.as_str(), Some(secret)),
    ] {
        assert_eq!(
            world.redeem(&with(id, secret), &code).await,
            Err(ErrorCode::InvalidClient),
            "{id}"
        );
    }
    world.redeem(&app, &code).await.expect("none of it touched the code");
    let code = world.code(&device, &public, "openid").await;
    world.redeem(&public, &code).await.expect("a public client has PKCE");
}

#[tokio::test]
async fn without_openid_there_is_no_id_token() {
    let (world, app, device, _) = signed_in().await;
    let tokens = world.tokens(&device, &app, "email").await;
    assert!(tokens.get("id_token").is_none());
    assert_eq!(world.userinfo(&tokens).await, Err(ErrorCode::InsufficientScope));
}
