//! The rows of `rate_limits`.

use std::time::Duration;

use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter};

use super::model::Bucket;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::platform::db::delete_some;
use ::entity::rate_limit::{Column, Entity};

/// Counts one event in `bucket`.
///
/// The outcome must be committed together with a refusal, so it is a value: `Some(wait)` when the event is one too many (it
/// is then not counted), `None` when it is allowed. One conditional statement decides, so racers can't share the last place.
///
/// # Errors
/// A database error.
pub async fn take(db: &impl ConnectionTrait, bucket: &Bucket, now: Timestamp) -> Result<Option<Duration>> {
    let now = now.millis();
    let (increment, tolerance) = (bucket.rule.increment(), bucket.rule.tolerance());
    // a bucket at rest arrives now; one in use arrives when it would next be at rest. One that is much more than full was filled
    // under a clock that ran ahead, by more than the clocks of nodes differ: people would be locked out for as long as it was wrong
    let believable = now.saturating_add(tolerance.saturating_mul(2));
    let arrives = || {
        let arrival = || Expr::col((Entity, Column::TheoreticalArrivalAt));
        Expr::case(arrival().gt(now).and(arrival().lte(believable)), arrival()).finally(Expr::val(now))
    };
    let upsert = Query::insert()
        .into_table(Entity)
        .columns([Column::Bucket, Column::TheoreticalArrivalAt])
        .values_panic([bucket.key.as_str().into(), (now + increment).into()])
        .on_conflict(
            OnConflict::column(Column::Bucket)
                .value(Column::TheoreticalArrivalAt, Expr::expr(arrives()).add(increment))
                .action_and_where(Expr::expr(arrives()).add(increment).lte(now + tolerance))
                .to_owned(),
        )
        .to_owned();
    if db.execute(&upsert).await?.rows_affected() > 0 {
        return Ok(None);
    }
    let arrival = Entity::find_by_id(bucket.key.as_str())
        .one(db)
        .await?
        .map_or(now, |row| row.theoretical_arrival_at);
    let wait = Ord::max(arrival + increment - tolerance - now, 1);
    Ok(Some(Duration::from_millis(u64::try_from(wait).unwrap_or(1))))
}

/// Empties `bucket`: what it counted turned out to be the right person.
///
/// # Errors
/// A database error.
pub async fn forgive(db: &impl ConnectionTrait, bucket: &Bucket) -> Result<()> {
    Entity::delete_by_id(bucket.key.as_str()).exec(db).await?;
    Ok(())
}

/// Gives back one event that was counted in `bucket`: it was nothing to be limited.
///
/// # Errors
/// A database error.
pub async fn give_back(db: &impl ConnectionTrait, bucket: &Bucket) -> Result<()> {
    Entity::update_many()
        .col_expr(
            Column::TheoreticalArrivalAt,
            Expr::col(Column::TheoreticalArrivalAt).sub(bucket.rule.increment()),
        )
        .filter(Column::Bucket.eq(bucket.key.as_str()))
        .exec(db)
        .await?;
    Ok(())
}

/// Deletes up to `limit` buckets that are at rest since `before`: they count as buckets that never were.
///
/// # Errors
/// A database error.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, limit: u64) -> Result<u64> {
    let due = Condition::all().add(Column::TheoreticalArrivalAt.lte(before.millis()));
    delete_some::<Entity>(db, Column::Bucket, due, limit).await
}
