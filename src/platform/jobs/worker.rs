//! The worker: leases what is due, runs it, and records the outcome.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use tokio::sync::Notify;

use super::model::{Handler, JobError, Leased, backoff};
use super::store;
use crate::kernel::clock::Clock;
use crate::kernel::error::Result;
use crate::kernel::id::JobId;
use crate::kernel::rng::Rng;
use crate::platform::db::Db;

/// Jobs run side by side by one process.
const BATCH: u64 = 8;
/// How long a job may run.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a lease holds: longer than any job may run, so that only a dead process loses one.
const LEASE: Duration = Duration::from_secs(120);
/// How often the table is looked at when nobody rings.
const IDLE: Duration = Duration::from_secs(1);

/// Rings the worker of this process after a commit; clones ring the same one.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// There may be something to do.
    pub fn ring(&self) {
        self.0.notify_one();
    }
}

/// Runs the jobs of one process.
pub struct Worker {
    db: Db,
    clock: Arc<dyn Clock>,
    owner: String,
    wake: Wake,
    handlers: Vec<Arc<dyn Handler>>,
}

impl Worker {
    /// A worker with a name of its own for its leases.
    pub fn new(db: Db, clock: Arc<dyn Clock>, rng: &Rng, wake: Wake, handlers: Vec<Arc<dyn Handler>>) -> Self {
        let owner = JobId::draw(clock.now(), rng).to_string();
        Self {
            db,
            clock,
            owner,
            wake,
            handlers,
        }
    }

    /// Runs everything that is due now, and returns how many jobs that were.
    ///
    /// # Errors
    /// A database error; what was leased by then becomes due again when the lease runs out.
    pub async fn run_due(&self) -> Result<usize> {
        let mut total = 0;
        loop {
            let now = self.clock.now();
            let kinds: &Vec<&str> = &self.handlers.iter().map(|handler| handler.kind()).collect();
            let ids = store::find_due(self.db.reader(), kinds, now, BATCH).await?;
            if ids.is_empty() {
                return Ok(total);
            }
            let (ids, owner) = (&ids, &self.owner);
            let leased = self
                .db
                .write(|tx| async move { store::lease(&tx, ids, kinds, owner, now, now + LEASE).await })
                .await?;
            if leased.is_empty() {
                return Ok(total);
            }
            total += leased.len();
            for outcome in join_all(leased.iter().map(|job| self.run(job))).await {
                outcome?;
            }
        }
    }

    /// Runs jobs for ever.
    pub async fn run_forever(&self) {
        loop {
            if let Err(error) = self.run_due().await {
                tracing::warn!(cause = ?error.cause(), "the job table could not be worked on");
            }
            // a timeout is the ordinary case: nobody rang
            let _ = tokio::time::timeout(IDLE, self.wake.0.notified()).await;
        }
    }

    async fn run(&self, job: &Leased) -> Result<()> {
        let outcome = match self.handlers.iter().find(|handler| handler.kind() == job.kind) {
            Some(handler) => {
                // a handler that panics must not take the worker with it
                let run = AssertUnwindSafe(handler.run(&job.payload)).catch_unwind();
                let outcome = tokio::time::timeout(TIMEOUT, run).await;
                let again = |why: &str| Err(JobError::Retry(why.to_owned()));
                outcome
                    .unwrap_or_else(|_| Ok(again("timed out")))
                    .unwrap_or_else(|_| again("panicked"))
            }
            None => Err(JobError::Fail("no handler for this kind of job".to_owned())),
        };
        let owner = &self.owner;
        let (run_at, error) = match outcome {
            Ok(()) => {
                return self
                    .db
                    .write(|tx| async move { store::complete(&tx, job, owner).await })
                    .await;
            }
            Err(JobError::Retry(error)) if job.attempt < job.max_attempts => {
                (Some(self.clock.now() + backoff(job.attempt)), error)
            }
            Err(JobError::Retry(error) | JobError::Fail(error)) => (None, error),
        };
        match run_at {
            Some(at) => {
                tracing::info!(job = %job.id, kind = job.kind, attempt = job.attempt, again = %at, error, "job failed, will be tried again")
            }
            None => {
                tracing::error!(job = %job.id, kind = job.kind, attempt = job.attempt, error, "job failed for good")
            }
        }
        let error = &error;
        self.db
            .write(|tx| async move { store::fail(&tx, job, owner, run_at, error).await })
            .await
    }
}
