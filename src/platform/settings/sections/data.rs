//! `[data]`: files that the process itself keeps.

use std::path::PathBuf;

use serde::Deserialize;

use crate::platform::settings::{Environment, Problem, Section};

/// The settings of `[data]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSettings {
    /// The data directory; may not exist yet.
    pub dir: PathBuf,
}

impl Section for DataSettings {
    const NAME: &'static str = "data";

    fn validate(&self, _: Environment) -> Vec<Problem> {
        if self.dir.as_os_str().is_empty() {
            return vec![Self::error(
                "dir",
                "must be set: give a directory, such as /var/lib/vestibule",
            )];
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_required() {
        let validate = |dir: &str| DataSettings { dir: dir.into() }.validate(Environment::Development);
        assert_eq!(validate("").len(), 1);
        assert_eq!(validate("./data"), []);
    }
}
