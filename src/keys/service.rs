//! Opening, using and rotating the ring.

use std::sync::Arc;

use arc_swap::ArcSwap;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::task::{JoinHandle, spawn_blocking};

use super::material::KeyPair;
use super::model::{Algorithm, Key, KeyInfo, KeyState, Purpose, Rotation};
use super::ring::{Ring, cell, open_private};
use super::store;
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::event::Actor;
use crate::kernel::id::KeyId;
use crate::platform::changes::Refresh;
use crate::platform::cx::Cx;
use crate::platform::db::Db;
use crate::platform::seal::Sealer;

pub(super) const TOPIC: &str = "keys";

/// The key ring; clones share what is remembered.
#[derive(Clone)]
pub struct KeyRing {
    pub(super) cx: Cx,
    pub(super) ring: Arc<ArcSwap<Ring>>,
    /// Held from reading the rows to remembering them, so that a slow reading can't replace a later one.
    refreshing: Arc<Mutex<()>>,
}

/// A place in the ring that must not stay empty.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) purpose: Purpose,
    pub(super) algorithm: Algorithm,
    pub(super) state: KeyState,
}

impl KeyRing {
    /// Opens the ring: makes the active and next keys that are missing, and destroys the private halves that are spent. Nodes
    /// that start together agree on the keys of the first to commit.
    ///
    /// # Errors
    /// A database error; `Internal` when an active key does not open, because it was sealed under another master key.
    pub async fn open(cx: Cx) -> Result<Self> {
        let now = cx.now();
        // opened before anything is made: under a wrong master key nothing must be sealed
        let mut ring = Ring::new(store::load(cx.db.reader()).await?, &cx.sealer)?;
        let missing = missing(&ring);
        if !missing.is_empty() || ring.keys().iter().any(|key| key.info.is_spent(now)) {
            // all are begun before the first is waited for: an RSA key takes its time
            let making: Vec<_> = missing.into_iter().map(|place| make(&cx, place)).collect();
            let mut fresh = Vec::with_capacity(making.len());
            for key in making {
                fresh.push(key.await.map_err(Error::internal)??);
            }
            let fresh = &fresh;
            cx.db
                .write(|tx| async move {
                    let mut changed = store::destroy_spent(&tx, now).await?;
                    for key in fresh {
                        changed |= store::insert(&tx, key).await?;
                    }
                    if changed { tx.changed(TOPIC).await } else { Ok(()) }
                })
                .await?;
            ring = Ring::new(store::load(cx.db.reader()).await?, &cx.sealer)?;
        }
        Ok(Self {
            cx,
            ring: Arc::new(ArcSwap::from_pointee(ring)),
            refreshing: Arc::default(),
        })
    }

    /// Tries whether `sealer` opens the private halves of the active keys in `db`; changes nothing. A database without keys opens.
    ///
    /// # Errors
    /// `Internal` when one was sealed under another master key; a database error.
    pub async fn try_master_key(db: &Db, sealer: &Sealer) -> Result<()> {
        Ring::new(store::load(db.reader()).await?, sealer).map(drop)
    }

    /// Signs `claims` with the active key, as a JWT in compact form whose header has `alg`, `kid` and, when given, `typ`.
    ///
    /// # Errors
    /// `Internal` when the claims do not serialise, or somebody has taken the active key out of the database.
    pub fn sign(
        &self,
        purpose: Purpose,
        algorithm: Algorithm,
        typ: Option<&str>,
        claims: &impl Serialize,
    ) -> Result<String> {
        self.ring.load().sign(purpose, algorithm, typ, claims)
    }

    /// The claims of `token` when a key of `purpose` signed it, however long ago: keys that are gone verify too, those
    /// that were revoked don't. Only the signature is checked, none of the claims. The algorithm is the key's; `None` for every other.
    pub fn verify(&self, purpose: Purpose, token: &str) -> Option<Value> {
        self.ring.load().verify(purpose, token)
    }

    /// The public keys of `purposes` that are next, active or retiring, as the JSON of a JWK set (RFC 7517 section 5).
    /// The order is stable; the active key of an algorithm comes before its others.
    pub fn jwks(&self, purposes: &[Purpose]) -> Arc<[u8]> {
        self.ring.load().document(purposes)
    }

    /// All keys, newest first.
    pub fn list(&self) -> Vec<KeyInfo> {
        self.ring.load().keys().iter().map(|key| key.info.clone()).collect()
    }

    /// Rotates the keys of each of `kinds`, one after another, as [`Self::rotate`] does; none of them when one of the next keys is
    /// too young.
    ///
    /// # Errors
    /// As [`Self::rotate`].
    pub async fn rotate_all(
        &self,
        kinds: &[(Purpose, Algorithm)],
        at_once: bool,
        actor: Actor,
    ) -> Result<Vec<Rotation>> {
        let (now, ring) = (self.cx.now(), self.ring.load_full());
        let mut next = kinds
            .iter()
            .filter_map(|&(purpose, algorithm)| ring.find(purpose, algorithm, KeyState::Next));
        if let Some(young) = next.find(|next| !at_once && now < next.info.promotable_at()) {
            return Err(too_young(&young.info));
        }
        let mut rotations = Vec::with_capacity(kinds.len());
        for &(purpose, algorithm) in kinds {
            rotations.push(self.rotate(purpose, algorithm, at_once, actor.clone()).await?);
        }
        Ok(rotations)
    }

