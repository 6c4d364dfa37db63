//! Email addresses that people gave. An unverified one reserves nothing: see
//! [`identifier_claim`](super::identifier_claim).

use sea_orm::entity::prelude::*;

/// A row of `email_addresses`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_addresses")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub user_id: String,
    /// As it was typed.
    pub address: String,
    /// As it is compared: lower case, the domain in its ASCII form.
    pub canonical: String,
    pub verified_at: Option<i64>,
    pub created_at: i64,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
