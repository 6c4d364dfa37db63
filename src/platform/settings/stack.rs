//! The layers on top of each other: which value holds, what is wrong with it, and what the typed settings make of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use config::{Config, ConfigError, Value, ValueKind};
use serde::de::DeserializeOwned;

use super::environment::Environment;
use super::known::Known;
use super::layer::Layer;
use super::load::{Layers, LoadArgs};
use super::problem::{Problem, SettingsError};
use super::row::Row;
use super::section::Root;
use super::{secret_file, toml_layer, variables};

/// The variable that chooses the environment where `--env` doesn't.
const ENVIRONMENT_VARIABLE: &str = "VESTIBULE_ENV";

/// All layers, read.
pub(super) struct Stack {
    environment: Environment,
    known: Known,
    /// The built-in defaults, which stand in for values that are wrong while the others are examined.
    defaults: Layer,
    /// The value in force of every key, secrets from files included.
    values: BTreeMap<String, Value>,
    problems: Vec<Problem>,
    /// Keys without a usable value: rules that go beyond one value don't speak of them again.
    faulty: BTreeSet<String>,
}

impl Stack {
    /// Reads all layers.
    ///
    /// # Errors
    /// The environment is unknown, so that it is not even certain which layers there are.
    pub(super) fn read(layers: &Layers, args: &LoadArgs) -> Result<Self, SettingsError> {
        let environment = environment_of(args)?;
        let default_origin = "default.toml, built in";
        let built_in = toml_layer::flat(layers.default, default_origin)?;
        let known = Known::new(&built_in);

        let mut problems = Vec::new();
        let defaults = toml_layer::layer(layers.default, default_origin, &known, &mut problems);
        let mut stacked = vec![
            defaults.clone(),
            toml_layer::layer(
                layers.of(environment),
                &format!("{environment}.toml, built in"),
                &known,
                &mut problems,
            ),
        ];
        if let Some(dir) = &args.config_dir {
            stacked.extend(toml_layer::layers_of_directory(dir, environment, &known, &mut problems));
        }
        stacked.push(variables::layer_of_variables(&args.variables, &known, &mut problems));
        stacked.push(variables::layer_of_overrides(&args.overrides, &known, &mut problems));

        let faulty = problems.iter().map(|problem| problem.key.clone()).collect();
        let mut stack = Self {
            environment,
            values: values_in_force(stacked, &known)?,
            known,
            defaults,
            problems,
            faulty,
        };
        stack.read_secret_files();
        Ok(stack)
    }

    /// The environment in force.
    pub(super) fn environment(&self) -> Environment {
        self.environment
    }

    /// The values in force, by key.
    pub(super) fn rows(&self) -> Vec<Row> {
        self.values
            .iter()
            .map(|(key, value)| Row::new(key, value, self.known.is_secret(key)))
            .collect()
    }

