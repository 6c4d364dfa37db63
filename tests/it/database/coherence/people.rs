//! People and devices.

use std::time::Duration;

use vestibule::app::App;
use vestibule::identity::{
    self, ClaimChange, CreateUser, DescribeUser, Password, PersonName, PhoneChange, ProfileClaim,
};
use vestibule::kernel::event::Actor;
use vestibule::kernel::id::{DeviceId, ProofId, SessionId, UserId};
use vestibule::kernel::secret::SecretString;
use vestibule::kernel::token::{PlainToken, TokenHash};
use vestibule::session::{self, NewSession, Proof, Strategy};

use super::{ADA, Nodes, TICK, ada};
use crate::people::{sign_in, sign_up};

#[tokio::test(flavor = "multi_thread")]
async fn whatever_changes_a_person_is_seen_by_every_process() {
    let nodes = Nodes::start().await;
    let mut browser = nodes.server.browser();
    sign_up(&nodes.server, &mut browser, ADA).await;
    let id = ada(nodes.here()).await;
    let view = async |app: &App| app.accounts.find(&id).await.expect("reads").as_deref().cloned();
    let describe = async |app: &App, change: DescribeUser| app.accounts.describe(&id, &change).await.expect("changes");

    let name = PersonName::parse(Some("Augusta"), None).expect("a name");
    nodes
        .change("a name", TICK, view, async |app| {
            app.accounts.rename(&id, &name).await.expect("renames");
        })
        .await;
    let nickname: ClaimChange = ProfileClaim::named("nickname")
        .expect("a claim")
        .set("A")
        .expect("a value");
    let claims = DescribeUser {
        claims: vec![nickname],
        phone: None,
    };
    nodes
        .change("a claim", TICK, view, async |app| describe(app, claims).await)
        .await;
    let number = "+49 30 1234567".parse().expect("a number");
    let set = DescribeUser {
        claims: Vec::new(),
        phone: Some(PhoneChange::Set { number, verified: true }),
    };
    nodes
        .change("a phone number", TICK, view, async |app| describe(app, set).await)
        .await;
    let removed = DescribeUser {
        claims: Vec::new(),
        phone: Some(PhoneChange::Remove),
    };
    nodes
        .change("no phone number", TICK, view, async |app| describe(app, removed).await)
        .await;
    nodes
        .change("a ban", TICK, view, async |app| {
            assert!(app.accounts.ban(&id, Actor::Operator).await.expect("bans"));
        })
        .await;
    nodes
        .change("a ban lifted", TICK, view, async |app| {
            assert!(app.accounts.unban(&id, Actor::Operator).await.expect("lifts"));
        })
        .await;
    nodes
        .change("an operator", TICK, view, async |app| {
            assert!(app.accounts.grant_operator(&id).await.expect("grants"));
        })
        .await;
    nodes
        .change("a sign-in", TICK, view, async |_| {
            let mut elsewhere = nodes.server.browser();
            let done = sign_in(&mut elsewhere, "/sign-in", ADA).await;
            assert_eq!(done.location(), Some("/account"), "{}", done.body);
        })
        .await;
    nodes
        .change("a new password", TICK, view, async |app| {
            let typed = SecretString::new("another horse battery".to_owned());
            let password = Password::choose(&typed).expect("a password");
            let new = app.accounts.draw_password(&id, password, Actor::Operator).await;
            let new = &new.expect("hashes");
            let set = app
                .cx
                .db
                .write(|tx| async move { identity::set_password(&tx, new).await });
            set.await.expect("writes");
        })
        .await;
    nodes.server.stop().await;
}

/// What begins a session, or is added to the one that there is.
fn new_session(app: &App, device: &DeviceId, user: &UserId, strategy: Strategy) -> NewSession {
    let now = app.cx.now();
    NewSession {
        id: SessionId::draw(now, &app.cx.rng),
        proof_id: ProofId::draw(now, &app.cx.rng),
        device: device.clone(),
        user: user.clone(),
        proof: Proof {
            strategy,
            identification_id: None,
            proven_at: now,
        },
        ip: None,
        idle: Duration::from_secs(3600),
        absolute: Duration::from_secs(7200),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_changes_a_device_is_seen_by_every_process() {
    let nodes = Nodes::start().await;
    let mut browser = nodes.server.browser();
    sign_up(&nodes.server, &mut browser, ADA).await;
    let id = ada(nodes.here()).await;
    let (_, secret) = browser.cookies.first_key_value().expect("a cookie");
    let secret = TokenHash::of(secret);
    let on_device = async |app: &App| app.sessions.on_device(&secret).await.expect("reads");
    let known = on_device(nodes.here()).await.expect("a device");
    let session = known.sessions[0].id.clone();
    let by_id = async |app: &App| app.sessions.find(&session).await.expect("reads");

    // reading counts as activity once a minute
    nodes
        .change("activity", Duration::from_secs(61), by_id, async |app| {
            on_device(app).await.expect("a device");
        })
        .await;
    nodes
        .change("another proof", TICK, on_device, async |app| {
            let new = &new_session(app, &known.device, &id, Strategy::EmailCode);
            let established = app.cx.db.write(|tx| async move { session::establish(&tx, new).await });
            assert!(!established.await.expect("writes").1, "the session is the same");
        })
        .await;
    let bob = CreateUser {
        email: "bob@example.com".parse().expect("an address"),
        name: PersonName::parse(Some("Bob"), None).expect("a name"),
        password: None,
    };
    let bob = nodes.here().accounts.create(bob).await.expect("creates").id.clone();
    nodes
        .change("another person", TICK, on_device, async |app| {
            let new = &new_session(app, &known.device, &bob, Strategy::Password);
            let established = app.cx.db.write(|tx| async move { session::establish(&tx, new).await });
            assert!(established.await.expect("writes").1, "the session is new");
        })
        .await;
    let fresh = PlainToken::draw("", &nodes.here().cx.rng).hash();
    nodes
        .change("another secret", TICK, on_device, async |app| {
            let (device, old, new, now) = (&known.device, &secret, &fresh, app.cx.now());
            let rotate = async |app: &App| {
                let rotated = app
                    .cx
                    .db
                    .write(|tx| async move { session::rotate_secret(&tx, device, old, new, now).await });
                rotated.await.expect("writes")
            };
            assert!(rotate(app).await);
        })
        .await;
    nodes
        .change("a sign-out", TICK, by_id, async |app| {
            let session = by_id(app).await.expect("lives");
            app.sessions
                .end(&session, &fresh)
                .await
                .expect("ends")
                .expect("was not over");
        })
        .await;
    nodes.server.stop().await;
}
