use super::*;
use crate::keys::Purpose;

async fn ready() -> (World, App, Device, Value) {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    let tokens = world.tokens(&device, &app, "openid offline_access").await;
    (world, app, device, tokens)
}

#[tokio::test]
async fn a_refresh_token_goes_with_all_of_its_grant() {
    let (world, app, device, tokens) = ready().await;
    let other = world.tokens(&device, &app, "openid").await;
    let refreshed = world
        .refresh(&app, &text(&tokens, "refresh_token"))
        .await
        .expect("tokens");
    world
        .revoke(&app, &text(&refreshed, "refresh_token"))
        .await
        .expect("revokes");
    for dead in [&tokens, &refreshed] {
        assert_eq!(world.userinfo(dead).await, Err(ErrorCode::InvalidToken));
        assert_eq!(
            world.refresh(&app, &text(dead, "refresh_token")).await,
            Err(ErrorCode::InvalidGrant)
        );
    }
    world.userinfo(&other).await.expect("another grant is not touched");
    assert_eq!(world.events("grant.revoked").await, 1);
    world
        .revoke(&app, &text(&refreshed, "refresh_token"))
        .await
        .expect("once more is no error");
    assert_eq!(world.events("grant.revoked").await, 1, "told once");
}

#[tokio::test]
async fn an_access_token_goes_alone() {
    let (world, app, _, tokens) = ready().await;
    world
        .revoke(&app, &text(&tokens, "access_token"))
        .await
        .expect("revokes");
    assert_eq!(world.userinfo(&tokens).await, Err(ErrorCode::InvalidToken));
    let told = world.introspect(&app, &text(&tokens, "access_token")).await;
    assert_eq!(told.expect("told")["active"], false);
    let refreshed = world.refresh(&app, &text(&tokens, "refresh_token")).await;
    world
        .userinfo(&refreshed.expect("tokens"))
        .await
        .expect("the grant stands");
}

/// Base64 and ECDSA let one token be written in several ways, so it is not its text that is remembered.
#[tokio::test]
async fn a_readable_access_token_goes_however_its_signature_is_written() {
    let world = World::new().await;
    let app = world.register(readable(notes())).await;
    let (ada, device) = (world.person("ada@example.com").await, world.device().await);
    world.sign_in(&device, &ada).await;
    let tokens = world.tokens(&device, &app, "openid").await;
    let access = text(&tokens, "access_token");
    let (message, signature) = access.rsplit_once('.').expect("a JWT");
    let mut twin = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    // (r, s) and (r, n - s) are signatures of the same message
    let order = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad,
        0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51_u8,
    ];
    let mut borrow = 0;
    for index in (0..32).rev() {
        let difference = i16::from(order[index]) - i16::from(twin[32 + index]) - borrow;
        borrow = i16::from(difference < 0);
        twin[32 + index] = u8::try_from(difference.rem_euclid(256)).expect("a byte");
    }
    let twin = format!("{message}.{}", URL_SAFE_NO_PAD.encode(&twin));
    assert!(
        world.keys.verify(Purpose::AccessToken, &twin).is_some(),
        "it is a signature too"
    );
    world.revoke(&app, &access).await.expect("revokes");
    for text in [access, twin] {
        let token = serde_json::json!({ "access_token": text });
        assert_eq!(world.userinfo(&token).await, Err(ErrorCode::InvalidToken));
    }
}

#[tokio::test]
async fn what_is_not_ones_own_stays_and_nobody_is_told() {
    let (world, app, _, tokens) = ready().await;
    let (other, public) = (world.app().await, world.public_app().await);
    for stranger in [&other, &public] {
        for name in ["access_token", "refresh_token"] {
            world.revoke(stranger, &text(&tokens, name)).await.expect("no error");
        }
    }
    world.revoke(&app, "never issued").await.expect("no error");
    world.userinfo(&tokens).await.expect("it is still good");
    world
        .refresh(&app, &text(&tokens, "refresh_token"))
        .await
        .expect("it is still good");
    assert_eq!(
        world.revoke(&app, &text(&tokens, "id_token")).await,
        Err(ErrorCode::UnsupportedTokenType)
    );
    let wrong = App {
        application: app.application.clone(),
        secret: Some("wrong".to_owned()),
    };
    assert_eq!(
        world.revoke(&wrong, &text(&tokens, "access_token")).await,
        Err(ErrorCode::InvalidClient)
    );
}

#[tokio::test]
async fn a_public_client_takes_its_own_back_by_its_name() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.public_app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    let tokens = world.tokens(&device, &app, "openid").await;
    world
        .revoke(&app, &text(&tokens, "refresh_token"))
        .await
        .expect("revokes");
    assert_eq!(world.userinfo(&tokens).await, Err(ErrorCode::InvalidToken));
}
