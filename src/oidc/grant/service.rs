//! Listing and ending grants.

use super::list::{GrantFilter, GrantPage};
use super::model::{Grant, Revocation};
use super::store;
use crate::kernel::error::{Error, Result};
use crate::kernel::event::{Actor, Event};
use crate::kernel::id::GrantId;
use crate::oidc::facts::GrantRevoked;
use crate::oidc::provider::Provider;

/// The most grants on one page of a list.
const MAX_PAGE: u64 = 500;

impl Provider {
    /// The grants of which something can still be used, the newest first, at most 500.
    ///
    /// # Errors
    /// A database error.
    pub async fn list_grants(&self, filter: &GrantFilter, offset: u64, limit: u64) -> Result<GrantPage> {
        let limit = limit.clamp(1, MAX_PAGE);
        store::list(self.cx.db.reader(), filter, offset, limit, self.cx.now()).await
    }

    /// Ends a grant, and with it every token of it.
    ///
    /// # Errors
    /// `NotFound` when there is no such grant, or it was ended before.
    pub async fn revoke_grant(&self, id: &GrantId, actor: Actor) -> Result<()> {
        let found = store::find(self.cx.db.reader(), id, self.cx.now()).await?;
        let (stored, _) = found.ok_or_else(Error::not_found)?;
        let why = Revocation::by(&actor);
        if self.end_grant(&stored.grant, why, actor).await? {
            Ok(())
        } else {
            Err(Error::not_found())
        }
    }

    /// Ends a grant; false when it was ended before.
    pub(in crate::oidc) async fn end_grant(&self, grant: &Grant, why: Revocation, actor: Actor) -> Result<bool> {
        let now = self.cx.now();
        let (id, event) = (&grant.id, &self.revoked_event(grant, why, actor)?);
        self.cx
            .db
            .write(|tx| async move {
                let ended = store::revoke(&tx, id, why, now).await?;
                if ended {
                    tx.emit(event).await?;
                }
                Ok(ended)
            })
            .await
    }

    /// Draws the event of a grant's end, for a transaction that may turn out to need it.
    pub(in crate::oidc) fn revoked_event(&self, grant: &Grant, why: Revocation, actor: Actor) -> Result<Event> {
        let fact = GrantRevoked {
            id: &grant.id,
            user_id: &grant.user_id,
            reason: why.as_str(),
        };
        self.cx.event(&fact, actor)
    }
}
