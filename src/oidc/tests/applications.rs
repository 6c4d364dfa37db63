use std::time::Duration;

use super::*;
use crate::kernel::error::ErrorKind;
use crate::keys::Algorithm;
use crate::platform::changes::Refresh;

#[tokio::test]
async fn an_application_is_registered_found_listed_and_deleted() {
    let world = World::new().await;
    let applications = &world.provider.applications;
    let app = world.app().await;
    let client_id = app.application.client_id.as_str();
    let found = applications.find(client_id).await.expect("reads").expect("is there");
    assert_eq!(found.redirect_uris, [CALLBACK]);
    assert_eq!(found.post_logout_redirect_uris, [SIGNED_OUT]);
    assert!(found.admits_secret(app.secret.as_deref().expect("a secret"), world.cx.now()));
    assert_eq!(world.events("application.created").await, 1);

    applications.delete(client_id, Actor::Operator).await.expect("deletes");
    assert!(applications.find(client_id).await.expect("reads").is_none());
    let again = applications
        .delete(client_id, Actor::Operator)
        .await
        .expect_err("is gone");
    assert_eq!(again.kind(), ErrorKind::NotFound);
    assert_eq!(world.events("application.deleted").await, 1);
}

#[tokio::test]
async fn the_list_has_pages() {
    let world = World::new().await;
    let applications = &world.provider.applications;
    let mut expected = Vec::new();
    for number in 0..5 {
        world.wait(1).await;
        let uris = vec![
            format!("https://a{number}.example/cb"),
            format!("https://b{number}.example/cb"),
        ];
        expected.push((
            world
                .register(Registration::new("App", uris.clone()))
                .await
                .application
                .client_id,
            uris,
        ));
    }
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = applications.list(after.as_ref(), 2).await.expect("lists");
        assert!(page.applications.len() <= 2);
        listed.extend(
            page.applications
                .into_iter()
                .map(|app| (app.client_id, app.registration.redirect_uris)),
        );
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(listed, expected);
    assert!(
        applications.list(None, 5).await.expect("lists").next.is_none(),
        "a full last page is the last"
    );
}

#[tokio::test]
async fn a_client_id_is_taken_once() {
    let world = World::new().await;
    let create = async || {
        let applications = &world.provider.applications;
        applications.create_as("example", notes(), Actor::Operator).await
    };
    create().await.expect("registers");
    let taken = create().await.expect_err("is taken");
    assert_eq!(taken.code(), "client_id_exists");
    assert_eq!(world.events("application.created").await, 1);
}

#[tokio::test]
async fn a_rotated_secret_is_worth_nothing_even_where_it_was_remembered() {
    let world = World::new().await;
    let app = world.app().await;
    let client_id = app.application.client_id.as_str();
    let here = &world.provider.applications;
    let elsewhere = Applications::new(world.cx.clone());
    let now = world.cx.now();
    let admits = |applications: Applications, secret: String| async move {
        let found = applications.find(client_id).await.expect("reads").expect("is there");
        found.admits_secret(&secret, now)
    };
    let old = app.secret.clone().expect("a secret");
    assert!(admits(here.clone(), old.clone()).await && admits(elsewhere.clone(), old.clone()).await);
    let new = here
        .rotate_secret(client_id, Duration::ZERO, Actor::Operator)
        .await
        .expect("rotates")
        .client_secret
        .expose()
        .to_owned();
    assert!(!admits(here.clone(), old.clone()).await && admits(here.clone(), new.clone()).await);
    // another process learns it by the change feed
    elsewhere.refresh().await.expect("refreshes");
    assert!(!admits(elsewhere.clone(), old).await && admits(elsewhere, new).await);

    let public = world.public_app().await;
    let public = &public.application.id;
    let refused = here.rotate_secret(public, Duration::ZERO, Actor::Operator).await;
    assert_eq!(refused.expect_err("has none").code(), "no_client_secret");
}

#[tokio::test]
async fn what_is_registered_is_read_back_as_it_was() {
    let world = World::new().await;
    let machine = Registration {
        profile: Profile::OidcCore,
        authentication: AuthMethod::PrivateKeyJwt,
        grant_types: GrantTypes::of([GrantType::ClientCredentials]),
        scopes: ScopeTokens::parse("jobs:read jobs:write").expect("scopes"),
        access_token_format: AccessTokenFormat::Jwt,
        access_token_algorithm: Algorithm::Es256,
        id_token_algorithm: Algorithm::EdDsa,
        consent_screen_enabled: false,
        pkce_required: true,
        client_uri: Some("https://jobs.example/".to_owned()),
        client_image_url: Some("https://jobs.example/logo.png".to_owned()),
        jwks_uri: Some("https://jobs.example/jwks".to_owned()),
        ..Registration::new("Jobs", Vec::new())
    };
    let app = world.register(machine.clone()).await;
    assert!(app.secret.is_none(), "it authenticates by its own key");
    let found = world.provider.applications.find(&app.application.client_id).await;
    assert_eq!(found.expect("reads").expect("is there").registration, machine);
}

