//! Sign-ins and sign-ups under way.

use sea_orm::entity::prelude::*;

/// A row of `attempts`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attempts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    pub device_id: String,
    pub status: String,
    /// The person, as soon as the attempt knows one.
    pub user_id: Option<String>,
    /// What was typed so far, sealed.
    pub sealed_payload: Vec<u8>,
    /// Keyed hash of the code that was sent.
    pub code_digest: Option<Vec<u8>>,
    /// Wrong guesses at that code.
    pub code_tries: i32,
    pub code_sent_at: Option<i64>,
    pub code_expires_at: Option<i64>,
    pub codes_sent: i32,
    /// The session it made.
    pub session_id: Option<String>,
    pub created_at: i64,
    pub expires_at: i64,
    pub completed_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
