//! What this application remembers of its visitors, in memory: bounded in number and in time.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use openidconnect::CsrfToken;

/// Values that disappear after `lifetime`; when there are too many, the oldest make room.
///
/// A real application keeps this in a database or a shared cache, so that a restart signs nobody out.
pub struct Store<K, V> {
    entries: Mutex<HashMap<K, Entry<V>>>,
    capacity: usize,
    lifetime: Duration,
}

struct Entry<V> {
    added: Instant,
    value: V,
}

impl<K: Clone + Eq + Hash, V> Store<K, V> {
    pub fn new(capacity: usize, lifetime: Duration) -> Self {
        Self {
            entries: Mutex::new(HashMap::new()),
            capacity,
            lifetime,
        }
    }

    pub fn insert(&self, key: K, value: V) {
        self.insert_at(key, value, Instant::now());
    }

    /// Takes the value out, so that nobody gets it twice.
    pub fn remove(&self, key: &K) -> Option<V> {
        self.remove_at(key, Instant::now())
    }

    fn insert_at(&self, key: K, value: V, now: Instant) {
        let mut entries = self.lock();
        if entries.len() >= self.capacity {
            entries.retain(|_, entry| self.is_alive(entry, now));
        }
        if entries.len() >= self.capacity {
            let oldest = entries
                .iter()
                .min_by_key(|(_, entry)| entry.added)
                .map(|(key, _)| key.clone());
            oldest.and_then(|key| entries.remove(&key));
        }
        entries.insert(key, Entry { added: now, value });
    }

    fn remove_at(&self, key: &K, now: Instant) -> Option<V> {
        let entry = self.lock().remove(key)?;
        self.is_alive(&entry, now).then_some(entry.value)
    }

    fn is_alive(&self, entry: &Entry<V>, now: Instant) -> bool {
        now.duration_since(entry.added) < self.lifetime
    }

    /// Every change under the lock is whole in itself, so a panic elsewhere leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Entry<V>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Store<K, V> {
    pub fn get(&self, key: &K) -> Option<V> {
        self.get_at(key, Instant::now())
    }

    fn get_at(&self, key: &K, now: Instant) -> Option<V> {
        let entries = self.lock();
        let entry = entries.get(key)?;
        self.is_alive(entry, now).then(|| entry.value.clone())
    }
}

/// A name nobody can guess: 256 random bits, base64url.
pub fn random_id() -> String {
    CsrfToken::new_random_len(32).into_secret()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn entries_expire() {
        let store = Store::new(10, HOUR);
        let start = Instant::now();
        store.insert_at("a", 1, start);
        assert_eq!(store.get_at(&"a", start + HOUR / 2), Some(1));
        assert_eq!(store.get_at(&"a", start + HOUR), None);
        assert_eq!(store.remove_at(&"a", start + HOUR), None);
    }

    #[test]
    fn entries_are_taken_once() {
        let store = Store::new(10, HOUR);
        store.insert("a", 1);
        assert_eq!(store.remove(&"a"), Some(1));
        assert_eq!(store.remove(&"a"), None);
    }

    #[test]
    fn the_oldest_makes_room() {
        let store = Store::new(2, HOUR);
        let start = Instant::now();
        for (second, key) in ["a", "b", "c"].into_iter().enumerate() {
            store.insert_at(key, second, start + Duration::from_secs(second as u64));
        }
        assert_eq!(store.get(&"a"), None);
        assert_eq!(store.get(&"b"), Some(1));
        assert_eq!(store.get(&"c"), Some(2));
    }

    #[test]
    fn the_expired_make_room_first() {
        let store = Store::new(2, HOUR);
        let start = Instant::now();
        store.insert_at("a", 1, start);
        store.insert_at("b", 2, start + HOUR / 2);
        store.insert_at("c", 3, start + HOUR);
        assert_eq!(store.lock().len(), 2);
        assert_eq!(store.get_at(&"b", start + HOUR), Some(2));
    }

    #[test]
    fn ids_are_long_and_different() {
        assert_eq!(random_id().len(), 43);
        assert_ne!(random_id(), random_id());
    }
}
