//! Taking a key out that may be in other hands.

use super::model::{KeyState, Revocation};
use super::ring::open_private;
use super::service::{KeyRing, Place, TOPIC, make, rotated_meanwhile};
use super::store;
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::event::Actor;
use crate::kernel::id::KeyId;

impl KeyRing {
    /// Takes the key `id` out, wherever it is in its life: it is no longer published, nothing that it signed is believed any more,
    /// and its private half is destroyed. Where it was the active one, the next key takes its place at once, however short it has
    /// been published, and another is made to be the next.
    ///
    /// # Errors
    /// `NotFound` where there is no such key; `Conflict` (`key_revoked_before`) where it was revoked before; `Conflict`
    /// (`key_rotated_meanwhile`) where another has moved it in this moment; a database error; `Internal` when the next key does not
    /// open.
    pub async fn revoke(&self, id: &KeyId, actor: Actor) -> Result<Revocation> {
        // another process may have moved it since this one read the ring
        self.remember().await;
        let now = self.cx.now();
        let ring = self.ring.load_full();
        let key = ring.keys().iter().find(|key| key.info.id == *id);
        let info = &key.ok_or_else(Error::not_found)?.info;
        let (purpose, algorithm, was) = (info.purpose, info.algorithm, info.state);
        if was == KeyState::Revoked {
            return Err(Error::new(
                ErrorKind::Conflict,
                "key_revoked_before",
                "this key was revoked before",
            ));
        }
        let successor = match was {
            KeyState::Active => ring.find(purpose, algorithm, KeyState::Next),
            _ => None,
        };
        if let Some(next) = successor {
            // a key that can't sign must not take the place of one that can
            open_private(next, &self.cx.sealer)?;
        }
        let fresh = match was {
            KeyState::Active | KeyState::Next => {
                // without a successor the place to be filled is the active one
                let state = if was == KeyState::Active && successor.is_none() {
                    KeyState::Active
                } else {
                    KeyState::Next
                };
                let place = Place {
                    purpose,
                    algorithm,
                    state,
                };
                Some(make(&self.cx, place).await.map_err(Error::internal)??)
            }
            _ => None,
        };
        let made = |state| {
            let fresh = fresh.as_ref().filter(|fresh| fresh.info.state == state);
            fresh.map(|fresh| fresh.info.id.clone())
        };
        let revocation = Revocation {
            purpose,
            algorithm,
            revoked: id.clone(),
            was,
            active: successor
                .map(|next| next.info.id.clone())
                .or_else(|| made(KeyState::Active)),
            next: made(KeyState::Next),
        };
        let event = self.cx.event(&revocation, actor)?;
        let (event, fresh) = (&event, &fresh);
        let successor = successor.map(|next| &next.info.id);
        let outcome = self
            .cx
            .db
            .write(|tx| async move {
                let mut moved = store::revoke(&tx, id, was, now).await?;
                if let Some(next) = successor {
                    moved = moved && store::activate(&tx, next, now).await?;
                }
                if let Some(fresh) = fresh {
                    moved = moved && store::insert(&tx, fresh).await?;
                }
                if !moved {
                    return Err(rotated_meanwhile(purpose, algorithm));
                }
                tx.emit(event).await?;
                tx.changed(TOPIC).await
            })
            .await;
        self.remember().await;
        outcome.map(|()| revocation)
    }
}
