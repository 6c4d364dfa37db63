//! The log of what processes must forget: one row a key that a committed command has changed.

use sea_orm::entity::prelude::*;

/// A row of `invalidations`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invalidations")]
pub struct Model {
    /// Rises, and is never given twice. On PostgreSQL rows do not become visible in this order.
    #[sea_orm(primary_key)]
    pub id: i64,
    pub topic: String,
    pub key: String,
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
