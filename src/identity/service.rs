//! Commands and queries about people.

use std::sync::Arc;

use super::email::EmailAddress;
use super::facts::{UserCreated, UserUpdated};
use super::model::{NewUser, PersonName, User};
use super::password::{Password, Passwords};
use super::store::{self, CreateOutcome, TOPIC};
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::event::{Actor, Event};
use crate::kernel::id::{IdentificationId, UserId};
use crate::platform::cache::Cache;
use crate::platform::cx::Cx;
use crate::platform::db::PersonKey;

/// The most people on one page of a listing.
const MAX_PAGE: u64 = 500;

/// The most people remembered.
const MAX_REMEMBERED: usize = 50_000;

/// People; clones share what is remembered.
#[derive(Clone)]
pub struct Accounts {
    pub(super) cx: Cx,
    passwords: Passwords,
    remembered: Arc<Cache<User>>,
}

/// A person created by an operator, who vouches for the address.
#[derive(Debug)]
pub struct CreateUser {
    /// The address.
    pub email: EmailAddress,
    /// The name.
    pub name: PersonName,
    /// The password; without one the person can't sign in by password.
    pub password: Option<Password>,
}

impl Accounts {
    /// The service.
    pub fn new(cx: Cx, passwords: Passwords) -> Self {
        let remembered = Cache::new(cx.db.memory(), TOPIC, MAX_REMEMBERED);
        Self {
            cx,
            passwords,
            remembered,
        }
    }

    /// The hasher.
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// One person, as they are after the last command about them that any process has committed, at most a second ago
    /// (from memory, where it is known there).
    ///
    /// # Errors
    /// A database error.
    pub async fn find(&self, id: &UserId) -> Result<Option<Arc<User>>> {
        let db = self.cx.db.reader();
        self.remembered.get_or_load(id.as_str(), || store::find(db, id)).await
    }

    /// Leaves out what belongs to people who may not sign in, or are gone.
    ///
    /// # Errors
    /// A database error.
    pub async fn retain_admitted<T>(&self, things: &mut Vec<T>, whose: impl Fn(&T) -> &UserId) -> Result<()> {
        let mut admitted = Vec::with_capacity(things.len());
        for thing in things.drain(..) {
            let user = self.find(whose(&thing)).await?;
            if user.is_some_and(|user| user.banned_at.is_none()) {
                admitted.push(thing);
            }
        }
        *things = admitted;
        Ok(())
    }

    /// The person who owns an address.
    ///
    /// # Errors
    /// A database error.
    pub async fn find_by_email(&self, email: &EmailAddress) -> Result<Option<Arc<User>>> {
        let db = self.cx.db.reader();
        match store::credentials_by_email(db, email).await? {
            Some(owner) => self.find(&owner.user_id).await,
            None => Ok(None),
        }
    }

    /// People made before `before`, newest first, at most 500.
    ///
    /// # Errors
    /// A database error.
    pub async fn list(&self, before: Option<&UserId>, limit: u64) -> Result<Vec<User>> {
        store::list(self.cx.db.reader(), before, limit.clamp(1, MAX_PAGE)).await
    }

    /// Draws a new person and the event that tells of it, for a transaction that writes both.
    ///
    /// # Errors
    /// `Internal` when the event does not serialise.
    pub fn draw(&self, email: EmailAddress, name: PersonName, actor: Option<Actor>) -> Result<(NewUser, Event)> {
        let (now, rng) = (self.cx.now(), &self.cx.rng);
        let id = UserId::draw(now, rng);
        let actor = actor.unwrap_or_else(|| Actor::User(id.clone()));
        let event = self.cx.event(&UserCreated::new(&id, &email, &name), actor)?;
        let user = NewUser {
            email_id: IdentificationId::draw(now, rng),
            key: PersonKey::draw(rng),
            id,
            name,
            email,
            password_hash: None,
            created_at: now,
        };
        Ok((user, event))
    }

    /// Creates a person at the command line.
    ///
    /// # Errors
    /// `Conflict` when the address has an owner, `Busy` when the hashing pool is full.
    pub async fn create(&self, input: CreateUser) -> Result<Arc<User>> {
        let (mut user, event) = self.draw(input.email, input.name, Some(Actor::Operator))?;
        if let Some(password) = input.password {
            user.password_hash = Some(self.passwords.hash(password).await?);
        }
        let (user, event) = (&user, &event);
        let outcome = self
            .cx
            .db
            .write(|tx| async move {
                let outcome = store::create(&tx, user).await?;
                if outcome == CreateOutcome::Created {
                    tx.emit(event).await?;
                }
                Ok(outcome)
            })
            .await?;
        if outcome == CreateOutcome::Taken {
            return Err(Error::new(
                ErrorKind::Conflict,
                "identifier_exists",
                "somebody has this email address already",
            ));
        }
        self.find(&user.id)
            .await?
            .ok_or_else(|| Error::internal("the person just created is not there"))
    }

    /// Changes a person's name.
    ///
    /// # Errors
    /// `NotFound` when there is no such person.
    pub async fn rename(&self, id: &UserId, name: &PersonName) -> Result<()> {
        let fact = UserUpdated {
            name: Some(name),
            ..UserUpdated::of(id)
        };
        let event = &self.cx.event(&fact, Actor::User(id.clone()))?;
        let now = self.cx.now();
        self.cx
            .db
            .write(|tx| async move {
                if !store::rename(&tx, id, name, now).await? {
                    return Err(Error::not_found());
                }
                tx.emit(event).await
            })
            .await
    }

    /// Makes a person an operator of the instance; false when they are one already. Only the command line does this.
    ///
    /// # Errors
    /// `NotFound` when there is no such person.
    pub async fn grant_operator(&self, id: &UserId) -> Result<bool> {
        if self.find(id).await?.is_none() {
            return Err(Error::not_found());
        }
        let fact = UserUpdated {
            operator: Some(true),
            ..UserUpdated::of(id)
        };
        let event = &self.cx.event(&fact, Actor::Operator)?;
        let now = self.cx.now();
        self.cx
            .db
            .write(|tx| async move {
                let changed = store::grant_operator(&tx, id, now).await?;
                if changed {
                    tx.emit(event).await?;
                }
                Ok(changed)
            })
            .await
    }
}
