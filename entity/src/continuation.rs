//! What waits for a sign-in and goes on after it.

use sea_orm::entity::prelude::*;

/// A row of `continuations`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "continuations")]
pub struct Model {
    /// SHA-256 of the handle.
    #[sea_orm(primary_key, auto_increment = false)]
    pub handle_hash: Vec<u8>,
    pub kind: String,
    /// What the owner of the kind needs to go on, sealed.
    pub sealed_payload: Vec<u8>,
    /// The device it is bound to.
    pub device_id: Option<String>,
    /// `prompt=login` demands a proof younger than this.
    pub requested_at: i64,
    pub expires_at: i64,
    pub consumed_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
