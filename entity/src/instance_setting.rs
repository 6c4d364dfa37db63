//! Instance settings: what a product owner changes while the server runs, one section a row.

use sea_orm::entity::prelude::*;

/// A row of `instance_settings`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "instance_settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub section: String,
    /// The whole section, as JSON.
    pub value: String,
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
