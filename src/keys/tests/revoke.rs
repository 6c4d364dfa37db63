//! A key that leaked.

use sea_orm::EntityTrait;

use super::{House, ID_TOKEN, header, is_published, of, only, rows, sign};
use crate::kernel::clock::Clock;
use crate::kernel::error::ErrorKind;
use crate::kernel::event::Actor;
use crate::kernel::id::KeyId;
use crate::kernel::rng::Rng;
use crate::keys::{Algorithm, KeyRing, KeyState};
use crate::platform::changes::Refresh;

const EDDSA: Algorithm = Algorithm::EdDsa;

async fn revoke(ring: &KeyRing, id: &KeyId) -> crate::keys::Revocation {
    ring.revoke(id, Actor::Operator).await.expect("revokes")
}

#[tokio::test]
async fn an_active_key_that_is_revoked_verifies_nothing_and_the_next_signs_at_once() {
    let house = House::new().await;
    let (ring, cx) = house.ring(1).await;
    let (there, _) = house.ring(2).await;
    let (first, second) = (
        only(&ring, EDDSA, KeyState::Active).id,
        only(&ring, EDDSA, KeyState::Next).id,
    );
    let token = sign(&ring, EDDSA);
    let revocation = revoke(&ring, &first).await;
    assert_eq!((&revocation.revoked, revocation.was), (&first, KeyState::Active));
    assert_eq!(revocation.active.as_ref(), Some(&second));
    there.refresh().await.expect("reads");
    for ring in [&ring, &there] {
        assert_eq!(ring.verify(ID_TOKEN, &token), None, "not as a hint either");
        assert!(!is_published(ring, &first));
        assert_eq!(header(&sign(ring, EDDSA))["kid"], second.as_str());
        assert_eq!(Some(only(ring, EDDSA, KeyState::Next).id), revocation.next);
    }
    let revoked = only(&ring, EDDSA, KeyState::Revoked);
    assert_eq!(
        (revoked.id.clone(), revoked.gone_at),
        (first.clone(), Some(house.clock.now()))
    );
    for key in rows(&cx).await {
        assert_eq!(key.sealed_private_key.is_none(), key.info.id == first, "destroyed");
    }
    // and it stays so
    let again = KeyRing::open(cx.clone()).await.expect("opens");
    assert_eq!(again.verify(ID_TOKEN, &token), None);
    let events = ::entity::event::Entity::find()
        .all(cx.db.reader())
        .await
        .expect("reads");
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.kind.as_str(), event.subject.as_str()))
        .collect();
    assert_eq!(told, [("key.revoked", first.as_str())]);
}

#[tokio::test]
async fn a_key_can_be_revoked_in_every_state_and_only_once() {
    let house = House::new().await;
    let (ring, _) = house.ring(1).await;
    let next = only(&ring, EDDSA, KeyState::Next).id;
    let revocation = revoke(&ring, &next).await;
    assert_eq!((revocation.was, &revocation.active), (KeyState::Next, &None));
    assert_eq!(Some(only(&ring, EDDSA, KeyState::Next).id), revocation.next);

    let token = sign(&ring, EDDSA);
    let signer = only(&ring, EDDSA, KeyState::Active).id;
    ring.rotate(ID_TOKEN, EDDSA, true, Actor::Operator)
        .await
        .expect("rotates");
    assert!(ring.verify(ID_TOKEN, &token).is_some());
    let revocation = revoke(&ring, &signer).await;
    assert_eq!(
        (revocation.was, &revocation.active, &revocation.next),
        (KeyState::Retiring, &None, &None)
    );
    assert_eq!(ring.verify(ID_TOKEN, &token), None);
    assert_eq!(of(&ring, EDDSA, KeyState::Revoked).len(), 2);

    let before = ring.list();
    let twice = ring.revoke(&signer, Actor::Operator).await.expect_err("once");
    assert_eq!(
        (twice.kind(), twice.code()),
        (ErrorKind::Conflict, "key_revoked_before")
    );
    let unknown = KeyId::draw(house.clock.now(), &Rng::seeded(99));
    let nobodys = ring.revoke(&unknown, Actor::Operator).await.expect_err("unknown");
    assert_eq!(nobodys.kind(), ErrorKind::NotFound);
    assert_eq!(ring.list(), before);
}

#[tokio::test]
async fn a_revocation_sees_what_another_process_did_before_it() {
    let house = House::new().await;
    let (ring, _) = house.ring(1).await;
    let (there, _) = house.ring(2).await;
    let first = only(&ring, EDDSA, KeyState::Active).id;
    let rotation = there
        .rotate(ID_TOKEN, EDDSA, true, Actor::Operator)
        .await
        .expect("rotates");
    let revocation = revoke(&ring, &first).await;
    assert_eq!(revocation.was, KeyState::Retiring);
    assert_eq!(only(&ring, EDDSA, KeyState::Active).id, rotation.active);
}
