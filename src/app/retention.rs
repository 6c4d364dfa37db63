//! How long what is over is kept, and its removal in small parts. The only place that says how long; `docs/retention.md` repeats
//! it for operators, and a test compares the two.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::platform::cx::Cx;
use crate::platform::db::{self, Tx};
use crate::platform::schedule::Task;
use crate::platform::{jobs, limits, mail};
use crate::{oidc, session, sign_in};

/// How many rows one transaction deletes.
const PART: u64 = 500;
/// How often it is looked what is due.
const EVERY: Duration = Duration::from_secs(60 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Deletes up to so many rows that were over at a moment or earlier, and says how many.
type Delete = fn(Tx, Timestamp, u64) -> BoxFuture<'static, Result<u64>>;

struct Rule {
    table: &'static str,
    /// How long a row is kept after it was over.
    kept: Duration,
    delete: Delete,
}

/// In an order in which what hangs on others goes first.
const RULES: [Rule; 12] = [
    Rule {
        table: "continuations",
        kept: DAY,
        delete: |tx, before, limit| async move { sign_in::purge_continuations(&tx, before, limit).await }.boxed(),
    },
    Rule {
        table: "attempts",
        kept: DAY,
        delete: |tx, before, limit| async move { sign_in::purge_attempts(&tx, before, limit).await }.boxed(),
    },
    // long, because whoever was signed in on a device before is let past limits that strangers can use up
    Rule {
        table: "sessions",
        kept: DAY.saturating_mul(90),
        delete: |tx, before, limit| async move { session::purge_sessions(&tx, before, limit).await }.boxed(),
    },
    Rule {
        table: "devices",
        kept: DAY.saturating_mul(90),
        delete: |tx, before, limit| async move { session::purge_devices(&tx, before, limit).await }.boxed(),
    },
    Rule {
        table: "grants",
        kept: DAY.saturating_mul(7),
        delete: |tx, before, limit| async move { oidc::purge_grants(&tx, before, limit).await }.boxed(),
    },
    Rule {
        table: "revoked_tokens",
        kept: DAY,
        delete: |tx, before, limit| async move { oidc::purge_revoked_tokens(&tx, before, limit).await }.boxed(),
    },
    Rule {
        table: "used_assertions",
        kept: DAY,
        delete: |tx, before, limit| async move { oidc::purge_used_assertions(&tx, before, limit).await }.boxed(),
    },
    Rule {
        table: "application_secrets",
        kept: DAY.saturating_mul(30),
        delete: |tx, before, limit| async move { oidc::purge_application_secrets(&tx, before, limit).await }.boxed(),
    },
    // delivery is given up after hours
    Rule {
        table: "mails",
        kept: DAY.saturating_mul(3),
        delete: |tx, before, limit| async move { mail::purge(&tx, before, limit).await }.boxed(),
    },
    Rule {
        table: "jobs",
        kept: DAY.saturating_mul(30),
        delete: |tx, before, limit| async move { jobs::purge(&tx, before, limit).await }.boxed(),
    },
    Rule {
        table: "rate_limits",
        kept: DAY,
        delete: |tx, before, limit| async move { limits::purge(&tx, before, limit).await }.boxed(),
    },
    // far longer than a process goes without reading them before it forgets everything
    Rule {
        table: "invalidations",
        kept: HOUR,
        delete: |tx, before, limit| async move { db::purge_invalidations(&tx, before, limit).await }.boxed(),
    },
];

/// Removes what is over, hourly.
pub(super) struct Retention(pub(super) Cx);

impl Retention {
    /// All that is due by one rule. Other commands write between the parts.
    async fn purge(&self, rule: &Rule) -> Result<u64> {
        let before = self.0.now() - rule.kept;
        let mut deleted = 0;
        loop {
            let part = self
                .0
                .db
                .write(|tx| async move { (rule.delete)(tx, before, PART).await })
                .await?;
            deleted += part;
            if part < PART {
                return Ok(deleted);
            }
            tokio::task::yield_now().await;
        }
    }
}

#[async_trait::async_trait]
impl Task for Retention {
    fn name(&self) -> &'static str {
        "retention"
    }

    fn every(&self) -> Duration {
        EVERY
    }

    async fn run(&self) -> Result<()> {
        let mut outcome = Ok(());
        for rule in &RULES {
            match self.purge(rule).await {
                Ok(0) => {}
                Ok(deleted) => tracing::info!(table = rule.table, deleted, "rows that were over are removed"),
                // one table that can't be cleaned must not let the others grow
                Err(error) => {
                    tracing::error!(table = rule.table, cause = ?error.cause(), "rows that are over could not be removed");
                    outcome = outcome.and(Err(error));
                }
            }
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_periods_are_those_in_force() {
        let page = include_str!("../../docs/retention.md");
        for rule in &RULES {
            let (days, hours) = (
                rule.kept.as_secs() / DAY.as_secs(),
                rule.kept.as_secs() / HOUR.as_secs(),
            );
            let period = match (days, hours) {
                (0, 1) => "1 hour".to_owned(),
                (0, hours) => format!("{hours} hours"),
                (1, _) => "1 day".to_owned(),
                (days, _) => format!("{days} days"),
            };
            let row = page
                .lines()
                .find(|line| line.starts_with(&format!("| `{}` |", rule.table)));
            let row = row.unwrap_or_else(|| panic!("{} is not documented", rule.table));
            assert!(row.contains(&period), "{row}: kept for {period}");
        }
    }
}