    /// Promotes the next key of `purpose` and `algorithm`, retires the active one and makes a new next key.
    ///
    /// The next key must have been published for 24 hours, so that nobody is shown a signature of a key they have not heard of;
    /// `at_once` rotates nevertheless. The key that was replaced stays published while it retires, so that what it signed can
    /// still be verified: a leak is answered by [`Self::revoke`].
    ///
    /// # Errors
    /// `Conflict` (`next_key_too_young`) when the next key is younger and `at_once` is false; `Conflict` (`key_rotated_meanwhile`)
    /// when another has rotated these keys first; a database error; `Internal` when the next key does not open.
    pub async fn rotate(
        &self,
        purpose: Purpose,
        algorithm: Algorithm,
        at_once: bool,
        actor: Actor,
    ) -> Result<Rotation> {
        let now = self.cx.now();
        let ring = self.ring.load_full();
        let find = |state| {
            ring.find(purpose, algorithm, state)
                .ok_or_else(|| Error::internal(format!("there is no {state} {purpose} key for {algorithm}")))
        };
        let (active, next) = (find(KeyState::Active)?, find(KeyState::Next)?);
        if !at_once && now < next.info.promotable_at() {
            return Err(too_young(&next.info));
        }
        // a key that can't sign must not take the place of one that can
        open_private(next, &self.cx.sealer)?;
        let place = Place {
            purpose,
            algorithm,
            state: KeyState::Next,
        };
        let fresh = make(&self.cx, place).await.map_err(Error::internal)??;
        let rotation = Rotation {
            purpose,
            algorithm,
            active: next.info.id.clone(),
            retiring: active.info.id.clone(),
            next: fresh.info.id.clone(),
        };
        let event = self.cx.event(&rotation, actor)?;
        let (event, steps, fresh) = (&event, &rotation, &fresh);
        let outcome = self
            .cx
            .db
            .write(|tx| async move {
                // retired first: only one key may be active at any moment
                let moved = store::retire(&tx, &steps.retiring, now).await?
                    && store::activate(&tx, &steps.active, now).await?
                    && store::insert(&tx, fresh).await?;
                if !moved {
                    return Err(rotated_meanwhile(purpose, algorithm));
                }
                store::destroy_spent(&tx, now).await?;
                tx.emit(event).await?;
                tx.changed(TOPIC).await
            })
            .await;
        self.remember().await;
        outcome.map(|()| rotation)
    }

    /// Reads the ring anew after a command: after one that lost against another too, so that the next try starts from what is
    /// true.
    pub(super) async fn remember(&self) {
        if let Err(error) = self.refresh().await {
            tracing::warn!(cause = ?error.cause(), "the key ring could not be read anew; the change feed will try again");
        }
    }
}

#[async_trait::async_trait]
impl Refresh for KeyRing {
    fn topic(&self) -> &'static str {
        TOPIC
    }

    async fn refresh(&self) -> Result<()> {
        let _one_at_a_time = self.refreshing.lock().await;
        let keys = store::load(self.cx.db.reader()).await?;
        self.ring.store(Arc::new(Ring::new(keys, &self.cx.sealer)?));
        Ok(())
    }
}

/// The places without a key.
fn missing(ring: &Ring) -> Vec<Place> {
    let mut places = Vec::new();
    for &purpose in Purpose::ALL {
        for &algorithm in Algorithm::ALL {
            for state in [KeyState::Active, KeyState::Next] {
                if ring.find(purpose, algorithm, state).is_none() {
                    places.push(Place {
                        purpose,
                        algorithm,
                        state,
                    });
                }
            }
        }
    }
    places
}

/// Makes a key off the caller's thread; the work begins at once.
pub(super) fn make(cx: &Cx, place: Place) -> JoinHandle<Result<Key>> {
    let cx = cx.clone();
    spawn_blocking(move || {
        let Place {
            purpose,
            algorithm,
            state,
        } = place;
        let now = cx.now();
        let id = KeyId::draw(now, &cx.rng);
        let pair = KeyPair::generate(algorithm)?;
        Ok(Key {
            sealed_private_key: Some(cx.sealer.seal(cell(&id), &pair.to_pkcs8()?, cx.rng.bytes())?),
            public_jwk: serde_json::to_string(&pair.public_jwk(&id)?).map_err(Error::internal)?,
            info: KeyInfo {
                id,
                purpose,
                algorithm,
                state,
                created_at: now,
                activated_at: (state == KeyState::Active).then_some(now),
                retired_at: None,
                gone_at: None,
            },
        })
    })
}

fn too_young(next: &KeyInfo) -> Error {
    Error::new(
        ErrorKind::Conflict,
        "next_key_too_young",
        format!(
            "the next {} key for {} was published at {}, so relying parties that remember the key set may not know it yet: \
             it can be promoted from {} on, or at once with --now",
            next.purpose,
            next.algorithm,
            next.created_at,
            next.promotable_at()
        ),
    )
}

pub(super) fn rotated_meanwhile(purpose: Purpose, algorithm: Algorithm) -> Error {
    Error::new(
        ErrorKind::Conflict,
        "key_rotated_meanwhile",
        format!(
            "the {purpose} keys for {algorithm} were rotated by another process just now: nothing more was changed"
        ),
    )
}
