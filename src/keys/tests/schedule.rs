//! Rotation by schedule: nothing early, nothing twice, and what is spent is destroyed.

use std::sync::Arc;
use std::time::Duration;

use super::{House, ID_TOKEN, of, only};
use crate::kernel::clock::{Clock, ManualClock};
use crate::kernel::event::Actor;
use crate::kernel::rng::Rng;
use crate::keys::{Algorithm, KeyRing, KeyState, Purpose, ScheduledRotation};
use crate::platform::cx::Cx;
use crate::platform::schedule::{Schedule, Task};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const PERIOD: Duration = Duration::from_secs(90 * 24 * 60 * 60);

fn count(ring: &KeyRing, state: KeyState) -> usize {
    ring.list().iter().filter(|key| key.state == state).count()
}

async fn run(ring: &KeyRing, period: Option<Duration>) {
    let task = ScheduledRotation::new(ring.clone(), period);
    task.run().await.expect("runs");
}

#[tokio::test]
async fn every_key_signs_for_its_period_and_not_less() {
    let house = House::new().await;
    let (ring, _) = house.ring(1).await;
    let first = ring.list();
    house.clock.advance(PERIOD - Duration::from_millis(1));
    run(&ring, Some(PERIOD)).await;
    assert_eq!(ring.list(), first, "early");
    house.clock.advance(Duration::from_millis(1));
    run(&ring, None).await;
    assert_eq!(ring.list(), first, "only by command");

    run(&ring, Some(PERIOD)).await;
    let all = Purpose::ALL.len() * Algorithm::ALL.len();
    for state in [KeyState::Retiring, KeyState::Active, KeyState::Next] {
        assert_eq!(count(&ring, state), all, "{state}");
    }
    let now = house.clock.now();
    for key in ring.list() {
        let was_next = first.iter().any(|old| old.id == key.id && old.state == KeyState::Next);
        assert_eq!(key.activated_at == Some(now), was_next);
    }
    let after = ring.list();
    run(&ring, Some(PERIOD)).await;
    assert_eq!(ring.list(), after, "twice");
}

#[tokio::test]
async fn a_next_key_that_is_too_young_is_waited_for() {
    let house = House::new().await;
    let (ring, _) = house.ring(1).await;
    house.clock.advance(PERIOD - HOUR);
    let next = only(&ring, Algorithm::EdDsa, KeyState::Next).id;
    // leaves a next key of this moment, and an active one that is as old as the others
    ring.revoke(&next, Actor::Operator).await.expect("revokes");
    house.clock.advance(DAY - Duration::from_millis(1));
    run(&ring, Some(PERIOD)).await;
    assert!(of(&ring, Algorithm::EdDsa, KeyState::Retiring).is_empty());
    assert_eq!(of(&ring, Algorithm::Es256, KeyState::Retiring).len(), 1);
    house.clock.advance(Duration::from_millis(1));
    run(&ring, Some(PERIOD)).await;
    assert_eq!(of(&ring, Algorithm::EdDsa, KeyState::Retiring).len(), 1);
}

#[tokio::test]
async fn what_is_spent_is_destroyed_without_a_restart() {
    let house = House::new().await;
    let (ring, _) = house.ring(1).await;
    let first = only(&ring, Algorithm::EdDsa, KeyState::Active).id;
    ring.rotate(ID_TOKEN, Algorithm::EdDsa, true, Actor::Operator)
        .await
        .expect("rotates");
    house.clock.advance(30 * DAY - Duration::from_millis(1));
    run(&ring, Some(PERIOD)).await;
    assert_eq!(count(&ring, KeyState::Gone), 0);
    house.clock.advance(Duration::from_millis(1));
    run(&ring, Some(PERIOD)).await;
    assert_eq!(only(&ring, Algorithm::EdDsa, KeyState::Gone).id, first);
}

fn schedule(cx: &Cx, clock: &ManualClock, ring: KeyRing, number: u64) -> Schedule {
    let task: Arc<dyn Task> = Arc::new(ScheduledRotation::new(ring, Some(PERIOD)));
    Schedule::new(cx.db.clone(), Arc::new(clock.clone()), &Rng::seeded(number), vec![task])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_never_rotate_twice() {
    let house = House::new().await;
    let (here, here_cx) = house.ring(1).await;
    let (there, there_cx) = house.ring(2).await;
    house.clock.advance(PERIOD);
    let (one, other) = (
        schedule(&here_cx, &house.clock, here.clone(), 3),
        schedule(&there_cx, &house.clock, there.clone(), 4),
    );
    let (first, second) = tokio::join!(one.run_due(), other.run_due());
    assert_eq!(first.expect("runs").len() + second.expect("runs").len(), 1, "leased");
    // even without the lease, as after one that ran out
    tokio::join!(run(&here, Some(PERIOD)), run(&there, Some(PERIOD)));
    let all = Purpose::ALL.len() * Algorithm::ALL.len();
    assert_eq!(count(&here, KeyState::Retiring), all);
    assert_eq!(here.list(), there.list());
}
