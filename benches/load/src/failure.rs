//! Why a measurement did not come about.

use std::fmt;
use std::io;

/// A reason in words.
#[derive(Clone, Debug)]
pub struct Failure(String);

impl Failure {
    /// For a reason that can be told.
    pub fn new(reason: impl fmt::Display) -> Self {
        Self(reason.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(error)
    }
}
