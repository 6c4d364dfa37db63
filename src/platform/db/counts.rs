//! What is counted of the database's work.

use prometheus::{IntCounter, Registry};

/// The counts of one database; a group of commands has one commit.
#[derive(Debug)]
pub struct Counts {
    /// Commands that ran to their end, refused ones included.
    pub commands: IntCounter,
    /// Transactions that were committed.
    pub commits: IntCounter,
    /// Statements sent, those that begin and end transactions left out.
    pub statements: IntCounter,
}

impl Counts {
    pub(super) fn new() -> prometheus::Result<Self> {
        Ok(Self {
            commands: IntCounter::new("vestibule_db_commands_total", "Commands that wrote or were refused.")?,
            commits: IntCounter::new(
                "vestibule_db_commits_total",
                "Transactions committed; commands may share one.",
            )?,
            statements: IntCounter::new("vestibule_db_statements_total", "Statements sent to the database.")?,
        })
    }

    /// Shows the counts among the metrics of `registry`.
    ///
    /// # Errors
    /// When the registry has them already.
    pub fn register(&self, registry: &Registry) -> prometheus::Result<()> {
        registry.register(Box::new(self.commands.clone()))?;
        registry.register(Box::new(self.commits.clone()))?;
        registry.register(Box::new(self.statements.clone()))
    }
}
