//! What people say of themselves beyond their name.

use sea_orm::entity::prelude::*;

/// A row of `user_profiles`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_profiles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: String,
    /// The standard claims (OpenID Connect Core section 5.1) as a JSON object.
    pub claims: String,
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
