//! A new password for a person.

use super::facts::UserUpdated;
use super::password::{Password, PasswordHash};
use super::service::Accounts;
use super::store;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::event::{Actor, Event};
use crate::kernel::id::UserId;
use crate::platform::db::Tx;

/// A password that is hashed, and the event that tells of it, for a transaction that writes both.
#[derive(Debug)]
pub struct NewPassword {
    user: UserId,
    hash: PasswordHash,
    event: Event,
    at: Timestamp,
}

impl Accounts {
    /// Hashes a new password for a person.
    ///
    /// # Errors
    /// `Busy` when the hashing pool is full.
    pub async fn draw_password(&self, user: &UserId, password: Password, actor: Actor) -> Result<NewPassword> {
        let fact = UserUpdated {
            password: true,
            ..UserUpdated::of(user)
        };
        Ok(NewPassword {
            user: user.clone(),
            hash: self.passwords().hash(password).await?,
            event: self.cx.event(&fact, actor)?,
            at: self.cx.now(),
        })
    }
}

/// Writes a new password.
///
/// # Errors
/// `NotFound` when there is no such person.
pub async fn set_password(tx: &Tx, new: &NewPassword) -> Result<()> {
    if !store::set_password(tx, &new.user, &new.hash, new.at).await? {
        return Err(Error::not_found());
    }
    tx.emit(&new.event).await
}
