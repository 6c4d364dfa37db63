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
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::Mutex;

use position::{Position, WIDEST_GAP};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
pub use crate::platform::cache::Remembers;
use crate::platform::db::{Db, Invalidation};

/// How often the feed is read; what another process changed is seen within this time and a reading's.
pub const POLL_INTERVAL: Duration = Duration::from_millis(300);

/// How long one reading may take before it is cut off and the next begins.
const LONGEST: Duration = Duration::from_secs(5);

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

/// How far a reading got.
#[derive(Default)]
struct Read {
    /// The version of each topic whose memory is as new.
    seen: HashMap<String, i64>,
    position: Option<Position>,
}

/// Reads the feed, refreshes what is behind and forgets what has changed.
pub struct Changes {
    db: Db,
    remembered: Vec<Arc<dyn Refresh>>,
    read: Mutex<Read>,
}

impl Changes {
    /// A feed for what `remembered` holds and for all that registered with the database's memory.
    pub fn new(db: Db, remembered: Vec<Arc<dyn Refresh>>) -> Self {
        Self {
            db,
            remembered,
            read: Mutex::default(),
        }
    }

    /// Reads the feed once to its end. A refresh that fails is tried again at the next reading. After a reading that failed or was
    /// cut off, the next reads everything anew: the database may have failed over to a server that lacks the newest rows and gives
    /// their numbers again.
    ///
    /// # Errors
    /// A database error.
    pub async fn poll(&self) -> Result<()> {
        let began = self.db.memory().now();
        let mut slot = self.read.lock().await;
        // put back when all is read: an error, a panic or whoever drops this leaves nothing
        let Read { mut seen, position } = std::mem::take(&mut *slot);
        self.compare_versions(&mut seen).await?;
        let position = Some(self.follow_log(position, began).await?);
        *slot = Read { seen, position };
        self.db.memory().was_read(began);
        Ok(())
    }

    async fn compare_versions(&self, seen: &mut HashMap<String, i64>) -> Result<()> {
        for (topic, version) in self.db.versions().await? {
            if seen.get(&topic) == Some(&version) {
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
            if is_done {
                seen.insert(topic, version);
            }
        }
        Ok(())
    }

    async fn follow_log(&self, position: Option<Position>, now: Timestamp) -> Result<Position> {
        let Some(mut position) = position.filter(|position| !position.is_lost(now)) else {
            let newest = self.db.newest_invalidations(WIDEST_GAP.unsigned_abs()).await?;
            // after the reading: what was read since then is told by the log
            self.db.memory().forget_all();
            return Ok(Position::at_end(&newest, now));
        };
        loop {
            let rows = self.db.invalidations_after(position.high(), BATCH as u64).await?;
            let is_end = rows.len() < BATCH;
            self.apply(&mut position, rows, now);
            if is_end {
                break;
            }
        }
        for missing in position.missing().chunks(BATCH) {
            let rows = self.db.invalidations_among(missing).await?;
            self.apply(&mut position, rows, now);
        }
        position.finish(now);
        Ok(position)
    }

    fn apply(&self, position: &mut Position, rows: Vec<Invalidation>, now: Timestamp) {
        for row in rows {
            self.db.memory().forget(&row.topic, &row.key);
            position.pass(row.id, now);
        }
    }

    /// Reads the feed for ever, at [`POLL_INTERVAL`], whatever becomes of one reading.
    pub async fn run(&self) {
        let mut ticks = tokio::time::interval(POLL_INTERVAL);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let reading = AssertUnwindSafe(self.poll()).catch_unwind();
            match tokio::time::timeout(LONGEST, reading).await {
                Ok(Ok(Ok(()))) => {}
                Ok(Ok(Err(error))) => tracing::warn!(cause = ?error.cause(), "the change feed could not be read"),
                Ok(Err(_)) => tracing::error!("a reading of the change feed panicked"),
                Err(_) => tracing::warn!("the change feed was not read in time"),
            }
        }
    }
}
