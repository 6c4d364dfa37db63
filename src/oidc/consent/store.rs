//! The rows of `consents`.

use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QuerySelect};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::{ApplicationId, UserId};
use crate::kernel::token::TokenHash;
use crate::oidc::scope::Scope;
use crate::platform::db::Tx;
use ::entity::consent::{ActiveModel, Column, Entity};

/// The topic under which is remembered what people allowed applications; see [`key`].
pub(in crate::oidc) const TOPIC: &str = "consents";

/// The key of a pair under [`TOPIC`]; hashed, because two ids are longer than a key may be.
pub(in crate::oidc) fn key(user: &UserId, application: &ApplicationId) -> String {
    TokenHash::of(&format!("{user} {application}")).hex()
}

/// What the person allowed the application so far.
pub(in crate::oidc) async fn find(
    db: &impl ConnectionTrait,
    user: &UserId,
    application: &ApplicationId,
) -> Result<Option<Scope>> {
    let row = Entity::find_by_id((user.to_string(), application.to_string()))
        .one(db)
        .await?;
    Ok(row.map(|row| Scope::from(row.scope)))
}

/// The same, while nobody takes it back until the transaction ends.
pub(in crate::oidc) async fn hold(tx: &Tx, user: &UserId, application: &ApplicationId) -> Result<Scope> {
    // SQLite has one writer and ignores the lock
    let row = Entity::find_by_id((user.to_string(), application.to_string()))
        .lock(LockType::Share)
        .one(tx)
        .await?;
    Ok(row.map_or(Scope::EMPTY, |row| Scope::from(row.scope)))
}

/// Adds to what the person allowed.
pub(in crate::oidc) async fn remember(
    tx: &Tx,
    user: &UserId,
    application: &ApplicationId,
    scope: Scope,
    now: Timestamp,
) -> Result<()> {
    let scope = find(tx, user, application).await?.unwrap_or(Scope::EMPTY).union(scope);
    let row = ActiveModel {
        user_id: Set(user.to_string()),
        application_id: Set(application.to_string()),
        scope: Set(scope.to_string()),
        granted_at: Set(now.millis()),
        updated_at: Set(now.millis()),
    };
    Entity::insert(row)
        .on_conflict(
            OnConflict::columns([Column::UserId, Column::ApplicationId])
                .update_columns([Column::Scope, Column::UpdatedAt])
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    tx.forget(TOPIC, &key(user, application)).await
}

/// Forgets what the person allowed.
pub(in crate::oidc) async fn forget(tx: &Tx, user: &UserId, application: &ApplicationId) -> Result<()> {
    Entity::delete_by_id((user.to_string(), application.to_string()))
        .exec(tx)
        .await?;
    tx.forget(TOPIC, &key(user, application)).await
}
