//! The change feed: what this process remembers is forgotten or read anew when any process, the command line included, has
//! changed it.
//!
//! Two kinds of memory follow it. What is small and wanted whole (settings, keys) implements [`Refresh`]: a command ends with
//! `tx.changed(topic)`, and the poller compares the versions of all topics (one tiny table) and refreshes what is behind. What is
//! large and wanted row by row implements [`Remembers`] (usually as a `platform::cache::Cache`): a command says
//! `tx.forget(topic, key)`, and the poller reads the log of keys from where it stopped. The command's own process does either at
//! once, without waiting for the poller.

mod position;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use position::{Position, WIDEST_GAP};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
pub use crate::platform::cache::Remembers;
use crate::platform::db::{Db, Invalidation};

/// How often the feed is read; what another process changed is seen within this time and a reading's.
pub const POLL_INTERVAL: Duration = Duration::from_millis(300);

/// Rows of the log read at once.
const BATCH: usize = 500;

/// Something remembered that can be read anew.
#[async_trait::async_trait]
pub trait Refresh: Send + Sync {
    /// The topic whose change makes it out of date.
    fn topic(&self) -> &'static str;

    /// Reads it anew.
    async fn refresh(&self) -> Result<()>;
}

/// Reads the feed, refreshes what is behind and forgets what has changed.
pub struct Changes {
    db: Db,
    seen: Mutex<HashMap<String, i64>>,
    remembered: Vec<Arc<dyn Refresh>>,
    position: tokio::sync::Mutex<Option<Position>>,
}

impl Changes {
    /// A feed for what `remembered` holds and for all that registered with the database's memory.
    pub fn new(db: Db, remembered: Vec<Arc<dyn Refresh>>) -> Self {
        Self {
            db,
            seen: Mutex::new(HashMap::new()),
            remembered,
            position: tokio::sync::Mutex::new(None),
        }
    }

    /// Reads the feed once to its end. A refresh that fails is tried again at the next reading.
    ///
    /// # Errors
    /// A database error.
    pub async fn poll(&self) -> Result<()> {
        let began = self.db.memory().now();
        self.compare_versions().await?;
        self.follow_log(began).await?;
        self.db.memory().was_read(began);
        Ok(())
    }

    async fn compare_versions(&self) -> Result<()> {
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

    async fn follow_log(&self, now: Timestamp) -> Result<()> {
        let mut slot = self.position.lock().await;
        let Some(position) = slot.as_mut().filter(|position| !position.is_lost(now)) else {
            let newest = self.db.newest_invalidations(WIDEST_GAP.unsigned_abs()).await?;
            *slot = Some(Position::at_end(&newest, now));
            // after the reading: what was read since then is told by the log
            self.db.memory().forget_all();
            return Ok(());
        };
        loop {
            let rows = self.db.invalidations_after(position.high(), BATCH as u64).await?;
            let is_end = rows.len() < BATCH;
            self.apply(position, rows, now);
            if is_end {
                break;
            }
        }
        for missing in position.missing().chunks(BATCH) {
            let rows = self.db.invalidations_among(missing).await?;
            self.apply(position, rows, now);
        }
        position.finish(now);
        Ok(())
    }

    fn apply(&self, position: &mut Position, rows: Vec<Invalidation>, now: Timestamp) {
        for row in rows {
            self.db.memory().forget(&row.topic, &row.key);
            position.pass(row.id, now);
        }
    }

    /// Reads the feed for ever, at [`POLL_INTERVAL`].
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
