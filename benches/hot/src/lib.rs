//! An instance in memory, as the hot functions find it in a running server.

use std::path::Path;

use vestibule::app::{App, OpenError, Options, open, settings};
use vestibule::platform::settings::{Environment, LoadArgs};

/// Opens an instance whose database is in memory, with `data` for its master key.
///
/// # Errors
/// What an operator would be told.
///
/// # Panics
/// When the built-in settings are refused.
pub async fn instance(data: &Path) -> Result<App, OpenError> {
    let overrides = [
        ("database.url", "sqlite::memory:".to_owned()),
        ("data.dir", data.display().to_string()),
    ];
    let arguments = LoadArgs {
        environment: None,
        default_environment: Environment::Development,
        config_dir: None,
        variables: Vec::new(),
        overrides: overrides.map(|(key, value)| (key.to_owned(), value)).into(),
    };
    let loaded = settings::load(&arguments).unwrap_or_else(|error| panic!("{error}"));
    open(&loaded.settings, loaded.environment, Options::default()).await
}
