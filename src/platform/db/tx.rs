//! The handle a command writes with.

use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement, TransactionSession,
};

use super::connect::Inner;
use crate::kernel::error::Error;

/// The widths of the columns of `invalidations`.
const MAX_TOPIC: usize = 32;
const MAX_KEY: usize = 64;

/// A key that a command has changed.
#[derive(Debug)]
pub(super) struct Forgotten {
    pub(super) topic: &'static str,
    pub(super) key: Box<str>,
}

/// An open transaction; clones are the same transaction. Every statement of a command goes through it: touching the pool
/// inside [`Db::write`](super::Db::write) would wait for the connection that the transaction holds.
#[derive(Clone, Debug)]
pub struct Tx {
    command: Arc<Command>,
    pub(super) db: Arc<Inner>,
}

#[derive(Debug)]
struct Command {
    transaction: DatabaseTransaction,
    forgotten: Mutex<Vec<Forgotten>>,
}

impl Tx {
    pub(super) fn new(transaction: DatabaseTransaction, db: Arc<Inner>) -> Self {
        Self {
            command: Arc::new(Command {
                transaction,
                forgotten: Mutex::default(),
            }),
            db,
        }
    }

    /// Tells every process that what it remembers under `key` of `topic` is out of date: this one at once after the commit,
    /// before the command returns, the others within a second. A command calls it in the transaction that changes the row.
    ///
    /// # Errors
    /// `Internal` when the topic is longer than 32 bytes or the key longer than 64.
    pub async fn forget(&self, topic: &'static str, key: &str) -> Result<(), Error> {
        if topic.len() > MAX_TOPIC || key.len() > MAX_KEY {
            return Err(Error::internal("a key to forget is too long"));
        }
        let item = Forgotten { topic, key: key.into() };
        // written with those of others right before the commit, which makes one statement of them
        self.command
            .forgotten
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(item);
        Ok(())
    }

    /// Ends the command and gives what was only its own.
    pub(super) fn into_parts(self) -> Result<(DatabaseTransaction, Vec<Forgotten>), Error> {
        let command = Arc::try_unwrap(self.command)
            .map_err(|_| Error::internal("a handle outlived the command that was given it"))?;
        let forgotten = command.forgotten.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok((command.transaction, forgotten))
    }

    pub(super) async fn rollback(self) {
        if let Ok((transaction, _)) = self.into_parts() {
            // the connection is rolled back when it returns to the pool as well, so a failure here loses nothing
            if let Err(cause) = TransactionSession::rollback(transaction).await {
                tracing::debug!(%cause, "rollback failed");
            }
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.command.transaction.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.command.transaction.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.command.transaction.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.command.transaction.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.command.transaction.query_all_raw(statement).await
    }
}
