use super::*;

const OUR_PAGE: &str = "/signed-out";

impl World {
    async fn logout(&self, device: &Device, pairs: &[(&str, &str)]) -> Result<Step, PageError> {
        let request = LogoutRequest::read(Params::from_query(&encode(pairs)).expect("parameters"));
        let out = self.provider.logout(request, &device.browser()).await;
        out.map(|out| device.follow(out))
    }

    async fn signed_in_here(&self, device: &Device) -> usize {
        self.on_device(device).await.sessions.len()
    }
}

struct SignedIn {
    world: World,
    app: App,
    device: Device,
    hint: String,
}

async fn signed_in() -> SignedIn {
    let world = World::new().await;
    let (app, ada, device) = (
        world.app().await,
        world.person("ada@example.com").await,
        world.device().await,
    );
    world.sign_in(&device, &ada).await;
    let hint = text(&world.tokens(&device, &app, "openid").await, "id_token");
    SignedIn {
        world,
        app,
        device,
        hint,
    }
}

fn back(state: &str) -> Step {
    Step::ToClient(format!("{SIGNED_OUT}{state}"))
}

fn our_page() -> Step {
    Step::ToPage(OUR_PAGE.to_owned())
}

#[tokio::test]
async fn a_hint_ends_its_session_and_leads_back() {
    let SignedIn {
        world,
        app,
        device,
        hint,
    } = signed_in().await;
    let bob = world.person("bob@example.com").await;
    world.wait(1).await;
    world.sign_in(&device, &bob).await;
    // long after it has expired
    world.wait(7200).await;
    let old_secret = device.hash();
    let full = [
        ("id_token_hint", hint.as_str()),
        ("client_id", app.application.client_id.as_str()),
        ("post_logout_redirect_uri", SIGNED_OUT),
        ("state", "as it was"),
    ];
    assert_eq!(
        world.logout(&device, &full).await.expect("a step"),
        back("?state=as+it+was")
    );
    let left = world.on_device(&device).await.sessions;
    assert_eq!(
        left.iter().map(|session| &session.user_id).collect::<Vec<_>>(),
        [&bob],
        "only the hinted session ended, and the other goes on under the new secret"
    );
    assert_ne!(device.hash(), old_secret, "a sign-out is a change of privilege");
    assert_eq!(world.events("session.ended").await, 1);
}

#[tokio::test]
async fn a_hint_alone_leads_to_our_page() {
    let SignedIn {
        world, device, hint, ..
    } = signed_in().await;
    assert_eq!(
        world
            .logout(&device, &[("id_token_hint", &hint)])
            .await
            .expect("a step"),
        our_page()
    );
    assert_eq!(world.signed_in_here(&device).await, 0);
}

#[tokio::test]
async fn a_browser_without_sessions_is_let_back_by_a_hint_alone() {
    let SignedIn {
        world,
        app,
        device,
        hint,
    } = signed_in().await;
    let stranger = world.stranger();
    let hinted = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", SIGNED_OUT),
    ];
    assert_eq!(world.logout(&stranger, &hinted).await.expect("a step"), back(""));
    assert_eq!(world.signed_in_here(&device).await, 1, "nothing ended elsewhere");
    let named = [
        ("client_id", app.application.client_id.as_str()),
        ("post_logout_redirect_uri", SIGNED_OUT),
    ];
    assert_eq!(world.logout(&stranger, &named).await.expect("a step"), our_page());
}

