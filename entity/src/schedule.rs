//! Recurring work: when it is due again, and who has it in hand.

use sea_orm::entity::prelude::*;

/// A row of `schedules`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "schedules")]
pub struct Model {
    /// The name of the work.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// When it is due; while somebody has it in hand, when their lease runs out.
    pub next_at: i64,
    /// Who has it in hand; null while nobody has.
    pub owner: Option<String>,
    /// When it was last done in full.
    pub finished_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
