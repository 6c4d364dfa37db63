//! Jobs, their handlers, and when a failed one is tried again.

use std::time::Duration;

use serde::Serialize;

use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::id::JobId;
use crate::kernel::rng::Rng;

/// How often a job is tried before it is set aside as dead. With [`backoff`] that spans about seven hours.
const MAX_ATTEMPTS: i32 = 12;

/// A job to be enqueued, drawn before the transaction.
#[derive(Clone, Debug)]
pub struct NewJob {
    pub(super) id: JobId,
    pub(super) kind: &'static str,
    pub(super) payload: String,
    pub(super) run_at: Timestamp,
    pub(super) max_attempts: i32,
}

impl NewJob {
    /// A job of `kind` to run as soon as possible.
    ///
    /// # Errors
    /// `Internal` when `payload` does not serialise.
    pub fn draw(kind: &'static str, payload: &impl Serialize, now: Timestamp, rng: &Rng) -> Result<Self> {
        Ok(Self {
            id: JobId::draw(now, rng),
            kind,
            payload: serde_json::to_string(payload).map_err(Error::internal)?,
            run_at: now,
            max_attempts: MAX_ATTEMPTS,
        })
    }
}

/// A job under lease.
#[derive(Clone, Debug)]
pub(super) struct Leased {
    pub(super) id: JobId,
    pub(super) kind: String,
    pub(super) payload: String,
    /// Which attempt this is, from 1.
    pub(super) attempt: i32,
    pub(super) max_attempts: i32,
}

/// Does the work of one kind of job. A job may run more than once (a lease that ran out, a crash after the work), so the
/// work is idempotent or its repetition harmless.
#[async_trait::async_trait]
pub trait Handler: Send + Sync {
    /// The kind it handles.
    fn kind(&self) -> &'static str;

    /// Does the work; `payload` is the JSON that was enqueued.
    async fn run(&self, payload: &str) -> Result<(), JobError>;
}

/// Why a job did not succeed. The text is stored and logged, so it holds no secret and no personal value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// It may succeed later.
    #[error("{0}")]
    Retry(String),
    /// It never will.
    #[error("{0}")]
    Fail(String),
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        Self::Retry(error.code().to_owned())
    }
}

/// How long to wait after attempt number `attempt` failed: 5 s, 15 s, 45 s … at most an hour.
pub(super) fn backoff(attempt: i32) -> Duration {
    let steps = u32::try_from(attempt.saturating_sub(1)).unwrap_or(0).min(10);
    Duration::from_secs(5 * 3u64.pow(steps)).min(Duration::from_secs(3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_an_hour() {
        assert_eq!(backoff(1), Duration::from_secs(5));
        assert_eq!(backoff(2), Duration::from_secs(15));
        assert_eq!(backoff(100), Duration::from_secs(3600));
    }
}