#[tokio::test]
async fn what_does_not_hold_ends_nothing_and_leads_nowhere() {
    let SignedIn {
        world,
        app,
        device,
        hint,
    } = signed_in().await;
    let other = world.app().await;
    let (header, rest) = hint.split_once('.').expect("a token");
    let (payload, _) = rest.split_once('.').expect("a token");
    let unsigned = format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#));
    let mut forged = claims(&serde_json::json!({ "id_token": hint }));
    forged["sid"] = "sess_other".into();
    let forged = format!(
        "{header}.{}.{}",
        URL_SAFE_NO_PAD.encode(forged.to_string()),
        &rest[payload.len() + 1..]
    );
    let id = app.application.client_id.as_str();
    for bad in [
        vec![("id_token_hint", "nonsense")],
        vec![("id_token_hint", unsigned.as_str())],
        vec![("id_token_hint", forged.as_str())],
        vec![
            ("id_token_hint", hint.as_str()),
            ("client_id", other.application.client_id.as_str()),
        ],
        vec![
            ("id_token_hint", hint.as_str()),
            ("post_logout_redirect_uri", "https://notes.example/out?x"),
        ],
        vec![("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", CALLBACK)],
        vec![("client_id", id), ("post_logout_redirect_uri", "https://evil.example/")],
        vec![("client_id", "nobody"), ("post_logout_redirect_uri", SIGNED_OUT)],
    ] {
        let refused = world.logout(&device, &bad).await;
        assert!(matches!(refused, Err(PageError::Logout(_))), "{bad:?}: {refused:?}");
    }
    assert_eq!(world.signed_in_here(&device).await, 1);
}

#[tokio::test]
async fn without_a_hint_the_person_is_asked() {
    let SignedIn { world, app, device, .. } = signed_in().await;
    let id = app.application.client_id.as_str();
    for (pairs, app_name, then) in [
        (vec![], None, our_page()),
        (vec![("state", "x")], None, our_page()),
        // nobody says who registered it
        (vec![("post_logout_redirect_uri", SIGNED_OUT)], None, our_page()),
        (
            vec![
                ("client_id", id),
                ("post_logout_redirect_uri", SIGNED_OUT),
                ("state", "x"),
            ],
            Some("Notes"),
            back("?state=x"),
        ),
    ] {
        let waiting = handle(
            world.logout(&device, &pairs).await.expect("a step"),
            "/oauth/logout/confirm",
        );
        let on_device = world.on_device(&device).await;
        assert_eq!(on_device.sessions.len(), 1, "nothing ends unasked");
        let user = on_device.sessions[0].user_id.clone();
        let view = world
            .provider
            .logout_view(&waiting, &on_device)
            .await
            .expect("reads")
            .expect("a page");
        assert_eq!(
            (view.app_name.as_deref(), view.email.as_deref()),
            (app_name, Some("ada@example.com")),
            "{pairs:?}"
        );
        let to = world
            .provider
            .confirm_logout(&waiting, &on_device, &device.hash(), &view.session)
            .await
            .expect("signs out");
        assert_eq!(device.follow(to), then, "{pairs:?}");
        assert_eq!(world.signed_in_here(&device).await, 0);
        let again = world
            .provider
            .confirm_logout(&waiting, &world.on_device(&device).await, &device.hash(), &view.session)
            .await;
        assert_eq!(
            again.expect("a second click is forgiven").step,
            Step::ToPage(OUR_PAGE.to_owned())
        );
        world.sign_in(&device, &user).await;
        let again = world
            .provider
            .confirm_logout(&waiting, &world.on_device(&device).await, &device.hash(), &view.session)
            .await;
        assert_eq!(again.expect_err("but ends nothing").code(), "continuation_gone");
    }
}

#[tokio::test]
async fn a_hint_of_another_session_asks_for_the_one_that_is_here() {
    let SignedIn {
        world, device, hint, ..
    } = signed_in().await;
    let ada = world.on_device(&device).await.sessions[0].user_id.clone();
    let (bob, elsewhere) = (world.person("bob@example.com").await, world.device().await);
    world.sign_in(&elsewhere, &ada).await;
    world.wait(1).await;
    world.sign_in(&elsewhere, &bob).await;
    let pairs = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", SIGNED_OUT),
    ];
    let waiting = handle(
        world.logout(&elsewhere, &pairs).await.expect("a step"),
        "/oauth/logout/confirm",
    );
    let on_device = world.on_device(&elsewhere).await;
    let view = world.provider.logout_view(&waiting, &on_device).await.expect("reads");
    let asked = view.expect("a page").session;
    let to = world
        .provider
        .confirm_logout(&waiting, &on_device, &elsewhere.hash(), &asked)
        .await
        .expect("signs out");
    assert_eq!(elsewhere.follow(to), back(""));
    let left = world.on_device(&elsewhere).await.sessions;
    assert_eq!(
        left.iter().map(|session| &session.user_id).collect::<Vec<_>>(),
        [&bob],
        "that of the person in the hint"
    );
    assert_eq!(world.signed_in_here(&device).await, 1);
}

