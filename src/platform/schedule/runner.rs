//! Takes what is due, does it, and says when it is due again.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use super::store;
use crate::kernel::clock::Clock;
use crate::kernel::error::{Error, Result};
use crate::kernel::id::JobId;
use crate::kernel::rng::Rng;
use crate::platform::db::Db;

/// How often the table is looked at.
const LOOK: Duration = Duration::from_secs(30);
/// How long one run may take; the next goes on where it ended.
pub(super) const TIMEOUT: Duration = Duration::from_secs(8 * 60);
/// How long a lease holds: longer than any run, so that only a dead process loses one.
pub(super) const LEASE: Duration = Duration::from_secs(10 * 60);
/// When work that failed or was cut off is done again.
pub(super) const AGAIN: Duration = Duration::from_secs(60);

/// Work that is done again and again. A run that is cut off at any await leaves a state from which the next goes on.
#[async_trait::async_trait]
pub trait Task: Send + Sync {
    /// The name, unique among all tasks.
    fn name(&self) -> &'static str;

    /// How long after one run has ended the next begins.
    fn every(&self) -> Duration;

    /// One run.
    async fn run(&self) -> Result<()>;
}

/// The recurring work of one process.
pub struct Schedule {
    db: Db,
    clock: Arc<dyn Clock>,
    owner: String,
    tasks: Vec<Arc<dyn Task>>,
}

impl Schedule {
    /// A schedule with a name of its own for its leases.
    pub fn new(db: Db, clock: Arc<dyn Clock>, rng: &Rng, tasks: Vec<Arc<dyn Task>>) -> Self {
        let owner = JobId::draw(clock.now(), rng).to_string();
        Self {
            db,
            clock,
            owner,
            tasks,
        }
    }

    /// Does what is due now and not in another's hands, and returns the names of it.
    ///
    /// # Errors
    /// A database error of the schedule itself; what goes wrong in a task is logged, and the task tried again a minute later.
    pub async fn run_due(&self) -> Result<Vec<&'static str>> {
        let mut done = Vec::new();
        for task in &self.tasks {
            if self.take(&**task).await? {
                self.run(&**task).await?;
                done.push(task.name());
            }
        }
        Ok(done)
    }

    /// Does for ever what is due.
    pub async fn run_forever(&self) {
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            if let Err(error) = self.run_due().await {
                tracing::warn!(cause = ?error.cause(), "the schedule could not be worked on");
            }
        }
    }

    async fn take(&self, task: &dyn Task) -> Result<bool> {
        let (name, owner, now) = (task.name(), &self.owner, self.clock.now());
        let longest = task.every().max(LEASE);
        // mostly it is not, and then the writer is left in peace
        if !store::is_due(self.db.reader(), name, now, longest).await? {
            return Ok(false);
        }
        self.db
            .write(|tx| async move { store::take(&tx, name, owner, now, now + LEASE, longest).await })
            .await
    }

    async fn run(&self, task: &dyn Task) -> Result<()> {
        let name = task.name();
        // a task that panics must not take the others with it
        let run = AssertUnwindSafe(task.run()).catch_unwind();
        let outcome = tokio::time::timeout(TIMEOUT, run)
            .await
            .unwrap_or_else(|_| Ok(Err(Error::internal("timed out"))))
            .unwrap_or_else(|_| Err(Error::internal("panicked")));
        let now = self.clock.now();
        let (next, finished) = match outcome {
            Ok(()) => (now + task.every(), Some(now)),
            Err(error) => {
                tracing::error!(task = name, code = error.code(), cause = ?error.cause(), "recurring work was not done, will be tried again");
                (now + AGAIN, None)
            }
        };
        let owner = &self.owner;
        self.db
            .write(|tx| async move { store::give_back(&tx, name, owner, next, finished).await })
            .await
    }
}
