//! The rows of `authorization_codes`.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    RelationDef,
};

use super::model::{Code, NewCode};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::token::TokenHash;
use crate::oidc::grant::store::{GrantRow, join_grant};
use crate::oidc::pkce::CodeChallenge;
use ::entity::authorization_code::{ActiveModel, Column, Entity};
use ::entity::grant;

/// Writes a code.
pub(in crate::oidc) async fn insert(db: &impl ConnectionTrait, new: &NewCode) -> Result<()> {
    let row = ActiveModel {
        code_hash: Set(new.hash.to_vec()),
        grant_id: Set(new.grant_id.to_string()),
        redirect_uri: Set(new.redirect_uri.clone()),
        code_challenge: Set(new
            .code_challenge
            .as_ref()
            .map(|challenge| challenge.as_str().to_owned())),
        nonce: Set(new.nonce.clone()),
        expires_at: Set(new.expires_at.millis()),
        consumed_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// A code, used or not, with its grant.
pub(in crate::oidc) async fn find(db: &impl ConnectionTrait, hash: &TokenHash) -> Result<Option<Code>> {
    let select = Entity::find_by_id(hash.to_vec())
        .select_only()
        .column(Column::RedirectUri)
        .column(Column::CodeChallenge)
        .column(Column::Nonce)
        .column(Column::ExpiresAt)
        .join(JoinType::InnerJoin, to_grant());
    let row = join_grant(select).into_model::<Row>().one(db).await?;
    Ok(row.map(|row| Code {
        grant: row.grant.into(),
        redirect_uri: row.redirect_uri,
        code_challenge: row.code_challenge.map(CodeChallenge::from_stored),
        nonce: row.nonce,
        expires_at: Timestamp::from_millis(row.expires_at),
    }))
}

/// Uses a code up; false when it was used before.
pub(in crate::oidc) async fn consume(db: &impl ConnectionTrait, hash: &TokenHash, now: Timestamp) -> Result<bool> {
    let consumed = Entity::update_many()
        .col_expr(Column::ConsumedAt, Expr::val(now.millis()))
        .filter(Column::CodeHash.eq(hash.to_vec()))
        .filter(Column::ConsumedAt.is_null())
        .exec(db)
        .await?;
    Ok(consumed.rows_affected == 1)
}

#[derive(FromQueryResult)]
struct Row {
    redirect_uri: String,
    code_challenge: Option<String>,
    nonce: Option<String>,
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
