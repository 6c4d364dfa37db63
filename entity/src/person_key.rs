//! The key that seals what is personal in events. Destroying the row is how a person is erased from them.

use sea_orm::entity::prelude::*;

/// A row of `person_keys`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: String,
    /// The key, sealed under the master key.
    pub sealed_key: Vec<u8>,
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
