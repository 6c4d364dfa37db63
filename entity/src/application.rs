//! OAuth clients (RFC 6749 section 2).

use sea_orm::entity::prelude::*;

/// A row of `applications`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "applications")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub client_id: String,
    pub name: String,
    /// SHA-256 of the client secret; null for a public client.
    pub secret_hash: Option<Vec<u8>>,
    /// A client that cannot keep a secret (RFC 6749 section 2.1).
    pub public: bool,
    /// `id_token_signed_response_alg`.
    pub id_token_algorithm: String,
    pub created_at: i64,
    pub updated_at: i64,
    #[sea_orm(has_many)]
    pub uris: HasMany<super::application_uri::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
