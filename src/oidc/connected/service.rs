//! Which applications a person is connected with.

use super::store;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::{ApplicationId, UserId};
use crate::oidc::provider::Provider;
use crate::oidc::scope::Scope;

/// The most applications on one page of the list.
const MAX_PAGE: u64 = 100;

/// An application that a person lets use the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectedApplication {
    /// Its id.
    pub id: ApplicationId,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// Since when.
    pub since: Timestamp,
    /// When tokens were last issued to it.
    pub last_used: Option<Timestamp>,
}

/// A part of the list, the application that was registered first in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectedPage {
    /// The applications.
    pub applications: Vec<ConnectedApplication>,
    /// Where the next part begins; `None` at the end.
    pub next: Option<ApplicationId>,
}

impl Provider {
    /// The applications that the person allowed something, or that hold a grant of theirs, from behind `after` on; at most 100.
    ///
    /// # Errors
    /// A database error.
    pub async fn connected(&self, user: &UserId, after: Option<&ApplicationId>, limit: u64) -> Result<ConnectedPage> {
        let limit = limit.clamp(1, MAX_PAGE);
        let (db, now) = (self.cx.db.reader(), self.cx.now());
        let mut names = store::names(db, user, after, limit + 1, now).await?;
        let is_more = names.len() as u64 > limit;
        names.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let uses = store::uses(db, user, &names, now).await?;
        let applications: Vec<ConnectedApplication> = names
            .into_iter()
            .filter_map(|(id, name)| {
                let theirs = uses.iter().filter(|one| one.application == id);
                // a race took away what there was
                let since = theirs.clone().map(|one| one.since).min()?;
                Some(ConnectedApplication {
                    scope: theirs.clone().fold(Scope::EMPTY, |scope, one| scope.union(one.scope)),
                    last_used: theirs.filter_map(|one| one.last_used).max(),
                    since,
                    id,
                    name,
                })
            })
            .collect();
        let last = applications.last().map(|application| application.id.clone());
        Ok(ConnectedPage {
            next: last.filter(|_| is_more),
            applications,
        })
    }
}
