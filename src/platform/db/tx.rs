//! The handle a command writes with.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::connect::Inner;
use crate::kernel::error::Error;

/// The widths of the columns of `invalidations`.
const MAX_TOPIC: usize = 32;
const MAX_KEY: usize = 64;

/// What only the database room may say: a command shares its transaction with others.
const CONTROL: [&str; 6] = ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"];

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
    /// None once the command has ended.
    transaction: Mutex<Option<Arc<DatabaseTransaction>>>,
    backend: DbBackend,
    /// Whether SQLite has ended the transaction by itself.
    is_dead: AtomicBool,
    forgotten: Mutex<Vec<Forgotten>>,
}

impl Tx {
    pub(super) fn new(transaction: Option<Arc<DatabaseTransaction>>, db: Arc<Inner>) -> Self {
        Self {
            command: Arc::new(Command {
                transaction: Mutex::new(transaction),
                backend: db.writer.get_database_backend(),
                is_dead: AtomicBool::new(false),
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
        // written with those of others right before the commit, which makes one statement of them
        lock(&self.command.forgotten).push(Forgotten { topic, key: key.into() });
        Ok(())
    }

    /// Ends the command: no clone of the handle does anything any more. Gives the keys to forget.
    ///
    /// # Errors
    /// `Internal` when there is such a clone, for what it might still have written would be missing.
    pub(super) fn end(&self) -> Result<Vec<Forgotten>, Error> {
        lock(&self.command.transaction).take();
        if Arc::strong_count(&self.command) > 1 {
            return Err(Error::internal("a handle outlived the command that was given it"));
        }
        Ok(std::mem::take(&mut *lock(&self.command.forgotten)))
    }

    /// Whether SQLite has ended the transaction by itself.
    pub(super) fn is_dead(&self) -> bool {
        self.command.is_dead.load(Ordering::SeqCst)
    }

    fn transaction(&self) -> Result<Arc<DatabaseTransaction>, DbErr> {
        let transaction = lock(&self.command.transaction).clone();
        match transaction {
            Some(transaction) if !self.is_dead() => Ok(transaction),
            _ => Err(DbErr::Custom("the transaction is over".to_owned())),
        }
    }

    /// After a failed statement on SQLite, finds out whether the transaction is still there: a full disk, an I/O error or `ON
    /// CONFLICT ROLLBACK` end it, and whatever came next would be committed by itself.
    async fn judge<T>(&self, transaction: &DatabaseTransaction, result: Result<T, DbErr>) -> Result<T, DbErr> {
        if result.is_err() && self.command.backend == DbBackend::Sqlite {
            let is_alive = match transaction.execute_unprepared("BEGIN").await {
                Err(refused) => refused.to_string().contains("within a transaction"),
                Ok(_) => false,
            };
            if !is_alive {
                self.command.is_dead.store(true, Ordering::SeqCst);
            }
        }
        result
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn refuse_control(sql: &str) -> Result<(), DbErr> {
    let word = sql.split_ascii_whitespace().next().unwrap_or_default();
    let word = word.trim_end_matches(';');
    if CONTROL.iter().any(|control| word.eq_ignore_ascii_case(control)) {
        return Err(DbErr::Custom(format!(
            "a command can't say {word}: its transaction is not its own"
        )));
    }
    Ok(())
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.command.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        refuse_control(&statement.sql)?;
        let transaction = self.transaction()?;
        let result = transaction.execute_raw(statement).await;
        self.judge(&transaction, result).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        refuse_control(sql)?;
        let transaction = self.transaction()?;
        let result = transaction.execute_unprepared(sql).await;
        self.judge(&transaction, result).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let transaction = self.transaction()?;
        let result = transaction.query_one_raw(statement).await;
        self.judge(&transaction, result).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let transaction = self.transaction()?;
        let result = transaction.query_all_raw(statement).await;
        self.judge(&transaction, result).await
    }
}
