//! Background work, leased by one process at a time.

use sea_orm::entity::prelude::*;

/// A row of `jobs`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    /// Parameters, as JSON.
    pub payload: String,
    pub state: String,
    /// Not before this moment.
    pub run_at: i64,
    /// Attempts begun so far.
    pub attempts: i32,
    pub max_attempts: i32,
    /// The process that works on it.
    pub lease_owner: Option<String>,
    /// When another process may take it over.
    pub lease_until: Option<i64>,
    pub last_error: Option<String>,
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
