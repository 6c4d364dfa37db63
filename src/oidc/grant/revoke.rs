//! Taking an application's access away.

use super::model::Revocation;
use super::store;
use crate::kernel::error::Result;
use crate::kernel::event::{Actor, Event};
use crate::kernel::id::{ApplicationId, UserId};
use crate::oidc::consent;
use crate::oidc::facts::GrantRevoked;
use crate::oidc::provider::Provider;

/// How many grants end in one transaction.
const BATCH: u64 = 100;

impl Provider {
    /// Forgets what the person allowed, and ends every grant of the pair, and with them their tokens, at the person's wish. A grant
    /// that rests on what was allowed before is either there to be ended once that is forgotten, or never made.
    ///
    /// # Errors
    /// A database error.
    pub async fn revoke_for(&self, user: &UserId, application: &ApplicationId) -> Result<()> {
        self.cx
            .db
            .write(|tx| async move { consent::store::forget(&tx, user, application).await })
            .await?;
        loop {
            let now = self.cx.now();
            let grants = &store::unrevoked(self.cx.db.reader(), user, application, BATCH).await?;
            let why = Revocation::Withdrawn;
            let drawn = grants.iter().map(|id| {
                let fact = GrantRevoked {
                    id,
                    user_id: user,
                    reason: why.as_str(),
                };
                self.cx.event(&fact, Actor::User(user.clone()))
            });
            let events = &drawn.collect::<Result<Vec<Event>>>()?;
            self.cx
                .db
                .write(|tx| async move {
                    for (id, event) in grants.iter().zip(events) {
                        if store::revoke(&tx, id, why, now).await? {
                            tx.emit(event).await?;
                        }
                    }
                    Ok(())
                })
                .await?;
            if (grants.len() as u64) < BATCH {
                return Ok(());
            }
        }
    }
}
