//! `vestibule apps secrets` and `vestibule apps rotate-secret`.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{named, unknown};
use crate::app::App;
use crate::cli::failure::Failure;
use crate::cli::output::{Output, fact, moment, or_nothing};
use crate::cli::span::{span, spelled};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::ErrorKind;
use crate::kernel::event::Actor;
use crate::kernel::id::ApplicationSecretId;
use crate::oidc::{ClientSecret, NewSecret};

/// The client secrets of an application; up to five work side by side.
#[derive(Subcommand)]
pub(in crate::cli) enum Secrets {
    /// Give an application one more client secret, which is shown this once
    Add {
        /// Its client id
        client_id: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the client secrets of an application by id and last characters
    List {
        /// Its client id
        client_id: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a client secret from an application, at once
    Revoke {
        /// Its client id
        client_id: String,
        /// The id of the secret, as `apps secrets list` shows it
        #[arg(value_name = "SECRET_ID")]
        id: ApplicationSecretId,
    },
}

#[derive(Args)]
pub(in crate::cli) struct Rotate {
    /// Its client id
    client_id: String,
    /// How long those it has go on to work, such as 90s, 30m, 24h or 7d; 0 ends them at once, as a leak demands
    #[arg(long, value_name = "SPAN", default_value = "24h", value_parser = span)]
    overlap: Duration,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A secret, as printed.
#[derive(Serialize)]
struct Printed<'a> {
    id: &'a ApplicationSecretId,
    hint: &'a str,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
}

impl Secrets {
    pub(super) async fn run(self, app: &App, out: &mut Output<'_>) -> Result<(), Failure> {
        match self {
            Self::Add { client_id, json } => {
                let added = app.applications.add_secret(client_id.as_str(), Actor::Operator).await;
                let added = added.map_err(|error| named(error, &client_id))?;
                show_new(&added, json, "those before go on to work.", out)
            }
            Self::List { client_id, json } => list(app, &client_id, json, out).await,
            Self::Revoke { client_id, id } => revoke(app, &client_id, &id, out).await,
        }
    }
}

impl Rotate {
    pub(super) async fn run(self, app: &App, out: &mut Output<'_>) -> Result<(), Failure> {
        let client_id = self.client_id.as_str();
        let rotated = app
            .applications
            .rotate_secret(client_id, self.overlap, Actor::Operator)
            .await;
        let rotated = rotated.map_err(|error| named(error, client_id))?;
        let others = match self.overlap {
            Duration::ZERO => "those before no longer work.".to_owned(),
            overlap => format!("those before go on to work for at most {}.", spelled(overlap)),
        };
        show_new(&rotated, self.json, &others, out)
    }
}

fn show_new(new: &NewSecret, json: bool, others: &str, out: &mut Output<'_>) -> Result<(), Failure> {
    let (client_id, secret) = (&new.application.client_id, new.client_secret.expose());
    if json {
        return out.json(&serde_json::json!({ "client_id": client_id, "id": new.id, "client_secret": secret }));
    }
    out.facts(&[
        fact("Client ID", client_id),
        fact("Secret ID", new.id.as_str()),
        fact("Client secret", secret),
    ])?;
    out.line(format_args!("\nThe secret is shown this once; {others}"))
}

async fn list(app: &App, client_id: &str, json: bool, out: &mut Output<'_>) -> Result<(), Failure> {
    let found = app.applications.find(client_id).await?;
    let application = found.ok_or_else(|| unknown(client_id))?;
    let now = app.cx.now();
    // those that ended wait to be purged
    let current: Vec<&ClientSecret> = application
        .secrets
        .iter()
        .filter(|secret| secret.is_current(now))
        .collect();
    if json {
        let printed = current.iter().map(|secret| Printed {
            id: &secret.id,
            hint: &secret.hint,
            created_at: secret.created_at,
            expires_at: secret.expires_at,
        });
        return out.json(&printed.collect::<Vec<_>>());
    }
    let row = |secret: &&ClientSecret| {
        let hint = Some(&secret.hint).filter(|hint| !hint.is_empty());
        [
            secret.id.to_string(),
            or_nothing(hint.map(|hint| format!("…{hint}"))),
            secret.created_at.rfc3339(),
            moment(secret.expires_at),
        ]
    };
    out.table(
        ["id", "secret", "created", "ends"],
        &current.iter().map(row).collect::<Vec<_>>(),
    )
}

async fn revoke(app: &App, client_id: &str, id: &ApplicationSecretId, out: &mut Output<'_>) -> Result<(), Failure> {
    if app.applications.find(client_id).await?.is_none() {
        return Err(unknown(client_id));
    }
    let revoked = app.applications.revoke_secret(client_id, id, Actor::Operator).await;
    revoked.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::new(format!(
            "it has no secret {id}: `vestibule apps secrets list {client_id}` shows those it has"
        )),
        _ => error.into(),
    })?;
    out.line(format_args!("Revoked {id}."))
}
