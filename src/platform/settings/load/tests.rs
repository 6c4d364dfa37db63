use std::path::Path;

use serde::Deserialize;

use super::*;
use crate::kernel::secret::SecretString;
use crate::platform::settings::Section;

const LAYERS: Layers = Layers {
    default: r#"
        [shop]
        name = "corner"
        floors = 1
        open = false
        doors = ["front"]
        safe = ""
        safe_file = ""
    "#,
    development: "[shop]\nname = \"toy\"\n",
    production: "[shop]\nfloors = 2\n",
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Town {
    shop: Shop,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shop {
    name: String,
    floors: u8,
    open: bool,
    doors: Vec<String>,
    safe: SecretString,
}

impl Section for Shop {
    const NAME: &'static str = "shop";

    fn validate(&self, environment: Environment) -> Vec<Problem> {
        let mut problems = Vec::new();
        problems.extend(Self::within("floors", self.floors, 1..=9, "floors"));
        if environment.is_production() && self.safe.is_empty() {
            problems.push(Self::error("safe", "must be set"));
        }
        if self.doors.is_empty() {
            problems.push(Self::warning("doors", "nobody gets in"));
        }
        problems
    }
}

impl Root for Town {
    fn validate(&self, environment: Environment) -> Vec<Problem> {
        self.shop.validate(environment)
    }
}

/// Arguments that are filled in step by step.
fn args() -> LoadArgs {
    LoadArgs {
        environment: None,
        default_environment: Environment::Development,
        config_dir: None,
        variables: Vec::new(),
        overrides: Vec::new(),
    }
}

impl LoadArgs {
    fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    fn set(mut self, key: &str, value: &str) -> Self {
        self.overrides.push((key.to_owned(), value.to_owned()));
        self
    }

    fn dir(mut self, dir: &Path) -> Self {
        self.config_dir = Some(dir.to_owned());
        self
    }

    fn environment(mut self, name: &str) -> Self {
        self.environment = Some(name.to_owned());
        self
    }
}

fn shop(args: &LoadArgs) -> Shop {
    load::<Town>(&LAYERS, args).expect("settings").settings.shop
}

fn problems(args: &LoadArgs) -> Vec<Problem> {
    check::<Town>(&LAYERS, args)
}

/// The only problem there is.
fn problem(args: &LoadArgs) -> Problem {
    let mut problems = problems(args);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.remove(0)
}

fn origin(args: &LoadArgs, key: &str) -> String {
    let rows = show(&LAYERS, args).expect("rows");
    rows.into_iter().find(|row| row.key == key).expect(key).origin
}

fn write(dir: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = dir.path().join(name);
    std::fs::write(&path, text).expect("a file");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("permissions");
    }
    path
}

#[test]
fn each_layer_wins_over_the_ones_before_it() {
    let dir = tempfile::tempdir().expect("a directory");
    assert_eq!(
        shop(&args().environment("production").set("shop.safe", "s")).name,
        "corner"
    );

    let args = args();
    assert_eq!(shop(&args).name, "toy");
    assert_eq!(origin(&args, "shop.name"), "development.toml, built in");
    assert_eq!(origin(&args, "shop.floors"), "default.toml, built in");

    let path = write(&dir, "default.toml", "[shop]\nname = \"general\"\n");
    let args = args.dir(dir.path());
    assert_eq!(shop(&args).name, "general", "a file wins over every built-in layer");
    assert_eq!(origin(&args, "shop.name"), path.display().to_string());

    write(&dir, "development.toml", "[shop]\nname = \"special\"\n");
    write(&dir, "production.toml", "[shop]\nname = \"other\"\n");
    assert_eq!(shop(&args).name, "special");

    let args = args.variable("VESTIBULE__SHOP__NAME", "variable");
    assert_eq!(shop(&args).name, "variable");
    assert_eq!(origin(&args, "shop.name"), "VESTIBULE__SHOP__NAME");

    let args = args.set("shop.name", "option");
    assert_eq!(shop(&args).name, "option");
    assert_eq!(origin(&args, "shop.name"), "--set");
}

#[test]
fn text_becomes_what_the_setting_is() {
    let args = args()
        .variable("VESTIBULE__SHOP__NAME", "007")
        .variable("VESTIBULE__SHOP__FLOORS", "3")
        .variable("VESTIBULE__SHOP__OPEN", "true")
        .variable("VESTIBULE__SHOP__DOORS", "back, side");
    let shop = shop(&args);
    assert_eq!(
        (shop.name.as_str(), shop.floors, shop.open, shop.doors),
        ("007", 3, true, vec!["back".to_owned(), "side".to_owned()])
    );
}

#[test]
fn a_list_replaces_the_list_below_it() {
    assert_eq!(shop(&args().set("shop.doors", "back")).doors, ["back"]);
    assert!(shop(&args().set("shop.doors", "")).doors.is_empty());
}

#[test]
fn the_environment_is_chosen_by_option_then_variable_then_command() {
    let chosen = |args: &LoadArgs| load::<Town>(&LAYERS, args).expect("settings").environment;
    let safe = args().set("shop.safe", "s");
    assert_eq!(chosen(&safe), Environment::Development);
    let variable = safe.variable("VESTIBULE_ENV", "production");
    assert_eq!(chosen(&variable), Environment::Production);
    assert_eq!(shop(&variable).floors, 2);
    assert_eq!(chosen(&variable.environment("development")), Environment::Development);
}

#[test]
fn another_environment_is_refused_with_the_two_names() {
    for (args, source) in [
        (args().environment("staging"), "--env"),
        (args().variable("VESTIBULE_ENV", "staging"), "VESTIBULE_ENV"),
    ] {
        let problem = problem(&args);
        assert_eq!(problem.key, source);
        assert!(problem.message.contains("`development` or `production`"), "{problem}");
        assert!(load::<Town>(&LAYERS, &args).is_err() && show(&LAYERS, &args).is_err());
    }
}

#[test]
fn unknown_names_are_refused_wherever_they_stand() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = write(&dir, "development.toml", "[shop]\nnmae = \"x\"\n");
    for (args, origin, nearest) in [
        (args().dir(dir.path()), path.to_str().expect("a path"), "`shop.name`"),
        (args().set("shop.nmae", "x"), "--set", "`shop.name`"),
        (
            args().variable("VESTIBULE__SHOP__NMAE", "x"),
            "VESTIBULE__SHOP__NMAE",
            "`VESTIBULE__SHOP__NAME`",
        ),
    ] {
        let problem = problem(&args);
        assert_eq!(
            (problem.key.as_str(), problem.origin.as_deref()),
            ("shop.nmae", Some(origin))
        );
        assert!(problem.message.contains(nearest), "{problem}");
        assert!(load::<Town>(&LAYERS, &args).is_err());
    }
}

