//! The rows of `subjects`.

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::kernel::error::Result;
use crate::kernel::id::UserId;
use ::entity::subject::{ActiveModel, Column, Entity};

/// The sector of all applications that share the public subject type.
pub(in crate::oidc) const PUBLIC: &str = "";

/// Gives the person a public `sub`, the user id, unless there is one already: it stays what it is when people are merged or
/// imported.
pub(in crate::oidc) async fn ensure(db: &impl ConnectionTrait, user: &UserId) -> Result<()> {
    let row = ActiveModel {
        user_id: Set(user.to_string()),
        sector: Set(PUBLIC.to_owned()),
        sub: Set(user.to_string()),
    };
    Entity::insert(row)
        .on_conflict_do_nothing_on([Column::UserId, Column::Sector])
        .exec(db)
        .await?;
    Ok(())
}

/// The person's public `sub`, which is there from their first grant on.
pub(in crate::oidc) async fn find(db: &impl ConnectionTrait, user: &UserId) -> Result<Option<String>> {
    let row = Entity::find_by_id((user.to_string(), PUBLIC.to_owned()))
        .one(db)
        .await?;
    Ok(row.map(|row| row.sub))
}

/// The person of a public `sub`.
pub(in crate::oidc) async fn user_of(db: &impl ConnectionTrait, sub: &str) -> Result<Option<UserId>> {
    let row = Entity::find()
        .filter(Column::Sector.eq(PUBLIC))
        .filter(Column::Sub.eq(sub))
        .one(db)
        .await?;
    Ok(row.map(|row| UserId::from_stored(row.user_id)))
}
