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
        world.wait(1);
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
        .rotate_secret(client_id, Actor::Operator)
        .await
        .expect("rotates")
        .expose()
        .to_owned();
    assert!(!admits(here.clone(), old.clone()).await && admits(here.clone(), new.clone()).await);
    // another process learns it by the change feed
    elsewhere.refresh().await.expect("refreshes");
    assert!(!admits(elsewhere.clone(), old).await && admits(elsewhere, new).await);

    let public = world.public_app().await;
    let refused = here.rotate_secret(&public.application.client_id, Actor::Operator).await;
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
