//! Which of the two built-in environments is in force.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// What the process is run for. It chooses a layer of settings and how strict their rules are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// On a developer's machine: plain http on loopback, keys made on the first run, mail kept in an inbox.
    Development,
    /// For real people.
    Production,
}

/// A name that is neither `development` nor `production`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an environment: it is `development` or `production`")]
pub struct UnknownEnvironment(String);

impl Environment {
    /// The name, as in `--env` and in the name of the layer's file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }

    /// Whether this is production.
    pub fn is_production(self) -> bool {
        self == Self::Production
    }
}

impl FromStr for Environment {
    type Err = UnknownEnvironment;

    fn from_str(name: &str) -> Result<Self, UnknownEnvironment> {
        [Self::Development, Self::Production]
            .into_iter()
            .find(|environment| environment.name() == name)
            .ok_or_else(|| UnknownEnvironment(name.to_owned()))
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_names_are_environments() {
        assert_eq!("development".parse(), Ok(Environment::Development));
        assert_eq!("production".parse(), Ok(Environment::Production));
        for bad in ["", "prod", "Production", "staging"] {
            let error = bad.parse::<Environment>().expect_err(bad).to_string();
            assert!(
                error.contains("`development`") && error.contains("`production`"),
                "{error}"
            );
        }
    }
}
