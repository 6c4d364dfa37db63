//! Requests in progress, so that the end does not wait for connections on which nothing happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// For how long there must be nothing in progress: by then, what was answered has left, and what was on its way has come.
const QUIET: Duration = Duration::from_millis(500);

/// How many requests there are and were; clones count together.
#[derive(Clone, Default)]
pub(super) struct InProgress(Arc<Counts>);

#[derive(Default)]
struct Counts {
    now: AtomicUsize,
    ever: AtomicUsize,
}

/// A request in progress, while it lives.
pub(super) struct Request(Arc<Counts>);

impl InProgress {
    /// Counts a request.
    pub(super) fn begin(&self) -> Request {
        self.0.now.fetch_add(1, Ordering::AcqRel);
        self.0.ever.fetch_add(1, Ordering::AcqRel);
        Request(Arc::clone(&self.0))
    }

    /// Resolves when nothing was in progress for a while.
    pub(super) async fn quiet(&self) {
        loop {
            let before = self.0.ever.load(Ordering::Acquire);
            tokio::time::sleep(QUIET).await;
            let is_quiet = self.0.now.load(Ordering::Acquire) == 0;
            if is_quiet && self.0.ever.load(Ordering::Acquire) == before {
                return;
            }
        }
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::AcqRel);
    }
}
