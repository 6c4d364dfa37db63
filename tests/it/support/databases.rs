//! A database of its own for every test.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait, Database as SeaDatabase};

/// Names the server of the PostgreSQL runs, such as `postgres://user@127.0.0.1:5432/postgres`.
const POSTGRES: &str = "VESTIBULE_TEST_POSTGRES_URL";

static COUNT: AtomicU32 = AtomicU32::new(0);

/// The value of `database.url` for one test.
pub struct Database {
    pub url: String,
}

impl Database {
    /// A fresh SQLite file in `dir`, or a fresh PostgreSQL database.
    pub async fn create(dir: &Path) -> Self {
        let Ok(server) = std::env::var(POSTGRES) else {
            return Self {
                url: format!("sqlite:{}", dir.join("vestibule.db").display()),
            };
        };
        let name = format!("it_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let admin = SeaDatabase::connect(&server).await.expect("the test server answers");
        admin
            .execute_unprepared(&format!("CREATE DATABASE {name}"))
            .await
            .expect("a database can be made");
        // how the server is set up must not matter
        admin
            .execute_unprepared(&format!(
                "ALTER DATABASE {name} SET default_transaction_isolation TO 'serializable'"
            ))
            .await
            .expect("a database can be altered");
        admin.close().await.expect("closes");
        let mut url = url::Url::parse(&server).expect("a URL");
        url.set_path(&name);
        Self { url: url.into() }
    }
}
