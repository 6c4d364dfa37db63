//! Managing secret keys, and knowing them again.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::facts::{SecretKeyCreated, SecretKeyRevoked};
use super::model::{CreatedSecretKey, SecretKey, SecretKeyPage, read};
use super::store::{self, TOPIC};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::event::Actor;
use crate::kernel::id::SecretKeyId;
use crate::platform::cache::Cache;
use crate::platform::cx::Cx;
use crate::platform::limits::{Bucket, Rule, take};

/// The most keys on one page of a listing.
const MAX_PAGE: u64 = 500;
/// The most keys remembered.
const CAPACITY: usize = 1_000;
/// How exact `last_used_at` is: use within this time is not written.
const TOUCH_INTERVAL: Duration = Duration::from_secs(60);

/// Keys from one address that are none of ours. It is counted only then, so a right one costs no row and is never refused.
const UNKNOWN_IP: Rule = Rule {
    name: "secret_keys.ip",
    burst: 30,
    every: Duration::from_secs(10),
};

/// Secret keys; clones share what is remembered.
#[derive(Clone)]
pub struct SecretKeys {
    cx: Cx,
    remembered: Arc<Cache<Known>>,
}

/// A key that is not revoked, as it is remembered.
struct Known {
    id: SecretKeyId,
    /// When its use was last noted, in Unix milliseconds.
    noted_at: AtomicI64,
}

/// What revoking did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// The key opens nothing from now on.
    Now,
    /// It was revoked before.
    Before,
}

impl SecretKeys {
    /// The service.
    pub fn new(cx: Cx) -> Self {
        Self {
            remembered: Cache::new(cx.db.memory(), TOPIC, CAPACITY),
            cx,
        }
    }

    /// Makes a key.
    ///
    /// # Errors
    /// `BadInput` when the name breaks the rules.
    pub async fn create(&self, name: &str, actor: Actor) -> Result<CreatedSecretKey> {
        let created = CreatedSecretKey::draw(name, self.cx.now(), &self.cx.rng)?;
        let fact = SecretKeyCreated {
            id: &created.key.id,
            name: &created.key.name,
        };
        let event = &self.cx.event(&fact, actor)?;
        let new = &created;
        self.cx
            .db
            .write(|tx| async move {
                store::insert(&tx, new).await?;
                tx.emit(event).await
            })
            .await?;
        Ok(created)
    }

    /// Keys made after `after`, the oldest first, at most 500; revoked ones too.
    ///
    /// # Errors
    /// A database error.
    pub async fn list(&self, after: Option<&SecretKeyId>, limit: u64) -> Result<SecretKeyPage> {
        let limit = limit.clamp(1, MAX_PAGE);
        // one more than asked for tells whether there is another page
        let mut keys = store::list(self.cx.db.reader(), after, limit + 1).await?;
        let has_more = keys.len() as u64 > limit;
        if has_more {
            keys.pop();
        }
        let last = keys.last().map(|key| key.id.clone());
        Ok(SecretKeyPage {
            next: last.filter(|_| has_more),
            keys,
        })
    }

    /// Revokes a key: it opens nothing from now on, at other processes within a second.
    ///
    /// # Errors
    /// `NotFound` when there is no such key.
    pub async fn revoke(&self, id: &SecretKeyId, actor: Actor) -> Result<Revoked> {
        let found: Option<SecretKey> = store::find(self.cx.db.reader(), id).await?;
        let key = found.ok_or_else(Error::not_found)?;
        let fact = SecretKeyRevoked {
            id: &key.id,
            name: &key.name,
        };
        let event = &self.cx.event(&fact, actor)?;
        let now = self.cx.now();
        self.cx
            .db
            .write(|tx| async move {
                if !store::revoke(&tx, id, now).await? {
                    return Ok(Revoked::Before);
                }
                tx.emit(event).await?;
                Ok(Revoked::Now)
            })
            .await
    }

    /// Who presents this text from the address that limits count as `address`. Counts as use of the key, noted in the background and
    /// at most once a minute.
    ///
    /// # Errors
    /// `Unauthenticated` when it is no key of ours or a revoked one, without saying which; `TooMany` after too many of those.
    pub async fn authenticate(&self, presented: &str, address: &str) -> Result<Actor> {
        // what can't be a key costs nothing, and needs no counting
        let hash = read(presented).ok_or_else(unknown)?;
        let (db, key) = (self.cx.db.reader(), hash.hex());
        let load = || async {
            let found = store::find_current(db, &hash).await?;
            Ok(found.map(|key| Known {
                id: key.id,
                noted_at: AtomicI64::new(key.last_used_at.map_or(i64::MIN, Timestamp::millis)),
            }))
        };
        let Some(known) = self.remembered.get_or_load(&key, load).await? else {
            return Err(self.refuse(address).await?);
        };
        self.note_use(&known);
        Ok(Actor::SecretKey(known.id.clone()))
    }

    /// Counts a wrong key, and says what to answer.
    async fn refuse(&self, address: &str) -> Result<Error> {
        let now = self.cx.now();
        let bucket = &Bucket::new(UNKNOWN_IP, &self.cx.sealer.derive("rate limits"), &[address]);
        let wait = self
            .cx
            .db
            .write(|tx| async move { take(&tx, bucket, now).await })
            .await?;
        Ok(wait.map_or_else(unknown, Error::too_many))
    }

    /// Nobody waits for it, and of the requests of a minute one at most starts it.
    fn note_use(&self, known: &Known) {
        let now = self.cx.now();
        let before = now - TOUCH_INTERVAL;
        let noted_at = known.noted_at.load(Ordering::Relaxed);
        if noted_at > before.millis() {
            return;
        }
        let mark = known
            .noted_at
            .compare_exchange(noted_at, now.millis(), Ordering::Relaxed, Ordering::Relaxed);
        if mark.is_err() {
            return;
        }
        let (cx, id) = (self.cx.clone(), known.id.clone());
        tokio::spawn(async move {
            let id = &id;
            let noted = cx
                .db
                .write(|tx| async move { store::touch(&tx, id, now, before).await });
            if let Err(error) = noted.await {
                tracing::warn!(cause = ?error.cause(), "the use of a secret key was not recorded");
            }
        });
    }
}

fn unknown() -> Error {
    Error::new(
        ErrorKind::Unauthenticated,
        "secret_key_invalid",
        "the secret key is none of this instance's, or was revoked",
    )
}
