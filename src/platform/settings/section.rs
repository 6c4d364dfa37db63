//! The contract of a typed section and of the root that nests the sections.

use serde::de::DeserializeOwned;

use super::environment::Environment;
use super::problem::Problem;

/// One table of settings, such as `[server]`: a struct whose fields are the keys.
pub trait Section {
    /// The name of the table.
    const NAME: &'static str;

    /// The rules that go beyond the type of one value. An empty list: nothing is wrong.
    fn validate(&self, environment: Environment) -> Vec<Problem>;

    /// An error at `key` of this section.
    fn error(key: &str, message: impl Into<String>) -> Problem {
        Problem::error(format!("{}.{key}", Self::NAME), message)
    }

    /// A warning at `key` of this section.
    fn warning(key: &str, message: impl Into<String>) -> Problem {
        Problem::warning(format!("{}.{key}", Self::NAME), message)
    }

    /// An error at `key` unless `value` lies in `range`, which is stated in `unit`.
    fn within<T: PartialOrd + std::fmt::Display>(
        key: &str,
        value: T,
        range: std::ops::RangeInclusive<T>,
        unit: &str,
    ) -> Option<Problem> {
        if range.contains(&value) {
            return None;
        }
        let (least, most) = range.into_inner();
        let message = format!("{value} is out of range: give {least} to {most} {unit}");
        Some(Self::error(key, message))
    }
}

/// Everything a process is set to: the struct that nests the sections.
pub trait Root: DeserializeOwned {
    /// The problems of all sections, and of sections with each other.
    fn validate(&self, environment: Environment) -> Vec<Problem>;
}
