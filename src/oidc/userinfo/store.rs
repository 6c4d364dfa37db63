//! What an access token opens, in one query.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationDef,
};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::UserId;
use crate::kernel::token::TokenHash;
use crate::oidc::grant::Standing;
use crate::oidc::grant::store::{StandingRow, join_standing, join_subject};
use crate::oidc::scope::Scope;
use ::entity::access_token::{Column, Entity};
use ::entity::grant;

/// A token that has not expired.
pub(super) struct Access {
    pub(super) scope: Scope,
    pub(super) standing: Standing,
    pub(super) user_id: UserId,
    pub(super) sub: String,
}

pub(super) async fn find(db: &impl ConnectionTrait, hash: &TokenHash, now: Timestamp) -> Result<Option<Access>> {
    let select = Entity::find_by_id(hash.to_vec())
        .filter(Column::ExpiresAt.gt(now.millis()))
        .select_only()
        .column(Column::Scope)
        .join(JoinType::InnerJoin, to_grant());
    let row = join_subject(join_standing(select))
        .column(grant::Column::UserId)
        .into_model::<Row>()
        .one(db)
        .await?;
    Ok(row.map(|row| Access {
        scope: Scope::from(row.scope),
        standing: row.standing.standing(now),
        user_id: UserId::from_stored(row.user_id),
        sub: row.sub,
    }))
}

#[derive(FromQueryResult)]
struct Row {
    scope: String,
    #[sea_orm(nested)]
    standing: StandingRow,
    sub: String,
    user_id: String,
}

fn to_grant() -> RelationDef {
    Entity::belongs_to(grant::Entity)
        .from(Column::GrantId)
        .to(grant::Column::Id)
        .into()
}
