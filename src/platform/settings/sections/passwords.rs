//! `[passwords]`: the cost of hashing passwords and the pool that pays it.

use std::num::NonZero;

use serde::Deserialize;

use crate::platform::settings::{Environment, Problem, Section};

/// The least of `memory_kib × iterations` among the parameters that OWASP's password storage cheat sheet recommends (7 MiB, 5).
const RECOMMENDED_WORK: u64 = 7168 * 5;

/// The settings of `[passwords]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordsSettings {
    /// Memory for one hash, in KiB (`m` of RFC 9106).
    pub memory_kib: u32,
    /// Passes over the memory (`t`).
    pub iterations: u32,
    /// Lanes (`p`).
    pub parallelism: u32,
    workers: usize,
    /// Hashes that may wait for a worker.
    pub queue: usize,
}

impl PasswordsSettings {
    /// Threads that hash, at least one.
    pub fn workers(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(1, NonZero::get),
            workers => workers,
        }
    }
}

#[cfg(test)]
impl PasswordsSettings {
    /// The cheapest cost there is, for tests of other rooms.
    pub(crate) fn for_tests() -> Self {
        Self {
            memory_kib: 8,
            iterations: 1,
            parallelism: 1,
            workers: 1,
            queue: 64,
        }
    }
}

impl Section for PasswordsSettings {
    const NAME: &'static str = "passwords";

    fn validate(&self, environment: Environment) -> Vec<Problem> {
        let mut problems = Vec::new();
        // RFC 9106 section 3.1: at least 8 KiB of memory for each lane.
        let least = self.parallelism.saturating_mul(8);
        problems.extend(Self::within("memory_kib", self.memory_kib, least..=4_194_304, "KiB"));
        problems.extend(Self::within("iterations", self.iterations, 1..=1000, "passes"));
        problems.extend(Self::within("parallelism", self.parallelism, 1..=255, "lanes"));
        problems.extend(Self::within("workers", self.workers, 0..=1024, "threads"));
        problems.extend(Self::within("queue", self.queue, 1..=100_000, "hashes"));
        let work = u64::from(self.memory_kib) * u64::from(self.iterations);
        if environment.is_production() && problems.is_empty() && work < RECOMMENDED_WORK {
            let message = "is too cheap to guess for these iterations: give 19456 KiB with 2 iterations, or more";
            problems.push(Self::warning("memory_kib", message));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: PasswordsSettings = PasswordsSettings {
        memory_kib: 19456,
        iterations: 2,
        parallelism: 1,
        workers: 0,
        queue: 64,
    };

    fn keys(settings: &PasswordsSettings, environment: Environment) -> Vec<(String, bool)> {
        let problems = settings.validate(environment).into_iter();
        problems
            .map(|problem| (problem.key.clone(), problem.is_error()))
            .collect()
    }

    #[test]
    fn every_parameter_has_bounds() {
        let cases = [
            ("memory_kib", PasswordsSettings { memory_kib: 7, ..GOOD }),
            (
                "memory_kib",
                PasswordsSettings {
                    memory_kib: 4_194_305,
                    ..GOOD
                },
            ),
            (
                "memory_kib",
                PasswordsSettings {
                    memory_kib: 31,
                    parallelism: 4,
                    ..GOOD
                },
            ),
            ("iterations", PasswordsSettings { iterations: 0, ..GOOD }),
            (
                "iterations",
                PasswordsSettings {
                    iterations: 1001,
                    ..GOOD
                },
            ),
            ("parallelism", PasswordsSettings { parallelism: 0, ..GOOD }),
            (
                "parallelism",
                PasswordsSettings {
                    parallelism: 256,
                    ..GOOD
                },
            ),
            ("workers", PasswordsSettings { workers: 1025, ..GOOD }),
            ("queue", PasswordsSettings { queue: 0, ..GOOD }),
            ("queue", PasswordsSettings { queue: 100_001, ..GOOD }),
        ];
        for (key, settings) in cases {
            assert_eq!(
                keys(&settings, Environment::Production),
                [(format!("passwords.{key}"), true)]
            );
        }
        assert_eq!(keys(&GOOD, Environment::Production), []);
        let least = PasswordsSettings {
            memory_kib: 32,
            parallelism: 4,
            ..GOOD
        };
        assert_eq!(keys(&least, Environment::Development), []);
    }

    #[test]
    fn production_is_warned_of_cheap_hashes() {
        let cheap = PasswordsSettings {
            memory_kib: 17_919,
            ..GOOD
        };
        assert_eq!(
            keys(&cheap, Environment::Production),
            [("passwords.memory_kib".to_owned(), false)]
        );
        assert_eq!(keys(&cheap, Environment::Development), []);
        let enough = PasswordsSettings {
            memory_kib: 7168,
            iterations: 5,
            ..GOOD
        };
        assert_eq!(keys(&enough, Environment::Production), []);
    }

    #[test]
    fn the_cost_for_tests_is_within_bounds() {
        assert_eq!(keys(&PasswordsSettings::for_tests(), Environment::Development), []);
    }

    #[test]
    fn no_workers_means_one_for_each_core() {
        assert!(GOOD.workers() >= 1);
        assert_eq!(PasswordsSettings { workers: 3, ..GOOD }.workers(), 3);
    }
}
