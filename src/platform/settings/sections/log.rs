//! `[log]`: what is logged and how it looks.

use serde::Deserialize;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::platform::settings::values::one_of;
use crate::platform::settings::{Environment, Problem, Section};

/// The settings of `[log]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// How a line looks.
    pub format: LogFormat,
    /// Directives for `tracing_subscriber::EnvFilter`.
    pub level: String,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl TryFrom<String> for LogFormat {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        one_of(&text, &[("text", Self::Text), ("json", Self::Json)])
    }
}

/// Whether the subscriber will understand a directive as it was meant. A word alone has to be a level: otherwise it would
/// name a part of the program, and a misspelt level would silence everything else.
fn is_directive(text: &str) -> bool {
    // An empty text is read as `error`.
    if text.is_empty() {
        return false;
    }
    if text.contains(['=', '[']) {
        EnvFilter::builder().parse(text).is_ok()
    } else {
        text.parse::<LevelFilter>().is_ok()
    }
}

impl Section for LogSettings {
    const NAME: &'static str = "log";

    fn validate(&self, _: Environment) -> Vec<Problem> {
        if self.level.split(',').all(is_directive) {
            return Vec::new();
        }
        let message = format!(
            "`{}` is not understood: give `off`, `error`, `warn`, `info`, `debug` or `trace`, or directives such as \
             `info,vestibule=debug`",
            self.level
        );
        vec![Self::error("level", message)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_directives_are_understood_and_misspellings_are_not() {
        let validate = |level: &str| {
            let format = LogFormat::Text;
            LogSettings {
                format,
                level: level.into(),
            }
            .validate(Environment::Production)
        };
        for good in [
            "info",
            "off",
            "WARN",
            "info,vestibule=debug",
            "info,vestibule::http=trace",
            "warn,[request]=debug",
        ] {
            assert_eq!(validate(good), [], "{good}");
        }
        for bad in [
            "",
            "inof",
            "info,",
            "info,vestibule_entity",
            "info, vestibule=debug",
            "vestibule=loud",
        ] {
            assert_eq!(validate(bad).len(), 1, "{bad}");
        }
    }

    #[test]
    fn a_format_is_one_of_two() {
        assert_eq!(LogFormat::try_from("json".to_owned()), Ok(LogFormat::Json));
        let error = LogFormat::try_from("xml".to_owned()).expect_err("no format");
        assert!(error.contains("`text`, `json`"), "{error}");
    }
}
