//! The key ring. At most one key of a purpose and algorithm is `active`, and at most one is `next`.

use sea_orm::entity::prelude::*;

/// A row of `signing_keys`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_keys")]
pub struct Model {
    /// The row's id; the `kid` is in the JWK.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub purpose: String,
    /// The JWS name of the algorithm (RFC 7518, RFC 8037).
    pub algorithm: String,
    pub state: String,
    /// PKCS#8, sealed under the master key; null once the key is gone.
    pub sealed_private_key: Option<Vec<u8>>,
    /// The JWK (RFC 7517) of the public half, as JSON.
    pub public_jwk: String,
    pub created_at: i64,
    pub activated_at: Option<i64>,
    pub retired_at: Option<i64>,
    pub gone_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
