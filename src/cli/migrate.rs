//! `vestibule migrate`.

use clap::Subcommand;
use serde::Serialize;

use super::failure::Failure;
use super::invocation::Invocation;
use super::output::{Output, count};
use crate::app;
use crate::platform::db::{Db, Schema};

#[derive(Subcommand)]
pub(super) enum Migrate {
    /// List the migrations that `up` would run, in their order
    Plan {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Run the migrations that are pending, all of them or none; back the database up first
    Up,
    /// Say whether the schema fits this version; fails where it does not
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Serialize)]
struct Status<'a> {
    applied: &'a [String],
    pending: &'a [String],
    problem: Option<String>,
}

impl Migrate {
    pub(super) async fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        let loaded = invocation.settings()?;
        let (db, _) = app::open_database(&loaded.settings, loaded.environment, &invocation.options()).await?;
        let outcome = self.look(&db, &mut invocation.output()).await;
        if let Err(cause) = db.close().await {
            tracing::warn!(%cause, "the database was not closed in good order");
        }
        outcome
    }

    async fn look(self, db: &Db, out: &mut Output<'_>) -> Result<(), Failure> {
        let schema = db.schema().await?;
        match self {
            Self::Plan { json } => plan(&schema, json, out),
            Self::Up => up(db, schema, out).await,
            Self::Status { json } => status(schema, json, out),
        }
    }
}

fn plan(schema: &Schema, json: bool, out: &mut Output<'_>) -> Result<(), Failure> {
    if let Some(problem) = &schema.problem {
        return Err(problem.clone().into());
    }
    if json {
        return out.json(&schema.pending);
    }
    if schema.pending.is_empty() {
        return out.line("Nothing to run: the schema is up to date.");
    }
    schema.pending.iter().try_for_each(|name| out.line(name))
}

async fn up(db: &Db, schema: Schema, out: &mut Output<'_>) -> Result<(), Failure> {
    if let Some(problem) = schema.problem {
        return Err(problem.into());
    }
    if schema.pending.is_empty() {
        return out.line("Nothing to run: the schema is up to date.");
    }
    db.migrate().await?;
    schema.pending.iter().try_for_each(|name| out.line(name))?;
    out.line(format_args!(
        "Ran {}: the schema is up to date.",
        count(schema.pending.len(), "migration")
    ))
}

fn status(schema: Schema, json: bool, out: &mut Output<'_>) -> Result<(), Failure> {
    if json {
        out.json(&Status {
            applied: &schema.applied,
            pending: &schema.pending,
            problem: schema.problem.as_ref().map(ToString::to_string),
        })?;
        return schema.problem.map_or(Ok(()), |_| Err(Failure::Said));
    }
    if let Some(problem) = schema.problem {
        return Err(problem.into());
    }
    let applied = count(schema.applied.len(), "migration");
    if schema.pending.is_empty() {
        return out.line(format_args!(
            "The schema is up to date: {applied} applied, none pending."
        ));
    }
    out.line(format_args!(
        "The schema is behind: {applied} applied, {} pending. `vestibule migrate up` runs them, and so does the next start of \
         the server.",
        schema.pending.len()
    ))
}
