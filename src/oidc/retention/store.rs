//! Deleting what is over, part by part.

use sea_orm::{ColumnTrait, Condition, ConnectionTrait};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::platform::db::delete_some;
use ::entity::{application_secret, grant, revoked_token, used_assertion};

/// Deletes up to `limit` grants of which nothing could be used any more at `before`: no code, no token.
///
/// # Errors
/// A database error.
pub async fn purge_grants(db: &impl ConnectionTrait, before: Timestamp, limit: u64) -> Result<u64> {
    use grant::{Column, Entity};
    let due = Condition::all().add(Column::ExpiresAt.lte(before.millis()));
    delete_some::<Entity>(db, Column::Id, due, limit).await
}

/// Forgets up to `limit` revocations of tokens that had expired at `before`.
///
/// # Errors
/// A database error.
pub async fn purge_revoked_tokens(db: &impl ConnectionTrait, before: Timestamp, limit: u64) -> Result<u64> {
    use revoked_token::{Column, Entity};
    let due = Condition::all().add(Column::ExpiresAt.lte(before.millis()));
    delete_some::<Entity>(db, Column::TokenId, due, limit).await
}

/// Forgets up to `limit` uses of client assertions that had expired at `before`.
///
/// # Errors
/// A database error.
pub async fn purge_used_assertions(db: &impl ConnectionTrait, before: Timestamp, limit: u64) -> Result<u64> {
    use used_assertion::{Column, Entity};
    let due = Condition::all().add(Column::ExpiresAt.lte(before.millis()));
    delete_some::<Entity>(db, Column::JtiHash, due, limit).await
}

/// Deletes up to `limit` secrets of applications that had expired at `before`.
///
/// # Errors
/// A database error.
pub async fn purge_application_secrets(db: &impl ConnectionTrait, before: Timestamp, limit: u64) -> Result<u64> {
    use application_secret::{Column, Entity};
    let due = Condition::all().add(Column::ExpiresAt.lte(before.millis()));
    delete_some::<Entity>(db, Column::Id, due, limit).await
}
