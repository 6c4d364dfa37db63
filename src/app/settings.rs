//! The root of the process settings: which sections there are, and the built-in layers that hold their defaults.

use serde::Deserialize;

use crate::platform::settings::sections::{
    DataSettings, DatabaseSettings, KeysSettings, LogSettings, MailSettings, MetricsSettings, PasswordsSettings,
    ServerSettings,
};
use crate::platform::settings::{
    self, Environment, Layers, LoadArgs, Loaded, Problem, Root, Row, Section, SettingsError,
};

/// The layers that are part of the program.
const LAYERS: Layers = Layers {
    default: include_str!("../../config/default.toml"),
    development: include_str!("../../config/development.toml"),
    production: include_str!("../../config/production.toml"),
};

/// Everything a process is set to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Names, addresses and limits of the web server.
    pub server: ServerSettings,
    /// Prometheus metrics.
    pub metrics: MetricsSettings,
    /// Where the data of the instance lives.
    pub database: DatabaseSettings,
    /// Files that the process itself keeps.
    pub data: DataSettings,
    /// Encryption at rest.
    pub keys: KeysSettings,
    /// Outgoing mail.
    pub mail: MailSettings,
    /// The log.
    pub log: LogSettings,
    /// The cost of hashing passwords.
    pub passwords: PasswordsSettings,
}

impl Root for Settings {
    fn validate(&self, environment: Environment) -> Vec<Problem> {
        let mut problems: Vec<Problem> = [
            self.server.validate(environment),
            self.metrics.validate(environment),
            self.database.validate(environment),
            self.data.validate(environment),
            self.keys.validate(environment),
            self.mail.validate(environment),
            self.log.validate(environment),
            self.passwords.validate(environment),
        ]
        .concat();
        if let Some(address) = self.metrics.listen
            && self.server.listen.contains(&address)
        {
            let message = format!("{address} is taken by server.listen: give another port");
            problems.push(MetricsSettings::error("listen", message));
        }
        problems
    }
}

/// Reads the settings of a process that is about to run.
///
/// # Errors
/// Everything that is wrong, at once.
pub fn load(args: &LoadArgs) -> Result<Loaded<Settings>, SettingsError> {
    settings::load(&LAYERS, args)
}

/// The settings in force, by key, each with its origin and without secrets.
///
/// # Errors
/// The environment is unknown, so that there is nothing to list.
pub fn show(args: &LoadArgs) -> Result<Vec<Row>, SettingsError> {
    settings::show(&LAYERS, args)
}

/// Everything that is wrong with the settings, warnings included.
pub fn check(args: &LoadArgs) -> Vec<Problem> {
    settings::check::<Settings>(&LAYERS, args)
}

/// The reference of all settings, in Markdown: what `docs/configuration.md` holds.
pub fn reference() -> String {
    settings::reference(&LAYERS)
}

#[cfg(test)]
mod tests;
