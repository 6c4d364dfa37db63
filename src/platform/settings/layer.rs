//! One layer of settings, as a source of the `config` crate: dotted keys with values that know where they come from.

use std::fmt;

use config::{ConfigError, Map, Source, Value};

use super::known::{Kind, Known};
use super::problem::Problem;

/// The values of one layer. Only known keys get in.
#[derive(Clone, Default)]
pub(super) struct Layer {
    values: Map<String, Value>,
}

impl Layer {
    /// A layer of values that are known to fit.
    pub(super) fn new(values: impl IntoIterator<Item = (String, Value)>) -> Self {
        Self {
            values: values.into_iter().collect(),
        }
    }

    /// Takes a key out.
    pub(super) fn remove(&mut self, key: &str) {
        self.values.remove(key);
    }

    /// Builds a layer from `entries` of (key, raw value, origin). `convert` makes a typed value of a raw one; `spell`
    /// writes a key as this layer does. What is refused goes to `problems`.
    pub(super) fn collect<Raw>(
        entries: impl IntoIterator<Item = (String, Raw, String)>,
        known: &Known,
        convert: impl Fn(Kind, &Raw, &str) -> Result<Value, String>,
        spell: impl Fn(&str) -> String,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut values = Map::new();
        for (key, raw, origin) in entries {
            let outcome = match known.kind(&key) {
                Some(kind) => convert(kind, &raw, &origin),
                None => Err(known.refusal(&key, &spell)),
            };
            match outcome {
                Ok(value) => {
                    values.insert(key, value);
                }
                Err(message) => problems.push(Problem::error(key, message).from_layer(origin)),
            }
        }
        Self { values }
    }
}

impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values may be secrets.
        f.debug_set().entries(self.values.keys()).finish()
    }
}

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.values.clone())
    }
}
