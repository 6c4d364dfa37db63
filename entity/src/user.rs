//! People.

use sea_orm::entity::prelude::*;

/// A row of `users`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    /// Argon2id in PHC string format.
    pub password_hash: Option<String>,
    pub password_updated_at: Option<i64>,
    /// Id in [`email_address`](super::email_address).
    pub primary_email_id: Option<String>,
    /// Since when this person operates the instance; null for everybody else.
    pub operator_since: Option<i64>,
    pub banned_at: Option<i64>,
    pub last_sign_in_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    /// Grants made before this are worth nothing any more: the password was set anew.
    pub grants_valid_after: Option<i64>,
    /// Id in [`phone_number`](super::phone_number).
    pub primary_phone_id: Option<String>,
    #[sea_orm(has_many)]
    pub email_addresses: HasMany<super::email_address::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
