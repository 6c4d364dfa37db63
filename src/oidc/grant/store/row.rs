//! A grant with what decides whether it stands, in one query.

use std::sync::Arc;

use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationDef, Select};

use crate::kernel::clock::Timestamp;
use crate::kernel::id::{ApplicationId, GrantId, SessionId, UserId};
use crate::oidc::claims::AskedClaims;
use crate::oidc::grant::model::{Grant, Standing, Stored};
use crate::oidc::scope::Scope;
use crate::oidc::subject::store::PUBLIC;
use ::entity::grant::{Column, Entity};
use ::entity::{application, session, subject, user};

/// The status of a session that was not ended, as `session` writes it.
pub(super) const ACTIVE: &str = "active";

/// What [`select`] reads.
#[derive(FromQueryResult)]
pub(super) struct Row {
    id: String,
    application_id: String,
    user_id: String,
    session_id: String,
    client_id: String,
    scope: String,
    offline: bool,
    auth_time: i64,
    amr: String,
    created_at: i64,
    revoked_at: Option<i64>,
    sub: String,
    claims: Option<String>,
    banned_at: Option<i64>,
    grants_valid_after: Option<i64>,
    session_status: Option<String>,
    session_idle_expires_at: Option<i64>,
    session_expires_at: Option<i64>,
}

impl Row {
    pub(super) fn standing(&self, now: Timestamp) -> Standing {
        let later = |end: Option<i64>| end.filter(|end| *end > now.millis());
        let session_until = later(self.session_expires_at)
            .filter(|_| self.session_status.as_deref() == Some(ACTIVE))
            .filter(|_| later(self.session_idle_expires_at).is_some());
        Standing {
            offline: self.offline,
            revoked: self.revoked_at.is_some(),
            banned: self.banned_at.is_some(),
            outdated: self.grants_valid_after.is_some_and(|from| self.created_at < from),
            session_until: session_until.map(Timestamp::from_millis),
        }
    }
}

impl From<Row> for Stored {
    fn from(row: Row) -> Self {
        let (offline, created_at, revoked) = (row.offline, row.created_at, row.revoked_at.is_some());
        let grant = Grant {
            id: GrantId::from_stored(row.id),
            application_id: ApplicationId::from_stored(row.application_id),
            client_id: row.client_id,
            user_id: UserId::from_stored(row.user_id),
            session_id: SessionId::from_stored(row.session_id),
            scope: Scope::from(row.scope),
            auth_time: Timestamp::from_millis(row.auth_time),
            amr: row.amr,
            sub: row.sub,
            claims: AskedClaims::from_stored(row.claims.as_deref()),
        };
        Self {
            grant: Arc::new(grant),
            offline,
            created_at: Timestamp::from_millis(created_at),
            revoked,
        }
    }
}

/// Grants with their person's `sub`, and the rows that decide whether they stand.
pub(super) fn select() -> Select<Entity> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::ApplicationId)
        .column(Column::UserId)
        .column(Column::SessionId)
        .column(Column::Scope)
        .column(Column::Offline)
        .column(Column::AuthTime)
        .column(Column::Amr)
        .column(Column::Claims)
        .column(Column::CreatedAt)
        .column(Column::RevokedAt)
        .join(JoinType::InnerJoin, to_subject())
        .filter(subject::Column::Sector.eq(PUBLIC))
        .column_as(subject::Column::Sub, "sub")
        .join(JoinType::InnerJoin, to_application())
        .column_as(application::Column::ClientId, "client_id")
        .join(JoinType::InnerJoin, to_user())
        .column_as(user::Column::BannedAt, "banned_at")
        .column_as(user::Column::GrantsValidAfter, "grants_valid_after")
        .join(JoinType::LeftJoin, to_session())
        .column_as(session::Column::Status, "session_status")
        .column_as(session::Column::IdleExpiresAt, "session_idle_expires_at")
        .column_as(session::Column::ExpiresAt, "session_expires_at")
}

pub(super) fn to_application() -> RelationDef {
    Entity::belongs_to(application::Entity)
        .from(Column::ApplicationId)
        .to(application::Column::Id)
        .into()
}

fn to_user() -> RelationDef {
    Entity::belongs_to(user::Entity)
        .from(Column::UserId)
        .to(user::Column::Id)
        .into()
}

fn to_session() -> RelationDef {
    Entity::belongs_to(session::Entity)
        .from(Column::SessionId)
        .to(session::Column::Id)
        .into()
}

fn to_subject() -> RelationDef {
    Entity::belongs_to(subject::Entity)
        .from(Column::UserId)
        .to(subject::Column::UserId)
        .into()
}
