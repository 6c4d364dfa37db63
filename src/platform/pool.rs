//! A bounded pool for slow work (hashing, later XML and images), so that it never holds up an actix worker.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::kernel::error::{Error, Result};

/// Runs blocking closures, at most `workers` at once and at most `queue` waiting; clones share the bounds.
#[derive(Clone, Debug)]
pub struct Pool {
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

/// What a caller is told to wait when the queue is full.
const RETRY_AFTER: Duration = Duration::from_secs(1);

impl Pool {
    /// A pool of `workers` (at least one) and a queue of `queue` places.
    pub fn new(workers: usize, queue: usize) -> Self {
        let workers = workers.max(1);
        Self {
            admitted: Arc::new(Semaphore::new(workers + queue)),
            running: Arc::new(Semaphore::new(workers)),
        }
    }

    /// Runs `work` off the caller's thread. Work that was begun is finished even when the caller goes away, and keeps its
    /// place until then.
    ///
    /// # Errors
    /// `Busy` at once when the queue is full, `Internal` when `work` panics.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let admitted = Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|_| Error::busy(RETRY_AFTER, "the pool's queue is full"))?;
        let running = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        tokio::task::spawn_blocking(move || {
            let value = work();
            drop((admitted, running));
            value
        })
        .await
        .map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::kernel::error::ErrorKind;

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_and_frees_its_place() {
        let pool = Pool::new(1, 0);
        let (release, wait) = mpsc::channel::<()>();
        let (started, has_started) = tokio::sync::oneshot::channel();
        let busy = pool.clone();
        let first = tokio::spawn(async move {
            busy.run(move || {
                let _ = started.send(());
                wait.recv()
            })
            .await
        });
        has_started.await.expect("the first job runs");
        let refused = pool.run(|| ()).await.expect_err("the queue is full");
        assert!(matches!(refused.kind(), ErrorKind::Busy { .. }));
        release.send(()).expect("the first job waits");
        first.await.expect("joins").expect("runs").expect("was released");
        pool.run(|| ()).await.expect("the place is free again");
    }
}
