use super::*;
use crate::identity::Password;
use crate::kernel::error::ErrorKind;
use crate::kernel::secret::SecretString;
use crate::sign_in::reset_password;

async fn ready() -> (World, App, Device, UserId) {
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
async fn living_grants_are_listed_by_whose_and_whom_for_the_newest_first() {
    let (world, app, device, ada) = ready().await;
    let other = world.app().await;
    world.tokens(&device, &app, "openid").await;
    world.wait(1).await;
    world.tokens(&device, &other, "openid email").await;
    let of = |user: Option<&UserId>, app: Option<&App>| GrantFilter {
        user: user.cloned(),
        application: app.map(|app| app.application.id.clone()),
    };
    let page = world
        .provider
        .list_grants(&of(Some(&ada), None), 0, 10)
        .await
        .expect("lists");
    assert_eq!(page.total, 2);
    let scopes: Vec<&str> = page.grants.iter().map(|grant| grant.scope.as_str()).collect();
    assert_eq!(scopes, ["openid email", "openid"]);
    assert_eq!(page.grants[0].client_id, other.application.client_id);
    assert_eq!(page.grants[0].application_name, "Notes");
    assert_eq!(page.grants[0].last_used_at, Some(world.cx.now()));
    let second = world.provider.list_grants(&of(None, None), 1, 1).await.expect("lists");
    assert_eq!((second.total, second.grants.len()), (2, 1));
    assert_eq!(second.grants[0].id, page.grants[1].id);
    let of_app = world.provider.list_grants(&of(None, Some(&app)), 0, 10).await;
    assert_eq!(of_app.expect("lists").total, 1);
    let bob = world.person("bob@example.com").await;
    let of_bob = world.provider.list_grants(&of(Some(&bob), None), 0, 10).await;
    assert_eq!(of_bob.expect("lists").total, 0);
    world.wait(2_592_000).await;
    let late = world.provider.list_grants(&of(None, None), 0, 10).await;
    assert_eq!(late.expect("lists").total, 0, "nothing of them can be used any more");
}

/// Both lists show what can be used, and nothing else (`Standing::holds`).
#[tokio::test]
async fn what_ended_with_a_session_a_ban_or_a_new_password_is_on_no_list() {
    let (world, app, device, ada) = ready().await;
    let away = world.app().await;
    world.tokens(&device, &app, "openid").await;
    world.tokens(&device, &away, "openid offline_access").await;
    let listed = async || {
        let all = GrantFilter::default();
        let page = world.provider.list_grants(&all, 0, 10).await.expect("lists");
        assert_eq!(page.total, page.grants.len() as u64);
        page.grants
            .iter()
            .map(|grant| grant.application_id.clone())
            .collect::<Vec<_>>()
    };
    let used = async || {
        let page = world.provider.connected(&ada, None, 10).await.expect("lists");
        let used = page
            .applications
            .iter()
            .filter(|application| application.last_used.is_some());
        used.count()
    };
    let (here, there) = (app.application.id.clone(), away.application.id.clone());
    assert_eq!((listed().await.len(), used().await), (2, 2));
    world.sign_out(&device).await;
    assert_eq!(
        (listed().await, used().await),
        (vec![there.clone()], 1),
        "offline access outlives it"
    );
    world.accounts.ban(&ada, Actor::Operator).await.expect("bans");
    assert_eq!((listed().await.len(), used().await), (0, 0));
    world
        .accounts
        .unban(&ada, Actor::Operator)
        .await
        .expect("lifts the ban");
    assert_eq!((listed().await, used().await), (vec![there], 1));
    world.wait(1).await;
    let password = Password::choose(&SecretString::new("correct horse battery".to_owned())).expect("a password");
    reset_password(&world.cx, &world.accounts, &ada, password, Actor::Operator)
        .await
        .expect("resets");
    assert_eq!((listed().await.len(), used().await), (0, 0));
    world.wait(1).await;
    world.sign_in(&device, &ada).await;
    world.tokens(&device, &app, "openid").await;
    assert_eq!((listed().await, used().await), (vec![here], 1), "what was given since");
}

#[tokio::test]
async fn a_revoked_grant_is_over_and_not_listed() {
    let (world, app, device, ada) = ready().await;
    let tokens = world.tokens(&device, &app, "openid").await;
    let all = GrantFilter::default();
    let page = world.provider.list_grants(&all, 0, 10).await.expect("lists");
    let id = &page.grants[0].id;
    let revoke = || world.provider.revoke_grant(id, Actor::User(ada.clone()));
    revoke().await.expect("revokes");
    assert_eq!(world.userinfo(&tokens).await, Err(ErrorCode::InvalidToken));
    assert_eq!(world.provider.list_grants(&all, 0, 10).await.expect("lists").total, 0);
    assert_eq!(world.events("grant.revoked").await, 1);
    assert_eq!(revoke().await.expect_err("ended").kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn an_application_that_is_let_go_is_a_stranger_again() {
    let (world, app, device, ada) = ready().await;
    let other = world.app().await;
    let (one, two) = (
        world.tokens(&device, &app, "openid").await,
        world.tokens(&device, &app, "openid offline_access").await,
    );
    let kept = world.tokens(&device, &other, "openid").await;
    let code = world.code(&device, &app, "openid").await;
    let let_go = || world.provider.revoke_for(&ada, &app.application.id);
    let_go().await.expect("revokes");
    for dead in [&one, &two] {
        assert_eq!(world.userinfo(dead).await, Err(ErrorCode::InvalidToken));
        assert_eq!(
            world.refresh(&app, &text(dead, "refresh_token")).await,
            Err(ErrorCode::InvalidGrant)
        );
    }
    assert_eq!(world.redeem(&app, &code).await, Err(ErrorCode::InvalidGrant));
    world.userinfo(&kept).await.expect("another application is not touched");
    assert_eq!(world.events("grant.revoked").await, 3, "each is told");
    let step = world.authorize(&device, &query(&app, &[])).await.expect("a step");
    handle(step, "/consent");
    let_go().await.expect("there is nothing left");
    assert_eq!(world.events("grant.revoked").await, 3, "told once");
}

#[tokio::test]
async fn whoever_takes_access_away_meets_every_grant_that_is_made_meanwhile() {
    let (world, app, device, ada) = ready().await;
    let id = &app.application.id;
    let all = GrantFilter {
        user: Some(ada.clone()),
        application: Some(id.clone()),
    };
    let (mut first, mut second) = (0, 0);
    for offset in 0..40 {
        let step = world.authorize(&device, &query(&app, &[])).await.expect("a step");
        world.allow(&device, step).await;
        let request = query(&app, &[]);
        let taking_away = async {
            // each time a little later
            for _ in 0..offset {
                world.events("grant.created").await;
            }
            world.provider.revoke_for(&ada, id).await.expect("revokes");
        };
        let (step, ()) = tokio::join!(world.authorize(&device, &request), taking_away);
        // a code, or the question that its loss raises
        match step.expect("a step") {
            Step::ToPage(page) => {
                assert!(page.starts_with("/consent"), "{page}");
                second += 1;
            }
            _ => first += 1,
        }
        let left = world.provider.list_grants(&all, 0, 10).await.expect("lists");
        assert_eq!(left.total, 0, "no grant rests on what was taken away (offset {offset})");
    }
    assert!(first > 0 && second > 0, "both ways came up: {first}, {second}");
}
