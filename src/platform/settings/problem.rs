//! What is wrong with the settings, in words that say how to mend it.

use std::fmt;

use serde::Serialize;

/// Whether a problem keeps the process from starting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The settings can't be used.
    Error,
    /// They can, but the operator should know.
    Warning,
}

/// One thing that is wrong. Never contains the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The setting's dotted key, or the option or file that is wrong as a whole.
    pub key: String,
    /// What is wrong and how to mend it.
    pub message: String,
    /// The layer that the value comes from: a file, a variable, an option. None where no single layer is to blame.
    pub origin: Option<String>,
    /// Whether it keeps the process from starting.
    pub severity: Severity,
}

impl Problem {
    /// A problem that makes the settings unusable.
    pub fn error(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            message: message.into(),
            origin: None,
            severity: Severity::Error,
        }
    }

    /// A problem that the operator should know about.
    pub fn warning(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(key, message)
        }
    }

    /// The same problem, found in the layer `origin`.
    #[must_use]
    pub fn from_layer(mut self, origin: impl Into<String>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// Whether it keeps the process from starting.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.message)?;
        match &self.origin {
            Some(origin) => write!(f, " (from {origin})"),
            None => Ok(()),
        }
    }
}

/// The settings can't be used. Holds everything that is wrong with them, warnings included.
#[derive(Debug, thiserror::Error)]
pub struct SettingsError {
    /// What is wrong; at least one of them is an error.
    pub problems: Vec<Problem>,
}

impl From<Problem> for SettingsError {
    fn from(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
        }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings can't be used:")?;
        for problem in self.problems.iter().filter(|problem| problem.is_error()) {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}
