//! Rate limits: one row for each bucket that is not at rest (the generic cell rate algorithm).

use sea_orm::entity::prelude::*;

/// A row of `rate_limits`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rate_limits")]
pub struct Model {
    /// What is limited and for whom, hashed.
    #[sea_orm(primary_key, auto_increment = false)]
    pub bucket: String,
    /// When the bucket will be at rest again; the row means nothing after that.
    pub theoretical_arrival_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
