//! The rows of `continuations`.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};

use super::model::{NewContinuation, Stored};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::DeviceId;
use crate::kernel::token::TokenHash;
use crate::platform::db::delete_some;
use ::entity::continuation::{ActiveModel, Column, Entity};

pub(super) async fn insert(db: &impl ConnectionTrait, new: &NewContinuation, device: Option<&DeviceId>) -> Result<()> {
    let row = ActiveModel {
        handle_hash: Set(new.hash.to_vec()),
        kind: Set(new.kind.to_owned()),
        sealed_payload: Set(new.sealed.clone()),
        device_id: Set(device.map(ToString::to_string)),
        requested_at: Set(new.requested_at.millis()),
        expires_at: Set(new.expires_at.millis()),
        consumed_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// One that may still be used.
pub(super) async fn find(db: &impl ConnectionTrait, hash: &TokenHash, now: Timestamp) -> Result<Option<Stored>> {
    let row = Entity::find_by_id(hash.to_vec())
        .filter(Column::ConsumedAt.is_null())
        .filter(Column::ExpiresAt.gt(now.millis()))
        .one(db)
        .await?;
    Ok(row.map(|row| Stored {
        kind: row.kind,
        sealed: row.sealed_payload,
        device: row.device_id.map(DeviceId::from_stored),
        requested_at: Timestamp::from_millis(row.requested_at),
    }))
}

/// Binds one that has no device yet; false when another device was faster.
pub(super) async fn bind(db: &impl ConnectionTrait, hash: &TokenHash, device: &DeviceId) -> Result<bool> {
    let bound = Entity::update_many()
        .col_expr(Column::DeviceId, Expr::val(device.to_string()))
        .filter(Column::HandleHash.eq(hash.to_vec()))
        .filter(Column::DeviceId.is_null())
        .exec(db)
        .await?;
    Ok(bound.rows_affected == 1)
}

/// Replaces the sealed part.
pub(super) async fn update(db: &impl ConnectionTrait, hash: &TokenHash, sealed: Vec<u8>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::SealedPayload, Expr::val(sealed))
        .filter(Column::HandleHash.eq(hash.to_vec()))
        .filter(Column::ConsumedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Uses a continuation up, in the transaction of what it continues; false when it was used before or has run out.
///
/// # Errors
/// A database error.
pub async fn consume(db: &impl ConnectionTrait, hash: &TokenHash, now: Timestamp) -> Result<bool> {
    let consumed = Entity::update_many()
        .col_expr(Column::ConsumedAt, Expr::val(now.millis()))
        .filter(Column::HandleHash.eq(hash.to_vec()))
        .filter(Column::ConsumedAt.is_null())
        .filter(Column::ExpiresAt.gt(now.millis()))
        .exec(db)
        .await?;
    Ok(consumed.rows_affected == 1)
}

/// Deletes up to `limit` continuations that ran out at `before` or earlier, used or not.
///
/// # Errors
/// A database error.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, limit: u64) -> Result<u64> {
    let due = Condition::all().add(Column::ExpiresAt.lte(before.millis()));
    delete_some::<Entity>(db, Column::HandleHash, due, limit).await
}
