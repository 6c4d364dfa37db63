//! `vestibule apps`.

mod create;
mod details;
mod printed;
mod secrets;
mod update;

use clap::Subcommand;
use create::Create;
use printed::Printed;
use secrets::{Rotate, Secrets};
use update::Update;

use super::failure::Failure;
use super::invocation::Invocation;
use super::output::{Output, Part, fact};
use crate::app::App;
use crate::kernel::error::{Error, ErrorKind};
use crate::kernel::event::Actor;
use crate::kernel::id::ApplicationId;
use crate::oidc::{AccessTokenFormat, Application};

#[derive(Subcommand)]
pub(super) enum Apps {
    /// Register an application; its client secret is shown this once
    Create(Box<Create>),
    /// List applications, oldest first
    List {
        /// At most this many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=500))]
        limit: u64,
        /// Only applications made after the one with this id
        #[arg(long, value_name = "ID")]
        after: Option<ApplicationId>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show one application
    Show {
        /// Its client id
        client_id: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change what is registered of an application; a list takes the place of the whole list, an empty value removes what may be missing
    Update(Box<Update>),
    /// Give an application another client secret, which is shown this once
    RotateSecret(Rotate),
    /// Add, list and revoke the client secrets of an application
    #[command(subcommand)]
    Secrets(Secrets),
    /// Delete an application, with everything that people granted it
    Delete {
        /// Its client id
        client_id: String,
        /// Really do it
        #[arg(long)]
        yes: bool,
    },
}

impl Apps {
    pub(super) async fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        invocation
            .with_app(async |app, out| match self {
                Self::Create(command) => command.run(app, out).await,
                Self::List { limit, after, json } => list(app, after.as_ref(), limit, json, out).await,
                Self::Show { client_id, json } => show(app, &client_id, json, out).await,
                Self::Update(command) => command.run(app, out).await,
                Self::RotateSecret(command) => command.run(app, out).await,
                Self::Secrets(command) => command.run(app, out).await,
                Self::Delete { client_id, yes } => delete(app, &client_id, yes, out).await,
            })
            .await
    }
}

async fn list(
    app: &App,
    after: Option<&ApplicationId>,
    limit: u64,
    json: bool,
    out: &mut Output<'_>,
) -> Result<(), Failure> {
    let page = app.applications.list(after, limit).await?;
    if json {
        let data = page.applications.iter().map(|one| Printed::new(one, None)).collect();
        return out.json(&Part { data, next: page.next });
    }
    let rows: Vec<_> = page
        .applications
        .iter()
        .map(|application| {
            [
                application.client_id.clone(),
                application.name.clone(),
                kind(application).to_owned(),
                application.redirect_uris.join(" "),
                application.created_at.rfc3339(),
            ]
        })
        .collect();
    out.table(["client id", "name", "kind", "redirect uris", "created"], &rows)?;
    match page.next {
        Some(last) => out.line(format_args!("\nThe next ones: vestibule apps list --after {last}")),
        None => Ok(()),
    }
}

async fn show(app: &App, client_id: &str, json: bool, out: &mut Output<'_>) -> Result<(), Failure> {
    let found = app.applications.find(client_id).await?;
    let application = found.ok_or_else(|| unknown(client_id))?;
    if json {
        return out.json(&Printed::new(&application, None));
    }
    let mut facts = vec![
        fact("Name", &application.name),
        fact("ID", application.id.as_str()),
        fact("Client ID", &application.client_id),
        fact("Kind", kind(&application)),
        fact("Profile", application.profile.as_str()),
        fact("Authentication", application.authentication.as_str()),
        fact("Grant types", application.grant_types.to_string()),
        fact("Scopes", application.scopes.as_str()),
        fact("Access tokens", access_tokens(&application)),
        fact("ID tokens", application.id_token_algorithm.as_str()),
    ];
    facts.extend(application.redirect_uris.iter().map(|uri| fact("Redirect URI", uri)));
    let after_logout = &application.post_logout_redirect_uris;
    facts.extend(after_logout.iter().map(|uri| fact("Post-logout redirect URI", uri)));
    facts.push(fact("Created", application.created_at.rfc3339()));
    facts.push(fact("Updated", application.updated_at.rfc3339()));
    out.facts(&facts)
}

async fn delete(app: &App, client_id: &str, yes: bool, out: &mut Output<'_>) -> Result<(), Failure> {
    let found = app.applications.find(client_id).await?;
    let application = found.ok_or_else(|| unknown(client_id))?;
    let name = &application.name;
    if !yes {
        return Err(Failure::Usage(format!(
            "this deletes {name} with every consent, grant and token it has, for good: say it again with --yes"
        )));
    }
    let deleted = app.applications.delete(client_id, Actor::Operator).await;
    deleted.map_err(|error| named(error, client_id))?;
    out.line(format_args!("Deleted {name}."))
}

fn access_tokens(application: &Application) -> String {
    match application.access_token_format {
        AccessTokenFormat::Opaque => AccessTokenFormat::Opaque.to_string(),
        AccessTokenFormat::Jwt => format!("{}, {}", AccessTokenFormat::Jwt, application.access_token_algorithm),
    }
}

fn kind(application: &Application) -> &'static str {
    if application.is_public() {
        "public"
    } else {
        "confidential"
    }
}

fn named(error: Error, client_id: &str) -> Failure {
    match error.kind() {
        ErrorKind::NotFound => unknown(client_id),
        _ => error.into(),
    }
}

fn unknown(client_id: &str) -> Failure {
    Failure::new(format!(
        "no application has the client id {client_id}: `vestibule apps list` shows those there are"
    ))
}
