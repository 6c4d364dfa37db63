//! Phone numbers that people gave. An unverified one reserves nothing.

use sea_orm::entity::prelude::*;

/// A row of `phone_numbers`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "phone_numbers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub user_id: String,
    /// In the international form of E.164, with the plus sign.
    pub number: String,
    pub verified_at: Option<i64>,
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
