//! What proved a session; `amr`, `acr` and `auth_time` are derived from it.

use sea_orm::entity::prelude::*;

/// A row of `session_proofs`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session_proofs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub session_id: String,
    pub strategy: String,
    /// The identifier that was proven.
    pub identification_id: Option<String>,
    /// The upstream connection that vouched for it.
    pub connection_id: Option<String>,
    pub proven_at: i64,
    #[sea_orm(belongs_to, from = "session_id", to = "id")]
    pub session: BelongsTo<super::session::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
