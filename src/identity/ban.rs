//! Keeping a person out, and letting them in again.

use super::facts::UserUpdated;
use super::service::Accounts;
use super::store;
use crate::kernel::error::{Error, Result};
use crate::kernel::event::Actor;
use crate::kernel::id::UserId;

impl Accounts {
    /// Keeps a person out: they can't sign in, and their sessions and what they granted open nothing from now on. False when
    /// they are kept out already.
    ///
    /// # Errors
    /// `NotFound` when there is no such person.
    pub async fn ban(&self, id: &UserId, actor: Actor) -> Result<bool> {
        self.set_banned(id, true, actor).await
    }

    /// Lets a person in again; what was not over when they were kept out opens again. False when nobody keeps them out.
    ///
    /// # Errors
    /// `NotFound` when there is no such person.
    pub async fn unban(&self, id: &UserId, actor: Actor) -> Result<bool> {
        self.set_banned(id, false, actor).await
    }

    async fn set_banned(&self, id: &UserId, banned: bool, actor: Actor) -> Result<bool> {
        if self.find(id).await?.is_none() {
            return Err(Error::not_found());
        }
        let fact = UserUpdated {
            banned: Some(banned),
            ..UserUpdated::of(id)
        };
        let event = &self.cx.event(&fact, actor)?;
        let now = self.cx.now();
        self.cx
            .db
            .write(|tx| async move {
                let changed = store::set_banned(&tx, id, banned, now).await?;
                if changed {
                    tx.emit(event).await?;
                }
                Ok(changed)
            })
            .await
    }
}
