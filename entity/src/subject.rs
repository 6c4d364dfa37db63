//! The `sub` by which a sector knows a person; never given to another.

use sea_orm::entity::prelude::*;

/// A row of `subjects`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subjects")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: String,
    /// Sector identifier (OpenID Connect Core section 8.1).
    #[sea_orm(primary_key, auto_increment = false)]
    pub sector: String,
    pub sub: String,
}

impl ActiveModelBehavior for ActiveModel {}
