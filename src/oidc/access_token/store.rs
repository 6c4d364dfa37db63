//! The rows of `revoked_tokens`: access tokens that were revoked before their time.

use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::oidc::sealed_token::TokenId;
use crate::platform::db::Tx;
use ::entity::revoked_token::{ActiveModel, Column, Entity};

/// The topic of the keys, which are token ids, under which is remembered that a token was not revoked.
pub(in crate::oidc) const TOPIC: &str = "revoked_tokens";

/// Revokes a token that expires then; once more changes nothing.
pub(super) async fn revoke(tx: &Tx, id: TokenId, expires_at: Timestamp) -> Result<()> {
    let row = ActiveModel {
        token_id: Set(id.to_vec()),
        expires_at: Set(expires_at.millis()),
    };
    Entity::insert(row)
        .on_conflict_do_nothing_on([Column::TokenId])
        .exec(tx)
        .await?;
    tx.forget(TOPIC, &id.to_string()).await
}

/// Whether a token was revoked.
pub(super) async fn is_revoked(db: &impl ConnectionTrait, id: TokenId) -> Result<bool> {
    Ok(Entity::find_by_id(id.to_vec()).one(db).await?.is_some())
}
