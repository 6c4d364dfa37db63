//! The rows of `invalidations`: the log of what processes must forget.

use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::connect::Db;
use super::tx::Forgotten;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use ::entity::invalidation;

/// One row of the log.
#[derive(Debug)]
pub(in crate::platform) struct Invalidation {
    pub(in crate::platform) id: i64,
    pub(in crate::platform) topic: String,
    pub(in crate::platform) key: String,
}

impl From<invalidation::Model> for Invalidation {
    fn from(row: invalidation::Model) -> Self {
        Self {
            id: row.id,
            topic: row.topic,
            key: row.key,
        }
    }
}

/// Appends to the log; the last thing a transaction does before it commits.
pub(super) async fn append(db: &impl ConnectionTrait, forgotten: &[Forgotten], now: Timestamp) -> Result<()> {
    if forgotten.is_empty() {
        return Ok(());
    }
    let rows = forgotten.iter().map(|item| invalidation::ActiveModel {
        topic: Set(item.topic.to_owned()),
        key: Set(item.key.to_string()),
        created_at: Set(now.millis()),
        ..Default::default()
    });
    invalidation::Entity::insert_many(rows)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Deletes at most `limit` rows written before a moment; how many those were. Rows must be kept for longer than a process may
/// go without reading them, which is five minutes: then it forgets everything.
///
/// # Errors
/// A database error.
pub async fn purge_invalidations(db: &impl ConnectionTrait, before: Timestamp, limit: u64) -> Result<u64> {
    // the oldest rows by id, of which those that are due: bounded without an index on the time
    let oldest = Query::select()
        .columns([invalidation::Column::Id, invalidation::Column::CreatedAt])
        .from(invalidation::Entity)
        .order_by(invalidation::Column::Id, sea_orm::Order::Asc)
        .limit(limit)
        .take();
    let due = Query::select()
        .column(("oldest", "id"))
        .from_subquery(oldest, "oldest")
        .and_where(sea_orm::sea_query::Expr::col(("oldest", "created_at")).lt(before.millis()))
        .take();
    let deleted = invalidation::Entity::delete_many()
        .filter(invalidation::Column::Id.in_subquery(due))
        .exec(db)
        .await?;
    Ok(deleted.rows_affected)
}

impl Db {
    /// The ids of the newest rows, in rising order.
    pub(in crate::platform) async fn newest_invalidations(&self, limit: u64) -> Result<Vec<i64>> {
        let mut ids: Vec<i64> = invalidation::Entity::find()
            .select_only()
            .column(invalidation::Column::Id)
            .order_by_desc(invalidation::Column::Id)
            .limit(limit)
            .into_tuple()
            .all(self.reader())
            .await?;
        ids.reverse();
        Ok(ids)
    }

    /// Rows above `id`, in rising order.
    pub(in crate::platform) async fn invalidations_after(&self, id: i64, limit: u64) -> Result<Vec<Invalidation>> {
        let rows = invalidation::Entity::find()
            .filter(invalidation::Column::Id.gt(id))
            .order_by_asc(invalidation::Column::Id)
            .limit(limit)
            .all(self.reader())
            .await?;
        Ok(rows.into_iter().map(Invalidation::from).collect())
    }

    /// The rows with these ids, as far as there are any.
    pub(in crate::platform) async fn invalidations_among(&self, ids: &[i64]) -> Result<Vec<Invalidation>> {
        let rows = invalidation::Entity::find()
            .filter(invalidation::Column::Id.is_in(ids.iter().copied()))
            .all(self.reader())
            .await?;
        Ok(rows.into_iter().map(Invalidation::from).collect())
    }
}
