//! The keys that applications publish at a `jwks_uri`, remembered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::id::ApplicationId;
use crate::oidc::application::ClientKeys;
use crate::platform::cx::Cx;

/// The most applications whose keys are remembered; beyond that the memory starts anew.
const MAX_REMEMBERED: usize = 10_000;
/// How often an application's server is asked at most, whatever is shown to us.
const BETWEEN_QUESTIONS: Duration = Duration::from_secs(60);
/// How old keys may be before they are asked for again, so that a key that was withdrawn stops to count.
const FRESH: Duration = Duration::from_secs(10 * 60);
/// How old keys may be where the server does not answer.
const USABLE: Duration = Duration::from_secs(60 * 60);

/// The keys of all applications; clones share what is remembered.
#[derive(Clone)]
pub(in crate::oidc) struct RemoteKeys {
    cx: Cx,
    remembered: Arc<Mutex<HashMap<ApplicationId, Arc<Entry>>>>,
}

/// What is known of one address.
struct Entry {
    uri: String,
    known: Mutex<Option<Known>>,
    /// When it was last asked; locked while it is being asked, so that nobody else asks.
    asked_at: tokio::sync::Mutex<Option<Timestamp>>,
}

#[derive(Clone)]
struct Known {
    keys: Arc<ClientKeys>,
    read_at: Timestamp,
}

impl RemoteKeys {
    pub(in crate::oidc) fn new(cx: Cx) -> Self {
        Self {
            cx,
            remembered: Arc::default(),
        }
    }

    /// The keys as far as they are remembered and fresh, else as the server says now.
    pub(super) async fn at(&self, id: &ApplicationId, uri: &str) -> Option<Arc<ClientKeys>> {
        let entry = self.entry(id, uri);
        match entry.known_for(FRESH, self.cx.now()) {
            Some(keys) => Some(keys),
            None => self.ask(&entry).await,
        }
    }

    /// The keys as the server says now, because a key is missed among those remembered.
    pub(super) async fn again(&self, id: &ApplicationId, uri: &str) -> Option<Arc<ClientKeys>> {
        let entry = self.entry(id, uri);
        self.ask(&entry).await
    }

    async fn ask(&self, entry: &Entry) -> Option<Arc<ClientKeys>> {
        let mut asked_at = entry.asked_at.lock().await;
        let now = self.cx.now();
        if asked_at.is_none_or(|at| now.since(at) >= BETWEEN_QUESTIONS || at > now) {
            *asked_at = Some(now);
            match self.read(&entry.uri).await {
                Ok(keys) => {
                    let keys = Arc::new(keys);
                    *entry.known() = Some(Known { keys, read_at: now });
                }
                Err(error) => {
                    tracing::warn!(uri = entry.uri, cause = ?error.cause(), "an application's keys can't be read: {}", error.public());
                }
            }
        }
        entry.known_for(USABLE, now)
    }

    async fn read(&self, uri: &str) -> Result<ClientKeys> {
        let answer = self.cx.fetch.get(uri).await?;
        if answer.status != 200 {
            let why = format!("the status is {}, not 200", answer.status);
            return Err(Error::bad_input("jwks_uri", why));
        }
        ClientKeys::parse(&answer.body).map_err(|why| Error::bad_input("jwks_uri", format!("the answer {why}")))
    }

    /// What is known of the address; nothing of one that was another before.
    fn entry(&self, id: &ApplicationId, uri: &str) -> Arc<Entry> {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = remembered.get(id).filter(|entry| entry.uri == uri) {
            return Arc::clone(entry);
        }
        if remembered.len() >= MAX_REMEMBERED {
            remembered.clear();
        }
        let entry = Arc::new(Entry {
            uri: uri.to_owned(),
            known: Mutex::new(None),
            asked_at: tokio::sync::Mutex::new(None),
        });
        remembered.insert(id.clone(), Arc::clone(&entry));
        entry
    }
}

impl Entry {
    fn known_for(&self, age: Duration, now: Timestamp) -> Option<Arc<ClientKeys>> {
        let known = self.known().clone()?;
        (now.since(known.read_at) < age).then_some(known.keys)
    }

    fn known(&self) -> MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
