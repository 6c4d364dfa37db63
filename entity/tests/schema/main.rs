//! The entities against the migrated schema: on SQLite, and on PostgreSQL where `VESTIBULE_TEST_POSTGRES_URL` names a
//! database.

mod databases;
mod rows;
mod upgrade;

use entity::{
    consent, device, email_address, event, grant, identifier_claim, person_key, phone_number, session, session_proof,
    signing_key, subject, user, user_profile,
};
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityLoaderTrait,
    EntityTrait, PaginatorTrait, QueryOrder, SqlErr, Statement,
};

#[tokio::test]
async fn every_entity_has_the_columns_of_its_table() -> Result<(), DbErr> {
    databases::on_each(async |db| rows::fill_every_table(db).await).await
}

#[tokio::test]
async fn a_migrated_schema_has_nothing_left_to_do() -> Result<(), DbErr> {
    databases::on_each(async |db| {
        Migrator::up(db, None).await?;
        assert!(Migrator::get_pending_migrations(db).await?.is_empty());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_hangs_on_a_deleted_user_goes_too() -> Result<(), DbErr> {
    databases::on_each(async |db| {
        rows::fill_every_table(db).await?;
        user::Entity::delete_by_id(rows::FULL).exec(db).await?;
        for left in [
            email_address::Entity::find().count(db).await?,
            phone_number::Entity::find().count(db).await?,
            user_profile::Entity::find().count(db).await?,
            identifier_claim::Entity::find().count(db).await?,
            session_proof::Entity::find().count(db).await?,
            subject::Entity::find().count(db).await?,
            consent::Entity::find().count(db).await?,
            grant::Entity::find().count(db).await?,
        ] {
            assert_eq!(left, 1);
        }
        assert_eq!(event::Entity::find().count(db).await?, 2);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn relations_join_and_load() -> Result<(), DbErr> {
    databases::on_each(async |db| {
        rows::fill_every_table(db).await?;
        let found = session::Entity::find_by_id(rows::FULL)
            .find_also_related(user::Entity)
            .one(db)
            .await?;
        let Some((session, Some(user))) = found else {
            panic!("a session has a user");
        };
        assert_eq!(user.id, session.user_id);

        let loaded = device::Entity::load()
            .filter_by_id(rows::FULL)
            .with((session::Entity, session_proof::Entity))
            .one(db)
            .await?;
        let Some(device) = loaded else {
            panic!("the device is there");
        };
        assert_eq!(device.sessions.len(), 1);
        assert_eq!(device.sessions[0].proofs.len(), 1);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn ids_sort_byte_by_byte() -> Result<(), DbErr> {
    databases::on_each(async |db| {
        for id in ["user_a", "user_B", "user_0", "user_Z"] {
            person_key::ActiveModel {
                person_id: Set(id.to_owned()),
                sealed_key: Set(Vec::new()),
                created_at: Set(0),
            }
            .insert(db)
            .await?;
        }
        let keys = person_key::Entity::find()
            .order_by_asc(person_key::COLUMN.person_id)
            .all(db)
            .await?;
        let ids: Vec<_> = keys.iter().map(|key| key.person_id.as_str()).collect();
        assert_eq!(ids, ["user_0", "user_B", "user_Z", "user_a"]);
        Ok(())
    })
    .await
}

/// PostgreSQL refuses to compare two columns whose collations differ.
#[tokio::test]
async fn every_id_has_the_same_collation_on_postgresql() -> Result<(), DbErr> {
    const LANGUAGE_SORTED_IDS: &str = r"
        SELECT table_name || '.' || column_name AS name FROM information_schema.columns
        WHERE table_schema = current_schema() AND data_type = 'character varying' AND collation_name IS NULL
        AND (column_name = 'id' OR column_name LIKE '%\_id')";
    databases::on_each(async |db| {
        if db.get_database_backend() == DbBackend::Postgres {
            let found = db
                .query_all_raw(Statement::from_string(DbBackend::Postgres, LANGUAGE_SORTED_IDS))
                .await?;
            let names: Result<Vec<String>, DbErr> = found.iter().map(|row| row.try_get("", "name")).collect();
            assert_eq!(names?, Vec::<String>::new());
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_purpose_and_algorithm_have_one_active_and_one_next_key() -> Result<(), DbErr> {
    databases::on_each(async |db| {
        for state in ["active", "next", "retiring"] {
            insert_key(db, &format!("{state}_1"), state).await?;
        }
        insert_key(db, "retiring_2", "retiring").await?;
        for state in ["active", "next"] {
            let refused = insert_key(db, &format!("{state}_2"), state).await;
            assert!(matches!(
                refused.map_err(|error| error.sql_err()),
                Err(Some(SqlErr::UniqueConstraintViolation(_)))
            ));
        }
        Ok(())
    })
    .await
}

async fn insert_key(db: &DatabaseConnection, id: &str, state: &str) -> Result<(), DbErr> {
    signing_key::ActiveModel {
        id: Set(id.to_owned()),
        purpose: Set("tokens".to_owned()),
        algorithm: Set("ES256".to_owned()),
        state: Set(state.to_owned()),
        sealed_private_key: Set(None),
        public_jwk: Set("{}".to_owned()),
        created_at: Set(0),
        activated_at: Set(None),
        retired_at: Set(None),
        gone_at: Set(None),
    }
    .insert(db)
    .await
    .map(drop)
}
