//! Layers in text: environment variables and `--set` options.

use std::ffi::OsString;

use super::known::Known;
use super::layer::Layer;
use super::problem::Problem;

const PREFIX: &str = "VESTIBULE__";
const SEPARATOR: &str = "__";

/// What an override on the command line is called where origins are shown.
const OPTION: &str = "--set";

/// The variable that sets `key`.
pub(super) fn variable_name(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', SEPARATOR).to_uppercase())
}

/// The layer that the process's environment states.
///
/// Every name that begins with `VESTIBULE__` must be a setting. So must a name that is a setting's but for its underscores or
/// capitals, such as `VESTIBULE_DATABASE_URL`: it is refused, because whoever wrote it believes that it works. Other names that
/// begin with `VESTIBULE_` belong to somebody else (an orchestrator makes such names from the name of a service).
pub(super) fn layer_of_variables(
    variables: &[(OsString, OsString)],
    known: &Known,
    problems: &mut Vec<Problem>,
) -> Layer {
    let mut entries = Vec::new();
    for (name, value) in variables {
        let Some(name) = name.to_str() else { continue };
        let Some(key) = key_of(name, known, problems) else {
            continue;
        };
        match value.to_str() {
            Some(value) => entries.push((key, value.to_owned(), name.to_owned())),
            None => problems.push(Problem::error(key, "must be UTF-8 text").from_layer(name)),
        }
    }
    Layer::collect(
        entries,
        known,
        |kind, text: &String, origin| kind.parse(text, origin),
        variable_name,
        problems,
    )
}

/// The key that a variable sets, or would set if it existed.
fn key_of(name: &str, known: &Known, problems: &mut Vec<Problem>) -> Option<String> {
    if let Some(rest) = name.strip_prefix(PREFIX) {
        let key = rest.to_lowercase().replace(SEPARATOR, ".");
        if known.kind(&key).is_none() || variable_name(&key) == name {
            return Some(key);
        }
    }
    let meant = known
        .keys()
        .find(|key| squeezed(&variable_name(key)) == squeezed(name))?;
    let message = format!("is not a setting; did you mean `{}`?", variable_name(meant));
    problems.push(Problem::error(name, message).from_layer("the environment"));
    None
}

/// A name without what people get wrong in it.
fn squeezed(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

/// The layer that `--set` options state; of two for one key, the later holds.
pub(super) fn layer_of_overrides(overrides: &[(String, String)], known: &Known, problems: &mut Vec<Problem>) -> Layer {
    let entries = overrides
        .iter()
        .map(|(key, value)| (key.clone(), value.clone(), OPTION.to_owned()));
    Layer::collect(
        entries,
        known,
        |kind, text: &String, origin| kind.parse(text, origin),
        str::to_owned,
        problems,
    )
}

#[cfg(test)]
mod tests {
    use config::Source;

    use super::*;

    fn known() -> Known {
        let text = || toml::Value::String(String::new());
        Known::new(&[("database.url".into(), text()), ("server.tls.key_file".into(), text())])
    }

    fn read(name: &str) -> (Vec<String>, Vec<Problem>) {
        let mut problems = Vec::new();
        let layer = layer_of_variables(&[(name.into(), "x".into())], &known(), &mut problems);
        let keys = layer.collect().expect("a map").into_keys().collect();
        (keys, problems)
    }

    #[test]
    fn a_variable_sets_its_key() {
        assert_eq!(read("VESTIBULE__DATABASE__URL").0, ["database.url"]);
        assert_eq!(read("VESTIBULE__SERVER__TLS__KEY_FILE").0, ["server.tls.key_file"]);
    }

    #[test]
    fn an_unknown_variable_is_refused_with_the_nearest_name() {
        let (keys, problems) = read("VESTIBULE__DATABASE__URI");
        assert!(keys.is_empty());
        assert_eq!(problems[0].origin.as_deref(), Some("VESTIBULE__DATABASE__URI"));
        assert!(
            problems[0].message.contains("`VESTIBULE__DATABASE__URL`"),
            "{problems:?}"
        );
    }

    #[test]
    fn a_name_that_looks_like_a_setting_is_refused() {
        for name in [
            "VESTIBULE_DATABASE_URL",
            "VESTIBULE_DATABASE__URL",
            "vestibule__database__url",
            "VESTIBULE__database__url",
            "VESTIBULE__DATABASE_URL",
        ] {
            let (keys, problems) = read(name);
            assert!(keys.is_empty(), "{name}");
            assert_eq!(problems.len(), 1, "{name}");
            assert!(
                problems[0].message.contains("`VESTIBULE__DATABASE__URL`"),
                "{problems:?}"
            );
        }
    }

    #[test]
    fn names_of_others_are_left_alone() {
        for name in ["VESTIBULE_ENV", "VESTIBULE_SERVICE_HOST", "DATABASE_URL", "HOME"] {
            assert_eq!(read(name), (Vec::new(), Vec::new()), "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_not_text_is_refused() {
        use std::os::unix::ffi::OsStringExt;
        let mut problems = Vec::new();
        let variable = ("VESTIBULE__DATABASE__URL".into(), OsString::from_vec(vec![0xff]));
        layer_of_variables(&[variable], &known(), &mut problems);
        assert_eq!(problems[0].message, "must be UTF-8 text");
    }

    #[test]
    fn the_later_of_two_overrides_holds() {
        let overrides = [("database.url".into(), "a".into()), ("database.url".into(), "b".into())];
        let layer = layer_of_overrides(&overrides, &known(), &mut Vec::new());
        let value = layer.collect().expect("a map").remove("database.url").expect("a value");
        assert_eq!(value.origin(), Some("--set"));
        assert_eq!(value.into_string().ok(), Some("b".into()));
    }
}
