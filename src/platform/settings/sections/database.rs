//! `[database]`: where the data of the instance lives.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::kernel::secret::SecretString;
use crate::platform::settings::{Environment, Problem, Section};

/// The file in the data directory that is the database where none is named.
const DEFAULT_FILE: &str = "vestibule.db";

/// The settings of `[database]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// Which database.
    pub url: DatabaseUrl,
    /// Connections kept open at most.
    pub max_connections: u32,
}

/// Which database, as `database.url` says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum DatabaseUrl {
    /// Empty: a SQLite file in the data directory.
    DataDirectory,
    /// `sqlite:PATH`.
    SqliteFile(PathBuf),
    /// `sqlite::memory:`.
    SqliteMemory,
    /// `postgres://…`, whole.
    Postgres(SecretString),
}

/// A `database.url` of no known form. Doesn't repeat it: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "is of no known form: give `sqlite:PATH`, `sqlite::memory:` or `postgres://user:password@host/database`, \
     or leave it empty for a SQLite file in data.dir"
)]
pub struct BadDatabaseUrl;

impl DatabaseUrl {
    /// The path of the SQLite file, if the database is one; `data_dir` is `data.dir`.
    pub fn sqlite_file(&self, data_dir: &Path) -> Option<PathBuf> {
        match self {
            Self::DataDirectory => Some(data_dir.join(DEFAULT_FILE)),
            Self::SqliteFile(path) => Some(path.clone()),
            Self::SqliteMemory | Self::Postgres(_) => None,
        }
    }
}

impl TryFrom<String> for DatabaseUrl {
    type Error = BadDatabaseUrl;

    fn try_from(text: String) -> Result<Self, BadDatabaseUrl> {
        if text.is_empty() {
            return Ok(Self::DataDirectory);
        }
        if text == "sqlite::memory:" {
            return Ok(Self::SqliteMemory);
        }
        if let Some(path) = text.strip_prefix("sqlite:") {
            // `sqlite://host/path` and `?mode=…` belong to other programs' notations; as a path they would name a wrong file.
            let is_path = !path.is_empty() && !path.starts_with("//") && !path.starts_with(':') && !path.contains('?');
            return if is_path {
                Ok(Self::SqliteFile(path.into()))
            } else {
                Err(BadDatabaseUrl)
            };
        }
        let url = url::Url::parse(&text).map_err(|_| BadDatabaseUrl)?;
        // `postgresql` is the same scheme's other name in libpq, and what many hosting services hand out.
        if matches!(url.scheme(), "postgres" | "postgresql") && text.contains("://") {
            return Ok(Self::Postgres(SecretString::new(text)));
        }
        Err(BadDatabaseUrl)
    }
}

impl Section for DatabaseSettings {
    const NAME: &'static str = "database";

    fn validate(&self, environment: Environment) -> Vec<Problem> {
        let mut problems = Vec::new();
        if environment.is_production() && self.url == DatabaseUrl::SqliteMemory {
            problems.push(Self::warning(
                "url",
                "everything is lost when the process ends: give `sqlite:PATH` to keep it",
            ));
        }
        problems.extend(Self::within(
            "max_connections",
            self.max_connections,
            1..=1000,
            "connections",
        ));
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DatabaseUrl, BadDatabaseUrl> {
        DatabaseUrl::try_from(text.to_owned())
    }

    #[test]
    fn the_stated_forms_are_accepted() {
        assert_eq!(parse(""), Ok(DatabaseUrl::DataDirectory));
        assert_eq!(parse("sqlite::memory:"), Ok(DatabaseUrl::SqliteMemory));
        assert_eq!(
            parse("sqlite:/var/x.db"),
            Ok(DatabaseUrl::SqliteFile("/var/x.db".into()))
        );
        assert_eq!(parse("sqlite:x.db"), Ok(DatabaseUrl::SqliteFile("x.db".into())));
        for url in [
            "postgres://u:p@db/v",
            "postgresql://u:p@db/v",
            "postgres:///v?host=/run/postgresql",
        ] {
            assert_eq!(parse(url), Ok(DatabaseUrl::Postgres(SecretString::new(url.into()))));
        }
    }

    #[test]
    fn other_forms_are_refused_with_the_right_ones() {
        for bad in [
            "mysql://u:hunter2@db/v",
            "vestibule.db",
            "sqlite:",
            "sqlite://x.db",
            "sqlite:x.db?mode=ro",
            "sqlite::memory",
            "postgres:x",
            "postgres://u:p@db:port/v",
        ] {
            let error = parse(bad).expect_err(bad).to_string();
            for form in ["sqlite:PATH", "sqlite::memory:", "postgres://"] {
                assert!(error.contains(form), "{error}");
            }
            assert!(!error.contains("hunter2"));
        }
    }

    #[test]
    fn an_empty_url_is_a_file_in_the_data_directory() {
        let file = |url: DatabaseUrl| url.sqlite_file(Path::new("/data"));
        assert_eq!(file(DatabaseUrl::DataDirectory), Some("/data/vestibule.db".into()));
        assert_eq!(file(DatabaseUrl::SqliteFile("x.db".into())), Some("x.db".into()));
        assert_eq!(file(DatabaseUrl::SqliteMemory), None);
    }

    #[test]
    fn memory_in_production_and_odd_pool_sizes_are_noticed() {
        let validate = |url: &DatabaseUrl, max_connections, environment| {
            let url = url.clone();
            DatabaseSettings { url, max_connections }.validate(environment)
        };
        let memory = DatabaseUrl::SqliteMemory;
        assert_eq!(validate(&memory, 8, Environment::Development), []);
        let warnings = validate(&memory, 8, Environment::Production);
        assert!(warnings.len() == 1 && !warnings[0].is_error());
        for (connections, problems) in [(0, 1), (1, 0), (1000, 0), (1001, 1)] {
            let found = validate(&DatabaseUrl::DataDirectory, connections, Environment::Production);
            assert_eq!(found.len(), problems, "{connections}");
        }
    }
}
