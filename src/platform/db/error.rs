//! What database errors mean to the rest of the house.

use std::time::Duration;

use sea_orm::error::SqlxSqliteError;
use sea_orm::{DbErr, RuntimeErr};

use crate::kernel::error::Error;

/// How long a caller should wait while the database is away or crowded.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(2);

impl From<DbErr> for Error {
    fn from(cause: DbErr) -> Self {
        match cause {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::busy(RETRY_AFTER, cause),
            _ if is_crowded(&cause) || is_away(&cause) => Self::busy(RETRY_AFTER, cause),
            _ if is_no_value(&cause) => {
                Self::bad_input("invalid_value", "a value of the request can't be stored").because(cause)
            }
            other => Self::internal(other),
        }
    }
}

/// Whether the same command may succeed when it is run again: SQLite was locked by another process, or PostgreSQL found a
/// serialisation failure (40001) or a deadlock (40P01).
pub(super) fn is_crowded(error: &DbErr) -> bool {
    match refusal(error) {
        // SQLITE_BUSY and its extended codes have 5 in the low byte
        Some(Refusal::Sqlite(code)) => code & 0xff == 5,
        Some(Refusal::Postgres(code)) => matches!(&*code, "40001" | "40P01"),
        None => false,
    }
}

/// Whether the database can't be asked or has no space, which is nobody's mistake and passes: the connection broke off, or the
/// server shuts down, starts or is full. Nothing was committed, or nobody knows, so the command is not run again by itself.
fn is_away(error: &DbErr) -> bool {
    match refusal(error) {
        // SQLITE_FULL
        Some(Refusal::Sqlite(code)) => code & 0xff == 13,
        // connection exceptions, insufficient resources, operator intervention (a cancelled or timed out statement too), and a lock
        // that was not to be had in time
        Some(Refusal::Postgres(code)) => ["08", "53", "57", "55P03"].iter().any(|class| code.starts_with(class)),
        None => matches!(
            sqlx_error(error),
            Some(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed)
        ),
    }
}

/// Whether a value is none that the database takes (PostgreSQL's data exceptions): U+0000 in a text, or more characters than the
/// column has. SQLite takes them all.
fn is_no_value(error: &DbErr) -> bool {
    matches!(refusal(error), Some(Refusal::Postgres(code)) if code.starts_with("22"))
}

/// What a database itself says, by its code.
enum Refusal {
    Sqlite(u32),
    Postgres(String),
}

fn refusal(error: &DbErr) -> Option<Refusal> {
    let error = sqlx_error(error)?.as_database_error()?;
    let code = error.code()?;
    match error.try_downcast_ref::<SqlxSqliteError>() {
        Some(_) => code.parse().ok().map(Refusal::Sqlite),
        None => Some(Refusal::Postgres(code.into_owned())),
    }
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(e))
        | DbErr::Query(RuntimeErr::SqlxError(e))
        | DbErr::Conn(RuntimeErr::SqlxError(e)) => Some(e),
        _ => None,
    }
}
