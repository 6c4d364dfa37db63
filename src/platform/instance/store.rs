//! The rows of `instance_settings`.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde_json::{Map, Value};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use ::entity::instance_setting::{ActiveModel, Column, Entity};

/// All sections by name; a handful of rows.
pub(super) async fn load(db: &impl ConnectionTrait) -> Result<Map<String, Value>> {
    let rows = Entity::find().all(db).await?;
    rows.into_iter()
        .map(|row| Ok((row.section, serde_json::from_str(&row.value).map_err(Error::internal)?)))
        .collect()
}

/// Writes sections, new or known.
pub(super) async fn save(db: &impl ConnectionTrait, sections: &Map<String, Value>, now: Timestamp) -> Result<()> {
    let mut replace = OnConflict::column(Column::Section);
    replace.update_columns([Column::Value, Column::UpdatedAt]);
    insert(db, sections, replace, now).await
}

/// Writes sections that are new; those that somebody wrote before stay as they are.
pub(super) async fn seed(db: &impl ConnectionTrait, sections: &Map<String, Value>, now: Timestamp) -> Result<()> {
    let mut keep = OnConflict::column(Column::Section);
    keep.do_nothing();
    insert(db, sections, keep, now).await
}

async fn insert(
    db: &impl ConnectionTrait,
    sections: &Map<String, Value>,
    on_conflict: OnConflict,
    now: Timestamp,
) -> Result<()> {
    let rows = sections.iter().map(|(section, value)| ActiveModel {
        section: Set(section.clone()),
        value: Set(value.to_string()),
        updated_at: Set(now.millis()),
    });
    Entity::insert_many(rows)
        .on_conflict(on_conflict)
        .exec_without_returning(db)
        .await?;
    Ok(())
}
