//! Rows of `applications`, searched.

use sea_orm::sea_query::extension::postgres::PgExpr;
use sea_orm::sea_query::{Expr, LikeExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, Order, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::{ApplicationFilter, ApplicationOrder, ApplicationSlice};
use crate::kernel::error::Result;
use crate::oidc::application::store::with_parts;
use ::entity::application::{Column, Entity};

/// What stands before a sign that means itself.
const ESCAPE: char = '\\';

/// The applications that `filter` means.
pub(super) async fn search(
    db: &impl ConnectionTrait,
    filter: &ApplicationFilter,
    offset: u64,
    limit: u64,
) -> Result<ApplicationSlice> {
    let meant = filter
        .query
        .as_deref()
        .map(|text| matching(text, db.get_database_backend()));
    let all = Entity::find().filter(Condition::all().add_option(meant));
    let total = all.clone().count(db).await?;
    let direction = || match filter.descending {
        true => Order::Desc,
        false => Order::Asc,
    };
    let ordered = match filter.order {
        // an id begins with the time
        ApplicationOrder::CreatedAt => all,
        ApplicationOrder::Name => all.order_by(Column::Name, direction()),
    };
    let rows = ordered
        .order_by(Column::Id, direction())
        .offset(offset)
        .limit(limit)
        .all(db)
        .await?;
    Ok(ApplicationSlice {
        applications: with_parts(db, rows).await?,
        total,
    })
}

/// SQLite's LIKE and lower() know the case of ASCII alone, so there other letters match as they are written.
fn matching(text: &str, backend: DbBackend) -> Condition {
    let escaped = |text: &str| {
        text.chars().fold(String::from("%"), |mut pattern, sign| {
            if matches!(sign, '%' | '_' | ESCAPE) {
                pattern.push(ESCAPE);
            }
            pattern.push(sign);
            pattern
        }) + "%"
    };
    let pattern = LikeExpr::new(escaped(text));
    let by_name = match backend {
        // a backslash escapes without a word
        DbBackend::Postgres => Expr::col(Column::Name).ilike(pattern),
        _ => Expr::col(Column::Name).like(pattern.escape(ESCAPE)),
    };
    Condition::any().add(by_name).add(Column::ClientId.eq(text))
}
