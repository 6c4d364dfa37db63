//! Browsers and apps that hold a device secret; a device may carry several sessions.

use sea_orm::entity::prelude::*;

/// A row of `devices`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "devices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// SHA-256 of the device secret.
    pub secret_hash: Vec<u8>,
    /// Id in [`session`](super::session) of the session last chosen on this device.
    pub last_session_id: Option<String>,
    pub user_agent: Option<String>,
    pub created_at: i64,
    pub last_seen_at: i64,
    #[sea_orm(has_many)]
    pub sessions: HasMany<super::session::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
