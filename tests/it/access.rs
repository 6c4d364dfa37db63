//! Secret keys: who is known by one, until when, and what is kept of them.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use vestibule::access::{CreatedSecretKey, Revoked};
use vestibule::kernel::error::ErrorKind;
use vestibule::kernel::event::Actor;

use crate::support::{TestServer, until};

const HERE: &str = "203.0.113.1";

async fn make(server: &TestServer, name: &str) -> CreatedSecretKey {
    let made = server.app.secret_keys.create(name, Actor::Operator).await;
    made.expect("made")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_known_again_and_kept_as_a_hash_alone() {
    let server = TestServer::start().await;
    let keys = &server.app.secret_keys;
    let made = make(&server, "Deploy").await;
    let text = made.plain.expose();
    let actor = keys.authenticate(text, HERE).await.expect("is known");
    assert_eq!(actor, Actor::SecretKey(made.key.id.clone()));

    let db = server.app.cx.db.reader();
    let row = entity::secret_key::Entity::find_by_id(made.key.id.as_str())
        .one(db)
        .await
        .expect("reads")
        .expect("a row");
    assert_eq!(row.key_hash, made.plain.hash().as_bytes());
    assert!(!format!("{row:?}").contains(text), "{row:?}");
    for kind in ["secret_key.created", "secret_key.revoked"] {
        let events = entity::event::Entity::find().filter(entity::event::Column::Kind.eq(kind));
        let count = events.count(db).await.expect("counts");
        assert_eq!(count, u64::from(kind == "secret_key.created"), "{kind}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_opens_nothing_at_once_here_and_with_the_feed_elsewhere() {
    let server = TestServer::start().await;
    let made = make(&server, "Deploy").await;
    let text = made.plain.expose();
    let keys = &server.app.secret_keys;
    keys.authenticate(text, HERE).await.expect("remembered from now on");

    // another process, whose memory nobody tells but the feed
    let elsewhere = server.reopen().await;
    let revoked = elsewhere.secret_keys.revoke(&made.key.id, Actor::Operator).await;
    assert_eq!(revoked.expect("revokes"), Revoked::Now);
    let there = elsewhere.secret_keys.authenticate(text, HERE).await;
    assert_eq!(there.expect_err("at once").kind(), ErrorKind::Unauthenticated);
    server.changes.poll().await.expect("reads the feed");
    let here = keys.authenticate(text, HERE).await;
    assert_eq!(here.expect_err("after the feed").code(), "secret_key_invalid");

    let again = keys.revoke(&made.key.id, Actor::Operator).await;
    assert_eq!(again.expect("nothing to do"), Revoked::Before);
    elsewhere.cx.db.close().await.expect("closes");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_use_is_noted_once_a_minute_at_most() {
    let server = TestServer::start().await;
    let keys = &server.app.secret_keys;
    let made = make(&server, "Deploy").await;
    let text = made.plain.expose();
    let noted = async || {
        let page = keys.list(None, 10).await.expect("lists");
        page.keys[0].last_used_at
    };
    assert_eq!(noted().await, None);
    let commands = &server.app.cx.db.counts().commands;
    let before = commands.get();
    let first = server.now();
    keys.authenticate(text, HERE).await.expect("is known");
    let is_done = until(|| async { (commands.get() == before + 1).then_some(()) }).await;
    assert_eq!((is_done, noted().await), (Some(()), Some(first)));

    for _ in 0..20 {
        server.advance(1);
        server.changes.poll().await.expect("reads the feed");
        keys.authenticate(text, HERE).await.expect("is known");
    }
    assert_eq!(commands.get(), before + 1, "nothing was written");
    assert_eq!(noted().await, Some(first));

    server.advance(60);
    let second = server.now();
    keys.authenticate(text, HERE).await.expect("is known");
    let is_noted = until(|| async { noted().await.filter(|at| *at == second) }).await;
    assert_eq!(is_noted, Some(second));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_none_of_ours_are_limited_and_right_ones_never() {
    let server = TestServer::start().await;
    let keys = &server.app.secret_keys;
    let (good, bad) = (make(&server, "Deploy").await, make(&server, "Old").await);
    keys.revoke(&bad.key.id, Actor::Operator).await.expect("revokes");
    let refusal = async |text: &str, address: &str| keys.authenticate(text, address).await.expect_err("refused");
    // a typing error costs nothing, and is not counted
    for _ in 0..50 {
        let mistyped = &bad.plain.expose()[1..];
        assert_eq!(refusal(mistyped, HERE).await.kind(), ErrorKind::Unauthenticated);
    }
    for _ in 0..30 {
        assert_eq!(
            refusal(bad.plain.expose(), HERE).await.kind(),
            ErrorKind::Unauthenticated
        );
    }
    let limited = refusal(bad.plain.expose(), HERE).await;
    assert!(matches!(limited.kind(), ErrorKind::TooMany { .. }), "{limited:?}");
    let elsewhere = refusal(bad.plain.expose(), "203.0.113.2").await;
    assert_eq!(elsewhere.kind(), ErrorKind::Unauthenticated, "counted by address");
    keys.authenticate(good.plain.expose(), HERE)
        .await
        .expect("a right key is right");
    server.advance(10);
    assert_eq!(
        refusal(bad.plain.expose(), HERE).await.kind(),
        ErrorKind::Unauthenticated
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_pages() {
    let server = TestServer::start().await;
    for name in ["A", "B", "C"] {
        make(&server, name).await;
        server.advance(1);
    }
    let keys = &server.app.secret_keys;
    let first = keys.list(None, 2).await.expect("lists");
    assert_eq!(first.keys.len(), 2);
    let rest = keys.list(first.next.as_ref(), 2).await.expect("lists");
    assert_eq!((rest.keys.len(), rest.keys[0].name.as_str(), rest.next), (1, "C", None));
    server.stop().await;
}