#[test]
fn a_directory_without_settings_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    assert_eq!(problem(&args().dir(dir.path())).key, "--config");
    write(&dir, "production.toml", "");
    assert_eq!(problem(&args().dir(dir.path())).key, "--config");
    write(&dir, "development.toml", "");
    assert_eq!(problems(&args().dir(dir.path())), []);
}

#[test]
fn a_file_that_is_not_toml_is_named() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = write(&dir, "default.toml", "[shop\n");
    assert_eq!(problem(&args().dir(dir.path())).key, path.display().to_string());
}

#[test]
fn everything_wrong_is_told_at_once() {
    let args = args()
        .environment("production")
        .set("shop.nmae", "x")
        .set("shop.open", "perhaps")
        .set("shop.floors", "1000")
        .set("shop.doors", "");
    let problems = problems(&args);
    let keys: Vec<_> = problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(
        keys,
        ["shop.nmae", "shop.open", "shop.floors", "shop.safe", "shop.doors"]
    );
    assert!(problems[2].message.contains("8 bit"), "{problems:?}");
    assert_eq!(problems[2].origin.as_deref(), Some("--set"));
    assert_eq!(problems[3].origin.as_deref(), Some("default.toml, built in"));

    let error = load::<Town>(&LAYERS, &args).expect_err("unusable");
    assert_eq!(error.problems, problems);
    let text = error.to_string();
    assert!(
        text.contains("shop.open") && text.contains("shop.safe") && !text.contains("shop.doors"),
        "{text}"
    );
}

