//! The change feed: one counter a topic, polled by every process that caches that topic.

use sea_orm::entity::prelude::*;

/// A row of `changes`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub topic: String,
    /// Rises by at least one with each change.
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
