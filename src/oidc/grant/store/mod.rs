//! The rows of `grants`.

mod basis;
mod code;
mod family;
mod list;
mod row;

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

pub(in crate::oidc) use self::basis::hold_basis;
pub(in crate::oidc) use self::code::{consume_code, find_by_code};
pub(in crate::oidc) use self::family::{family, rotate};
pub(in crate::oidc) use self::list::{list, stand};
use self::row::{Row, select};
use super::model::{NewGrant, Revocation, Standing, Stored};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::{ApplicationId, GrantId, UserId};
use crate::oidc::scope::ScopeValue;
use crate::platform::db::Tx;
use ::entity::grant::{ActiveModel, Column, Entity};

/// The topic of the keys, which are grant ids, under which grants are remembered. Whoever revokes one tells it.
pub(super) const TOPIC: &str = "grants";

/// Writes a grant with its code.
pub(in crate::oidc) async fn insert(db: &impl ConnectionTrait, new: &NewGrant) -> Result<()> {
    let code = &new.code;
    let challenge = code.code_challenge.as_ref();
    let row = ActiveModel {
        id: Set(new.id.to_string()),
        application_id: Set(new.application_id.to_string()),
        user_id: Set(new.user_id.to_string()),
        session_id: Set(new.session_id.to_string()),
        scope: Set(new.scope.to_string()),
        offline: Set(new.scope.has(ScopeValue::OfflineAccess)),
        claims: Set(new.claims.to_stored()?),
        auth_time: Set(new.auth_time.millis()),
        amr: Set(new.amr.join(" ")),
        code_hash: Set(code.hash.to_vec()),
        redirect_uri: Set(Some(code.redirect_uri.clone())),
        code_challenge: Set(challenge.map(|challenge| challenge.as_str().to_owned())),
        nonce: Set(code.nonce.clone()),
        code_expires_at: Set(code.expires_at.millis()),
        code_consumed_at: Set(None),
        refresh_generation: Set(0),
        rotations: Set(String::new()),
        created_at: Set(new.created_at.millis()),
        last_used_at: Set(None),
        expires_at: Set(code.expires_at.millis()),
        revoked_at: Set(None),
        revoked_reason: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// A grant, and whether it stands.
pub(in crate::oidc) async fn find(
    db: &impl ConnectionTrait,
    id: &GrantId,
    now: Timestamp,
) -> Result<Option<(Stored, Standing)>> {
    let row = select()
        .filter(Column::Id.eq(id.as_str()))
        .into_model::<Row>()
        .one(db)
        .await?;
    Ok(row
        .map(|row| (row.standing(now), row))
        .map(|(standing, row)| (row.into(), standing)))
}

/// Ends a grant, and with it every token of it; false when it was ended before.
pub(in crate::oidc) async fn revoke(tx: &Tx, id: &GrantId, why: Revocation, now: Timestamp) -> Result<bool> {
    let revoked = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::val(now.millis()))
        .col_expr(Column::RevokedReason, Expr::val(why.as_str()))
        .filter(Column::Id.eq(id.as_str()))
        .filter(Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    tx.forget(TOPIC, id.as_str()).await?;
    Ok(revoked.rows_affected == 1)
}

/// Grants of the pair that were not ended, at most `limit`.
pub(in crate::oidc) async fn unrevoked(
    db: &impl ConnectionTrait,
    user: &UserId,
    application: &ApplicationId,
    limit: u64,
) -> Result<Vec<GrantId>> {
    let ids: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::UserId.eq(user.as_str()))
        .filter(Column::ApplicationId.eq(application.as_str()))
        .filter(Column::RevokedAt.is_null())
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(GrantId::from_stored).collect())
}
