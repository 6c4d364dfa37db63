//! Where the refresh tokens of a grant are.

use sea_orm::sea_query::{BinOper, Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::GrantId;
use crate::oidc::refresh_token::{Family, Rotations};
use ::entity::grant::{Column, Entity};

/// Rotates a generation of a grant that was not revoked, of which nothing can be used after `until`; false when the generation was
/// rotated before. It asks for nothing but what the refresh token says, so one statement is all of a refresh.
pub(in crate::oidc) async fn rotate(
    db: &impl ConnectionTrait,
    grant: &GrantId,
    generation: i32,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool> {
    // this one before the others, as far as they are remembered
    let rotations = Expr::val(Rotations::entry(now)).binary(BinOper::Custom("||"), Expr::col(Column::Rotations));
    let rotations = Func::cust("substr").args([rotations, Expr::val(1), Expr::val(Rotations::LENGTH)]);
    let rotated = Entity::update_many()
        .col_expr(Column::RefreshGeneration, Expr::val(generation + 1))
        .col_expr(Column::Rotations, rotations.into())
        .col_expr(Column::LastUsedAt, Expr::val(now.millis()))
        .col_expr(Column::ExpiresAt, Expr::val(until.millis()))
        .filter(Column::Id.eq(grant.as_str()))
        .filter(Column::RefreshGeneration.eq(generation))
        .filter(Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(rotated.rows_affected == 1)
}

/// Where the refresh tokens of a grant are; `None` when there is no grant or it was revoked.
pub(in crate::oidc) async fn family(db: &impl ConnectionTrait, grant: &GrantId) -> Result<Option<Family>> {
    let row: Option<(i32, String, i64)> = Entity::find_by_id(grant.as_str())
        .filter(Column::RevokedAt.is_null())
        .select_only()
        .column(Column::RefreshGeneration)
        .column(Column::Rotations)
        .column(Column::ExpiresAt)
        .into_tuple()
        .one(db)
        .await?;
    Ok(row.map(|(newest, rotations, until)| Family {
        newest,
        rotations: Rotations::from_stored(rotations),
        until: Timestamp::from_millis(until),
    }))
}
