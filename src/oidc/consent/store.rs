//! The rows of `consents`.

use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveValue::{Set, Unchanged},
    ConnectionTrait, EntityTrait, QuerySelect, TryInsertResult,
};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::id::{ApplicationId, UserId};
use crate::kernel::token::TokenHash;
use crate::oidc::scope::Scope;
use crate::platform::db::Tx;
use ::entity::consent::{ActiveModel, Column, Entity};

/// The topic under which is remembered what people allowed applications; see [`key`].
pub(in crate::oidc) const TOPIC: &str = "consents";

/// How often the first consent is tried while others take it back.
const TRIES: u32 = 3;

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

/// Adds to what the person allowed.
///
/// # Errors
/// `Conflict` when it is taken back again and again meanwhile.
pub(in crate::oidc) async fn remember(
    tx: &Tx,
    user: &UserId,
    application: &ApplicationId,
    scope: Scope,
    now: Timestamp,
) -> Result<()> {
    tx.forget(TOPIC, &key(user, application)).await?;
    for _ in 0..TRIES {
        if insert(tx, user, application, scope, now).await? || add(tx, user, application, scope, now).await? {
            return Ok(());
        }
    }
    Err(Error::new(
        ErrorKind::Conflict,
        "consent_changing",
        "what was allowed is being taken back at the same time",
    ))
}

/// Writes the first consent of the pair; false when there is one.
async fn insert(tx: &Tx, user: &UserId, application: &ApplicationId, scope: Scope, now: Timestamp) -> Result<bool> {
    let row = ActiveModel {
        user_id: Set(user.to_string()),
        application_id: Set(application.to_string()),
        scope: Set(scope.to_string()),
        granted_at: Set(now.millis()),
        updated_at: Set(now.millis()),
    };
    let inserted = Entity::insert(row)
        .on_conflict_do_nothing_on([Column::UserId, Column::ApplicationId])
        .exec(tx)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(_)))
}

/// Widens the consent of the pair, which nobody changes meanwhile; false when it was just taken back.
async fn add(tx: &Tx, user: &UserId, application: &ApplicationId, scope: Scope, now: Timestamp) -> Result<bool> {
    let row = Entity::find_by_id((user.to_string(), application.to_string()))
        .lock(LockType::Update)
        .one(tx)
        .await?;
    let Some(row) = row else { return Ok(false) };
    let wider = ActiveModel {
        user_id: Unchanged(row.user_id),
        application_id: Unchanged(row.application_id),
        scope: Set(Scope::from(row.scope).union(scope).to_string()),
        updated_at: Set(now.millis()),
        ..Default::default()
    };
    Entity::update(wider).exec(tx).await?;
    Ok(true)
}

/// Forgets what the person allowed.
pub(in crate::oidc) async fn forget(tx: &Tx, user: &UserId, application: &ApplicationId) -> Result<()> {
    Entity::delete_by_id((user.to_string(), application.to_string()))
        .exec(tx)
        .await?;
    tx.forget(TOPIC, &key(user, application)).await
}
