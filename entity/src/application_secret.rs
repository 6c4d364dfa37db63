//! Client secrets; each admits the application until it expires.

use sea_orm::entity::prelude::*;

/// A row of `application_secrets`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "application_secrets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub application_id: String,
    /// SHA-256 of the secret.
    pub secret_hash: Vec<u8>,
    /// Its last four characters, to tell it from others; empty where they are not known.
    pub hint: String,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    #[sea_orm(belongs_to, from = "application_id", to = "id")]
    pub application: BelongsTo<super::application::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
