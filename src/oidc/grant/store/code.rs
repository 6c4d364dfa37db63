//! The code in a grant's row.

use std::sync::Arc;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};

use super::row::{Row, select};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::GrantId;
use crate::kernel::token::TokenHash;
use crate::oidc::grant::code::{Binding, Code};
use crate::oidc::grant::model::Stored;
use crate::oidc::pkce::CodeChallenge;
use ::entity::grant::{Column, Entity};

#[derive(FromQueryResult)]
struct CodeRow {
    redirect_uri: Option<String>,
    code_challenge: Option<String>,
    nonce: Option<String>,
    code_expires_at: i64,
    code_consumed_at: Option<i64>,
    #[sea_orm(nested)]
    grant: Row,
}

/// A code, used or not, with its grant.
pub(in crate::oidc) async fn find_by_code(
    db: &impl ConnectionTrait,
    hash: &TokenHash,
    now: Timestamp,
) -> Result<Option<Code>> {
    let row = select()
        .column(Column::RedirectUri)
        .column(Column::CodeChallenge)
        .column(Column::Nonce)
        .column(Column::CodeExpiresAt)
        .column(Column::CodeConsumedAt)
        .filter(Column::CodeHash.eq(hash.to_vec()))
        .into_model::<CodeRow>()
        .one(db)
        .await?;
    Ok(row.map(|row| Code {
        standing: row.grant.standing(now),
        grant: Stored::from(row.grant).grant,
        expires_at: Timestamp::from_millis(row.code_expires_at),
        binding: row
            .redirect_uri
            .filter(|_| row.code_consumed_at.is_none())
            .map(|redirect_uri| Binding {
                redirect_uri,
                code_challenge: row.code_challenge.map(CodeChallenge::from_stored),
                nonce: row.nonce,
            })
            .map(Arc::new),
    }))
}

/// Uses up the code of a grant, of which nothing can be used after `until`; false when it was used before. What the code was bound to
/// goes, its hash stays, so that a replay is seen.
pub(in crate::oidc) async fn consume_code(
    db: &impl ConnectionTrait,
    grant: &GrantId,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool> {
    let nothing = || Expr::val(None::<String>);
    let consumed = Entity::update_many()
        .col_expr(Column::CodeConsumedAt, Expr::val(now.millis()))
        .col_expr(Column::RedirectUri, nothing())
        .col_expr(Column::CodeChallenge, nothing())
        .col_expr(Column::Nonce, nothing())
        .col_expr(Column::LastUsedAt, Expr::val(now.millis()))
        .col_expr(Column::ExpiresAt, Expr::val(until.millis()))
        .filter(Column::Id.eq(grant.as_str()))
        .filter(Column::CodeConsumedAt.is_null())
        .exec(db)
        .await?;
    Ok(consumed.rows_affected == 1)
}
