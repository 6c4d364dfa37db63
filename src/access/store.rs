//! The rows of `secret_keys`.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::model::{CreatedSecretKey, SecretKey};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::SecretKeyId;
use crate::kernel::token::TokenHash;
use crate::platform::db::Tx;
use ::entity::secret_key::{ActiveModel, Column, Entity, Model};

/// What is remembered of keys, by the hash of their text in hexadecimal.
pub(super) const TOPIC: &str = "secret_keys";

/// Writes a key.
pub(super) async fn insert(tx: &Tx, new: &CreatedSecretKey) -> Result<()> {
    let row = ActiveModel {
        id: Set(new.key.id.to_string()),
        name: Set(new.key.name.clone()),
        hint: Set(new.key.hint.clone()),
        key_hash: Set(new.plain.hash().to_vec()),
        created_at: Set(new.key.created_at.millis()),
        last_used_at: Set(None),
        revoked_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The key of this hash, unless it is revoked.
pub(super) async fn find_current(db: &impl ConnectionTrait, hash: &TokenHash) -> Result<Option<SecretKey>> {
    let row = Entity::find()
        .filter(Column::KeyHash.eq(hash.to_vec()))
        .filter(Column::RevokedAt.is_null())
        .one(db)
        .await?;
    Ok(row.map(model))
}

/// The key of this id, revoked or not.
pub(super) async fn find(db: &impl ConnectionTrait, id: &SecretKeyId) -> Result<Option<SecretKey>> {
    let row = Entity::find_by_id(id.as_str()).one(db).await?;
    Ok(row.map(model))
}

/// At most `limit` keys made after `after`, the oldest first.
pub(super) async fn list(db: &impl ConnectionTrait, after: Option<&SecretKeyId>, limit: u64) -> Result<Vec<SecretKey>> {
    let mut select = Entity::find().order_by_asc(Column::Id).limit(limit);
    if let Some(after) = after {
        select = select.filter(Column::Id.gt(after.as_str()));
    }
    Ok(select.all(db).await?.into_iter().map(model).collect())
}

/// Revokes a key; false when there is none of this id that was not revoked.
pub(super) async fn revoke(tx: &Tx, id: &SecretKeyId, now: Timestamp) -> Result<bool> {
    let revoked = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::val(now.millis()))
        .filter(Column::Id.eq(id.as_str()))
        .filter(Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    if revoked.rows_affected == 0 {
        return Ok(false);
    }
    if let Some(row) = Entity::find_by_id(id.as_str()).one(tx).await? {
        let hash = TokenHash::from_stored(&row.key_hash)?;
        tx.forget(TOPIC, &hash.hex()).await?;
    }
    Ok(true)
}

/// Notes that a key was used now, unless that is noted of a time after `before`. What is remembered of keys does not hold it.
pub(super) async fn touch(tx: &Tx, id: &SecretKeyId, now: Timestamp, before: Timestamp) -> Result<()> {
    let is_due = Condition::any()
        .add(Column::LastUsedAt.is_null())
        .add(Column::LastUsedAt.lte(before.millis()));
    Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::val(now.millis()))
        .filter(Column::Id.eq(id.as_str()))
        .filter(is_due)
        .exec(tx)
        .await?;
    Ok(())
}

fn model(row: Model) -> SecretKey {
    SecretKey {
        id: SecretKeyId::from_stored(row.id),
        name: row.name,
        hint: row.hint,
        created_at: Timestamp::from_millis(row.created_at),
        last_used_at: row.last_used_at.map(Timestamp::from_millis),
        revoked_at: row.revoked_at.map(Timestamp::from_millis),
    }
}
