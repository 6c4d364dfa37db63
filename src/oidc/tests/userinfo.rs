use serde_json::json;

use super::*;
use crate::kernel::event::Actor;
use ::entity::session;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

#[tokio::test]
async fn claims_follow_the_scope() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("Ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    let bare = world.tokens(&device, &app, "openid").await;
    assert_eq!(world.userinfo(&bare).await, Ok(json!({ "sub": ada.as_str() })));
    let full = world.tokens(&device, &app, "openid profile email").await;
    assert_eq!(
        world.userinfo(&full).await,
        Ok(json!({
            "sub": ada.as_str(),
            "name": "Ada Lovelace",
            "given_name": "Ada",
            "family_name": "Lovelace",
            "updated_at": 1_700_000_000,
            "email": "Ada@example.com",
            "email_verified": true,
        }))
    );
}

#[tokio::test]
async fn a_token_is_worth_nothing_after_its_time_or_its_session() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    let session = world.sign_in(&device, &ada).await;
    let tokens = world.tokens(&device, &app, "openid").await;
    let offline = world.tokens(&device, &app, "openid offline_access").await;
    world.wait(3599).await;
    world.userinfo(&tokens).await.expect("claims");
    world.wait(1).await;
    assert_eq!(world.userinfo(&tokens).await, Err(ErrorCode::InvalidToken), "expired");

    let tokens = world.tokens(&device, &app, "openid").await;
    let offline_again = world
        .refresh(&app, &text(&offline, "refresh_token"))
        .await
        .expect("tokens");
    // the session runs out without activity
    let idle = session::Entity::update_many()
        .col_expr(session::Column::IdleExpiresAt, Expr::val(world.cx.now().millis()))
        .filter(session::Column::Id.eq(session.as_str()));
    let idle = &idle;
    let device = &world.on_device(&device).await.device;
    let ran_out = world
        .cx
        .db
        .write(|tx| async move {
            tx.forget("devices", device.as_str()).await?;
            Ok(idle.clone().exec(&tx).await?.rows_affected)
        })
        .await;
    assert_eq!(ran_out.expect("writes"), 1);
    assert_eq!(
        world.userinfo(&tokens).await,
        Err(ErrorCode::InvalidToken),
        "the session is over"
    );
    world
        .userinfo(&offline_again)
        .await
        .expect("offline access outlives it");
}

#[tokio::test]
async fn a_ban_ends_everything() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    let code = world.code(&device, &app, "openid offline_access").await;
    let tokens = world.tokens(&device, &app, "openid offline_access").await;
    world.userinfo(&tokens).await.expect("remembered");
    world.accounts.ban(&ada, Actor::Operator).await.expect("bans");
    assert_eq!(world.userinfo(&tokens).await, Err(ErrorCode::InvalidToken));
    assert_eq!(
        world.refresh(&app, &text(&tokens, "refresh_token")).await,
        Err(ErrorCode::InvalidGrant)
    );
    assert_eq!(world.redeem(&app, &code).await, Err(ErrorCode::InvalidGrant));
}

#[tokio::test]
async fn no_other_token_opens_it() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    let tokens = world.tokens(&device, &app, "openid offline_access").await;
    for other in [
        text(&tokens, "id_token"),
        text(&tokens, "refresh_token"),
        "oat_".into(),
        String::new(),
    ] {
        let wrong = json!({ "access_token": other });
        assert_eq!(world.userinfo(&wrong).await, Err(ErrorCode::InvalidToken));
    }
}
