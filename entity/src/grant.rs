//! One authorization of an application by a person, with its code (RFC 6749 section 4.1.2) and where its refresh tokens are.
//! Access and refresh tokens are not stored: they name the grant, and live and die with it.

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
    /// The `claims` parameter of the request, as JSON (OpenID Connect Core section 5.5).
    pub claims: Option<String>,
    /// When the person had last proven who they are, as ID tokens of this grant say ever after.
    pub auth_time: i64,
    /// How they had proven it (RFC 8176), separated by spaces.
    pub amr: String,
    /// SHA-256 of the code; it stays after the code was used, so that a replay is seen.
    #[sea_orm(unique)]
    pub code_hash: Vec<u8>,
    /// Null once the code was used, as are the next two.
    pub redirect_uri: Option<String>,
    /// The S256 challenge (RFC 7636 section 4.2).
    pub code_challenge: Option<String>,
    pub nonce: Option<String>,
    pub code_expires_at: i64,
    pub code_consumed_at: Option<i64>,
    /// The generation of the refresh tokens that are not rotated yet.
    pub refresh_generation: i32,
    /// When the last generations were rotated, the latest first, each in 16 digits.
    pub rotations: String,
    pub created_at: i64,
    /// When tokens were last issued for it.
    pub last_used_at: Option<i64>,
    /// The latest moment at which anything of it can be used.
    pub expires_at: i64,
    pub revoked_at: Option<i64>,
    pub revoked_reason: Option<String>,
    #[sea_orm(belongs_to, from = "application_id", to = "id")]
    pub application: BelongsTo<super::application::Entity>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
