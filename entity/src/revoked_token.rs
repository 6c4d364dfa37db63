//! Access tokens that were revoked before their time. A row is of no use once the token has expired.

use sea_orm::entity::prelude::*;

/// A row of `revoked_tokens`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revoked_tokens")]
pub struct Model {
    /// The bytes of the token's `jti`, never a hash of its text: base64 and ECDSA let one token be written in several ways.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_id: Vec<u8>,
    pub expires_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
