//! The rows of `attempts`.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter};

use super::code;
use super::model::{Attempt, LIFETIME, NewAttempt, SentCode, Status};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::{DeviceId, SessionId, UserId};
use crate::platform::db::delete_some;
use ::entity::attempt::{ActiveModel, Column, Entity};

pub(super) async fn insert(db: &impl ConnectionTrait, new: &NewAttempt, device: &DeviceId) -> Result<()> {
    let row = ActiveModel {
        id: Set(new.id.clone()),
        kind: Set(new.kind.to_owned()),
        device_id: Set(device.to_string()),
        status: Set(new.status.as_str().to_owned()),
        user_id: Set(new.user.as_ref().map(ToString::to_string)),
        sealed_payload: Set(new.sealed.clone()),
        code_digest: Set(new.code.as_ref().map(|code| code.digest.to_vec())),
        code_tries: Set(0),
        code_sent_at: Set(new.code.as_ref().map(|code| code.sent_at.millis())),
        code_expires_at: Set(new.code.as_ref().map(|code| code.expires_at.millis())),
        codes_sent: Set(i32::from(new.code.is_some())),
        session_id: Set(None),
        created_at: Set(new.created_at.millis()),
        expires_at: Set((new.created_at + LIFETIME).millis()),
        completed_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// An attempt in `status` that has not run out.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    id: &str,
    status: Status,
    now: Timestamp,
) -> Result<Option<Attempt>> {
    let row = Entity::find_by_id(id)
        .filter(Column::Status.eq(status.as_str()))
        .filter(Column::ExpiresAt.gt(now.millis()))
        .one(db)
        .await?;
    Ok(row.map(|row| Attempt {
        device: DeviceId::from_stored(row.device_id),
        user: row.user_id.map(UserId::from_stored),
        sealed: row.sealed_payload,
        code_digest: row.code_digest,
        code_sent_at: row.code_sent_at.map(Timestamp::from_millis),
        code_expires_at: row.code_expires_at.map(Timestamp::from_millis),
        codes_sent: row.codes_sent,
    }))
}

/// Uses up one try at the code; false when there are none left or it has run out. Counted before the comparison, so that guesses
/// sent side by side can't share a try.
pub(super) async fn take_try(db: &impl ConnectionTrait, id: &str, now: Timestamp) -> Result<bool> {
    let taken = Entity::update_many()
        .col_expr(Column::CodeTries, Expr::col(Column::CodeTries).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::CodeTries.lt(code::TRIES))
        .filter(Column::CodeExpiresAt.gt(now.millis()))
        .exec(db)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Replaces the code; false when one was sent too recently or too many were sent.
pub(super) async fn replace_code(db: &impl ConnectionTrait, id: &str, code: &SentCode) -> Result<bool> {
    let replaced = Entity::update_many()
        .col_expr(Column::CodeDigest, Expr::val(code.digest.to_vec()))
        .col_expr(Column::CodeTries, Expr::val(0))
        .col_expr(Column::CodeSentAt, Expr::val(code.sent_at.millis()))
        .col_expr(Column::CodeExpiresAt, Expr::val(code.expires_at.millis()))
        .col_expr(Column::CodesSent, Expr::col(Column::CodesSent).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::Status.eq(Status::MissingRequirements.as_str()))
        .filter(Column::CodeSentAt.lte((code.sent_at - code::RESEND_AFTER).millis()))
        .filter(Column::CodesSent.lt(code::MAX_SENT))
        .exec(db)
        .await?;
    Ok(replaced.rows_affected == 1)
}

/// Ends an attempt with a session; false when it was ended before.
pub(super) async fn complete(
    db: &impl ConnectionTrait,
    id: &str,
    status: Status,
    session: &SessionId,
    now: Timestamp,
) -> Result<bool> {
    let completed = Entity::update_many()
        .col_expr(Column::Status, Expr::val(Status::Complete.as_str()))
        .col_expr(Column::SessionId, Expr::val(session.to_string()))
        .col_expr(Column::CompletedAt, Expr::val(now.millis()))
        .filter(Column::Id.eq(id))
        .filter(Column::Status.eq(status.as_str()))
        .exec(db)
        .await?;
    Ok(completed.rows_affected == 1)
}

/// Deletes up to `limit` attempts that ran out at `before` or earlier, however they ended.
///
/// # Errors
/// A database error.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, limit: u64) -> Result<u64> {
    let due = Condition::all().add(Column::ExpiresAt.lte(before.millis()));
    delete_some::<Entity>(db, Column::Id, due, limit).await
}
