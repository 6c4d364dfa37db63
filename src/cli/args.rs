//! The grammar of the command line, as far as the commands share it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::failure::Failure;
use super::invocation::Invocation;
use super::{
    apps, backup, completions, config, dev, doctor, instance, keys, mail, migrate, restore, secret_keys, serve, users,
};
use crate::platform::settings::Environment;

/// A self-hosted identity provider: sign-in for your apps through OpenID Connect.
#[derive(Parser)]
#[command(name = "vestibule", version, arg_required_else_help = true)]
#[command(
    after_help = "Settings come from files, VESTIBULE__SECTION__KEY variables and --set; \
                        `vestibule config show` prints those in force."
)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) globals: Globals,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options of every command: which settings are in force. Not printable, because `--set` may hold a secret.
#[derive(Args)]
#[command(next_help_heading = "Settings")]
pub(super) struct Globals {
    /// `development` or `production`; without it VESTIBULE_ENV decides, and without that `dev` is development, all else production
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) env: Option<String>,
    /// A directory with default.toml, development.toml or production.toml of your own
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) config: Option<PathBuf>,
    /// Set one value, such as `log.level=debug`; may be given several times
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub(super) set: Vec<(String, String)>,
}

fn key_and_value(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("give a setting and its value, such as log.level=debug"),
    }
}

/// What to do.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Run the server until it is told to stop
    Serve(serve::Serve),
    /// Run a development server, with an example application to sign in to
    Dev(dev::Dev),
    /// Look at the database's schema, or bring it up to date
    #[command(subcommand)]
    Migrate(migrate::Migrate),
    /// Copy the SQLite database into a file, while it is used
    Backup(backup::Backup),
    /// Put a backup in the place of the SQLite database
    Restore(restore::Restore),
    /// List, rotate and revoke the signing keys
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Create and list people, and make operators
    #[command(subcommand)]
    Users(users::Users),
    /// Register applications that sign their people in here
    #[command(subcommand)]
    Apps(apps::Apps),
    /// Make, list and revoke the keys of the Backend API
    #[command(subcommand)]
    SecretKeys(secret_keys::SecretKeys),
    /// Show and change what a product owner decides: names, policy, lifetimes
    #[command(subcommand)]
    Instance(instance::InstanceCommand),
    /// Show, check and explain the settings of the process
    #[command(subcommand)]
    Config(config::Config),
    /// Try the mail server
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// Look for what operators get wrong, and say how to mend it
    Doctor(doctor::Doctor),
    /// Print a script that completes commands in your shell
    Completions(completions::Completions),
}

impl Command {
    /// The environment where neither `--env` nor `VESTIBULE_ENV` names one.
    pub(super) fn default_environment(&self) -> Environment {
        match self {
            Self::Dev(_) => Environment::Development,
            _ => Environment::Production,
        }
    }

    /// Does it.
    pub(super) async fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        match self {
            Self::Serve(command) => command.run(invocation).await,
            Self::Dev(command) => command.run(invocation).await,
            Self::Migrate(command) => command.run(invocation).await,
            Self::Backup(command) => command.run(invocation).await,
            Self::Restore(command) => command.run(invocation).await,
            Self::Keys(command) => command.run(invocation).await,
            Self::Users(command) => command.run(invocation).await,
            Self::Apps(command) => command.run(invocation).await,
            Self::SecretKeys(command) => command.run(invocation).await,
            Self::Instance(command) => command.run(invocation).await,
            Self::Config(command) => command.run(invocation),
            Self::Mail(command) => command.run(invocation).await,
            Self::Doctor(command) => command.run(invocation).await,
            Self::Completions(command) => command.run(invocation),
        }
    }
}
