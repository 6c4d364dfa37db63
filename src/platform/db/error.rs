//! What database errors mean to the rest of the house.

use std::time::Duration;

use sea_orm::error::SqlxSqliteError;
use sea_orm::{DbErr, RuntimeErr};

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

/// Whether the same command may succeed when it is run again: SQLite was locked by another process, or PostgreSQL found a
/// serialisation failure (40001) or a deadlock (40P01).
pub(super) fn is_crowded(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(e))
    | DbErr::Query(RuntimeErr::SqlxError(e))
    | DbErr::Conn(RuntimeErr::SqlxError(e))) = error
    else {
        return false;
    };
    let Some(e) = e.as_database_error() else {
        return false;
    };
    let code = e.code().unwrap_or_default();
    if e.try_downcast_ref::<SqlxSqliteError>().is_some() {
        // SQLITE_BUSY and its extended codes have 5 in the low byte
        return code.parse::<u32>().is_ok_and(|code| code & 0xff == 5);
    }
    matches!(&*code, "40001" | "40P01")
}
