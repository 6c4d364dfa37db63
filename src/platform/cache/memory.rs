//! Everything that remembers, and how current it is.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::kernel::clock::{Clock, Timestamp};

/// A feed that was last read longer ago than this is not relied on.
const CURRENT_FOR: Duration = Duration::from_secs(2);

/// Something that remembers rows by key and can forget them.
pub trait Remembers: Send + Sync {
    /// The topic its keys belong to.
    fn topic(&self) -> &'static str;

    /// Forgets one key. A value that is being read meanwhile must not be remembered afterwards.
    fn forget(&self, key: &str);

    /// Forgets everything, because it is not known what has changed.
    fn forget_all(&self);
}

/// Everything that remembers in this process.
pub struct Memory {
    clock: Arc<dyn Clock>,
    /// When the change feed was last read to its end, in Unix milliseconds.
    read_at: AtomicI64,
    remembering: RwLock<Vec<Arc<dyn Remembers>>>,
}

impl Memory {
    /// Nothing remembers yet, and the feed was never read.
    pub fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            clock,
            read_at: AtomicI64::new(i64::MIN),
            remembering: RwLock::default(),
        })
    }

    /// Adds something that remembers.
    pub fn add(&self, remembers: Arc<dyn Remembers>) {
        self.remembering
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(remembers);
    }

    /// Whether the change feed was read within the last two seconds, so that what is remembered can be relied on. A clock that
    /// was set back is as bad as one that ran ahead: nobody knows how long ago the reading was.
    pub fn is_current(&self) -> bool {
        let read_at = self.read_at.load(Ordering::Acquire);
        u128::from(self.clock.now().millis().abs_diff(read_at)) <= CURRENT_FOR.as_millis()
    }

    /// The present moment.
    pub(in crate::platform) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Takes note that the feed was read to its end, in a reading that began at `began`.
    pub(in crate::platform) fn was_read(&self, began: Timestamp) {
        self.read_at.store(began.millis(), Ordering::Release);
    }

    /// Forgets one key of a topic.
    pub(in crate::platform) fn forget(&self, topic: &str, key: &str) {
        self.each(|item| {
            if item.topic() == topic {
                item.forget(key);
            }
        });
    }

    /// Forgets everything.
    pub(in crate::platform) fn forget_all(&self) {
        self.each(|item| item.forget_all());
    }

    fn each(&self, act: impl Fn(&dyn Remembers)) {
        for item in self.remembering.read().unwrap_or_else(PoisonError::into_inner).iter() {
            act(&**item);
        }
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memory")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::ManualClock;

    #[test]
    fn a_feed_not_read_for_two_seconds_of_the_clock_is_not_relied_on() {
        let clock = ManualClock::new(Timestamp::from_secs(100));
        let memory = Memory::new(Arc::new(clock.clone()));
        assert!(!memory.is_current(), "never read");
        memory.was_read(clock.now());
        clock.advance(Duration::from_secs(2));
        assert!(memory.is_current());
        clock.advance(Duration::from_millis(1));
        assert!(!memory.is_current(), "too long ago");
        memory.was_read(clock.now() + Duration::from_secs(3));
        assert!(!memory.is_current(), "the clock was set back");
    }
}
