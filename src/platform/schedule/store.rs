//! The rows of `schedules`.

use std::time::Duration;

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, TryInsertResult};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use ::entity::schedule::{ActiveModel, Column, Entity};

/// Due now. What is due later than the work or its lease ever waits was written under a clock that ran ahead.
fn due(name: &str, now: Timestamp, longest: Duration) -> Condition {
    Condition::all().add(Column::Name.eq(name)).add(
        Condition::any()
            .add(Column::NextAt.lte(now.millis()))
            .add(Column::NextAt.gt((now + longest).millis())),
    )
}

/// Whether the work may be taken; reads only.
pub(super) async fn is_due(db: &impl ConnectionTrait, name: &str, now: Timestamp, longest: Duration) -> Result<bool> {
    let Some(row) = Entity::find_by_id(name).one(db).await? else {
        return Ok(true);
    };
    Ok(row.next_at <= now.millis() || row.next_at > (now + longest).millis())
}

/// Takes the work until `until`; false when another was faster.
pub(super) async fn take(
    db: &impl ConnectionTrait,
    name: &str,
    owner: &str,
    now: Timestamp,
    until: Timestamp,
    longest: Duration,
) -> Result<bool> {
    let taken = Entity::update_many()
        .col_expr(Column::NextAt, Expr::val(until.millis()))
        .col_expr(Column::Owner, Expr::val(owner))
        .filter(due(name, now, longest))
        .exec(db)
        .await?;
    if taken.rows_affected == 1 {
        return Ok(true);
    }
    let row = ActiveModel {
        name: Set(name.to_owned()),
        next_at: Set(until.millis()),
        owner: Set(Some(owner.to_owned())),
        finished_at: Set(None),
    };
    let first = Entity::insert(row)
        .on_conflict(OnConflict::column(Column::Name).do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(db)
        .await?;
    Ok(matches!(first, TryInsertResult::Inserted(1)))
}

/// Gives the work back, due again at `next`; `finished` when it was done in full. Whose lease was taken over changes nothing.
pub(super) async fn give_back(
    db: &impl ConnectionTrait,
    name: &str,
    owner: &str,
    next: Timestamp,
    finished: Option<Timestamp>,
) -> Result<()> {
    let mut update = Entity::update_many()
        .col_expr(Column::NextAt, Expr::val(next.millis()))
        .col_expr(Column::Owner, Expr::val(None::<String>));
    if let Some(at) = finished {
        update = update.col_expr(Column::FinishedAt, Expr::val(at.millis()));
    }
    update
        .filter(Column::Name.eq(name))
        .filter(Column::Owner.eq(owner))
        .exec(db)
        .await?;
    Ok(())
}
