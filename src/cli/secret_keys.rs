//! `vestibule secret-keys`.

use clap::Subcommand;
use serde::Serialize;

use super::failure::Failure;
use super::invocation::Invocation;
use super::output::{Output, Part, fact, moment};
use crate::access::{Revoked, SecretKey};
use crate::app::App;
use crate::kernel::error::ErrorKind;
use crate::kernel::event::Actor;
use crate::kernel::id::SecretKeyId;

#[derive(Subcommand)]
pub(super) enum SecretKeys {
    /// Make a key that a server of yours calls the Backend API with; it is shown this once
    Create {
        /// What it is for
        #[arg(long)]
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List secret keys, oldest first
    List {
        /// At most this many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=500))]
        limit: u64,
        /// Only keys made after the one with this id
        #[arg(long, value_name = "ID")]
        after: Option<SecretKeyId>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke a key; a running server follows within a second
    Revoke {
        /// Its id, as `vestibule secret-keys list` prints it
        id: SecretKeyId,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// A key just made, as printed: with its text.
#[derive(Serialize)]
struct Created<'a> {
    #[serde(flatten)]
    key: &'a SecretKey,
    secret: &'a str,
}

impl SecretKeys {
    pub(super) async fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        invocation
            .with_app(async |app, out| match self {
                Self::Create { name, json } => create(app, &name, json, out).await,
                Self::List { limit, after, json } => list(app, after.as_ref(), limit, json, out).await,
                Self::Revoke { id, json } => revoke(app, &id, json, out).await,
            })
            .await
    }
}

async fn create(app: &App, name: &str, json: bool, out: &mut Output<'_>) -> Result<(), Failure> {
    let created = app.secret_keys.create(name, Actor::Operator).await?;
    let (key, secret) = (&created.key, created.plain.expose());
    if json {
        return out.json(&Created { key, secret });
    }
    out.facts(&[
        fact("Name", &key.name),
        fact("ID", key.id.as_str()),
        fact("Secret key", secret),
    ])?;
    out.line("\nThe key is shown this once. Whoever has it can do all that the Backend API can.")
}

async fn list(
    app: &App,
    after: Option<&SecretKeyId>,
    limit: u64,
    json: bool,
    out: &mut Output<'_>,
) -> Result<(), Failure> {
    let page = app.secret_keys.list(after, limit).await?;
    if json {
        let (data, next) = (page.keys, page.next);
        return out.json(&Part { data, next });
    }
    let rows: Vec<_> = page
        .keys
        .iter()
        .map(|key| {
            [
                key.id.to_string(),
                key.name.clone(),
                format!("…{}", key.hint),
                key.created_at.rfc3339(),
                moment(key.last_used_at),
                moment(key.revoked_at),
            ]
        })
        .collect();
    out.table(["id", "name", "ends in", "created", "last used", "revoked"], &rows)?;
    match page.next {
        Some(last) => out.line(format_args!(
            "\nThe next ones: vestibule secret-keys list --after {last}"
        )),
        None => Ok(()),
    }
}

async fn revoke(app: &App, id: &SecretKeyId, json: bool, out: &mut Output<'_>) -> Result<(), Failure> {
    let revoked = app.secret_keys.revoke(id, Actor::Operator).await;
    let revoked = revoked.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::new(format!(
            "there is no secret key {id}: `vestibule secret-keys list` prints those there are"
        )),
        _ => error.into(),
    })?;
    if json {
        return out.json(&serde_json::json!({ "id": id, "was_revoked_before": revoked == Revoked::Before }));
    }
    match revoked {
        Revoked::Now => out.line(format_args!("{id} is revoked: it opens nothing from now on.")),
        Revoked::Before => out.line(format_args!("{id} was revoked before.")),
    }
}