    /// The typed settings, as far as there are any, and everything that is wrong.
    pub(super) fn typed<R: Root>(mut self) -> (Option<R>, Vec<Problem>) {
        // A secret's file has been read; the typed settings know the secret alone.
        for (_, file_key) in self.known.secrets() {
            self.values.remove(&file_key);
            self.defaults.remove(&file_key);
        }
        // Each value is tried by itself on top of the defaults, so that the first bad one doesn't hide the others.
        let mut good = Vec::new();
        for (key, value) in std::mem::take(&mut self.values) {
            let layer = Layer::new([(key.clone(), value.clone())]);
            match deserialize::<R>([self.defaults.clone(), layer]) {
                Ok(_) => good.push((key, value)),
                Err(error) => {
                    let problem = Problem::error(&key, reason(&error));
                    self.problems
                        .push(problem.from_layer(value.origin().unwrap_or_default()));
                    self.faulty.insert(key);
                }
            }
        }
        let origins: BTreeMap<_, _> = good
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), value.origin()?.to_owned())))
            .collect();
        match deserialize::<R>([self.defaults, Layer::new(good)]) {
            Ok(settings) => {
                let mut broken_rules = settings.validate(self.environment);
                broken_rules.retain(|problem| !self.faulty.contains(&problem.key));
                for problem in &mut broken_rules {
                    problem.origin = origins.get(&problem.key).cloned();
                }
                self.problems.extend(broken_rules);
                (Some(settings), self.problems)
            }
            Err(error) => {
                self.problems.push(Problem::error("default.toml", reason(&error)));
                (None, self.problems)
            }
        }
    }

    /// Puts the secrets that files hold in their place.
    fn read_secret_files(&mut self) {
        let pairs: Vec<_> = self
            .known
            .secrets()
            .map(|(key, file_key)| (key.to_owned(), file_key))
            .collect();
        for (key, file_key) in pairs {
            let Some((path, file_origin)) = text_of(self.values.get(&file_key)) else {
                continue;
            };
            if let Some((_, origin)) = text_of(self.values.get(&key)) {
                let message = format!("both `{key}` (from {origin}) and `{file_key}` are set: empty one of them");
                self.problems
                    .push(Problem::error(&file_key, message).from_layer(file_origin));
                self.faulty.insert(key);
                continue;
            }
            match secret_file::read(Path::new(&path)) {
                Ok((secret, warning)) => {
                    if let Some(message) = warning {
                        self.problems
                            .push(Problem::warning(&file_key, message).from_layer(file_origin));
                    }
                    self.values
                        .insert(key, Value::new(Some(&path), ValueKind::String(secret)));
                }
                Err(message) => {
                    self.problems
                        .push(Problem::error(&file_key, message).from_layer(file_origin));
                    self.faulty.insert(key);
                }
            }
        }
    }
}

fn environment_of(args: &LoadArgs) -> Result<Environment, SettingsError> {
    let variable = args.variables.iter().find(|(name, _)| name == ENVIRONMENT_VARIABLE);
    let (option, name) = match (&args.environment, variable) {
        (Some(name), _) => ("--env", name.clone()),
        (None, Some((_, name))) => (ENVIRONMENT_VARIABLE, name.to_string_lossy().into_owned()),
        (None, None) => return Ok(args.default_environment),
    };
    name.parse()
        .map_err(|error: super::UnknownEnvironment| Problem::error(option, error.to_string()).into())
}

/// Lays the layers on top of each other, the first at the bottom.
fn values_in_force(layers: Vec<Layer>, known: &Known) -> Result<BTreeMap<String, Value>, SettingsError> {
    let merged = build(layers)
        .and_then(|config| config::Source::collect(&config))
        .map_err(|error| Problem::error("layers", reason(&error)))?;
    let root = Value::new(None, merged);
    let found = known
        .keys()
        .filter_map(|key| Some((key.to_owned(), leaf(&root, key)?.clone())));
    Ok(found.collect())
}

fn leaf<'a>(root: &'a Value, key: &str) -> Option<&'a Value> {
    key.split('.').try_fold(root, |value, name| match &value.kind {
        ValueKind::Table(table) => table.get(name),
        _ => None,
    })
}

fn build(layers: impl IntoIterator<Item = Layer>) -> Result<Config, ConfigError> {
    layers
        .into_iter()
        .fold(Config::builder(), |builder, layer| builder.add_source(layer))
        .build()
}

fn deserialize<R: DeserializeOwned>(layers: impl IntoIterator<Item = Layer>) -> Result<R, ConfigError> {
    build(layers)?.try_deserialize()
}

/// The text and the origin of a value that is not empty.
fn text_of(value: Option<&Value>) -> Option<(String, String)> {
    let value = value?;
    match &value.kind {
        ValueKind::String(text) if !text.is_empty() => {
            Some((text.clone(), value.origin().unwrap_or_default().to_owned()))
        }
        _ => None,
    }
}

/// What a value was refused for, without the key and the layer, which the problem states itself.
fn reason(error: &ConfigError) -> String {
    match error {
        ConfigError::At { error, .. } => reason(error),
        ConfigError::Message(message) => message.clone(),
        ConfigError::Type { expected, .. } => format!("must be {expected}"),
        error => error.to_string(),
    }
}
