use sea_orm::EntityTrait;

use super::*;
use ::entity::grant as row;

const SCOPE: &str = "openid email offline_access";

async fn offline() -> (World, App, Device, Value) {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    let tokens = world.tokens(&device, &app, SCOPE).await;
    (world, app, device, tokens)
}

fn refresh_token(tokens: &Value) -> String {
    text(tokens, "refresh_token")
}

#[tokio::test]
async fn a_refresh_rotates_and_tells_of_the_same_sign_in() {
    let (world, app, device, first) = offline().await;
    assert!(refresh_token(&first).starts_with("ort_"));
    world.wait(100).await;
    let second = world.refresh(&app, &refresh_token(&first)).await.expect("tokens");
    assert_ne!(refresh_token(&second), refresh_token(&first));
    assert_eq!(second["scope"], SCOPE);
    let (before, after) = (claims(&first), claims(&second));
    for claim in ["iss", "sub", "aud", "auth_time", "sid", "amr"] {
        assert_eq!(before[claim], after[claim], "{claim}");
    }
    assert!(after.get("nonce").is_none());
    assert_eq!(
        after["iat"].as_i64().zip(before["iat"].as_i64()).map(|(b, a)| b - a),
        Some(100)
    );
    world.userinfo(&second).await.expect("claims");
    // it outlives the session
    world.sign_out(&device).await;
    let third = world.refresh(&app, &refresh_token(&second)).await.expect("tokens");
    world.userinfo(&third).await.expect("claims");
}

#[tokio::test]
async fn a_rotated_token_serves_within_the_grace_and_ends_the_family_after_it() {
    let (world, app, _, first) = offline().await;
    let second = world.refresh(&app, &refresh_token(&first)).await.expect("tokens");
    world.wait(9).await;
    let sibling = world
        .refresh(&app, &refresh_token(&first))
        .await
        .expect("within the grace");
    assert_ne!(refresh_token(&sibling), refresh_token(&second));
    world.wait(1).await;
    assert_eq!(
        world.refresh(&app, &refresh_token(&first)).await,
        Err(ErrorCode::InvalidGrant)
    );
    for tokens in [&second, &sibling] {
        assert_eq!(
            world.refresh(&app, &refresh_token(tokens)).await,
            Err(ErrorCode::InvalidGrant)
        );
    }
    for tokens in [&first, &second, &sibling] {
        assert_eq!(world.userinfo(tokens).await, Err(ErrorCode::InvalidToken));
    }
    assert_eq!(world.events("grant.revoked").await, 1);
}

#[tokio::test]
async fn siblings_rotate_together() {
    let (world, app, _, first) = offline().await;
    let owner = world.refresh(&app, &refresh_token(&first)).await.expect("tokens");
    let thief = world
        .refresh(&app, &refresh_token(&first))
        .await
        .expect("within the grace");
    world.wait(100).await;
    let owner = world.refresh(&app, &refresh_token(&owner)).await.expect("rotates both");
    world.wait(100).await;
    assert_eq!(
        world.refresh(&app, &refresh_token(&thief)).await,
        Err(ErrorCode::InvalidGrant)
    );
    assert_eq!(
        world.refresh(&app, &refresh_token(&owner)).await,
        Err(ErrorCode::InvalidGrant)
    );
}

#[tokio::test]
async fn racers_all_get_tokens_of_one_generation() {
    let (world, app, _, first) = offline().await;
    let token = refresh_token(&first);
    let outcomes = futures_util::future::join_all((0..8).map(|_| world.refresh(&app, &token))).await;
    let given: Vec<Value> = outcomes
        .into_iter()
        .map(|outcome| outcome.expect("within the grace"))
        .collect();
    world.wait(100).await;
    // the first of them to be used rotates all
    world.refresh(&app, &refresh_token(&given[3])).await.expect("rotates");
    world.wait(10).await;
    assert_eq!(
        world.refresh(&app, &refresh_token(&given[5])).await,
        Err(ErrorCode::InvalidGrant)
    );
    assert_eq!(world.events("grant.revoked").await, 1);
}

#[tokio::test]
async fn racers_of_two_generations_leave_one_unrotated() {
    let (world, app, _, first) = offline().await;
    let mut old = refresh_token(&first);
    for round in 0..12 {
        let new = world.refresh(&app, &old).await.expect("rotates");
        let new = refresh_token(&new);
        // the late ones get siblings of what the one is just rotating; nobody after it sweeps up what it missed
        let racers = (0..4).map(|number| world.refresh(&app, if number == 1 { &new } else { &old }));
        let outcomes = futures_util::future::join_all(racers).await;
        assert!(outcomes.iter().all(Result::is_ok), "all within the grace");

        let grant = row::Entity::find().one(world.cx.db.reader()).await.expect("reads");
        let grant = grant.expect("the grant");
        // each generation was rotated once, and the last eight rotations are remembered
        let rotations = usize::try_from(grant.refresh_generation).expect("not negative").min(8);
        assert_eq!(grant.rotations.len(), rotations * 16, "round {round}");
        let newest = outcomes.into_iter().next_back().and_then(Result::ok).expect("tokens");
        old = refresh_token(&newest);
    }
}

#[tokio::test]
async fn without_grace_a_token_serves_once() {
    let (world, app, _, first) = offline().await;
    world
        .cx
        .instance
        .set("tokens.refresh_grace_seconds", "0", world.cx.now())
        .await
        .expect("sets");
    let token = refresh_token(&first);
    let outcomes = futures_util::future::join_all((0..8).map(|_| world.refresh(&app, &token))).await;
    let given: Vec<&Value> = outcomes.iter().flatten().collect();
    assert_eq!(given.len(), 1);
    assert_eq!(
        world.userinfo(given[0]).await,
        Err(ErrorCode::InvalidToken),
        "the others were replays"
    );
}

