//! Grants as they are listed.

use serde::Serialize;

use crate::kernel::clock::Timestamp;
use crate::kernel::id::{ApplicationId, GrantId, UserId};

/// Which grants are meant: those of a person, of an application, of both, or all.
#[derive(Clone, Debug, Default)]
pub struct GrantFilter {
    /// Whose.
    pub user: Option<UserId>,
    /// Given to which.
    pub application: Option<ApplicationId>,
}

/// What may be shown of a grant of which something can still be used.
#[derive(Clone, Debug, Serialize)]
pub struct GrantView {
    /// The grant.
    pub id: GrantId,
    /// Given to which.
    pub application_id: ApplicationId,
    /// What that one calls itself.
    pub client_id: String,
    /// What people are shown of it.
    pub application_name: String,
    /// Whose.
    pub user_id: UserId,
    /// Scope values, separated by spaces.
    pub scope: String,
    /// When it was given.
    pub created_at: Timestamp,
    /// When tokens were last issued for it.
    pub last_used_at: Option<Timestamp>,
    /// The latest moment at which anything of it can be used.
    pub expires_at: Timestamp,
}

/// A part of a list of grants, the newest first.
#[derive(Clone, Debug)]
pub struct GrantPage {
    /// The grants.
    pub grants: Vec<GrantView>,
    /// How many there are in all.
    pub total: u64,
}
