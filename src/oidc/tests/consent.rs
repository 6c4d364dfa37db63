use super::*;
use crate::session::OnDevice;

/// The session of the person who is signed in.
fn current(on_device: &OnDevice) -> &SessionId {
    &on_device.current().expect("somebody is signed in").id
}

async fn asked(world: &World, app: &App, device: &Device, scope: &str) -> String {
    let step = world
        .authorize(device, &query(app, &[("scope", scope)]))
        .await
        .expect("a step");
    handle(step, "/consent")
}

#[tokio::test]
async fn the_page_says_who_asks_for_what() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    let waiting = asked(&world, &app, &device, "openid offline_access email").await;
    let view = world
        .provider
        .consent_view(&waiting, &world.on_device(&device).await)
        .await
        .expect("reads")
        .expect("a page");
    assert_eq!(
        view,
        ConsentView {
            session: current(&world.on_device(&device).await).clone(),
            app_name: "Notes".into(),
            user_name: Some("Ada Lovelace".into()),
            email: Some("ada@example.com".into()),
            phone: None,
            scopes: [ScopeValue::OpenId, ScopeValue::Email, ScopeValue::OfflineAccess]
                .map(|value| AskedScope {
                    value,
                    allowed_before: false,
                })
                .to_vec(),
            redirect_host: "notes.example".into(),
            lang: None,
        }
    );
    let nobody = world.device().await;
    let other = world
        .provider
        .consent_view(&waiting, &world.on_device(&nobody).await)
        .await
        .expect("reads");
    assert_eq!(other, None, "another browser sees nothing");
}

#[tokio::test]
async fn a_no_is_told_and_not_remembered() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    let waiting = asked(&world, &app, &device, "openid").await;
    let on_device = world.on_device(&device).await;
    let told = world
        .provider
        .answer_consent(&waiting, &on_device, current(&on_device), false)
        .await
        .expect("answers");
    let told = answer(told);
    assert_eq!(
        (told["error"].as_str(), told["state"].as_str()),
        ("access_denied", "as it was & is")
    );
    for allow in [true, false] {
        let again = world
            .provider
            .answer_consent(&waiting, &on_device, current(&on_device), allow)
            .await
            .expect_err("is over");
        assert_eq!(again.code(), "continuation_gone");
    }
    asked(&world, &app, &device, "openid").await;
    assert_eq!(world.events("grant.created").await, 0);
}

#[tokio::test]
async fn what_was_allowed_adds_up() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    world.code(&device, &app, "openid email").await;
    world.code(&device, &app, "openid profile").await;
    let step = world
        .authorize(&device, &query(&app, &[("scope", "openid profile email")]))
        .await
        .expect("a step");
    assert!(answer(step).contains_key("code"));
    asked(&world, &app, &device, "openid offline_access").await;
    let other = world.app().await;
    asked(&world, &other, &device, "openid").await;
}

#[tokio::test]
async fn the_answer_is_that_of_the_person_who_was_asked() {
    let world = World::new().await;
    let (app, device) = (world.app().await, world.device().await);
    let (ada, bob) = (
        world.person("ada@example.com").await,
        world.person("bob@example.com").await,
    );
    world.sign_in(&device, &ada).await;
    let waiting = asked(&world, &app, &device, "openid").await;
    let session = current(&world.on_device(&device).await).clone();
    world.wait(1).await;
    world.sign_in(&device, &bob).await;
    let on_device = world.on_device(&device).await;
    assert_eq!(on_device.current().map(|session| &session.user_id), Some(&bob));
    let next = world
        .provider
        .answer_consent(&waiting, &on_device, &session, true)
        .await
        .expect("answers");
    let tokens = world.redeem(&app, &answer(next)["code"]).await.expect("tokens");
    assert_eq!(claims(&tokens)["sub"], ada.as_str());

    // and nobody's when they are signed out
    world.sign_out(&device).await;
    let waiting = {
        let step = world
            .authorize(&device, &query(&app, &[("prompt", "consent")]))
            .await
            .expect("a step");
        handle(step, "/consent")
    };
    world.sign_out(&device).await;
    let on_device = world.on_device(&device).await;
    assert_eq!(
        world.provider.consent_view(&waiting, &on_device).await.expect("reads"),
        None
    );
    let next = world
        .provider
        .answer_consent(&waiting, &on_device, &session, true)
        .await
        .expect("answers");
    handle(next, AUTHORIZE_RESUME);
}

