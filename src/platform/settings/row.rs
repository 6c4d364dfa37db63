//! The settings in force, as a listing.

use config::{Value, ValueKind};
use serde::Serialize;

/// What stands for a secret that is set.
const SECRET: &str = "[set]";

/// One setting in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The dotted key.
    pub key: String,
    /// The value; the items of a list separated by commas; `[set]` for a secret that is set.
    pub value: String,
    /// The layer the value comes from: a file, a variable, an option.
    pub origin: String,
}

impl Row {
    pub(super) fn new(key: &str, value: &Value, secret: bool) -> Self {
        let text = text(value);
        Self {
            key: key.to_owned(),
            value: if secret && !text.is_empty() {
                SECRET.to_owned()
            } else {
                text
            },
            origin: value.origin().unwrap_or_default().to_owned(),
        }
    }
}

fn text(value: &Value) -> String {
    match &value.kind {
        ValueKind::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        kind => kind.to_string(),
    }
}
