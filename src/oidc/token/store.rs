//! The rows of `access_tokens` and `refresh_tokens`.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    RelationDef,
};

use super::issue::NewToken;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::GrantId;
use crate::kernel::token::TokenHash;
use crate::oidc::grant::Grant;
use crate::oidc::grant::store::{GrantRow, join_grant};
use crate::oidc::scope::Scope;
use ::entity::refresh_token::{ActiveModel, Column, Entity};
use ::entity::{access_token, grant};

/// A refresh token and its grant.
pub(super) struct RefreshToken {
    pub(super) grant: Grant,
    pub(super) generation: i32,
    pub(super) expires_at: Timestamp,
}

pub(super) async fn insert_access_token(
    db: &impl ConnectionTrait,
    grant: &GrantId,
    new: &NewToken,
    scope: Scope,
) -> Result<()> {
    let row = access_token::ActiveModel {
        token_hash: Set(new.hash.to_vec()),
        grant_id: Set(grant.to_string()),
        scope: Set(scope.to_string()),
        created_at: Set(new.created_at.millis()),
        expires_at: Set(new.expires_at.millis()),
    };
    access_token::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

pub(super) async fn insert_refresh_token(
    db: &impl ConnectionTrait,
    grant: &GrantId,
    new: &NewToken,
    generation: i32,
) -> Result<()> {
    let row = ActiveModel {
        token_hash: Set(new.hash.to_vec()),
        grant_id: Set(grant.to_string()),
        generation: Set(generation),
        created_at: Set(new.created_at.millis()),
        expires_at: Set(new.expires_at.millis()),
        rotated_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// A refresh token, rotated or not, with its grant. None of this ever changes.
pub(super) async fn find_refresh_token(db: &impl ConnectionTrait, hash: &TokenHash) -> Result<Option<RefreshToken>> {
    let select = Entity::find_by_id(hash.to_vec())
        .select_only()
        .column(Column::Generation)
        .column(Column::ExpiresAt)
        .join(JoinType::InnerJoin, to_grant());
    let row = join_grant(select).into_model::<Row>().one(db).await?;
    Ok(row.map(|row| RefreshToken {
        grant: row.grant.into(),
        generation: row.generation,
        expires_at: Timestamp::from_millis(row.expires_at),
    }))
}

/// When the token was rotated, if it was.
pub(super) async fn rotated_at(db: &impl ConnectionTrait, hash: &TokenHash) -> Result<Option<Timestamp>> {
    let rotated_at: Option<Option<i64>> = Entity::find_by_id(hash.to_vec())
        .select_only()
        .column(Column::RotatedAt)
        .into_tuple()
        .one(db)
        .await?;
    Ok(rotated_at.flatten().map(Timestamp::from_millis))
}

/// Rotates a generation; false when it was rotated before. Its tokens are rotated together, so what is true of one is true of all.
pub(super) async fn rotate_generation(
    db: &impl ConnectionTrait,
    grant: &GrantId,
    generation: i32,
    now: Timestamp,
) -> Result<bool> {
    let rotated = Entity::update_many()
        .col_expr(Column::RotatedAt, Expr::val(now.millis()))
        .filter(Column::GrantId.eq(grant.as_str()))
        .filter(Column::Generation.eq(generation))
        .filter(Column::RotatedAt.is_null())
        .exec(db)
        .await?;
    Ok(rotated.rows_affected > 0)
}

/// The newest generation of a grant.
pub(super) async fn newest_generation(db: &impl ConnectionTrait, grant: &GrantId) -> Result<i32> {
    let newest: Option<Option<i32>> = Entity::find()
        .select_only()
        .column_as(Column::Generation.max(), "newest")
        .filter(Column::GrantId.eq(grant.as_str()))
        .into_tuple()
        .one(db)
        .await?;
    Ok(newest.flatten().unwrap_or_default())
}

#[derive(FromQueryResult)]
struct Row {
    generation: i32,
    expires_at: i64,
    #[sea_orm(nested)]
    grant: GrantRow,
}

fn to_grant() -> RelationDef {
    Entity::belongs_to(grant::Entity)
        .from(Column::GrantId)
        .to(grant::Column::Id)
        .into()
}