/// Two pages are open for one request, each of which asks somebody else.
#[tokio::test]
async fn a_page_that_asked_somebody_else_decides_nothing() {
    let world = World::new().await;
    let (app, device) = (world.app().await, world.device().await);
    let (ada, bob) = (
        world.person("ada@example.com").await,
        world.person("bob@example.com").await,
    );
    let bobs = world.sign_in(&device, &bob).await;
    world.wait(1).await;
    let adas = world.sign_in(&device, &ada).await;
    let step = world
        .authorize(&device, &query(&app, &[("prompt", "select_account consent")]))
        .await;
    let waiting = handle(step.expect("a step"), "/choose-account");
    for (session, person) in [(&adas, &ada), (&bobs, &bob)] {
        let on_device = world.on_device(&device).await;
        world
            .provider
            .choose(&waiting, &on_device, session)
            .await
            .expect("is kept");
        let step = world
            .provider
            .resume_authorization(&waiting, &device.browser())
            .await
            .expect("a step");
        assert_eq!(handle(step, "/consent"), waiting);
        let view = world.provider.consent_view(&waiting, &on_device).await.expect("reads");
        assert_eq!(view.expect("a page").session, *session, "{person}");
    }
    let on_device = world.on_device(&device).await;
    for allow in [true, false] {
        let next = world
            .provider
            .answer_consent(&waiting, &on_device, &adas, allow)
            .await
            .expect("goes on");
        assert_eq!(handle(next, AUTHORIZE_RESUME), waiting, "the page of Ada is over");
    }
    assert_eq!(world.events("grant.created").await, 0);
    let next = world
        .provider
        .answer_consent(&waiting, &on_device, &bobs, true)
        .await
        .expect("answers");
    let tokens = world.redeem(&app, &answer(next)["code"]).await.expect("tokens");
    assert_eq!(claims(&tokens)["sub"], bob.as_str());
}

#[tokio::test]
async fn a_remembered_consent_does_not_speak_for_an_app_that_cannot_be_told_apart() {
    let world = World::new().await;
    let (ada, device) = (world.person("ada@example.com").await, world.device().await);
    world.sign_in(&device, &ada).await;
    let native = "http://127.0.0.1/cb";
    let app = world
        .register(Registration {
            authentication: AuthMethod::None,
            ..Registration::new("Notes", vec![CALLBACK.to_owned(), native.to_owned()])
        })
        .await;
    world.code(&device, &app, "openid").await;
    let at = |uri: &'static str, prompt| query(&app, &[("scope", "openid"), ("redirect_uri", uri), ("prompt", prompt)]);
    let step = world.authorize(&device, &at(CALLBACK, "none")).await.expect("a step");
    assert!(answer(step).contains_key("code"), "a domain has one owner");
    let step = world
        .authorize(&device, &at("http://127.0.0.1:49152/cb", ""))
        .await
        .expect("a step");
    handle(step, "/consent");
    let step = world
        .authorize(&device, &at("http://127.0.0.1:49152/cb", "none"))
        .await
        .expect("a step");
    assert!(matches!(step, Step::ToClient(url) if url.starts_with("http://127.0.0.1:49152/cb?error=consent_required")));
}

#[tokio::test]
async fn one_of_many_answers_counts() {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    let waiting = asked(&world, &app, &device, "openid").await;
    let on_device = &world.on_device(&device).await;
    let racers = (0..8).map(|_| {
        world
            .provider
            .answer_consent(&waiting, on_device, current(on_device), true)
    });
    let answers = futures_util::future::join_all(racers).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(world.events("grant.created").await, 1);
}
