//! Changing applications.

use std::time::Duration;

use super::changes::{Changes, differences};
use super::model::Application;
use super::registration::check_reach;
use super::service::{Applications, TOPIC};
use super::store;
use super::successor::{ChangedApplication, NewSecret};
use crate::kernel::error::Result;
use crate::kernel::event::{Actor, Event};
use crate::kernel::id::{ApplicationId, ApplicationSecretId};
use crate::oidc::facts::{
    ApplicationSecretAdded, ApplicationSecretRevoked, ApplicationSecretRotated, ApplicationUpdated,
};

/// Which application is meant.
#[derive(Clone, Copy, Debug)]
pub enum ApplicationRef<'a> {
    /// The one with this id of ours.
    Id(&'a ApplicationId),
    /// The one that calls itself so.
    ClientId(&'a str),
}

impl<'a> From<&'a ApplicationId> for ApplicationRef<'a> {
    fn from(id: &'a ApplicationId) -> Self {
        Self::Id(id)
    }
}

impl<'a> From<&'a str> for ApplicationRef<'a> {
    fn from(client_id: &'a str) -> Self {
        Self::ClientId(client_id)
    }
}

impl<'a> From<&'a String> for ApplicationRef<'a> {
    fn from(client_id: &'a String) -> Self {
        Self::ClientId(client_id)
    }
}

impl Applications {
    /// Changes what is registered of an application. With a method of authentication that needs a secret it gets one; with one that
    /// needs none, those it had are worth nothing from now on. A change that changes nothing writes nothing.
    ///
    /// # Errors
    /// `NotFound` when there is no such application, `BadInput` when it would break a rule.
    pub async fn update(
        &self,
        which: impl Into<ApplicationRef<'_>>,
        changes: Changes,
        actor: Actor,
    ) -> Result<ChangedApplication> {
        let decide = |before: &Application| {
            let changed = before.changed(changes.clone(), self.cx.now(), &self.cx.rng)?;
            let jwks_uri = &changed.application.jwks_uri;
            if *jwks_uri != before.jwks_uri {
                check_reach(jwks_uri.as_deref(), &self.cx.fetch)?;
            }
            let fact = ApplicationUpdated {
                id: &before.id,
                client_id: &before.client_id,
                changed: differences(&before.registration, &changed.application.registration)?,
            };
            let event = self.cx.event(&fact, actor.clone())?;
            Ok((changed, event))
        };
        self.change(which.into(), decide).await
    }

    /// Gives an application one more secret, beside those it has; five may work at one moment.
    ///
    /// # Errors
    /// `NotFound` when there is no such application, `BadInput` when it authenticates without a secret, `Conflict` when it has five.
    pub async fn add_secret(&self, which: impl Into<ApplicationRef<'_>>, actor: Actor) -> Result<NewSecret> {
        let decide = |before: &Application| {
            let new = before.with_another_secret(self.cx.now(), &self.cx.rng)?;
            let fact = ApplicationSecretAdded {
                id: &before.id,
                client_id: &before.client_id,
                secret_id: &new.id,
            };
            let event = self.cx.event(&fact, actor.clone())?;
            Ok((new, event))
        };
        self.change(which.into(), decide).await
    }

    /// Gives an application another secret. Those it had go on to work for `overlap`, but no longer than they would have; where it is
    /// zero they are worth nothing from now on.
    ///
    /// # Errors
    /// As of [`add_secret`](Self::add_secret), and `BadInput` when the overlap is longer than 90 days.
    pub async fn rotate_secret(
        &self,
        which: impl Into<ApplicationRef<'_>>,
        overlap: Duration,
        actor: Actor,
    ) -> Result<NewSecret> {
        let decide = |before: &Application| {
            let now = self.cx.now();
            let new = before.with_rotated_secret(overlap, now, &self.cx.rng)?;
            let fact = ApplicationSecretRotated {
                id: &before.id,
                client_id: &before.client_id,
                secret_id: &new.id,
                others_end_at: now + overlap,
            };
            let event = self.cx.event(&fact, actor.clone())?;
            Ok((new, event))
        };
        self.change(which.into(), decide).await
    }

    /// Takes one secret from an application, which is worth nothing from now on.
    ///
    /// # Errors
    /// `NotFound` when there is no such application or secret, `Conflict` when it is the last that works.
    pub async fn revoke_secret(
        &self,
        which: impl Into<ApplicationRef<'_>>,
        secret: &ApplicationSecretId,
        actor: Actor,
    ) -> Result<Application> {
        let decide = |before: &Application| {
            let after = before.without_secret(secret, self.cx.now())?;
            let fact = ApplicationSecretRevoked {
                id: &before.id,
                client_id: &before.client_id,
                secret_id: secret,
            };
            let event = self.cx.event(&fact, actor.clone())?;
            Ok((after, event))
        };
        self.change(which.into(), decide).await
    }

    /// Writes what `decide` makes of an application, if the application is then still what it was decided on; otherwise decides anew.
    /// Every turn but the last means that somebody else's change was written.
    async fn change<T: AsRef<Application>>(
        &self,
        which: ApplicationRef<'_>,
        decide: impl Fn(&Application) -> Result<(T, Event)>,
    ) -> Result<T> {
        loop {
            let before = &self.existing(which).await?;
            let (changed, event) = decide(before)?;
            let (after, event) = (changed.as_ref(), &event);
            if after == before {
                return Ok(changed);
            }
            let is_written = self
                .cx
                .db
                .write(|tx| async move {
                    let is_as_before = store::lock(&tx, &before.id).await?.as_ref() == Some(before);
                    if is_as_before {
                        store::replace(&tx, before, after).await?;
                        tx.emit(event).await?;
                        tx.changed(TOPIC).await?;
                    }
                    Ok(is_as_before)
                })
                .await?;
            if is_written {
                self.forget();
                return Ok(changed);
            }
        }
    }
}
