//! The rows of `signing_keys`.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, TryInsertResult};

use super::model::{Algorithm, Key, KeyInfo, KeyState, Purpose, spent_since};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::id::KeyId;
use ::entity::signing_key::{ActiveModel, Column, Entity, Model};

/// All keys, newest first: a handful for every year of rotations. A later version may have left keys of purposes and
/// algorithms that this one does not know; they are not ours to use.
pub(super) async fn load(db: &impl ConnectionTrait) -> Result<Vec<Key>> {
    let rows = Entity::find()
        .filter(Column::Purpose.is_in(Purpose::NAMES.iter().copied()))
        .filter(Column::Algorithm.is_in(Algorithm::NAMES.iter().copied()))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(to_key).collect()
}

/// Adds `key` unless its place is taken: one key of a purpose and algorithm is `next`, and one is `active`. Says whether it was
/// added.
pub(super) async fn insert(db: &impl ConnectionTrait, key: &Key) -> Result<bool> {
    let info = &key.info;
    let row = ActiveModel {
        id: Set(info.id.to_string()),
        purpose: Set(info.purpose.as_str().to_owned()),
        algorithm: Set(info.algorithm.as_str().to_owned()),
        state: Set(info.state.as_str().to_owned()),
        sealed_private_key: Set(key.sealed_private_key.clone()),
        public_jwk: Set(key.public_jwk.clone()),
        created_at: Set(info.created_at.millis()),
        activated_at: Set(info.activated_at.map(Timestamp::millis)),
        retired_at: Set(info.retired_at.map(Timestamp::millis)),
        gone_at: Set(info.gone_at.map(Timestamp::millis)),
    };
    // no target: the unique index that refuses is a partial one, and each state has its own
    let outcome = Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(db)
        .await?;
    Ok(matches!(outcome, TryInsertResult::Inserted(1)))
}

/// Moves the next key to active. Says whether it was the next key.
pub(super) async fn activate(db: &impl ConnectionTrait, id: &KeyId, now: Timestamp) -> Result<bool> {
    step(db, id, KeyState::Next, KeyState::Active, Column::ActivatedAt, now).await
}

/// Moves the active key to retiring. Says whether it was the active key.
pub(super) async fn retire(db: &impl ConnectionTrait, id: &KeyId, now: Timestamp) -> Result<bool> {
    step(db, id, KeyState::Active, KeyState::Retiring, Column::RetiredAt, now).await
}

async fn step(
    db: &impl ConnectionTrait,
    id: &KeyId,
    from: KeyState,
    to: KeyState,
    at: Column,
    now: Timestamp,
) -> Result<bool> {
    let moved = Entity::update_many()
        .col_expr(Column::State, Expr::val(to.as_str()))
        .col_expr(at, Expr::val(now.millis()))
        .filter(Column::Id.eq(id.as_str()))
        .filter(Column::State.eq(from.as_str()))
        .exec(db)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Moves a key from `was` to revoked and destroys its private half. Says whether it was there.
pub(super) async fn revoke(db: &impl ConnectionTrait, id: &KeyId, was: KeyState, now: Timestamp) -> Result<bool> {
    let revoked = Entity::update_many()
        .col_expr(Column::State, Expr::val(KeyState::Revoked.as_str()))
        .col_expr(Column::SealedPrivateKey, Expr::val(None::<Vec<u8>>))
        .col_expr(Column::GoneAt, Expr::val(now.millis()))
        .filter(Column::Id.eq(id.as_str()))
        .filter(Column::State.eq(was.as_str()))
        .exec(db)
        .await?;
    Ok(revoked.rows_affected == 1)
}

/// Moves the retiring keys that are spent to gone and destroys their private halves. Says whether there were any.
pub(super) async fn destroy_spent(db: &impl ConnectionTrait, now: Timestamp) -> Result<bool> {
    let gone = Entity::update_many()
        .col_expr(Column::State, Expr::val(KeyState::Gone.as_str()))
        .col_expr(Column::SealedPrivateKey, Expr::val(None::<Vec<u8>>))
        .col_expr(Column::GoneAt, Expr::val(now.millis()))
        .filter(Column::State.eq(KeyState::Retiring.as_str()))
        .filter(Column::RetiredAt.lte(spent_since(now).millis()))
        .exec(db)
        .await?;
    Ok(gone.rows_affected > 0)
}

fn to_key(row: Model) -> Result<Key> {
    Ok(Key {
        info: KeyInfo {
            id: KeyId::from_stored(row.id),
            purpose: row.purpose.parse().map_err(Error::internal)?,
            algorithm: row.algorithm.parse().map_err(Error::internal)?,
            state: row.state.parse().map_err(Error::internal)?,
            created_at: Timestamp::from_millis(row.created_at),
            activated_at: row.activated_at.map(Timestamp::from_millis),
            retired_at: row.retired_at.map(Timestamp::from_millis),
            gone_at: row.gone_at.map(Timestamp::from_millis),
        },
        sealed_private_key: row.sealed_private_key,
        public_jwk: row.public_jwk,
    })
}
