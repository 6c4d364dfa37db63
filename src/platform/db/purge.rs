//! Deleting in small parts.

use sea_orm::sea_query::{Condition, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::kernel::error::Result;

/// Deletes up to `limit` rows of `due`, and says how many those were; where `key` does not tell rows apart, those of `due` that share
/// it as well. `due` is found by an index, so that the transaction is short however many rows there are.
///
/// # Errors
/// A database error.
pub async fn delete_some<E: EntityTrait>(
    db: &impl ConnectionTrait,
    key: E::Column,
    due: Condition,
    limit: u64,
) -> Result<u64> {
    let part = Query::select()
        .column(key)
        .from(E::default())
        .cond_where(due.clone())
        .limit(limit)
        .to_owned();
    let deleted = E::delete_many()
        .filter(key.in_subquery(part))
        .filter(due)
        .exec(db)
        .await?;
    Ok(deleted.rows_affected)
}
