//! Verified identifiers. The primary key makes each belong to one person.

use sea_orm::entity::prelude::*;

/// A row of `identifier_claims`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identifier_claims")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// In canonical form.
    #[sea_orm(primary_key, auto_increment = false)]
    pub value: String,
    /// Id of the row that holds the identifier, in the table of its kind.
    pub identification_id: String,
    pub user_id: String,
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
