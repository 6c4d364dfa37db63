//! What an access token opens, in one query.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationDef,
};

use super::claims::Person;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::token::TokenHash;
use crate::oidc::grant::Standing;
use crate::oidc::grant::store::{StandingRow, join_standing, join_subject};
use crate::oidc::scope::Scope;
use ::entity::access_token::{Column, Entity};
use ::entity::{email_address, grant, user};

/// A token that has not expired.
pub(super) struct Access {
    pub(super) scope: Scope,
    pub(super) standing: Standing,
    pub(super) person: Person,
}

pub(super) async fn find(db: &impl ConnectionTrait, hash: &TokenHash, now: Timestamp) -> Result<Option<Access>> {
    let select = Entity::find_by_id(hash.to_vec())
        .filter(Column::ExpiresAt.gt(now.millis()))
        .select_only()
        .column(Column::Scope)
        .join(JoinType::InnerJoin, to_grant());
    let row = join_subject(join_standing(select))
        .join(JoinType::LeftJoin, to_email())
        .column(user::Column::FirstName)
        .column(user::Column::LastName)
        .column(user::Column::UpdatedAt)
        .column(email_address::Column::Address)
        .column(email_address::Column::VerifiedAt)
        .into_model::<Row>()
        .one(db)
        .await?;
    Ok(row.map(|row| Access {
        scope: Scope::from(row.scope),
        standing: row.standing.standing(now),
        person: Person {
            sub: row.sub,
            first_name: row.first_name,
            last_name: row.last_name,
            updated_at: Timestamp::from_millis(row.updated_at),
            email: row.address,
            email_verified: row.verified_at.is_some(),
        },
    }))
}

#[derive(FromQueryResult)]
struct Row {
    scope: String,
    #[sea_orm(nested)]
    standing: StandingRow,
    sub: String,
    first_name: Option<String>,
    last_name: Option<String>,
    updated_at: i64,
    address: Option<String>,
    verified_at: Option<i64>,
}

fn to_grant() -> RelationDef {
    Entity::belongs_to(grant::Entity)
        .from(Column::GrantId)
        .to(grant::Column::Id)
        .into()
}

fn to_email() -> RelationDef {
    user::Entity::belongs_to(email_address::Entity)
        .from(user::Column::PrimaryEmailId)
        .to(email_address::Column::Id)
        .into()
}
