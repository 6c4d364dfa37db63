//! Refresh tokens. A rotated one stays until it expires, so that a replay is seen.

use sea_orm::entity::prelude::*;

/// A row of `refresh_tokens`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_tokens")]
pub struct Model {
    /// SHA-256 of the token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    pub grant_id: String,
    /// How many rotations lie behind it.
    pub generation: i32,
    pub created_at: i64,
    pub expires_at: i64,
    /// When its successor was made.
    pub rotated_at: Option<i64>,
    #[sea_orm(belongs_to, from = "grant_id", to = "id")]
    pub grant: BelongsTo<super::grant::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
