//! Sessions of a person on a device.

use sea_orm::entity::prelude::*;

/// A row of `sessions`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub device_id: String,
    pub user_id: String,
    pub status: String,
    /// The client's address when the session began.
    pub ip: Option<String>,
    pub created_at: i64,
    pub last_active_at: i64,
    /// The end if nothing happens until then.
    pub idle_expires_at: i64,
    /// The end whatever happens.
    pub expires_at: i64,
    pub ended_at: Option<i64>,
    #[sea_orm(belongs_to, from = "device_id", to = "id")]
    pub device: BelongsTo<super::device::Entity>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
    #[sea_orm(has_many)]
    pub proofs: HasMany<super::session_proof::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
