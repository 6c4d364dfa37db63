//! Authorization codes (RFC 6749 section 4.1.2). A consumed one stays until it expires, so that a replay is seen.

use sea_orm::entity::prelude::*;

/// A row of `authorization_codes`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "authorization_codes")]
pub struct Model {
    /// SHA-256 of the code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code_hash: Vec<u8>,
    pub grant_id: String,
    pub redirect_uri: String,
    /// The S256 challenge (RFC 7636 section 4.2).
    pub code_challenge: Option<String>,
    pub nonce: Option<String>,
    pub expires_at: i64,
    pub consumed_at: Option<i64>,
    #[sea_orm(belongs_to, from = "grant_id", to = "id")]
    pub grant: BelongsTo<super::grant::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
