//! The one way to write.

use std::sync::Arc;

use sea_orm::{DbBackend, DbErr, IsolationLevel, SqliteTransactionMode, TransactionOptions, TransactionTrait};

use super::connect::Db;
use super::error::is_crowded;
use super::invalidations::append;
use super::tx::Tx;
use super::unstoppable::Unstoppable;
use crate::kernel::error::{Error, Result};

/// How often a command is tried when others keep getting in its way.
const TRIES: u32 = 5;

impl Db {
    /// Runs `command` in one transaction and commits it: `IMMEDIATE` on SQLite, READ COMMITTED on PostgreSQL.
    ///
    /// The closure may run again (a serialisation failure, later a group commit), so it awaits only `tx` and takes ids, times
    /// and randomness that were drawn before. An `Err` undoes everything; what must survive a refusal is an `Ok` outcome.
    ///
    /// # Errors
    /// What the command returns, `Busy` when the database is away or crowded, `Internal` for any other database error.
    pub async fn write<T, Fut>(&self, command: impl Fn(Tx) -> Fut) -> Result<T>
    where
        Fut: Future<Output = Result<T>>,
    {
        let mut tried = 1;
        loop {
            let outcome = self.write_once(&command).await;
            match outcome {
                Err(error) if tried < TRIES && may_try_again(&error) => tried += 1,
                outcome => return outcome,
            }
        }
    }

    async fn write_once<T, Fut>(&self, command: &impl Fn(Tx) -> Fut) -> Result<T>
    where
        Fut: Future<Output = Result<T>>,
    {
        let transaction = self.0.writer.begin_with_options(self.options()).await?;
        let tx = Tx::new(transaction, Arc::clone(&self.0));
        match command(tx.clone()).await {
            Ok(value) => self.commit(tx).await.map(|()| value),
            Err(error) => {
                tx.rollback().await;
                Err(error)
            }
        }
    }

    async fn commit(&self, tx: Tx) -> Result<()> {
        let (transaction, forgotten) = tx.into_parts()?;
        let db = Arc::clone(&self.0);
        Unstoppable::new(self.0.runtime.clone(), async move {
            append(&transaction, &forgotten, db.memory.now()).await?;
            let committed = transaction.commit().await;
            // after a failure too: whether the server has committed is then not known
            for item in &forgotten {
                db.memory.forget(item.topic, &item.key);
            }
            committed.map_err(Error::from)
        })
        .await
    }

    pub(super) fn options(&self) -> TransactionOptions {
        match self.backend() {
            // a transaction that begins by reading and then writes would fail when another wrote in between
            DbBackend::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            },
            _ => TransactionOptions {
                isolation_level: Some(IsolationLevel::ReadCommitted),
                ..TransactionOptions::default()
            },
        }
    }
}

fn may_try_again(error: &Error) -> bool {
    error
        .cause()
        .and_then(|cause| cause.downcast_ref::<DbErr>())
        .is_some_and(is_crowded)
}
