//! The one way to write.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

use super::connect::{Db, Inner};
use super::error::is_crowded;
use super::invalidations::append;
use super::lane::{self, Run};
use super::tx::{Forgotten, Tx};
use super::unstoppable::Unstoppable;
use crate::kernel::error::{Error, Result};

/// How often a command is tried when others keep getting in its way.
const TRIES: u32 = 5;
/// How long a command waits for others, and after which it is not tried again.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

impl Db {
    /// Runs `command` in a transaction and commits it: on SQLite one that it may share with other commands, on PostgreSQL one of
    /// its own at READ COMMITTED.
    ///
    /// The closure may run again (a serialisation failure, a group that was undone), so it awaits only `tx` and takes ids, times
    /// and randomness that were drawn before. An `Err` undoes everything; what must survive a refusal is an `Ok` outcome.
    ///
    /// # Errors
    /// What the command returns, `Busy` when the database is away or crowded, `Internal` for any other database error.
    pub async fn write<T, Fut>(&self, command: impl Fn(Tx) -> Fut) -> Result<T>
    where
        Fut: Future<Output = Result<T>>,
    {
        let (began, mut tried, mut alone) = (Instant::now(), 1, false);
        loop {
            let outcome = match &self.0.lane {
                Some(lane) => match lane::run(&self.0, lane, &command, alone).await {
                    Run::Over(outcome) => outcome,
                    Run::Undone => {
                        alone = true;
                        continue;
                    }
                },
                None => self.write_by_itself(&command).await,
            };
            match outcome {
                Err(error) if tried < TRIES && began.elapsed() < PATIENCE && may_try_again(&error) => tried += 1,
                outcome => {
                    self.0.counts.commands.inc();
                    return outcome;
                }
            }
        }
    }

    async fn write_by_itself<T, Fut>(&self, command: &impl Fn(Tx) -> Fut) -> Result<T>
    where
        Fut: Future<Output = Result<T>>,
    {
        // dropped without a commit, it is rolled back before its connection is used again
        let transaction = Arc::new(self.0.writer.begin_with_options(options(&self.0.writer)).await?);
        let tx = Tx::new(Some(Arc::clone(&transaction)), Arc::clone(&self.0));
        let value = command(tx.clone()).await?;
        let forgotten = tx.end()?;
        let db = Arc::clone(&self.0);
        let committing = async move { commit(&db, transaction, forgotten).await };
        Unstoppable::new(self.0.runtime.clone(), committing).await?;
        Ok(value)
    }
}

/// Commits, and forgets what was changed.
///
/// # Errors
/// A database error; `Internal` when a handle that outlived its command is in the middle of a statement. The connection is rolled
/// back then.
pub(super) async fn commit(db: &Inner, transaction: Arc<DatabaseTransaction>, forgotten: Vec<Forgotten>) -> Result<()> {
    append(&*transaction, &forgotten, db.memory.now()).await?;
    let transaction =
        Arc::into_inner(transaction).ok_or_else(|| Error::internal("a statement outlived its command"))?;
    let committed = transaction.commit().await;
    // after a failure too: whether the server has committed is then not known
    for item in &forgotten {
        db.memory.forget(item.topic, &item.key);
    }
    committed?;
    db.counts.commits.inc();
    Ok(())
}

/// How a transaction that writes begins.
pub(super) fn options(writer: &DatabaseConnection) -> TransactionOptions {
    match writer.get_database_backend() {
        // a transaction that begins by reading and then writes would fail when another wrote in between
        DbBackend::Sqlite => TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        },
        // READ COMMITTED by the connection's settings
        _ => TransactionOptions::default(),
    }
}

fn may_try_again(error: &Error) -> bool {
    error
        .cause()
        .and_then(|cause| cause.downcast_ref::<DbErr>())
        .is_some_and(is_crowded)
}
