//! Grants in lists. What [`Standing`](crate::oidc::grant::Standing) says of one grant, [`stand`] asks of many.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, JoinType, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::row::{ACTIVE, to_application};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::{ApplicationId, GrantId, UserId};
use crate::oidc::grant::list::{GrantFilter, GrantPage, GrantView};
use ::entity::grant::{Column, Entity};
use ::entity::{application, session, user};

#[derive(FromQueryResult)]
struct ViewRow {
    id: String,
    application_id: String,
    client_id: String,
    application_name: String,
    user_id: String,
    scope: String,
    created_at: i64,
    last_used_at: Option<i64>,
    expires_at: i64,
}

impl From<ViewRow> for GrantView {
    fn from(row: ViewRow) -> Self {
        Self {
            id: GrantId::from_stored(row.id),
            application_id: ApplicationId::from_stored(row.application_id),
            client_id: row.client_id,
            application_name: row.application_name,
            user_id: UserId::from_stored(row.user_id),
            scope: row.scope,
            created_at: Timestamp::from_millis(row.created_at),
            last_used_at: row.last_used_at.map(Timestamp::from_millis),
            expires_at: Timestamp::from_millis(row.expires_at),
        }
    }
}

/// Grants that stand, and of which something can still be used.
pub(in crate::oidc) fn stand(now: Timestamp) -> Condition {
    let sessions = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(Expr::col((session::Entity, session::Column::Id)).equals((Entity, Column::SessionId)))
        .filter(session::Column::Status.eq(ACTIVE))
        .filter(session::Column::IdleExpiresAt.gt(now.millis()))
        .filter(session::Column::ExpiresAt.gt(now.millis()))
        .into_query();
    let outlives = Condition::any()
        .add(Column::Offline.eq(true))
        .add(Expr::exists(sessions));
    let valid_after = || Expr::col((user::Entity, user::Column::GrantsValidAfter));
    let people = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(Expr::col((user::Entity, user::Column::Id)).equals((Entity, Column::UserId)))
        .filter(user::Column::BannedAt.is_null())
        .filter(
            Condition::any()
                .add(valid_after().is_null())
                .add(valid_after().lte(Expr::col((Entity, Column::CreatedAt)))),
        )
        .into_query();
    Condition::all()
        .add(Column::RevokedAt.is_null())
        .add(Column::ExpiresAt.gt(now.millis()))
        .add(outlives)
        .add(Expr::exists(people))
}

fn meant(filter: &GrantFilter, now: Timestamp) -> Condition {
    Condition::all()
        .add_option(filter.user.as_ref().map(|user| Column::UserId.eq(user.as_str())))
        .add_option(
            filter
                .application
                .as_ref()
                .map(|application| Column::ApplicationId.eq(application.as_str())),
        )
        .add(stand(now))
}

/// The grants that `filter` means, the newest first.
pub(in crate::oidc) async fn list(
    db: &impl ConnectionTrait,
    filter: &GrantFilter,
    offset: u64,
    limit: u64,
    now: Timestamp,
) -> Result<GrantPage> {
    let all = Entity::find().filter(meant(filter, now));
    let total = all.clone().count(db).await?;
    let rows = all
        .select_only()
        .column(Column::Id)
        .column(Column::ApplicationId)
        .column(Column::UserId)
        .column(Column::Scope)
        .column(Column::CreatedAt)
        .column(Column::LastUsedAt)
        .column(Column::ExpiresAt)
        .join(JoinType::InnerJoin, to_application())
        .column_as(application::Column::ClientId, "client_id")
        .column_as(application::Column::Name, "application_name")
        .order_by_desc(Column::Id)
        .offset(offset)
        .limit(limit)
        .into_model::<ViewRow>()
        .all(db)
        .await?;
    Ok(GrantPage {
        grants: rows.into_iter().map(GrantView::from).collect(),
        total,
    })
}
