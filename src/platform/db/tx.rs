//! The handle a command writes with.

use std::sync::Arc;

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement, TransactionSession,
};

use super::connect::Inner;
use crate::kernel::error::Error;

/// An open transaction; clones are the same transaction. Every statement of a command goes through it: touching the pool
/// inside [`Db::write`](super::Db::write) would wait for the connection that the transaction holds.
#[derive(Clone, Debug)]
pub struct Tx {
    transaction: Arc<DatabaseTransaction>,
    pub(super) db: Arc<Inner>,
}

impl Tx {
    pub(super) fn new(transaction: DatabaseTransaction, db: Arc<Inner>) -> Self {
        Self {
            transaction: Arc::new(transaction),
            db,
        }
    }

    pub(super) async fn commit(self) -> Result<(), Error> {
        match Arc::try_unwrap(self.transaction) {
            Ok(transaction) => transaction.commit().await.map_err(Error::from),
            Err(_) => Err(Error::internal("a handle outlived the command that was given it")),
        }
    }

    pub(super) async fn rollback(self) {
        if let Ok(transaction) = Arc::try_unwrap(self.transaction) {
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
        self.transaction.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.transaction.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.transaction.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.transaction.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.transaction.query_all_raw(statement).await
    }
}
