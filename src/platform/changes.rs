//! The change feed: what this process remembers is refreshed when any process, the command line included, has changed it.
//!
//! A command ends with `tx.changed(topic)`; the poller compares the versions of all topics (one tiny table) and refreshes what
//! is behind. The command's own process refreshes at once, without waiting for the poller.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::kernel::error::Result;
use crate::platform::db::Db;

/// How often the versions are compared; what another process changed is seen within this time and a reading's.
pub const POLL_INTERVAL: Duration = Duration::from_millis(300);

/// Something remembered that can be read anew.
#[async_trait::async_trait]
pub trait Refresh: Send + Sync {
    /// The topic whose change makes it out of date.
    fn topic(&self) -> &'static str;

    /// Reads it anew.
    async fn refresh(&self) -> Result<()>;
}

/// Compares versions and refreshes what is behind.
pub struct Changes {
    db: Db,
    seen: Mutex<HashMap<String, i64>>,
    remembered: Vec<Arc<dyn Refresh>>,
}

impl Changes {
    /// A feed for what `remembered` holds.
    pub fn new(db: Db, remembered: Vec<Arc<dyn Refresh>>) -> Self {
        Self {
            db,
            seen: Mutex::new(HashMap::new()),
            remembered,
        }
    }

    /// Compares once. A refresh that fails is tried again at the next comparison.
    ///
    /// # Errors
    /// A database error.
    pub async fn poll(&self) -> Result<()> {
        for (topic, version) in self.db.versions().await? {
            let known = self
                .seen
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get(&topic)
                .copied();
            if known == Some(version) {
                continue;
            }
            let mut is_done = true;
            for item in self.remembered.iter().filter(|item| item.topic() == topic) {
                // one that can't be read anew must not keep the others out of date
                if let Err(error) = item.refresh().await {
                    tracing::error!(topic, cause = ?error.cause(), "what is remembered could not be read anew");
                    is_done = false;
                }
            }
            if !is_done {
                continue;
            }
            self.seen
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(topic, version);
        }
        Ok(())
    }

    /// Compares for ever, at [`POLL_INTERVAL`].
    pub async fn run(&self) {
        let mut ticks = tokio::time::interval(POLL_INTERVAL);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.poll().await {
                tracing::warn!(cause = ?error.cause(), "the change feed could not be read");
            }
        }
    }
}
