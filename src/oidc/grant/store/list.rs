//! Grants in lists.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::row::to_application;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::{ApplicationId, GrantId, UserId};
use crate::oidc::grant::list::{GrantFilter, GrantPage, GrantView};
use ::entity::application;
use ::entity::grant::{Column, Entity};

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

/// Not revoked, and with something that can still be used.
fn living(filter: &GrantFilter, now: Timestamp) -> Condition {
    Condition::all()
        .add_option(filter.user.as_ref().map(|user| Column::UserId.eq(user.as_str())))
        .add_option(
            filter
                .application
                .as_ref()
                .map(|application| Column::ApplicationId.eq(application.as_str())),
        )
        .add(Column::RevokedAt.is_null())
        .add(Column::ExpiresAt.gt(now.millis()))
}

/// The grants that `filter` means, the newest first.
pub(in crate::oidc) async fn list(
    db: &impl ConnectionTrait,
    filter: &GrantFilter,
    offset: u64,
    limit: u64,
    now: Timestamp,
) -> Result<GrantPage> {
    let all = Entity::find().filter(living(filter, now));
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
