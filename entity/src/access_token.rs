//! Access tokens.

use sea_orm::entity::prelude::*;

/// A row of `access_tokens`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_tokens")]
pub struct Model {
    /// SHA-256 of the token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    pub grant_id: String,
    /// Scope values, separated by spaces; at most those of the grant.
    pub scope: String,
    pub created_at: i64,
    pub expires_at: i64,
    #[sea_orm(belongs_to, from = "grant_id", to = "id")]
    pub grant: BelongsTo<super::grant::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
