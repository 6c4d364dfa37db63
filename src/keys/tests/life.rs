//! Every step of a key's life, and who may take it.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{House, ID_TOKEN, header, is_published, of, only, rows, sign};
use crate::kernel::clock::Clock;
use crate::kernel::error::ErrorKind;
use crate::kernel::event::Actor;
use crate::keys::{Algorithm, KeyRing, KeyState, Purpose, store};
use crate::platform::changes::{Changes, Refresh};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test]
async fn the_first_start_makes_an_active_and_a_next_key_for_every_algorithm_and_later_ones_none() {
    let house = House::new().await;
    let (ring, cx) = house.ring(1).await;
    assert_eq!(ring.list().len(), 2 * Purpose::ALL.len() * Algorithm::ALL.len());
    for &algorithm in Algorithm::ALL {
        let active = only(&ring, algorithm, KeyState::Active);
        assert_eq!(
            (active.created_at, active.activated_at),
            (house.clock.now(), Some(house.clock.now()))
        );
        let next = only(&ring, algorithm, KeyState::Next);
        assert_eq!((next.activated_at, next.retired_at, next.gone_at), (None, None, None));
    }
    let again = KeyRing::open(cx).await.expect("opens");
    assert_eq!(again.list(), ring.list());
    assert_eq!(again.jwks(&[ID_TOKEN]), ring.jwks(&[ID_TOKEN]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_that_start_together_agree_on_their_keys() {
    let house = House::new().await;
    let first = house.node(0).await;
    let mut starting = Vec::new();
    for number in 1..4 {
        let cx = house.node(number).await;
        starting.push(tokio::spawn(KeyRing::open(cx)));
    }
    let here = KeyRing::open(first).await.expect("opens");
    assert_eq!(here.list().len(), 2 * Purpose::ALL.len() * Algorithm::ALL.len());
    for ring in starting {
        let there = ring.await.expect("joins").expect("opens");
        assert_eq!(there.list(), here.list());
        assert!(here.verify(ID_TOKEN, &sign(&there, Algorithm::Es256)).is_some());
    }
}

#[tokio::test]
async fn a_key_lives_from_next_to_gone() {
    let house = House::new().await;
    let (ring, cx) = house.ring(1).await;
    let algorithm = Algorithm::EdDsa;
    let (first, second) = (
        only(&ring, algorithm, KeyState::Active).id,
        only(&ring, algorithm, KeyState::Next).id,
    );
    let token = sign(&ring, algorithm);

    house.clock.advance(DAY);
    let rotation = ring
        .rotate(ID_TOKEN, algorithm, false, Actor::Operator)
        .await
        .expect("rotates");
    assert_eq!((&rotation.retiring, &rotation.active), (&first, &second));
    let rotated_at = house.clock.now();
    let retiring = only(&ring, algorithm, KeyState::Retiring);
    assert_eq!((&retiring.id, retiring.retired_at), (&first, Some(rotated_at)));
    let active = only(&ring, algorithm, KeyState::Active);
    assert_eq!((&active.id, active.activated_at), (&second, Some(rotated_at)));
    let next = only(&ring, algorithm, KeyState::Next);
    assert_eq!((&next.id, next.created_at), (&rotation.next, rotated_at));
    assert_eq!(header(&sign(&ring, algorithm))["kid"], second.as_str());
    assert!([&first, &second, &next.id].iter().all(|id| is_published(&ring, id)));
    assert!(ring.verify(ID_TOKEN, &token).is_some());
    // the keys of other algorithms stay as they are
    assert!(of(&ring, Algorithm::Rs256, KeyState::Retiring).is_empty());

    house.clock.advance(30 * DAY - Duration::from_millis(1));
    let ring = KeyRing::open(cx.clone()).await.expect("opens");
    assert_eq!(only(&ring, algorithm, KeyState::Retiring).id, first);

    house.clock.advance(Duration::from_millis(1));
    let ring = KeyRing::open(cx.clone()).await.expect("opens");
    let gone = only(&ring, algorithm, KeyState::Gone);
    assert_eq!((&gone.id, gone.gone_at), (&first, Some(house.clock.now())));
    assert!(!is_published(&ring, &first));
    assert!(is_published(&ring, &second));
    assert!(ring.verify(ID_TOKEN, &token).is_some(), "a hint may be old");
    for key in rows(&cx).await {
        assert_eq!(key.sealed_private_key.is_none(), key.info.id == first);
    }
}

#[tokio::test]
async fn a_rotation_destroys_what_is_spent_as_well() {
    let house = House::new().await;
    let (ring, _) = house.ring(1).await;
    let first = only(&ring, Algorithm::EdDsa, KeyState::Active).id;
    ring.rotate(ID_TOKEN, Algorithm::EdDsa, true, Actor::Operator)
        .await
        .expect("rotates");
    house.clock.advance(30 * DAY);
    ring.rotate(ID_TOKEN, Algorithm::Es256, false, Actor::Operator)
        .await
        .expect("rotates");
    assert_eq!(only(&ring, Algorithm::EdDsa, KeyState::Gone).id, first);
}

#[tokio::test]
async fn a_key_is_promoted_24_hours_after_its_publication_or_on_demand() {
    let house = House::new().await;
    let (ring, _) = house.ring(1).await;
    house.clock.advance(DAY - Duration::from_millis(1));
    let before = ring.list();
    let refused = ring
        .rotate(ID_TOKEN, Algorithm::EdDsa, false, Actor::Operator)
        .await
        .expect_err("too young");
    assert_eq!(
        (refused.kind(), refused.code()),
        (ErrorKind::Conflict, "next_key_too_young")
    );
    assert!(refused.public().contains("from 2023-11-15T22:13:20Z on"), "{refused}");
    assert!(refused.public().contains("--now"), "{refused}");
    assert_eq!(ring.list(), before);

    ring.rotate(ID_TOKEN, Algorithm::EdDsa, true, Actor::Operator)
        .await
        .expect("at once");
    house.clock.advance(DAY);
    ring.rotate(ID_TOKEN, Algorithm::EdDsa, false, Actor::Operator)
        .await
        .expect("old enough");
    assert_eq!(of(&ring, Algorithm::EdDsa, KeyState::Retiring).len(), 2);
}

#[tokio::test]
async fn a_rotation_leaves_one_event() {
    let house = House::new().await;
    let (ring, cx) = house.ring(1).await;
    let rotation = ring
        .rotate(ID_TOKEN, Algorithm::Es256, true, Actor::Operator)
        .await
        .expect("rotates");
    let events = ::entity::event::Entity::find()
        .all(cx.db.reader())
        .await
        .expect("reads");
    assert_eq!(events.len(), 1);
    assert_eq!(
        (events[0].kind.as_str(), events[0].actor.as_str()),
        ("key.rotated", "operator")
    );
    assert_eq!(
        (events[0].subject.as_str(), &events[0].person_id),
        (rotation.active.as_str(), &None)
    );
}

#[tokio::test]
async fn a_step_is_taken_only_from_the_state_before_it() {
    let house = House::new().await;
    let (ring, cx) = house.ring(1).await;
    let (active, next) = (
        &only(&ring, Algorithm::EdDsa, KeyState::Active).id,
        &only(&ring, Algorithm::EdDsa, KeyState::Next).id,
    );
    let now = house.clock.now();
    let steps = cx.db.write(|tx| async move {
        Ok([
            store::retire(&tx, next, now).await?,
            store::activate(&tx, active, now).await?,
            store::retire(&tx, active, now).await?,
            store::retire(&tx, active, now).await?,
            store::activate(&tx, active, now).await?,
            store::activate(&tx, next, now).await?,
            store::activate(&tx, next, now).await?,
        ])
    });
    let taken = steps.await.expect("writes");
    assert_eq!(taken, [false, false, true, false, false, true, false]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixteen_that_rotate_at_once_one_wins() {
    let house = House::new().await;
    let (ring, cx) = house.ring(1).await;
    let elsewhere = house.node(2).await;
    let mut rings = Vec::new();
    for number in 0..16 {
        let cx = if number % 2 == 0 { &cx } else { &elsewhere };
        rings.push(KeyRing::open(cx.clone()).await.expect("opens"));
    }
    let racers: Vec<_> = rings
        .into_iter()
        .map(|ring| {
            tokio::spawn(async move {
                let outcome = ring.rotate(ID_TOKEN, Algorithm::EdDsa, true, Actor::Operator).await;
                (outcome, ring)
            })
        })
        .collect();
    let mut won = 0;
    for racer in racers {
        let (outcome, racer) = racer.await.expect("joins");
        match outcome {
            Ok(_) => won += 1,
            Err(lost) => assert_eq!(
                (lost.kind(), lost.code()),
                (ErrorKind::Conflict, "key_rotated_meanwhile")
            ),
        }
        // winner and losers go on from the same keys
        ring.refresh().await.expect("reads");
        assert_eq!(racer.list(), ring.list());
    }
    assert_eq!(won, 1);
    for state in [KeyState::Next, KeyState::Active, KeyState::Retiring] {
        only(&ring, Algorithm::EdDsa, state);
    }
}

#[tokio::test]
async fn a_next_key_that_does_not_open_is_not_promoted() {
    let house = House::new().await;
    let (ring, cx) = house.ring(1).await;
    let next = &only(&ring, Algorithm::EdDsa, KeyState::Next).id;
    cx.db
        .write(|tx| async move {
            use ::entity::signing_key::{Column, Entity};
            Entity::update_many()
                .col_expr(Column::SealedPrivateKey, Expr::val(b"damaged".to_vec()))
                .filter(Column::Id.eq(next.as_str()))
                .exec(&tx)
                .await?;
            Ok(())
        })
        .await
        .expect("writes");
    ring.refresh().await.expect("a next key is not opened before its time");
    let before = ring.list();
    let refused = ring
        .rotate(ID_TOKEN, Algorithm::EdDsa, true, Actor::Operator)
        .await
        .expect_err("does not open");
    assert_eq!(refused.kind(), ErrorKind::Internal);
    assert_eq!(KeyRing::open(cx).await.expect("opens").list(), before);
}

#[tokio::test]
async fn another_node_sees_a_rotation_through_the_change_feed() {
    let house = House::new().await;
    let (here, _) = house.ring(1).await;
    let (there, there_cx) = house.ring(2).await;
    let feed = Changes::new(there_cx.db.clone(), vec![Arc::new(there.clone())]);
    feed.poll().await.expect("polls");
    let rotation = here
        .rotate(ID_TOKEN, Algorithm::Rs256, true, Actor::Operator)
        .await
        .expect("rotates");
    assert!(!is_published(&there, &rotation.next));

    feed.poll().await.expect("polls");
    assert_eq!(there.jwks(&[ID_TOKEN]), here.jwks(&[ID_TOKEN]));
    let token = sign(&there, Algorithm::Rs256);
    assert_eq!(header(&token)["kid"], rotation.active.as_str());
    assert!(here.verify(ID_TOKEN, &token).is_some());
}
