//! A command on its way: its global options, its surroundings, and how it reaches settings and instance.

use std::io::{Read, Write};

use super::args::Globals;
use super::failure::Failure;
use super::host::{Host, Stop};
use super::output::Output;
use crate::app::settings::{self, Settings};
use crate::app::{self, App, Options};
use crate::kernel::clock::Timestamp;
use crate::kernel::rng::Rng;
use crate::platform::settings::sections::LogSettings;
use crate::platform::settings::{Environment, LoadArgs, Loaded};
use crate::platform::telemetry;

/// One command line being carried out.
pub(super) struct Invocation<'a> {
    globals: Globals,
    default_environment: Environment,
    host: Host<'a>,
}

impl<'a> Invocation<'a> {
    pub(super) fn new(globals: Globals, default_environment: Environment, host: Host<'a>) -> Self {
        Self {
            globals,
            default_environment,
            host,
        }
    }

    /// Where results go.
    pub(super) fn output(&mut self) -> Output<'_> {
        Output::new(self.host.out)
    }

    /// Where complaints go.
    pub(super) fn err(&mut self) -> &mut dyn Write {
        self.host.err
    }

    /// Where a password may come from.
    pub(super) fn input(&mut self) -> &mut dyn Read {
        self.host.input
    }

    /// The present moment.
    pub(super) fn now(&self) -> Timestamp {
        self.host.clock.now()
    }

    /// The source of randomness.
    pub(super) fn rng(&self) -> &Rng {
        &self.host.rng
    }

    /// Takes the wish to stop, which only one server can wait for.
    pub(super) fn take_stop(&mut self) -> Stop {
        std::mem::replace(&mut self.host.stop, Box::pin(std::future::pending()))
    }

    /// The names of the environment variables.
    pub(super) fn variable_names(&self) -> impl Iterator<Item = &std::ffi::OsStr> {
        self.host.variables.iter().map(|(name, _)| name.as_os_str())
    }

    /// Which settings are to be read.
    pub(super) fn load_args(&self) -> LoadArgs {
        LoadArgs {
            environment: self.globals.env.clone(),
            default_environment: self.default_environment,
            config_dir: self.globals.config.clone(),
            variables: self.host.variables.clone(),
            overrides: self.globals.set.clone(),
        }
    }

    /// Reads the settings of a server and starts its log with them; what an operator should know about them is logged.
    pub(super) fn server_settings(&self) -> Result<Loaded<Settings>, Failure> {
        let loaded = settings::load(&self.load_args())?;
        telemetry::init(&loaded.settings.log)?;
        for warning in &loaded.warnings {
            tracing::warn!("{warning}");
        }
        Ok(loaded)
    }

    /// Reads the settings of a command that prints a result. Its log has warnings alone, since `info` is what a server tells of
    /// itself; any other `log.level` holds.
    pub(super) fn settings(&self) -> Result<Loaded<Settings>, Failure> {
        let loaded = settings::load(&self.load_args())?;
        let log = &loaded.settings.log;
        let level = if log.level == "info" { "warn" } else { &log.level };
        telemetry::init(&LogSettings {
            format: log.format,
            level: level.to_owned(),
        })?;
        Ok(loaded)
    }

    /// What an instance is opened with.
    pub(super) fn options(&self) -> Options {
        Options {
            clock: self.host.clock.clone(),
            rng: self.host.rng.clone(),
            ..Options::default()
        }
    }

    /// Opens the instance for `command`, which gets it together with the output, and closes it again. A schema that is behind is
    /// refused: an older server may be running on it.
    pub(super) async fn with_app(
        &mut self,
        command: impl AsyncFnOnce(&App, &mut Output<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let loaded = self.settings()?;
        self.refuse_old_schema(&loaded).await?;
        let app = app::open(&loaded.settings, loaded.environment, self.options()).await?;
        let outcome = command(&app, &mut self.output()).await;
        if let Err(cause) = app.cx.db.close().await {
            tracing::warn!(%cause, "the database was not closed in good order");
        }
        outcome
    }

    async fn refuse_old_schema(&self, loaded: &Loaded<Settings>) -> Result<(), Failure> {
        let (db, _) = app::open_database(&loaded.settings, loaded.environment, &self.options()).await?;
        let schema = db.schema().await?;
        if let Err(cause) = db.close().await {
            tracing::warn!(%cause, "the database was not closed in good order");
        }
        // an empty one is made up to date at the first start, whichever command that is
        if schema.applied.is_empty() || schema.pending.is_empty() {
            return Ok(());
        }
        Err(Failure::new(
            "the database's schema is older than this version of Vestibule: stop the server, then run `vestibule migrate up`",
        ))
    }
}
