use std::collections::BTreeSet;
use std::path::Path;

use super::*;

const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn args(environment: Environment, overrides: &[(&str, &str)]) -> LoadArgs {
    LoadArgs {
        environment: None,
        default_environment: environment,
        config_dir: None,
        variables: Vec::new(),
        overrides: overrides
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

fn table(text: &str) -> toml::Table {
    toml::from_str(text).expect("TOML")
}

/// The dotted keys below `table`.
fn keys(prefix: &str, table: &toml::Table) -> BTreeSet<String> {
    table
        .iter()
        .flat_map(|(name, value)| match value {
            toml::Value::Table(inner) => keys(&format!("{prefix}{name}."), inner),
            _ => BTreeSet::from([format!("{prefix}{name}")]),
        })
        .collect()
}

/// Takes the setting with the dotted `key` out of `table`.
fn remove(table: &mut toml::Table, key: &str) {
    match key.split_once('.') {
        Some((name, rest)) => remove(table[name].as_table_mut().expect("a section"), rest),
        None => assert!(table.remove(key).is_some(), "{key}"),
    }
}

/// The default layer as the typed settings see it: a secret's file has been read by then.
fn typed_defaults() -> toml::Table {
    let mut defaults = table(LAYERS.default);
    let all = keys("", &defaults);
    for key in &all {
        if all.contains(&format!("{key}_file")) {
            remove(&mut defaults, &format!("{key}_file"));
        }
    }
    defaults
}

#[test]
fn development_starts_as_it_is() {
    let loaded = load(&args(Environment::Development, &[])).expect("settings");
    assert_eq!(loaded.warnings, []);
    let settings = loaded.settings;
    assert_eq!(settings.server.public_url.as_str(), "http://localhost:4000");
    assert_eq!(settings.server.frontend_host(), "clerk.localhost:4000");
    let listen: Vec<_> = settings.server.listen.iter().map(ToString::to_string).collect();
    assert_eq!(listen, ["127.0.0.1:4000", "[::1]:4000"]);
    assert_eq!(settings.metrics.listen, "127.0.0.1:4002".parse().ok());
    assert_eq!(settings.data.dir, Path::new("./data"));
    assert!(settings.keys.master_key.is_none() && settings.mail.smtp_url.is_none());
}

#[test]
fn production_asks_for_what_only_the_operator_knows() {
    let problems = check(&args(Environment::Production, &[]));
    let errors: Vec<_> = problems
        .iter()
        .filter(|problem| problem.is_error())
        .map(|problem| problem.key.as_str())
        .collect();
    assert_eq!(errors, ["server.public_url", "keys.master_key"], "{problems:?}");
    assert!(
        problems
            .iter()
            .all(|problem| problem.message.contains("must be set") || !problem.is_error())
    );

    let given = [
        ("server.public_url", "https://id.example.com"),
        ("server.trusted_proxies", "127.0.0.1/32"),
        ("keys.master_key", MASTER_KEY),
        ("mail.smtp_url", "smtps://mail.example.com"),
    ];
    let loaded = load(&args(Environment::Production, &given)).expect("settings");
    assert_eq!(loaded.warnings, []);
    assert_eq!(loaded.settings.data.dir, Path::new("/var/lib/vestibule"));
    assert_eq!(loaded.settings.metrics.listen, None);
}

#[test]
fn every_section_is_asked_for_its_rules() {
    for (key, value) in [
        ("server.body_limit_bytes", "0"),
        ("database.max_connections", "0"),
        ("data.dir", ""),
        ("mail.timeout_seconds", "0"),
        ("log.level", "loud"),
        ("passwords.queue", "0"),
    ] {
        let problems = check(&args(Environment::Development, &[(key, value)]));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].key, key);
    }
}

#[test]
fn metrics_have_an_address_of_their_own() {
    let problems = check(&args(Environment::Development, &[("metrics.listen", "127.0.0.1:4000")]));
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].key, "metrics.listen");
}

#[test]
fn the_default_layer_states_exactly_the_typed_settings() {
    let defaults = typed_defaults();
    // Fields that no key sets, and keys that no field takes, both fail here.
    let _: Settings = defaults
        .clone()
        .try_into()
        .expect("each key has a field and each field a key");
    for key in keys("", &defaults) {
        let mut incomplete = defaults.clone();
        remove(&mut incomplete, &key);
        let outcome = incomplete.try_into::<Settings>();
        assert!(outcome.is_err(), "{key} has a default in its struct too");
    }
}

#[test]
fn every_section_has_the_name_of_its_table() {
    let named = BTreeSet::from([
        ServerSettings::NAME,
        MetricsSettings::NAME,
        DatabaseSettings::NAME,
        DataSettings::NAME,
        KeysSettings::NAME,
        MailSettings::NAME,
        LogSettings::NAME,
        PasswordsSettings::NAME,
    ]);
    let defaults = table(LAYERS.default);
    assert_eq!(named, defaults.keys().map(String::as_str).collect());
}

#[test]
fn secrets_are_shown_nowhere() {
    let secrets = [
        ("database.url", "postgres://u:hunter2@db/v"),
        ("keys.master_key", MASTER_KEY),
        ("mail.smtp_url", "smtps://u:hunter2@mail.example.com"),
    ];
    let args = args(Environment::Development, &secrets);
    let rows = show(&args).expect("rows");
    for row in &rows {
        let is_secret = secrets.iter().any(|(key, _)| *key == row.key);
        assert_eq!(row.value == "[set]", is_secret, "{row:?}");
    }
    let settings = load(&args).expect("settings").settings;
    let shown = format!("{rows:?} {settings:?}");
    assert!(!shown.contains("hunter2") && !shown.contains(MASTER_KEY), "{shown}");
}

#[test]
fn a_bad_secret_is_not_repeated() {
    let bad = [
        ("database.url", "mysql://hunter2"),
        ("keys.master_key", "hunter2"),
        ("mail.smtp_url", "hunter2"),
    ];
    let problems = check(&args(Environment::Production, &bad));
    for (key, _) in bad {
        assert!(problems.iter().any(|problem| problem.key == key), "{key}");
    }
    assert!(!format!("{problems:?}").contains("hunter2"));
}

#[test]
fn every_setting_is_documented() {
    let reference = reference();
    for key in keys("", &table(LAYERS.default)) {
        let (_, rest) = reference.split_once(&format!("### `{key}`\n\n")).expect(&key);
        assert!(
            !rest.starts_with("Default:") && !rest.starts_with('\n'),
            "{key} has no comment"
        );
    }
}

#[test]
fn the_committed_reference_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, reference()).expect("the reference can be written");
    }
    let committed = std::fs::read_to_string(&path).expect("docs/configuration.md");
    assert!(
        committed == reference(),
        "docs/configuration.md is not what config/*.toml say: run the tests once with UPDATE_DOCS=1"
    );
}

#[test]
fn no_setting_is_both_of_the_process_and_of_the_instance() {
    let instance = keys("", &table(include_str!("../../../config/instance.toml")));
    let process = keys("", &table(LAYERS.default));
    assert!(!instance.is_empty());
    assert_eq!(instance.intersection(&process).next(), None);
}