#[tokio::test]
async fn a_token_is_bound_to_its_client_and_its_time() {
    let (world, app, device, first) = offline().await;
    let other = world.app().await;
    let token = refresh_token(&first);
    assert_eq!(world.refresh(&other, &token).await, Err(ErrorCode::InvalidGrant));
    assert_eq!(
        world.refresh(&app, &text(&first, "access_token")).await,
        Err(ErrorCode::InvalidGrant)
    );
    world.refresh(&app, &token).await.expect("its own client is not harmed");
    let late = refresh_token(&world.tokens(&device, &app, SCOPE).await);
    world.wait(2_592_000).await;
    assert_eq!(world.refresh(&app, &late).await, Err(ErrorCode::InvalidGrant));
    assert_eq!(world.events("grant.revoked").await, 0, "too late is no replay");
}

#[tokio::test]
async fn a_scope_is_narrowed_for_one_access_token() {
    let (world, app, _, first) = offline().await;
    let ask = |token: String, scope: &'static str| {
        let (world, app) = (&world, &app);
        async move {
            let form = [
                ("grant_type", "refresh_token"),
                ("refresh_token", token.as_str()),
                ("scope", scope),
            ];
            world.token(app, &form).await
        }
    };
    let token = refresh_token(&first);
    assert_eq!(ask(token.clone(), "openid profile").await, Err(ErrorCode::InvalidScope));
    assert_eq!(
        ask(token.clone(), "openid nonsense").await,
        Err(ErrorCode::InvalidScope)
    );
    let narrowed = ask(token, "openid").await.expect("none of it touched the token");
    assert_eq!(narrowed["scope"], "openid");
    assert!(world.userinfo(&narrowed).await.expect("claims").get("email").is_none());
    let again = world.refresh(&app, &refresh_token(&narrowed)).await.expect("tokens");
    assert_eq!(again["scope"], SCOPE, "the refresh token is still for all of it");
}

/// What an operator takes from an application ends for what was granted before, too: by scope and claim by claim.
#[tokio::test]
async fn a_scope_taken_from_the_application_is_gone_from_what_was_granted() {
    let world = World::new().await;
    let ada = world.person("ada@example.com").await;
    for registration in [notes(), readable(notes())] {
        let (app, device) = (world.register(registration).await, world.device().await);
        world.sign_in(&device, &ada).await;
        let by_name = r#"{"userinfo":{"email":null},"id_token":{"email":null}}"#;
        let whole = [
            ("scope", "openid profile email offline_access"),
            ("claims", by_name),
            ("prompt", "consent"),
        ];
        let step = world.authorize(&device, &query(&app, &whole)).await.expect("a step");
        let code = world.allow(&device, step).await["code"].clone();
        let first = world.redeem(&app, &code).await.expect("tokens");
        assert!(world.userinfo(&first).await.expect("claims").get("email").is_some());
        assert!(claims(&first).get("email").is_some());
        // a code and a request are on their way
        let step = world.authorize(&device, &query(&app, &whole)).await.expect("a step");
        let code = world.allow(&device, step).await["code"].clone();
        let asking = world.authorize(&device, &query(&app, &whole)).await.expect("a step");

        let less = Changes {
            scopes: Some(ScopeTokens::parse("profile").expect("scopes")),
            ..Changes::default()
        };
        let applications = &world.provider.applications;
        let changed = applications.update(&app.application.id, less, Actor::Operator).await;
        changed.expect("changes");

        let left = "openid profile offline_access";
        let told = world.userinfo(&first).await.expect("claims");
        assert!(
            told.get("email").is_none() && told.get("name").is_some(),
            "the access token before: {told}"
        );
        for token in [text(&first, "access_token"), refresh_token(&first)] {
            let told = world.introspect(&app, &token).await.expect("tells");
            assert_eq!((&told["scope"], told.get("username")), (&left.into(), None));
        }
        let widened = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &refresh_token(&first)),
            ("scope", "openid email"),
        ];
        assert_eq!(world.token(&app, &widened).await, Err(ErrorCode::InvalidScope));
        let again = world.refresh(&app, &refresh_token(&first)).await.expect("tokens");
        let redeemed = world.redeem(&app, &code).await.expect("tokens");
        let Step::ToPage(page) = &asking else {
            panic!("not to a page: {asking:?}");
        };
        let waiting = page.rsplit_once('=').expect("a handle").1;
        let on_device = world.on_device(&device).await;
        let view = world.provider.consent_view(waiting, &on_device).await.expect("reads");
        let asked = view.expect("a page").scopes;
        assert!(
            asked.iter().all(|scope| scope.value != ScopeValue::Email),
            "the page asks for no more: {asked:?}"
        );
        let answered = world.allow(&device, asking).await;
        let allowed = world.redeem(&app, &answered["code"]).await.expect("tokens");
        for tokens in [again, redeemed, allowed] {
            assert_eq!(tokens["scope"], left);
            assert!(claims(&tokens).get("email").is_none());
            assert!(world.userinfo(&tokens).await.expect("claims").get("email").is_none());
        }
        world.sign_out(&device).await;
    }
}

#[tokio::test]
async fn a_deleted_application_leaves_nothing() {
    let (world, app, _, first) = offline().await;
    let client_id = &app.application.client_id;
    world
        .provider
        .applications
        .delete(client_id, Actor::Operator)
        .await
        .expect("deletes");
    assert_eq!(
        world.refresh(&app, &refresh_token(&first)).await,
        Err(ErrorCode::InvalidClient)
    );
    assert_eq!(world.userinfo(&first).await, Err(ErrorCode::InvalidToken));
}