/// OpenID Connect RP-Initiated Logout section 2: the hint does not belong to who is signed in here, so that one must be asked.
#[tokio::test]
async fn a_hint_of_somebody_else_asks_who_is_here_and_says_who_that_is() {
    let SignedIn {
        world, device, hint, ..
    } = signed_in().await;
    let (bob, elsewhere) = (world.person("bob@example.com").await, world.device().await);
    world.sign_in(&elsewhere, &bob).await;
    let pairs = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", SIGNED_OUT),
    ];
    let asking = "/oauth/logout/confirm";
    let waiting = handle(world.logout(&elsewhere, &pairs).await.expect("a step"), asking);
    let on_device = world.on_device(&elsewhere).await;
    let view = world.provider.logout_view(&waiting, &on_device).await.expect("reads");
    assert_eq!(view.expect("a page").email.as_deref(), Some("bob@example.com"));
    assert_eq!(world.signed_in_here(&elsewhere).await, 1);
    assert_eq!(world.signed_in_here(&device).await, 1);
}

/// The question is about somebody who left before it was answered; somebody else came.
#[tokio::test]
async fn a_yes_signs_nobody_out_but_the_person_who_was_asked() {
    let SignedIn {
        world, device, hint, ..
    } = signed_in().await;
    let ada = world.on_device(&device).await.sessions[0].user_id.clone();
    let (bob, elsewhere) = (world.person("bob@example.com").await, world.device().await);
    world.sign_in(&elsewhere, &ada).await;
    let pairs = [("id_token_hint", hint.as_str())];
    let waiting = handle(
        world.logout(&elsewhere, &pairs).await.expect("a step"),
        "/oauth/logout/confirm",
    );
    let on_device = world.on_device(&elsewhere).await;
    let view = world.provider.logout_view(&waiting, &on_device).await.expect("reads");
    let asked = view.expect("a page").session;
    world.sign_out(&elsewhere).await;
    world.sign_in(&elsewhere, &bob).await;
    let on_device = world.on_device(&elsewhere).await;
    let out = world
        .provider
        .confirm_logout(&waiting, &on_device, &elsewhere.hash(), &asked)
        .await
        .expect("goes on");
    assert!(out.device_secret.is_none());
    assert_eq!(world.signed_in_here(&elsewhere).await, 1, "Bob stays");
}

#[tokio::test]
async fn a_posted_request_waits_for_the_cookies() {
    let SignedIn {
        world, device, hint, ..
    } = signed_in().await;
    let post = |pairs: &[(&str, &str)]| {
        let request = LogoutRequest::read(Params::from_query(&encode(pairs)).expect("parameters"));
        world.provider.logout_posted(request, "192.0.2.1")
    };
    let step = post(&[("id_token_hint", &hint), ("post_logout_redirect_uri", SIGNED_OUT)])
        .await
        .expect("a step");
    let waiting = handle(step, "/oauth/logout/resume");
    assert_eq!(world.signed_in_here(&device).await, 1);
    let step = world
        .provider
        .resume_logout(&waiting, &device.browser())
        .await
        .expect("a step");
    assert_eq!(device.follow(step), back(""));
    assert_eq!(world.signed_in_here(&device).await, 0);
    let again = world.provider.resume_logout(&waiting, &device.browser()).await;
    assert!(matches!(again, Err(PageError::Gone)));

    let ada = world
        .accounts
        .find_by_email(&"ada@example.com".parse().expect("an address"))
        .await
        .expect("reads")
        .expect("Ada")
        .id
        .clone();
    world.sign_in(&device, &ada).await;
    let waiting = handle(post(&[]).await.expect("a step"), "/oauth/logout/resume");
    let step = world
        .provider
        .resume_logout(&waiting, &device.browser())
        .await
        .expect("a step");
    assert_eq!(handle(step.step, "/oauth/logout/confirm"), waiting);
    assert_eq!(world.signed_in_here(&device).await, 1);
}
