//! Rows of every entity, made from what the entity says of its columns.

use entity::*;
use sea_orm::sea_query::{Asterisk, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ColumnType, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, IdenStatic,
    Iterable, ModelTrait, PrimaryKeyToColumn, QueryFilter, Value,
};

/// What every text column of the full rows holds, so that their foreign keys meet.
pub const FULL: &str = "full";
const SPARSE: &str = "sparse";

/// Fills every table, parents first, with one row that has no null and one that has as many as it may.
pub async fn fill_every_table(db: &DatabaseConnection) -> Result<(), DbErr> {
    fill::<instance_setting::Entity>(db).await?;
    fill::<change::Entity>(db).await?;
    fill::<invalidation::Entity>(db).await?;
    fill::<event::Entity>(db).await?;
    fill::<person_key::Entity>(db).await?;
    fill::<job::Entity>(db).await?;
    fill::<mail::Entity>(db).await?;
    fill::<rate_limit::Entity>(db).await?;
    fill::<schedule::Entity>(db).await?;
    fill::<signing_key::Entity>(db).await?;
    fill::<user::Entity>(db).await?;
    fill::<email_address::Entity>(db).await?;
    fill::<phone_number::Entity>(db).await?;
    fill::<user_profile::Entity>(db).await?;
    fill::<identifier_claim::Entity>(db).await?;
    fill::<device::Entity>(db).await?;
    fill::<session::Entity>(db).await?;
    fill::<session_proof::Entity>(db).await?;
    fill::<attempt::Entity>(db).await?;
    fill::<continuation::Entity>(db).await?;
    fill::<application::Entity>(db).await?;
    fill::<application_uri::Entity>(db).await?;
    fill::<application_secret::Entity>(db).await?;
    fill::<used_assertion::Entity>(db).await?;
    fill::<secret_key::Entity>(db).await?;
    fill::<subject::Entity>(db).await?;
    fill::<consent::Entity>(db).await?;
    fill::<grant::Entity>(db).await?;
    fill::<revoked_token::Entity>(db).await
}

/// Inserts both rows, reads them back, and compares the columns of the table with those of the entity.
async fn fill<E: EntityTrait>(db: &DatabaseConnection) -> Result<(), DbErr> {
    for text in [FULL, SPARSE] {
        insert_and_read_back::<E>(db, text).await?;
    }
    let every_column = Query::select().column(Asterisk).from(E::default()).take();
    let Some(row) = db.query_one(&every_column).await? else {
        panic!("{} is empty", E::default().as_str());
    };
    let columns: Vec<_> = E::Column::iter().map(|column| column.as_str()).collect();
    assert_eq!(row.column_names(), columns, "columns of {}", E::default().as_str());
    Ok(())
}

async fn insert_and_read_back<E: EntityTrait>(db: &DatabaseConnection, text: &str) -> Result<(), DbErr> {
    let values: Vec<_> = E::Column::iter().map(|column| (column, value(column, text))).collect();
    let mut row = <E::ActiveModel as ActiveModelTrait>::default();
    for (column, value) in &values {
        row.set(*column, value.clone());
    }
    E::insert(row).exec_without_returning(db).await?;

    let key = values
        .iter()
        .filter(|(column, _)| E::PrimaryKey::iter().any(|key| key.into_column().as_str() == column.as_str()))
        .fold(E::find(), |find, (column, value)| find.filter(column.eq(value.clone())));
    let found = key.all(db).await?;
    assert_eq!(found.len(), 1, "rows of {}", E::default().as_str());
    for (column, value) in values {
        assert_eq!(
            found[0].get(column),
            value,
            "{}.{}",
            E::default().as_str(),
            column.as_str()
        );
    }
    Ok(())
}

fn value<C: ColumnTrait>(column: C, text: &str) -> Value {
    let definition = column.def();
    let null = text == SPARSE && definition.is_null();
    match definition.get_column_type() {
        ColumnType::String(_) => Value::String((!null).then(|| text.to_owned())),
        ColumnType::VarBinary(_) => Value::Bytes((!null).then(|| text.bytes().cycle().take(32).collect())),
        // a number may be the primary key, so the two rows have different ones
        ColumnType::BigInteger => Value::BigInt((!null).then_some(1_795_000_000_000 + i64::from(text == SPARSE))),
        ColumnType::Integer => Value::Int((!null).then_some(7)),
        ColumnType::Boolean => Value::Bool((!null).then_some(true)),
        other => panic!("{} has an unforeseen type {other:?}", column.as_str()),
    }
}
