//! Mails waiting for delivery; a delivered one is deleted.

use sea_orm::entity::prelude::*;

/// A row of `mails`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mails")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub template: String,
    /// Recipient and texts, sealed.
    pub sealed: Vec<u8>,
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
