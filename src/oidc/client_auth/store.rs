//! The rows of `used_assertions`.

use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, TryInsertResult};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::ApplicationId;
use ::entity::used_assertion::{ActiveModel, Column, Entity};

/// Uses up an assertion until it expires; false when it was used before.
pub(super) async fn use_up(
    db: &impl ConnectionTrait,
    id: &ApplicationId,
    jti_hash: &[u8; 32],
    expires_at: Timestamp,
) -> Result<bool> {
    let row = ActiveModel {
        application_id: Set(id.to_string()),
        jti_hash: Set(jti_hash.to_vec()),
        expires_at: Set(expires_at.millis()),
    };
    let inserted = Entity::insert(row)
        .on_conflict_do_nothing_on([Column::ApplicationId, Column::JtiHash])
        .exec(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(_)))
}
