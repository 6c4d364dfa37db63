//! Leases between nodes, failures, and clocks that jump.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use super::runner::{AGAIN, LEASE};
use super::{Schedule, Task, store};
use crate::kernel::clock::{Clock, ManualClock, Timestamp};
use crate::kernel::error::{Error, Result};
use crate::kernel::rng::Rng;
use crate::kernel::secret::SecretKey;
use crate::platform::db::{Db, DbOptions, testing};
use crate::platform::seal::Sealer;

const HOUR: Duration = Duration::from_secs(3600);
const COUNTED: &str = "counted";

#[derive(Default)]
struct Counted {
    runs: AtomicUsize,
    fails: bool,
}

#[async_trait::async_trait]
impl Task for Counted {
    fn name(&self) -> &'static str {
        COUNTED
    }

    fn every(&self) -> Duration {
        HOUR
    }

    async fn run(&self) -> Result<()> {
        tokio::task::yield_now().await;
        self.runs.fetch_add(1, Ordering::Relaxed);
        if self.fails {
            return Err(Error::internal("as told"));
        }
        Ok(())
    }
}

struct House {
    _folder: TempDir,
    db: Db,
    clock: ManualClock,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = ManualClock::new(Timestamp::from_secs(1_700_000_000));
        let options = DbOptions {
            backend: testing::backend(folder.path()).await,
            connections: 2,
        };
        let db = Db::open(&options, Sealer::new(SecretKey::new([1; 32])), Arc::new(clock.clone()))
            .await
            .expect("opens");
        db.migrate().await.expect("migrates");
        Self {
            _folder: folder,
            db,
            clock,
        }
    }

    fn node(&self, number: u64, task: &Arc<Counted>) -> Schedule {
        let task: Arc<dyn Task> = task.clone();
        Schedule::new(
            self.db.clone(),
            Arc::new(self.clock.clone()),
            &Rng::seeded(number),
            vec![task],
        )
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_nodes_one_does_the_work_and_again_when_its_time_has_passed() {
    let house = House::new().await;
    let task = Arc::new(Counted::default());
    for round in 1..=3 {
        let nodes: Vec<_> = (0..8).map(|number| house.node(number, &task)).collect();
        let running = nodes
            .into_iter()
            .map(|node| tokio::spawn(async move { node.run_due().await }));
        for outcome in futures_util::future::join_all(running).await {
            outcome.expect("joins").expect("runs");
        }
        assert_eq!(task.runs.load(Ordering::Relaxed), round);
        house.clock.advance(HOUR - Duration::from_millis(1));
        assert!(house.node(9, &task).run_due().await.expect("looks").is_empty(), "early");
        house.clock.advance(Duration::from_millis(1));
    }
}

#[tokio::test]
async fn work_that_failed_is_done_again_a_minute_later() {
    let house = House::new().await;
    let task = Arc::new(Counted {
        fails: true,
        ..Counted::default()
    });
    let node = house.node(1, &task);
    for _ in 0..2 {
        assert_eq!(node.run_due().await.expect("runs"), [COUNTED]);
        assert!(node.run_due().await.expect("looks").is_empty());
        house.clock.advance(AGAIN);
    }
    assert_eq!(task.runs.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn what_a_dead_node_had_in_hand_is_done_when_its_lease_runs_out() {
    let house = House::new().await;
    let task = Arc::new(Counted::default());
    let (now, node) = (house.clock.now(), house.node(1, &task));
    let taken = house
        .db
        .write(|tx| async move { store::take(&tx, COUNTED, "the dead", now, now + LEASE, HOUR).await });
    assert!(taken.await.expect("writes"));
    assert!(node.run_due().await.expect("looks").is_empty());
    house.clock.advance(LEASE);
    assert_eq!(node.run_due().await.expect("runs"), [COUNTED]);
    // and should the dead come back, it speaks no more for the work
    let again = house
        .db
        .write(|tx| async move { store::give_back(&tx, COUNTED, "the dead", now, None).await });
    again.await.expect("writes");
    assert!(node.run_due().await.expect("looks").is_empty());
}

#[tokio::test]
async fn a_clock_that_ran_ahead_does_not_put_the_work_off_for_long() {
    let house = House::new().await;
    let task = Arc::new(Counted::default());
    let ahead = ManualClock::new(house.clock.now() + Duration::from_secs(365 * 24 * 3600));
    let counted: Arc<dyn Task> = task.clone();
    let wrong = Schedule::new(house.db.clone(), Arc::new(ahead), &Rng::seeded(1), vec![counted]);
    wrong.run_due().await.expect("runs");
    assert_eq!(house.node(2, &task).run_due().await.expect("runs"), [COUNTED]);
}
