//! What a person let an application have, remembered.

use sea_orm::entity::prelude::*;

/// A row of `consents`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: String,
    /// Scope values, separated by spaces.
    pub scope: String,
    pub granted_at: i64,
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
