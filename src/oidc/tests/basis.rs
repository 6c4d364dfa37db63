//! What a grant rests on, when another process has just ended it and nothing here knows yet.

use sea_orm::{ConnectionTrait, Statement};

use super::*;
use crate::identity::{Password, outdate_grants};
use crate::kernel::secret::SecretString;
use crate::sign_in::reset_password;

/// What another process does: nothing here is told to forget.
async fn behind_our_back(world: &World, sql: &str) {
    let statement = &Statement::from_string(world.cx.db.backend(), sql);
    let changed = world
        .cx
        .db
        .write(|tx| async move { Ok(tx.execute_raw(statement.clone()).await?.rows_affected()) })
        .await;
    assert_eq!(changed.expect("writes"), 1, "{sql}");
}

#[tokio::test]
async fn nothing_is_granted_on_a_session_a_person_or_a_consent_that_another_process_has_ended() {
    for (sql, error) in [
        ("UPDATE sessions SET status = 'ended'", "login_required"),
        ("UPDATE users SET banned_at = 1", "login_required"),
        ("DELETE FROM consents", "login_required"),
    ] {
        let world = World::new().await;
        let (app, ada, device) = (
            world.app().await,
            world.person("ada@example.com").await,
            world.device().await,
        );
        world.sign_in(&device, &ada).await;
        world.tokens(&device, &app, "openid offline_access").await;
        let silent = query(&app, &[("scope", "openid"), ("prompt", "none")]);
        let step = world.authorize(&device, &silent).await.expect("a step");
        assert!(answer(step).contains_key("code"), "everything is remembered");
        behind_our_back(&world, sql).await;
        assert_eq!(error_of(world.authorize(&device, &silent).await), error, "{sql}");
        assert_eq!(world.events("grant.created").await, 2, "{sql}");
    }
}

#[tokio::test]
async fn a_new_password_ends_what_a_process_granted_whose_clock_is_ahead() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    world.wait(5).await;
    let tokens = world.tokens(&device, &app, "openid offline_access").await;
    world.clock.go_back(std::time::Duration::from_secs(5));
    let password = Password::choose(&SecretString::new("battery staple".to_owned())).expect("a password");
    let reset = reset_password(&world.cx, &world.accounts, &ada, password, Actor::Operator).await;
    assert_eq!(reset.expect("resets"), 1);
    assert_eq!(
        world.refresh(&app, &text(&tokens, "refresh_token")).await,
        Err(ErrorCode::InvalidGrant)
    );
}

#[tokio::test]
async fn outdating_ends_what_was_granted_in_the_same_millisecond_and_nothing_after() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    let before = world.tokens(&device, &app, "openid").await;
    let (now, user) = (world.cx.now(), &ada);
    let outdated = world
        .cx
        .db
        .write(|tx| async move { outdate_grants(&tx, user, now).await });
    outdated.await.expect("writes");
    world.wait(1).await;
    let after = world.tokens(&device, &app, "openid").await;
    assert_eq!(world.userinfo(&before).await, Err(ErrorCode::InvalidToken));
    world.userinfo(&after).await.expect("granted since");
}

#[tokio::test]
async fn consents_given_at_once_add_up() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    let scopes = ["openid email", "openid phone", "openid address", "openid profile"];
    futures_util::future::join_all(scopes.map(|scope| world.code(&device, &app, scope))).await;
    let all = query(
        &app,
        &[("scope", "openid email phone address profile"), ("prompt", "none")],
    );
    let step = world.authorize(&device, &all).await.expect("a step");
    assert!(
        answer(step).contains_key("code"),
        "each was remembered beside the others"
    );
}

#[tokio::test]
async fn whoever_knows_a_sub_learns_neither_an_address_nor_whether_there_is_such_a_person() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    world.tokens(&device, &app, "openid").await;
    world.sign_out(&device).await;
    let stranger = world.device().await;
    let mut seen = Vec::new();
    for (device, sub) in [
        (&stranger, ada.as_str()),
        (&stranger, "user_nobody"),
        (&device, ada.as_str()),
    ] {
        let claims = format!(r#"{{"id_token":{{"sub":{{"value":"{sub}"}}}}}}"#);
        let step = world.authorize(device, &query(&app, &[("claims", &claims)])).await;
        let waiting = handle(step.expect("a step"), "/sign-in");
        let on_device = world.on_device(device).await;
        let continuations = &world.provider.continuations;
        let found = continuations.find(&waiting, &on_device.device).await.expect("reads");
        seen.push(found.expect("waits").intent.login_hint);
    }
    assert_eq!(seen, [None, None, Some("ada@example.com".to_owned())]);
}
