//! Keys that servers call the Backend API with.

use sea_orm::entity::prelude::*;

/// A row of `secret_keys`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "secret_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub name: String,
    /// Its last four characters, to tell it from others.
    pub hint: String,
    /// SHA-256 of the key.
    #[sea_orm(unique)]
    pub key_hash: Vec<u8>,
    pub created_at: i64,
    pub last_used_at: Option<i64>,
    pub revoked_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