#[tokio::test]
async fn a_change_is_written_told_and_forgotten_where_it_was_remembered() {
    let world = World::new().await;
    let app = world.app().await;
    let (id, client_id) = (&app.application.id, app.application.client_id.as_str());
    let here = &world.provider.applications;
    assert!(here.find(client_id).await.expect("reads").is_some(), "it is remembered");
    world.wait(60).await;
    let changes = Changes {
        name: Some("Jottings".to_owned()),
        authentication: Some(AuthMethod::None),
        redirect_uris: Some(vec![
            "https://b.example/cb".to_owned(),
            "https://a.example/cb".to_owned(),
        ]),
        post_logout_redirect_uris: Some(Vec::new()),
        scopes: Some(ScopeTokens::parse("email").expect("scopes")),
        ..Changes::default()
    };
    let changed = here
        .update(id, changes.clone(), Actor::Operator)
        .await
        .expect("changes");
    assert!(changed.client_secret.is_none() && changed.application.secrets.is_empty());
    let found = here.find(client_id).await.expect("reads").expect("is there");
    assert_eq!(*found, changed.application);
    assert_eq!(here.get(id).await.expect("reads"), Some(changed.application));
    assert_eq!(
        (found.updated_at, found.created_at),
        (world.cx.now(), app.application.created_at)
    );
    assert_eq!(
        found.registration,
        changes.clone().apply(app.application.registration.clone())
    );

    // the same again changes nothing, and says nothing
    world.wait(60).await;
    let again = here
        .update(client_id, changes, Actor::Operator)
        .await
        .expect("is the same");
    assert_eq!(again.application.updated_at, found.updated_at);
    assert_eq!(world.events("application.updated").await, 1);

    // what breaks a rule changes nothing either
    let nowhere = Changes {
        redirect_uris: Some(Vec::new()),
        ..Changes::default()
    };
    here.update(client_id, nowhere, Actor::Operator)
        .await
        .expect_err("breaks a rule");
    assert_eq!(here.get(id).await.expect("reads").expect("is there"), *found);
    let secret = Changes {
        authentication: Some(AuthMethod::ClientSecretPost),
        ..Changes::default()
    };
    let secret = here.update(client_id, secret, Actor::Operator).await.expect("changes");
    let plain = secret.client_secret.expect("a secret");
    let found = here.find(client_id).await.expect("reads").expect("is there");
    assert!(found.admits_secret(plain.expose(), world.cx.now()));

    here.delete(id, Actor::Operator).await.expect("deletes");
    let gone = here.update(id, Changes::default(), Actor::Operator).await;
    assert_eq!(gone.expect_err("is gone").kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn racers_for_the_last_secrets_leave_one() {
    let world = World::new().await;
    for _ in 0..5 {
        let app = world.app().await;
        let id = &app.application.id;
        let applications = &world.provider.applications;
        let added = applications.add_secret(id, Actor::Operator).await.expect("adds");
        let secrets = [&app.application.secrets[0].id, &added.id];
        let revoke = |secret| applications.revoke_secret(id, secret, Actor::Operator);
        let (first, second) = tokio::join!(revoke(secrets[0]), revoke(secrets[1]));
        let refused: Vec<_> = [first, second].into_iter().filter_map(Result::err).collect();
        assert_eq!(refused.len(), 1, "one is revoked, one is the last");
        assert_eq!(refused[0].code(), "last_client_secret");
        let left = applications.get(id).await.expect("reads").expect("is there").secrets;
        assert_eq!(left.len(), 1);
    }
    assert_eq!(world.events("application.secret_revoked").await, 5);
}

#[tokio::test]
async fn racers_for_another_secret_leave_five_and_lose_no_change() {
    let world = World::new().await;
    let app = world.app().await;
    let id = &app.application.id;
    let applications = &world.provider.applications;
    let add = || applications.add_secret(id, Actor::Operator);
    let rename = applications.update(
        id,
        Changes {
            name: Some("Jottings".to_owned()),
            ..Changes::default()
        },
        Actor::Operator,
    );
    let (a, b, c, d, e, f, renamed) = tokio::join!(add(), add(), add(), add(), add(), add(), rename);
    renamed.expect("renames");
    let added: Vec<_> = [a, b, c, d, e, f].into_iter().filter_map(Result::ok).collect();
    assert_eq!(added.len(), 4, "with the first there are five");
    let left = applications.get(id).await.expect("reads").expect("is there");
    assert_eq!((left.secrets.len(), left.name.as_str()), (5, "Jottings"));
    assert!(
        added
            .iter()
            .all(|new| left.admits_secret(new.client_secret.expose(), world.cx.now()))
    );
}

#[tokio::test]
async fn a_secret_in_its_overlap_authenticates_until_it_is_over() {
    let world = World::new().await;
    let app = world.app().await;
    let device = world.device().await;
    let ada = world.person("ada@example.com").await;
    world.sign_in(&device, &ada).await;
    let rotated = world
        .provider
        .applications
        .rotate_secret(&app.application.id, Duration::from_secs(3600), Actor::Operator)
        .await
        .expect("rotates");
    let new = App {
        secret: Some(rotated.client_secret.expose().to_owned()),
        application: rotated.application,
    };
    let tokens = world.tokens(&device, &app, "openid offline_access").await;
    let tokens = world
        .refresh(&new, &text(&tokens, "refresh_token"))
        .await
        .expect("the new one works");
    world.wait(3600).await;
    let refresh_token = text(&tokens, "refresh_token");
    let refused = world
        .refresh(&app, &refresh_token)
        .await
        .expect_err("the old one is over");
    assert_eq!(refused, ErrorCode::InvalidClient);
    world.refresh(&new, &refresh_token).await.expect("the new one goes on");
}

#[tokio::test]
async fn keys_that_can_never_be_read_are_not_registered() {
    let world = World::new().await;
    let unreachable = Some("https://10.0.0.1/jwks".to_owned());
    let new = Registration {
        jwks_uri: unreachable.clone(),
        ..notes()
    };
    let refused = world.provider.applications.create(new, Actor::Operator).await;
    assert_eq!(refused.expect_err("is refused").field(), Some("jwks_uri"));
    let app = world.app().await;
    let changes = Changes {
        jwks_uri: Some(unreachable),
        ..Changes::default()
    };
    let id = &app.application.id;
    let refused = world.provider.applications.update(id, changes, Actor::Operator).await;
    assert_eq!(refused.expect_err("is refused").field(), Some("jwks_uri"));
}
