//! Owns the list of applications as the Backend API shows it: filtered, ordered, counted. Does not own applications. Entered by
//! `Applications`.

mod store;

use super::model::Application;
use super::service::Applications;
use crate::kernel::error::Result;
use crate::kernel::named::named;

named! {
    /// What a list of applications is ordered by.
    ApplicationOrder {
        /// When they were registered.
        CreatedAt = "created_at",
        /// Their names, and where these are the same, when they were registered.
        Name = "name",
    }
}

/// Which applications are listed, and in which order.
#[derive(Clone, Debug)]
pub struct ApplicationFilter {
    /// A part of the name, in upper or lower case alike, or the whole client id; `None` means all.
    pub query: Option<String>,
    /// What they are ordered by.
    pub order: ApplicationOrder,
    /// Whether the last comes first.
    pub descending: bool,
}

/// A part of a list of applications.
#[derive(Debug)]
pub struct ApplicationSlice {
    /// The applications.
    pub applications: Vec<Application>,
    /// How many there are in all.
    pub total: u64,
}

impl Applications {
    /// A part of the applications that `filter` means.
    ///
    /// # Errors
    /// A database error.
    pub async fn search(&self, filter: &ApplicationFilter, offset: u64, limit: u64) -> Result<ApplicationSlice> {
        store::search(self.cx.db.reader(), filter, offset, limit).await
    }
}
