//! The rows of `jobs`.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::model::{Leased, NewJob};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::JobId;
use crate::platform::db::delete_some;
use ::entity::job::{ActiveModel, Column, Entity};

const READY: &str = "ready";
const RUNNING: &str = "running";
const DEAD: &str = "dead";
/// The width of `last_error`.
const MAX_ERROR: usize = 1000;

/// Adds a job, in the transaction of the command that wants it done.
///
/// # Errors
/// A database error.
pub async fn enqueue(db: &impl ConnectionTrait, job: &NewJob) -> Result<()> {
    let row = ActiveModel {
        id: Set(job.id.to_string()),
        kind: Set(job.kind.to_owned()),
        payload: Set(job.payload.clone()),
        state: Set(READY.to_owned()),
        run_at: Set(job.run_at.millis()),
        attempts: Set(0),
        max_attempts: Set(job.max_attempts),
        lease_owner: Set(None),
        lease_until: Set(None),
        last_error: Set(None),
        created_at: Set(job.run_at.millis()),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Due now and of a known kind: ready, or left behind by a worker whose lease ran out. A kind that only a newer version knows
/// waits for a node of that version.
fn due(now: Timestamp, kinds: &[&str]) -> Condition {
    let is_due = Condition::any()
        .add(Column::State.eq(READY).and(Column::RunAt.lte(now.millis())))
        .add(Column::State.eq(RUNNING).and(Column::LeaseUntil.lt(now.millis())));
    Condition::all()
        .add(is_due)
        .add(Column::Kind.is_in(kinds.iter().copied()))
}

/// Up to `limit` jobs that are due, oldest first; reads only.
pub(super) async fn find_due(
    db: &impl ConnectionTrait,
    kinds: &[&str],
    now: Timestamp,
    limit: u64,
) -> Result<Vec<JobId>> {
    let ids: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(due(now, kinds))
        .order_by_asc(Column::RunAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(JobId::from_stored).collect())
}

/// Takes the jobs in `ids` that are still due; another worker may have been faster.
pub(super) async fn lease(
    db: &impl ConnectionTrait,
    ids: &[JobId],
    kinds: &[&str],
    owner: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<Leased>> {
    let mut leased = Vec::with_capacity(ids.len());
    for id in ids {
        let taken = Entity::update_many()
            .col_expr(Column::State, Expr::val(RUNNING))
            .col_expr(Column::LeaseOwner, Expr::val(owner))
            .col_expr(Column::LeaseUntil, Expr::val(until.millis()))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .filter(Column::Id.eq(id.as_str()))
            .filter(due(now, kinds))
            .exec(db)
            .await?;
        if taken.rows_affected == 1
            && let Some(row) = Entity::find_by_id(id.as_str()).one(db).await?
        {
            leased.push(Leased {
                id: JobId::from_stored(row.id),
                kind: row.kind,
                payload: row.payload,
                attempt: row.attempts,
                max_attempts: row.max_attempts,
            });
        }
    }
    Ok(leased)
}

/// The row as this lease left it: a worker whose lease was taken over must not speak for the job any more.
fn held(job: &Leased, owner: &str) -> Condition {
    Condition::all()
        .add(Column::Id.eq(job.id.as_str()))
        .add(Column::LeaseOwner.eq(owner))
        .add(Column::Attempts.eq(job.attempt))
}

/// The work is done.
pub(super) async fn complete(db: &impl ConnectionTrait, job: &Leased, owner: &str) -> Result<()> {
    Entity::delete_many().filter(held(job, owner)).exec(db).await?;
    Ok(())
}

/// The work is to be tried again at `run_at`, or, when that is `None`, set aside.
pub(super) async fn fail(
    db: &impl ConnectionTrait,
    job: &Leased,
    owner: &str,
    run_at: Option<Timestamp>,
    error: &str,
) -> Result<()> {
    let error: String = error.chars().take(MAX_ERROR).collect();
    let mut update = Entity::update_many()
        .col_expr(Column::State, Expr::val(if run_at.is_some() { READY } else { DEAD }))
        .col_expr(Column::LeaseOwner, Expr::val(None::<String>))
        .col_expr(Column::LeaseUntil, Expr::val(None::<i64>))
        .col_expr(Column::LastError, Expr::val(error));
    if let Some(run_at) = run_at {
        update = update.col_expr(Column::RunAt, Expr::val(run_at.millis()));
    }
    update.filter(held(job, owner)).exec(db).await?;
    Ok(())
}

/// Deletes up to `limit` jobs that were set aside as dead and last due at `before` or earlier. Those that were done are gone
/// already.
///
/// # Errors
/// A database error.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, limit: u64) -> Result<u64> {
    let due = Condition::all()
        .add(Column::State.eq(DEAD))
        .add(Column::RunAt.lte(before.millis()));
    delete_some::<Entity>(db, Column::Id, due, limit).await
}
