//! The state of the schema, and bringing it up to date.

use migration::{Migrator, MigratorTrait};
use sea_orm::EntityTrait;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, TransactionTrait};
use sea_orm_migration::{SchemaManager, seaql_migrations};

use super::connect::Db;
use super::write::options;
use crate::kernel::error::Result;

/// Any number nobody else is likely to lock: the letters "vest".
const ADVISORY_LOCK: i64 = 0x7665_7374;

/// The schema as it is, against the schema as this build wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Migrations that were run, oldest first.
    pub applied: Vec<String>,
    /// Migrations of this build that are still to run, oldest first.
    pub pending: Vec<String>,
    /// What forbids using or migrating it.
    pub problem: Option<SchemaProblem>,
}

/// Why a schema is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaProblem {
    /// A newer build has migrated the database.
    #[error(
        "the database was migrated by a newer version of Vestibule (it has {newest}, which this version does not know): \
         start that version, or restore a backup made before the upgrade"
    )]
    Newer {
        /// The newest migration it has.
        newest: String,
    },
    /// The recorded migrations are not those that any version of Vestibule would have run.
    #[error(
        "the database's schema is in a state that no version of Vestibule leaves behind ({detail}): \
         restore a backup, or point database.url at an empty database"
    )]
    Dirty {
        /// What is wrong.
        detail: String,
    },
}

impl Schema {
    fn of(known: &[String], mut applied: Vec<String>, has_users: bool) -> Self {
        applied.sort_unstable();
        let pending: Vec<String> = known.iter().filter(|name| !applied.contains(name)).cloned().collect();
        let common = known
            .iter()
            .zip(&applied)
            .take_while(|(known, applied)| known == applied)
            .count();
        let problem = if applied.len() > known.len() && common == known.len() {
            applied
                .last()
                .map(|newest| SchemaProblem::Newer { newest: newest.clone() })
        } else if common < applied.len() {
            Some(SchemaProblem::Dirty {
                detail: format!("{} was run without those before it", applied[common]),
            })
        } else if applied.is_empty() && has_users {
            Some(SchemaProblem::Dirty {
                detail: "it has tables, but no record of migrations".to_owned(),
            })
        } else {
            None
        };
        Self {
            applied,
            pending,
            problem,
        }
    }
}

impl Db {
    /// Reads the state of the schema; changes nothing.
    ///
    /// # Errors
    /// A database error.
    pub async fn schema(&self) -> Result<Schema> {
        let connection: &DatabaseConnection = self.reader();
        let manager = SchemaManager::new(connection);
        let applied = if manager.has_table("seaql_migrations").await? {
            let rows = seaql_migrations::Entity::find().all(connection).await?;
            rows.into_iter().map(|row| row.version).collect()
        } else {
            Vec::new()
        };
        let known: Vec<String> = Migrator::migrations().iter().map(|m| m.name().to_owned()).collect();
        let has_users = manager.has_table("users").await?;
        Ok(Schema::of(&known, applied, has_users))
    }

    /// Runs all pending migrations in one transaction, so that a failure leaves the schema as it was. Nodes that start
    /// together wait for each other.
    ///
    /// # Errors
    /// A database error.
    pub async fn migrate(&self) -> Result<()> {
        let _idle = self.idle().await;
        let transaction = self.0.writer.begin_with_options(options(&self.0.writer)).await?;
        if self.backend() == DbBackend::Postgres {
            transaction
                // a migration may take as long as it takes, and the other nodes wait for it
                .execute_unprepared(&format!(
                    "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"
                ))
                .await?;
        }
        Migrator::up(&transaction, None).await?;
        transaction.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|&n| n.to_owned()).collect()
    }

    #[test]
    fn a_fresh_and_an_old_schema_have_pending_migrations_and_no_problem() {
        let known = names(&["a", "b", "c"]);
        let fresh = Schema::of(&known, vec![], false);
        assert_eq!((fresh.pending.len(), fresh.problem), (3, None));
        let old = Schema::of(&known, names(&["a", "b"]), true);
        assert_eq!((old.pending, old.problem), (names(&["c"]), None));
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let newer = Schema::of(&names(&["a"]), names(&["b", "a"]), true);
        assert_eq!(newer.problem, Some(SchemaProblem::Newer { newest: "b".into() }));
    }

    #[test]
    fn gaps_and_foreign_tables_are_refused() {
        let gap = Schema::of(&names(&["a", "b", "c"]), names(&["a", "c"]), true);
        assert!(matches!(gap.problem, Some(SchemaProblem::Dirty { .. })));
        let foreign = Schema::of(&names(&["a"]), vec![], true);
        assert!(matches!(foreign.problem, Some(SchemaProblem::Dirty { .. })));
    }
}
