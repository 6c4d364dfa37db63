//! Fresh databases for a test.

use std::env;
use std::sync::atomic::{AtomicU32, Ordering};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr};

/// Runs `test` on a new, migrated database of each kind that is at hand.
pub async fn on_each(test: impl AsyncFn(&DatabaseConnection) -> Result<(), DbErr>) -> Result<(), DbErr> {
    let sqlite = Database::connect("sqlite::memory:").await?;
    Migrator::up(&sqlite, None).await?;
    test(&sqlite).await?;
    match env::var("VESTIBULE_TEST_POSTGRES_URL") {
        Ok(url) => on_postgres(&url, test).await,
        Err(_) => Ok(()),
    }
}

/// Each test has a PostgreSQL schema of its own, which is left behind only by a failure.
async fn on_postgres(url: &str, test: impl AsyncFn(&DatabaseConnection) -> Result<(), DbErr>) -> Result<(), DbErr> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let schema = format!("entity_{}_{count}", std::process::id());

    let server = Database::connect(url).await?;
    server.execute_unprepared(&format!("CREATE SCHEMA {schema}")).await?;
    let mut options = ConnectOptions::new(url);
    options.set_schema_search_path(&schema);
    let postgres = Database::connect(options).await?;
    Migrator::up(&postgres, None).await?;
    test(&postgres).await?;
    postgres.close().await?;
    server
        .execute_unprepared(&format!("DROP SCHEMA {schema} CASCADE"))
        .await?;
    server.close().await
}
