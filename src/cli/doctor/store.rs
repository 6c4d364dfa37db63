//! What the checks read of other rooms' tables; nothing is written.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use ::entity::{event, instance_setting, user};

/// Whether the instance was ever started: its settings are seeded then.
pub(super) async fn was_started(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(instance_setting::Entity::find().one(db).await?.is_some())
}

/// When the newest event happened; ids are in the order of time.
pub(super) async fn newest_event(db: &impl ConnectionTrait) -> Result<Option<Timestamp>> {
    let newest = event::Entity::find().order_by_desc(event::Column::Id).one(db).await?;
    Ok(newest.map(|row| Timestamp::from_millis(row.created_at)))
}

/// Whether anybody operates the instance.
pub(super) async fn has_operator(db: &impl ConnectionTrait) -> Result<bool> {
    let operator = user::Entity::find()
        .filter(user::Column::OperatorSince.is_not_null())
        .filter(user::Column::BannedAt.is_null())
        .one(db)
        .await?;
    Ok(operator.is_some())
}
