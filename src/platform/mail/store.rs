//! The rows of `mails`.

use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait};

use super::model::Outgoing;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::MailId;
use crate::platform::db::delete_some;
use crate::platform::jobs;
use ::entity::mail::{ActiveModel, Column, Entity};

/// Adds a mail and its delivery job, in the transaction of the command that sends it.
///
/// # Errors
/// A database error.
pub async fn enqueue(db: &impl ConnectionTrait, mail: &Outgoing) -> Result<()> {
    let row = ActiveModel {
        id: Set(mail.id.to_string()),
        template: Set(mail.template.to_owned()),
        sealed: Set(mail.sealed.clone()),
        created_at: Set(mail.created_at.millis()),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    jobs::enqueue(db, &mail.job).await
}

/// The template's name and the sealed mail; `None` when it was delivered before.
pub(super) async fn find(db: &impl ConnectionTrait, id: &MailId) -> Result<Option<(String, Vec<u8>)>> {
    let row = Entity::find_by_id(id.as_str()).one(db).await?;
    Ok(row.map(|row| (row.template, row.sealed)))
}

/// Forgets a delivered mail.
pub(super) async fn delete(db: &impl ConnectionTrait, id: &MailId) -> Result<()> {
    Entity::delete_by_id(id.as_str()).exec(db).await?;
    Ok(())
}

/// Deletes up to `limit` mails that were queued at `before` or earlier; whether their delivery was given up long ago is the
/// caller's to know.
///
/// # Errors
/// A database error.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, limit: u64) -> Result<u64> {
    let due = Condition::all().add(Column::CreatedAt.lte(before.millis()));
    delete_some::<Entity>(db, Column::Id, due, limit).await
}
