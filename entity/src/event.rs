//! The outbox: one row an event, written in the transaction of the change it tells of.

use sea_orm::entity::prelude::*;

/// A row of `events`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Place in the order of commits; null until the sequencer has given one.
    pub seq: Option<i64>,
    pub kind: String,
    /// Id of what the event is about.
    pub subject: String,
    /// Id of who caused it.
    pub actor: String,
    /// Whose [`person_key`](super::person_key) seals the payload; null where nothing personal is in it.
    pub person_id: Option<String>,
    /// The sealed payload.
    pub payload: Vec<u8>,
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
