//! What connects a person with applications, read from `consents` and `grants`.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::{ApplicationId, UserId};
use crate::oidc::grant::store::stand;
use crate::oidc::scope::Scope;
use ::entity::{application, consent, grant};

/// One reason why an application is on the list.
pub(super) struct Use {
    pub(super) application: ApplicationId,
    pub(super) scope: Scope,
    pub(super) since: Timestamp,
    pub(super) last_used: Option<Timestamp>,
}

/// What a person's applications can still use.
fn live(user: &UserId, now: Timestamp) -> Condition {
    Condition::all()
        .add(grant::Column::UserId.eq(user.as_str()))
        .add(stand(now))
}

/// The applications of a part of the list, with their names.
pub(super) async fn names(
    db: &impl ConnectionTrait,
    user: &UserId,
    after: Option<&ApplicationId>,
    limit: u64,
    now: Timestamp,
) -> Result<Vec<(ApplicationId, String)>> {
    let allowed = consent::Entity::find()
        .select_only()
        .column(consent::Column::ApplicationId)
        .filter(consent::Column::UserId.eq(user.as_str()))
        .into_query();
    let granted = grant::Entity::find()
        .select_only()
        .column(grant::Column::ApplicationId)
        .filter(live(user, now))
        .into_query();
    let mut query = application::Entity::find()
        .select_only()
        .column(application::Column::Id)
        .column(application::Column::Name)
        .filter(
            Condition::any()
                .add(application::Column::Id.in_subquery(allowed))
                .add(application::Column::Id.in_subquery(granted)),
        )
        .order_by_asc(application::Column::Id)
        .limit(limit);
    if let Some(after) = after {
        query = query.filter(application::Column::Id.gt(after.as_str()));
    }
    let rows: Vec<(String, String)> = query.into_tuple().all(db).await?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| (ApplicationId::from_stored(id), name))
        .collect())
}

/// Why these applications are on the list.
pub(super) async fn uses(
    db: &impl ConnectionTrait,
    user: &UserId,
    applications: &[(ApplicationId, String)],
    now: Timestamp,
) -> Result<Vec<Use>> {
    let ids: Vec<&str> = applications.iter().map(|(id, _)| id.as_str()).collect();
    let consents = consent::Entity::find()
        .filter(consent::Column::UserId.eq(user.as_str()))
        .filter(consent::Column::ApplicationId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let grants = grant::Entity::find()
        .select_only()
        .column(grant::Column::ApplicationId)
        .column(grant::Column::Scope)
        .column_as(grant::Column::CreatedAt.min(), "since")
        .column_as(grant::Column::LastUsedAt.max(), "last_used")
        .filter(live(user, now))
        .filter(grant::Column::ApplicationId.is_in(ids))
        .group_by(grant::Column::ApplicationId)
        .group_by(grant::Column::Scope)
        .into_model::<GrantsRow>()
        .all(db)
        .await?;
    let allowed = consents.into_iter().map(|row| Use {
        application: ApplicationId::from_stored(row.application_id),
        scope: Scope::from(row.scope),
        since: Timestamp::from_millis(row.granted_at),
        last_used: None,
    });
    let granted = grants.into_iter().map(|row| Use {
        application: ApplicationId::from_stored(row.application_id),
        scope: Scope::from(row.scope),
        since: Timestamp::from_millis(row.since),
        last_used: row.last_used.map(Timestamp::from_millis),
    });
    Ok(allowed.chain(granted).collect())
}

#[derive(FromQueryResult)]
struct GrantsRow {
    application_id: String,
    scope: String,
    since: i64,
    last_used: Option<i64>,
}
