//! A bounded map from keys to what was read for them.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::memory::{Memory, Remembers};
use crate::kernel::error::Result;

/// Enough that the threads of one machine seldom wait for each other.
const SHARDS: usize = 16;

/// What was read of one topic, by key; for reading without the database.
///
/// It holds what was found alone: what was not found is asked for again, or strangers could fill it with nothing. A shard that is
/// full starts anew. While the change feed can't be relied on, nothing is known.
pub struct Cache<V> {
    topic: &'static str,
    memory: Arc<Memory>,
    hasher: RandomState,
    shards: Vec<Mutex<Shard<V>>>,
    /// The most entries of one shard.
    capacity: usize,
}

struct Shard<V> {
    /// Rises whenever something is forgotten.
    epoch: u64,
    entries: HashMap<Box<str>, Arc<V>>,
}

/// The permission to remember one key, drawn before it is read and void once anything near it was forgotten.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    shard: usize,
    epoch: u64,
}

impl<V: Send + Sync + 'static> Cache<V> {
    /// A cache of `topic` for about `capacity` entries, which forgets what commands and other processes tell that topic.
    pub fn new(memory: &Arc<Memory>, topic: &'static str, capacity: usize) -> Arc<Self> {
        let shard = || {
            Mutex::new(Shard {
                epoch: 0,
                entries: HashMap::new(),
            })
        };
        let cache = Arc::new(Self {
            topic,
            memory: Arc::clone(memory),
            hasher: RandomState::new(),
            shards: (0..SHARDS).map(|_| shard()).collect(),
            capacity: capacity.div_ceil(SHARDS),
        });
        memory.add(Arc::clone(&cache) as Arc<dyn Remembers>);
        cache
    }

    /// What is remembered for `key`; `None` says nothing about what there is.
    pub fn get(&self, key: &str) -> Option<Arc<V>> {
        if !self.memory.is_current() {
            return None;
        }
        self.shard(self.place(key)).entries.get(key).cloned()
    }

    /// What is remembered for `key`, or what `load` reads now.
    ///
    /// # Errors
    /// Those of `load`.
    pub async fn get_or_load<F, Fut>(&self, key: &str, load: F) -> Result<Option<Arc<V>>>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<Option<V>>>,
    {
        if let Some(known) = self.get(key) {
            return Ok(Some(known));
        }
        let ticket = self.ticket(key);
        let found = load().await?.map(Arc::new);
        if let Some(found) = &found {
            self.remember(ticket, key, found);
        }
        Ok(found)
    }

    /// To be drawn before `key` is read.
    pub fn ticket(&self, key: &str) -> Ticket {
        let shard = self.place(key);
        Ticket {
            shard,
            epoch: self.shard(shard).epoch,
        }
    }

    /// Remembers what was read for `key` since `ticket` was drawn for it, unless it may have changed meanwhile.
    pub fn remember(&self, ticket: Ticket, key: &str, value: &Arc<V>) {
        if !self.memory.is_current() {
            return;
        }
        let mut shard = self.shard(ticket.shard);
        if shard.epoch != ticket.epoch {
            return;
        }
        if shard.entries.len() >= self.capacity {
            shard.entries.clear();
        }
        shard.entries.insert(key.into(), Arc::clone(value));
    }

    fn place(&self, key: &str) -> usize {
        // the remainder fits
        #[expect(clippy::cast_possible_truncation, reason = "less than SHARDS")]
        let place = (self.hasher.hash_one(key) % SHARDS as u64) as usize;
        place
    }

    fn shard(&self, place: usize) -> MutexGuard<'_, Shard<V>> {
        self.shards[place].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> fmt::Debug for Cache<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cache({})", self.topic)
    }
}

impl<V: Send + Sync + 'static> Remembers for Cache<V> {
    fn topic(&self) -> &'static str {
        self.topic
    }

    fn forget(&self, key: &str) {
        let mut shard = self.shard(self.place(key));
        shard.epoch += 1;
        shard.entries.remove(key);
    }

    fn forget_all(&self) {
        for place in 0..SHARDS {
            let mut shard = self.shard(place);
            shard.epoch += 1;
            shard.entries.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::*;
    use crate::kernel::clock::{Clock, ManualClock, Timestamp};

    fn cache(capacity: usize) -> (Arc<Cache<u32>>, Arc<Memory>, ManualClock) {
        let clock = ManualClock::new(Timestamp::from_secs(100));
        let memory = Memory::new(Arc::new(clock.clone()));
        memory.was_read(clock.now());
        (Cache::new(&memory, "test", capacity), memory, clock)
    }

    fn load(cache: &Cache<u32>, key: &str, value: Option<u32>) -> Option<u32> {
        let loaded = cache.get_or_load(key, async || Ok(value)).now_or_never();
        loaded.expect("nothing to wait for").expect("loads").as_deref().copied()
    }

    #[test]
    fn what_was_found_is_remembered_until_it_is_forgotten_and_what_was_not_is_asked_for_again() {
        let (cache, memory, _) = cache(100);
        assert_eq!(load(&cache, "a", None), None);
        assert_eq!(load(&cache, "a", Some(1)), Some(1));
        assert_eq!(load(&cache, "a", Some(2)), Some(1), "from memory");
        memory.forget("another topic", "a");
        assert_eq!(load(&cache, "a", Some(2)), Some(1));
        memory.forget("test", "a");
        assert_eq!(load(&cache, "a", Some(3)), Some(3));
        memory.forget_all();
        assert_eq!(cache.get("a"), None);
    }

    #[test]
    fn what_was_read_before_a_key_was_forgotten_is_not_remembered_after_it() {
        let (cache, memory, _) = cache(100);
        let ticket = cache.ticket("a");
        memory.forget("test", "a");
        cache.remember(ticket, "a", &Arc::new(1));
        assert_eq!(cache.get("a"), None);
        let ticket = cache.ticket("a");
        memory.forget_all();
        cache.remember(ticket, "a", &Arc::new(1));
        assert_eq!(cache.get("a"), None);
        cache.remember(cache.ticket("a"), "a", &Arc::new(2));
        assert_eq!(cache.get("a").as_deref(), Some(&2));
    }

    #[test]
    fn nothing_is_known_while_the_feed_is_stale() {
        let (cache, memory, clock) = cache(100);
        load(&cache, "a", Some(1));
        clock.advance(Duration::from_secs(3));
        assert_eq!(cache.get("a"), None);
        assert_eq!(load(&cache, "a", Some(2)), Some(2), "read, not remembered");
        memory.was_read(clock.now());
        assert_eq!(cache.get("a").as_deref(), Some(&1));
    }

    #[test]
    fn a_full_shard_starts_anew() {
        let (cache, ..) = cache(SHARDS * 4);
        for n in 0..1000 {
            load(&cache, &n.to_string(), Some(n));
        }
        let held: usize = (0..SHARDS).map(|place| cache.shard(place).entries.len()).sum();
        assert!(held > 0 && held <= SHARDS * 4, "{held}");
        assert_eq!(cache.get("999").as_deref(), Some(&999), "the newest is there");
    }
}
