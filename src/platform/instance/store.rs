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
    let rows = sections.iter().map(|(section, value)| ActiveModel {
        section: Set(section.clone()),
        value: Set(value.to_string()),
        updated_at: Set(now.millis()),
    });
    Entity::insert_many(rows)
        .on_conflict(
            OnConflict::column(Column::Section)
                .update_columns([Column::Value, Column::UpdatedAt])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}