#[test]
fn a_broken_rule_is_told_with_the_layer_it_comes_from() {
    let problem = problem(&args().set("shop.floors", "10"));
    assert_eq!(
        problem.to_string(),
        "shop.floors: 10 is out of range: give 1 to 9 floors (from --set)"
    );
}

#[test]
fn warnings_do_not_keep_the_process_from_starting() {
    let loaded = load::<Town>(&LAYERS, &args().set("shop.doors", "")).expect("settings");
    assert_eq!(loaded.warnings.len(), 1);
    assert_eq!(loaded.warnings[0].key, "shop.doors");
}

#[test]
fn a_secret_is_given_by_value_or_by_file() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = write(&dir, "safe", "hunter2\n");
    let by_file = args().set("shop.safe_file", path.to_str().expect("a path"));
    assert_eq!(shop(&by_file).safe.expose(), "hunter2");
    assert_eq!(origin(&by_file, "shop.safe"), path.display().to_string());
    assert_eq!(shop(&args().set("shop.safe", "hunter2")).safe.expose(), "hunter2");
}

#[test]
fn a_secret_given_both_ways_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = write(&dir, "safe", "hunter2\n");
    let both = args()
        .set("shop.safe_file", path.to_str().expect("a path"))
        .variable("VESTIBULE__SHOP__SAFE", "hunter3");
    let problem = problem(&both);
    assert_eq!(
        (problem.key.as_str(), problem.origin.as_deref()),
        ("shop.safe_file", Some("--set"))
    );
    assert!(problem.message.contains("VESTIBULE__SHOP__SAFE"), "{problem}");
}

#[test]
fn a_secret_file_that_cannot_be_read_is_the_only_complaint() {
    let args = args().environment("production").set("shop.safe_file", "/nowhere/safe");
    let problem = problem(&args);
    assert_eq!(problem.key, "shop.safe_file");
    assert!(
        problem.is_error() && problem.message.contains("/nowhere/safe"),
        "{problem}"
    );
}

#[cfg(unix)]
#[test]
fn a_secret_file_that_everybody_reads_is_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a directory");
    let path = write(&dir, "safe", "hunter2");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("permissions");
    let loaded =
        load::<Town>(&LAYERS, &args().set("shop.safe_file", path.to_str().expect("a path"))).expect("settings");
    assert_eq!(loaded.warnings[0].key, "shop.safe_file");
}

#[test]
fn the_listing_shows_values_and_no_secret() {
    let args = args().set("shop.safe", "hunter2").set("shop.doors", "back,side");
    let rows = show(&LAYERS, &args).expect("rows");
    let value = |key: &str| rows.iter().find(|row| row.key == key).expect(key).value.as_str();
    assert_eq!(value("shop.safe"), "[set]");
    assert_eq!(value("shop.safe_file"), "");
    assert_eq!(value("shop.doors"), "back, side");
    assert_eq!(value("shop.floors"), "1");
    assert_eq!(rows.len(), 6);
    assert!(!format!("{rows:?}").contains("hunter2"));
}

#[test]
fn the_listing_shows_that_a_secret_is_missing() {
    let rows = show(&LAYERS, &args()).expect("rows");
    assert!(rows.iter().any(|row| row.key == "shop.safe" && row.value.is_empty()));
}

#[test]
fn the_listing_has_what_is_wrong_too() {
    let rows = show(&LAYERS, &args().set("shop.floors", "1000")).expect("rows");
    assert!(rows.iter().any(|row| row.key == "shop.floors" && row.value == "1000"));
}
