//! What database errors mean to the rest of the house.

use std::time::Duration;

use sea_orm::{DbErr, RuntimeErr, SqlErr};

use crate::kernel::error::Error;

/// How long a caller should wait while the database is away or crowded.
const RETRY_AFTER: Duration = Duration::from_secs(2);

impl From<DbErr> for Error {
    fn from(cause: DbErr) -> Self {
        match cause {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::busy(RETRY_AFTER, cause),
            _ if is_crowded(&cause) => Self::busy(RETRY_AFTER, cause),
            other => Self::internal(other),
        }
    }
}

/// Whether `error` says that a unique key is taken.
pub fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// A database error in words for an operator at the command line, its innermost cause included.
pub fn describe(error: &DbErr) -> String {
    error.to_string()
}

/// Whether the same command may succeed when it is run again: SQLite was locked by another process, or PostgreSQL found a
/// serialisation failure (40001) or a deadlock (40P01).
pub(super) fn is_crowded(error: &DbErr) -> bool {
    let code = database_code(error);
    // SQLITE_BUSY and its extended codes have 5 in the low byte
    let sqlite_busy = code
        .as_deref()
        .and_then(|c| c.parse::<u32>().ok())
        .is_some_and(|c| c & 0xff == 5);
    sqlite_busy || matches!(code.as_deref(), Some("40001" | "40P01"))
}

fn database_code(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(e))
    | DbErr::Query(RuntimeErr::SqlxError(e))
    | DbErr::Conn(RuntimeErr::SqlxError(e))) = error
    else {
        return None;
    };
    e.as_database_error().and_then(|e| e.code().map(|c| c.into_owned()))
}
