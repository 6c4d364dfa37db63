//! The rows of `grants`.

use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    QueryTrait, RelationDef, Select,
};

use super::model::{Grant, NewGrant, Revocation, Standing};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::{ApplicationId, GrantId, SessionId, UserId};
use crate::oidc::scope::{Scope, ScopeValue};
use crate::oidc::subject::store::PUBLIC;
use ::entity::{grant, session, subject, user};

/// The status of a session that was not ended, as `session` writes it.
const ACTIVE: &str = "active";

/// Writes a grant.
pub(in crate::oidc) async fn insert(db: &impl ConnectionTrait, new: &NewGrant) -> Result<()> {
    let row = grant::ActiveModel {
        id: Set(new.id.to_string()),
        application_id: Set(new.application_id.to_string()),
        user_id: Set(new.user_id.to_string()),
        session_id: Set(new.session_id.to_string()),
        scope: Set(new.scope.to_string()),
        offline: Set(new.scope.has(ScopeValue::OfflineAccess)),
        auth_time: Set(new.auth_time.millis()),
        amr: Set(new.amr.join(" ")),
        created_at: Set(new.created_at.millis()),
        revoked_at: Set(None),
        revoked_reason: Set(None),
    };
    grant::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Ends a grant, and with it every token of it; false when it was ended before.
pub(in crate::oidc) async fn revoke(
    db: &impl ConnectionTrait,
    id: &GrantId,
    why: Revocation,
    now: Timestamp,
) -> Result<bool> {
    let revoked = grant::Entity::update_many()
        .col_expr(grant::Column::RevokedAt, Expr::val(now.millis()))
        .col_expr(grant::Column::RevokedReason, Expr::val(why.as_str()))
        .filter(grant::Column::Id.eq(id.as_str()))
        .filter(grant::Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(revoked.rows_affected == 1)
}

/// Whether a grant stands now. Other commands that ask for the same grant wait until this one is committed: PostgreSQL by the row's
/// lock, SQLite because it has one writer. Thereby the tokens of a grant change one command at a time.
pub(in crate::oidc) async fn stands(db: &impl ConnectionTrait, id: &GrantId, now: Timestamp) -> Result<bool> {
    let mut select = join_standing(grant::Entity::find_by_id(id.as_str()).select_only());
    // not the rows of the person and the session, which others change meanwhile
    QueryTrait::query(&mut select).lock_with_tables(LockType::NoKeyUpdate, [grant::Entity]);
    let row = select.into_model::<StandingRow>().one(db).await?;
    Ok(row.is_some_and(|row| row.standing(now).holds()))
}

/// The columns that decide whether a grant stands, for queries that have `grants` in them.
#[derive(FromQueryResult)]
pub(in crate::oidc) struct StandingRow {
    offline: bool,
    revoked_at: Option<i64>,
    banned_at: Option<i64>,
    session_status: Option<String>,
    session_idle_expires_at: Option<i64>,
    session_expires_at: Option<i64>,
}

impl StandingRow {
    pub(in crate::oidc) fn standing(&self, now: Timestamp) -> Standing {
        let is_later = |end: Option<i64>| end.is_some_and(|end| end > now.millis());
        Standing {
            offline: self.offline,
            revoked: self.revoked_at.is_some(),
            banned: self.banned_at.is_some(),
            session_live: self.session_status.as_deref() == Some(ACTIVE)
                && is_later(self.session_idle_expires_at)
                && is_later(self.session_expires_at),
        }
    }
}

/// Adds to a query with `grants` what [`StandingRow`] reads.
pub(in crate::oidc) fn join_standing<E: EntityTrait>(select: Select<E>) -> Select<E> {
    select
        .join(JoinType::InnerJoin, to_user())
        .join(JoinType::LeftJoin, to_session())
        .column_as(grant::Column::Offline, "offline")
        .column_as(grant::Column::RevokedAt, "revoked_at")
        .column_as(user::Column::BannedAt, "banned_at")
        .column_as(session::Column::Status, "session_status")
        .column_as(session::Column::IdleExpiresAt, "session_idle_expires_at")
        .column_as(session::Column::ExpiresAt, "session_expires_at")
}

/// The columns of a [`Grant`], for queries that have `grants` in them.
#[derive(FromQueryResult)]
pub(in crate::oidc) struct GrantRow {
    grant_id: String,
    application_id: String,
    user_id: String,
    session_id: String,
    granted_scope: String,
    auth_time: i64,
    amr: String,
    sub: String,
}

impl From<GrantRow> for Grant {
    fn from(row: GrantRow) -> Self {
        Self {
            id: GrantId::from_stored(row.grant_id),
            application_id: ApplicationId::from_stored(row.application_id),
            user_id: UserId::from_stored(row.user_id),
            session_id: SessionId::from_stored(row.session_id),
            scope: Scope::from(row.granted_scope),
            auth_time: Timestamp::from_millis(row.auth_time),
            amr: row.amr,
            sub: row.sub,
        }
    }
}

/// Adds to a query with `grants` what [`GrantRow`] reads.
pub(in crate::oidc) fn join_grant<E: EntityTrait>(select: Select<E>) -> Select<E> {
    join_subject(select)
        .column_as(grant::Column::Id, "grant_id")
        .column_as(grant::Column::ApplicationId, "application_id")
        .column_as(grant::Column::UserId, "user_id")
        .column_as(grant::Column::SessionId, "session_id")
        .column_as(grant::Column::Scope, "granted_scope")
        .column_as(grant::Column::AuthTime, "auth_time")
        .column_as(grant::Column::Amr, "amr")
}

/// Adds to a query with `grants` the `sub` of its person.
pub(in crate::oidc) fn join_subject<E: EntityTrait>(select: Select<E>) -> Select<E> {
    select
        .join(JoinType::InnerJoin, to_subject())
        .filter(subject::Column::Sector.eq(PUBLIC))
        .column_as(subject::Column::Sub, "sub")
}

fn to_user() -> RelationDef {
    grant::Entity::belongs_to(user::Entity)
        .from(grant::Column::UserId)
        .to(user::Column::Id)
        .into()
}

fn to_session() -> RelationDef {
    grant::Entity::belongs_to(session::Entity)
        .from(grant::Column::SessionId)
        .to(session::Column::Id)
        .into()
}

fn to_subject() -> RelationDef {
    grant::Entity::belongs_to(subject::Entity)
        .from(grant::Column::UserId)
        .to(subject::Column::UserId)
        .into()
}
