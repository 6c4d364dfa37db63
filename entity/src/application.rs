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
    /// `id_token_signed_response_alg`.
    pub id_token_algorithm: String,
    pub created_at: i64,
    pub updated_at: i64,
    /// The set of rules it is held to.
    pub profile: String,
    /// `token_endpoint_auth_method`; `none` is a client that cannot keep a secret (RFC 6749 section 2.1).
    pub authentication: String,
    /// Separated by spaces.
    pub grant_types: String,
    /// What it may ask for, separated by spaces.
    pub scopes: String,
    /// Opaque, or a JWT (RFC 9068).
    pub access_token_format: String,
    /// How such a JWT is signed.
    pub access_token_algorithm: String,
    pub consent_screen_enabled: bool,
    pub pkce_required: bool,
    pub client_uri: Option<String>,
    pub client_image_url: Option<String>,
    /// Its public keys, as the JSON of a JWK set.
    pub jwks: Option<String>,
    /// Where its public keys are.
    pub jwks_uri: Option<String>,
    #[sea_orm(has_many)]
    pub uris: HasMany<super::application_uri::Entity>,
    #[sea_orm(has_many)]
    pub secrets: HasMany<super::application_secret::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
