//! What is answered from memory, held by counting statements.

use super::*;

/// How many statements `act` sends.
macro_rules! statements {
    ($world:expr, $act:expr) => {{
        let before = $world.cx.db.counts().statements.get();
        let outcome = $act;
        (outcome, $world.cx.db.counts().statements.get() - before)
    }};
}

#[tokio::test]
async fn what_happens_all_the_time_costs_no_statement_that_it_can_do_without() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    // the first time everything is read
    let first = world.tokens(&device, &app, "openid email").await;
    world.userinfo(&first).await.expect("claims");

    let silent = query(&app, &[("scope", "openid email"), ("prompt", "none")]);
    world.authorize(&device, &silent).await.expect("a step");
    let (step, sent) = statements!(world, world.authorize(&device, &silent).await);
    assert_eq!(
        sent, 3,
        "the consent that it rests on, a grant with its code, and the event"
    );
    let code = answer(step.expect("a step")).get("code").expect("a code").clone();
    let (tokens, sent) = statements!(world, world.redeem(&app, &code).await);
    let tokens = tokens.expect("tokens");
    assert_eq!(sent, 1, "the code is used up");

    let (claims, sent) = statements!(world, world.userinfo(&tokens).await);
    claims.expect("claims");
    assert_eq!(sent, 1, "whether this token was revoked is read once");
    let (claims, sent) = statements!(world, world.userinfo(&tokens).await);
    claims.expect("claims");
    assert_eq!(sent, 0);
    let (told, sent) = statements!(world, world.introspect(&app, &text(&tokens, "access_token")).await);
    assert_eq!(told.expect("an answer")["active"], true);
    assert_eq!(sent, 0);
    let (refreshed, sent) = statements!(world, world.refresh(&app, &text(&tokens, "refresh_token")).await);
    refreshed.expect("tokens");
    assert_eq!(sent, 1, "the rotation");
}

#[tokio::test]
async fn what_is_remembered_of_a_grant_and_its_tokens_is_forgotten_when_they_end() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    let tokens = world.tokens(&device, &app, "openid").await;
    let others = world.tokens(&device, &app, "openid").await;
    for tokens in [&tokens, &others] {
        world.userinfo(tokens).await.expect("remembered");
    }
    world
        .revoke(&app, &text(&tokens, "access_token"))
        .await
        .expect("revokes");
    assert_eq!(world.userinfo(&tokens).await, Err(ErrorCode::InvalidToken));
    world.userinfo(&others).await.expect("another grant");
    world
        .revoke(&app, &text(&others, "refresh_token"))
        .await
        .expect("revokes");
    assert_eq!(world.userinfo(&others).await, Err(ErrorCode::InvalidToken));

    let code = world.code(&device, &app, "openid").await;
    let replayed = world.redeem(&app, &code).await.expect("tokens");
    world.userinfo(&replayed).await.expect("remembered");
    assert_eq!(world.redeem(&app, &code).await, Err(ErrorCode::InvalidGrant));
    assert_eq!(world.userinfo(&replayed).await, Err(ErrorCode::InvalidToken));
}
