//! One authorization of an application by a person. Codes and tokens live and die with it.

use sea_orm::entity::prelude::*;

/// A row of `grants`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub application_id: String,
    pub user_id: String,
    /// The session it was given in. Not a foreign key: with `offline_access` the grant outlives the session's row.
    pub session_id: String,
    /// Scope values, separated by spaces.
    pub scope: String,
    /// Whether `offline_access` was granted.
    pub offline: bool,
    /// When the person had last proven who they are, as ID tokens of this grant say ever after.
    pub auth_time: i64,
    /// How they had proven it (RFC 8176), separated by spaces.
    pub amr: String,
    pub created_at: i64,
    pub revoked_at: Option<i64>,
    pub revoked_reason: Option<String>,
    #[sea_orm(belongs_to, from = "application_id", to = "id")]
    pub application: BelongsTo<super::application::Entity>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
