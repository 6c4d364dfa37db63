//! SQLite database files as wholes: copied while they are written to, examined, and replaced.

use std::path::{Path, PathBuf};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use crate::kernel::error::{Error, Result};

/// What SQLite keeps beside a database file while it is open, or after a process that was killed.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// A database file that nobody else has open, for as long as this lives.
pub struct Alone(DatabaseConnection);

/// Copies the database at `from` as it is at this moment to `to`, which is missing or empty. Others read and write meanwhile.
///
/// # Errors
/// `from` is no database, or can't be read; `to` can't be written, or holds something.
pub async fn copy(from: &Path, to: &Path) -> Result<()> {
    let to = to
        .to_str()
        .ok_or_else(|| Error::bad_input("bad_path", "the path of the copy is not UTF-8"))?;
    let db = connect(from, false).await?;
    let into = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [to.into()]);
    let copied = db.execute_raw(into).await;
    db.close().await?;
    copied?;
    Ok(())
}

/// What is wrong with the database file at `path`, which nobody has open; nothing is written. `None`: it is whole.
///
/// # Errors
/// It is no database at all, or can't be read.
pub async fn examine(path: &Path) -> Result<Option<String>> {
    let db = connect(path, true).await?;
    let found = defects(&db).await;
    db.close().await?;
    found
}

async fn defects(db: &DatabaseConnection) -> Result<Option<String>> {
    let ask = |sql: &'static str| db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql));
    for row in ask("PRAGMA integrity_check(1)").await? {
        let said: String = row.try_get_by_index(0)?;
        if said != "ok" {
            return Ok(Some(said));
        }
    }
    match ask("PRAGMA foreign_key_check").await?.first() {
        None => Ok(None),
        Some(row) => {
            let table: String = row.try_get_by_index(0)?;
            Ok(Some(format!("a row of {table} refers to a row that is not there")))
        }
    }
}

/// Takes the database at `path` for oneself, with its log folded in; `None` while somebody else has it open.
///
/// # Errors
/// It is no database, or can't be written.
pub async fn take_alone(path: &Path) -> Result<Option<Alone>> {
    let db = connect(path, false).await?;
    // leaving the write-ahead log needs the file for oneself: every other connection holds a lock on it for as long as it is open
    let left = db
        .query_one_raw(Statement::from_string(
            DbBackend::Sqlite,
            "PRAGMA journal_mode = DELETE",
        ))
        .await;
    let is_alone = match left {
        Ok(Some(row)) => row.try_get_by_index::<String>(0)? == "delete",
        Ok(None) => false,
        Err(error) if super::error::is_crowded(&error) => false,
        Err(error) => return Err(error.into()),
    };
    if !is_alone || db.execute_unprepared("BEGIN EXCLUSIVE").await.is_err() {
        db.close().await?;
        return Ok(None);
    }
    Ok(Some(Alone(db)))
}

impl Alone {
    /// Lets others at it again.
    ///
    /// # Errors
    /// A database error.
    pub async fn release(self) -> Result<()> {
        self.0.close().await?;
        Ok(())
    }
}

/// The files that belong to a database file beside it.
pub fn companions(path: &Path) -> [PathBuf; 2] {
    COMPANIONS.map(|suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    })
}

async fn connect(path: &Path, read_only: bool) -> Result<DatabaseConnection> {
    let path = path.to_owned();
    let mut connect = ConnectOptions::new("sqlite:");
    connect.max_connections(1).sqlx_logging(false);
    connect.map_sqlx_sqlite_opts(move |options| {
        options
            .filename(&path)
            .create_if_missing(false)
            .read_only(read_only)
            // nothing is made beside a file that is only looked at
            .immutable(read_only)
    });
    Ok(Database::connect(connect).await?)
}
