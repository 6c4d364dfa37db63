//! Layers in TOML: the built-in ones and the files of `--config DIR`.

use std::io::ErrorKind;
use std::path::Path;

use super::environment::Environment;
use super::known::{Kind, Known};
use super::layer::Layer;
use super::problem::Problem;

/// The dotted keys and values of a TOML text. An error names the line, never its content: it may be a secret.
pub(super) fn flat(text: &str, origin: &str) -> Result<Vec<(String, toml::Value)>, Problem> {
    let table: toml::Table = toml::from_str(text).map_err(|error: toml::de::Error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map_or(1, |before| before.matches('\n').count() + 1);
        Problem::error(origin, format!("line {line} is not TOML: {}", error.message()))
    })?;
    let mut entries = Vec::new();
    flatten("", table, &mut entries);
    Ok(entries)
}

fn flatten(prefix: &str, table: toml::Table, entries: &mut Vec<(String, toml::Value)>) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            // An empty table stays an entry, so that an unknown name is seen even where nothing stands below it.
            toml::Value::Table(inner) if !inner.is_empty() => flatten(&key, inner, entries),
            value => entries.push((key, value)),
        }
    }
}

/// The layer that a TOML text states.
pub(super) fn layer(text: &str, origin: &str, known: &Known, problems: &mut Vec<Problem>) -> Layer {
    let entries = match flat(text, origin) {
        Ok(entries) => entries,
        Err(problem) => {
            problems.push(problem);
            return Layer::default();
        }
    };
    let entries = entries
        .into_iter()
        .filter(|(key, value)| !(value.is_table() && known.is_section(key)))
        .map(|(key, value)| (key, value, origin.to_owned()));
    Layer::collect(entries, known, Kind::take, str::to_owned, problems)
}

/// The layers of the files in `dir`: `default.toml`, then the environment's. One of them may be missing, not both.
pub(super) fn layers_of_directory(
    dir: &Path,
    environment: Environment,
    known: &Known,
    problems: &mut Vec<Problem>,
) -> Vec<Layer> {
    let mut layers = Vec::new();
    let mut found = false;
    for name in ["default", environment.name()] {
        let path = dir.join(format!("{name}.toml"));
        let origin = path.display().to_string();
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                found = true;
                layers.push(layer(&text, &origin, known, problems));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                found = true;
                problems.push(Problem::error(origin, format!("can't be read: {error}")));
            }
        }
    }
    if !found {
        let message = format!(
            "`{}` holds neither default.toml nor {environment}.toml: give the directory of your settings",
            dir.display()
        );
        problems.push(Problem::error("--config", message));
    }
    layers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_file_is_reported_by_line_without_its_content() {
        let problem = flat("[keys]\nmaster_key = \"hunter2\n", "my.toml").expect_err("unterminated");
        assert!(problem.message.contains("line 2"), "{problem}");
        assert!(!problem.to_string().contains("hunter2"), "{problem}");
    }

    #[test]
    fn an_unknown_empty_section_is_refused_and_a_known_one_is_not() {
        let known = Known::new(&[("server.listen".into(), toml::Value::Array(Vec::new()))]);
        let mut problems = Vec::new();
        layer("[server]\n", "my.toml", &known, &mut problems);
        assert_eq!(problems, []);
        layer("[sever]\n", "my.toml", &known, &mut problems);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].key, "sever");
    }

    #[test]
    fn a_table_in_place_of_a_setting_is_refused() {
        let known = Known::new(&[("server.listen".into(), toml::Value::Array(Vec::new()))]);
        let mut problems = Vec::new();
        layer("[server.listen]\n", "my.toml", &known, &mut problems);
        assert!(problems[0].message.contains("must be a list"), "{problems:?}");
    }
}
