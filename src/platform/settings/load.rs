//! Reading settings: what to read, and the three things to do with it (run, show, check).

use std::ffi::OsString;
use std::path::PathBuf;

use super::environment::Environment;
use super::problem::{Problem, SettingsError};
use super::row::Row;
use super::section::Root;
use super::stack::Stack;

/// The built-in layers, in TOML.
#[derive(Clone, Copy, Debug)]
pub struct Layers {
    /// Every setting that exists, with its default.
    pub default: &'static str,
    /// What differs in development.
    pub development: &'static str,
    /// What differs in production.
    pub production: &'static str,
}

impl Layers {
    /// The built-in layer of `environment`.
    pub(super) fn of(&self, environment: Environment) -> &'static str {
        match environment {
            Environment::Development => self.development,
            Environment::Production => self.production,
        }
    }
}

/// What the process was started with, as far as settings go. Not printable: variables and overrides may hold secrets.
#[derive(Clone)]
pub struct LoadArgs {
    /// `--env`; where it is missing, `VESTIBULE_ENV` among `variables` decides.
    pub environment: Option<String>,
    /// The environment where neither is given.
    pub default_environment: Environment,
    /// `--config DIR`.
    pub config_dir: Option<PathBuf>,
    /// The process's environment variables (`std::env::vars_os`).
    pub variables: Vec<(OsString, OsString)>,
    /// `--set key=value`: dotted key and text, in the order given.
    pub overrides: Vec<(String, String)>,
}

/// Settings that can be used.
#[derive(Debug)]
pub struct Loaded<R> {
    /// The typed settings.
    pub settings: R,
    /// The environment they are for.
    pub environment: Environment,
    /// What the operator should know all the same.
    pub warnings: Vec<Problem>,
}

/// Reads the settings of a process that is about to run.
///
/// # Errors
/// Everything that is wrong, at once.
pub fn load<R: Root>(layers: &Layers, args: &LoadArgs) -> Result<Loaded<R>, SettingsError> {
    let stack = Stack::read(layers, args)?;
    let environment = stack.environment();
    let (settings, problems) = stack.typed::<R>();
    match settings {
        Some(settings) if !problems.iter().any(Problem::is_error) => Ok(Loaded {
            settings,
            environment,
            warnings: problems,
        }),
        _ => Err(SettingsError { problems }),
    }
}

/// The settings in force, by key, each with its origin and without secrets. Values that `check` objects to are listed too.
///
/// # Errors
/// The environment is unknown, so that there is nothing to list.
pub fn show(layers: &Layers, args: &LoadArgs) -> Result<Vec<Row>, SettingsError> {
    Ok(Stack::read(layers, args)?.rows())
}

/// Everything that is wrong with the settings, warnings included.
pub fn check<R: Root>(layers: &Layers, args: &LoadArgs) -> Vec<Problem> {
    match Stack::read(layers, args) {
        Ok(stack) => stack.typed::<R>().1,
        Err(error) => error.problems,
    }
}

#[cfg(test)]
mod tests;
