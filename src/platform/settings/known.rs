//! The settings that exist: the keys and types of the built-in `default.toml`.

use std::collections::BTreeMap;

use config::{Value, ValueKind};

/// How alike two names must be for one to be offered in place of the other (0 to 1).
const ALIKE: f64 = 0.6;

/// The type of a setting, after TOML's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Boolean,
    List,
}

impl Kind {
    /// The kind of a TOML value. What has no kind of its own (dates, fractions) is text, and so refused by its type.
    fn of(value: &toml::Value) -> Self {
        match value {
            toml::Value::Integer(_) => Self::Integer,
            toml::Value::Boolean(_) => Self::Boolean,
            toml::Value::Array(_) => Self::List,
            _ => Self::Text,
        }
    }

    /// What a value of this kind is called in a message.
    fn description(self) -> &'static str {
        match self {
            Self::Text => "a text in quotes",
            Self::Integer => "a whole number",
            Self::Boolean => "true or false",
            Self::List => "a list of texts, such as [\"a\", \"b\"]",
        }
    }

    /// Takes a value from a file, which has a type of its own. The error never repeats the value: it may be a secret.
    pub(super) fn take(self, value: &toml::Value, origin: &str) -> Result<Value, String> {
        let origin = origin.to_owned();
        let kind = match (self, value) {
            (Self::Text, toml::Value::String(text)) => ValueKind::String(text.clone()),
            (Self::Integer, toml::Value::Integer(number)) => ValueKind::I64(*number),
            (Self::Boolean, toml::Value::Boolean(truth)) => ValueKind::Boolean(*truth),
            (Self::List, toml::Value::Array(items)) => items
                .iter()
                .map(|item| Some(Value::new(Some(&origin), item.as_str()?)))
                .collect::<Option<Vec<_>>>()
                .map(ValueKind::Array)
                .ok_or_else(|| format!("must be {}", self.description()))?,
            _ => return Err(format!("must be {}", self.description())),
        };
        Ok(Value::new(Some(&origin), kind))
    }

    /// Takes a value from a variable or an option, which are text.
    pub(super) fn parse(self, text: &str, origin: &str) -> Result<Value, String> {
        let origin = origin.to_owned();
        let kind = match self {
            Self::Text => ValueKind::String(text.to_owned()),
            Self::Integer => text
                .trim()
                .parse()
                .map(ValueKind::I64)
                .map_err(|_| "must be a whole number")?,
            Self::Boolean => text
                .trim()
                .parse()
                .map(ValueKind::Boolean)
                .map_err(|_| "must be true or false")?,
            Self::List => text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| Value::new(Some(&origin), item))
                .collect::<Vec<_>>()
                .into(),
        };
        Ok(Value::new(Some(&origin), kind))
    }
}

/// Every setting that exists.
pub(super) struct Known(BTreeMap<String, Kind>);

impl Known {
    /// The settings that `defaults` (dotted key, value) states.
    pub(super) fn new(defaults: &[(String, toml::Value)]) -> Self {
        let kinds = defaults.iter().map(|(key, value)| (key.clone(), Kind::of(value)));
        Self(kinds.collect())
    }

    /// The kind of the setting, if it exists.
    pub(super) fn kind(&self, key: &str) -> Option<Kind> {
        self.0.get(key).copied()
    }

    /// Every key, in alphabetical order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The secrets, each with the key of the file that may hold it instead.
    pub(super) fn secrets(&self) -> impl Iterator<Item = (&str, String)> {
        self.keys()
            .map(|key| (key, format!("{key}_file")))
            .filter(|(_, file_key)| self.0.contains_key(file_key))
    }

    /// Whether the setting is a secret.
    pub(super) fn is_secret(&self, key: &str) -> bool {
        self.secrets().any(|(secret, _)| secret == key)
    }

    /// Whether `path` is a table of settings.
    pub(super) fn is_section(&self, path: &str) -> bool {
        self.keys()
            .any(|key| key.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
    }

    /// Says that `key` is not a setting and which one may have been meant; `spell` writes a key as its layer does.
    pub(super) fn refusal(&self, key: &str, spell: impl Fn(&str) -> String) -> String {
        if self.is_section(key) {
            return "is a section, not a setting: give one of its keys".to_owned();
        }
        let nearest = self
            .keys()
            .map(|known| (strsim::normalized_damerau_levenshtein(known, key), known))
            .max_by(|(one, _), (other, _)| one.total_cmp(other))
            .filter(|(likeness, _)| *likeness >= ALIKE);
        match nearest {
            Some((_, known)) => format!("is not a setting; did you mean `{}`?", spell(known)),
            None => "is not a setting; `vestibule config show` lists those that exist".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let text = || toml::Value::String(String::new());
        Known::new(&[
            ("server.public_url".into(), text()),
            ("mail.smtp_url".into(), text()),
            ("mail.smtp_url_file".into(), text()),
            ("tls.key_file".into(), text()),
        ])
    }

    #[test]
    fn the_nearest_name_is_offered_and_a_far_one_is_not() {
        let spell = |key: &str| key.to_uppercase();
        assert_eq!(
            known().refusal("server.publik_url", spell),
            "is not a setting; did you mean `SERVER.PUBLIC_URL`?"
        );
        assert!(known().refusal("telemetry.zone", spell).contains("config show"));
        assert!(known().refusal("server", spell).contains("is a section"));
    }

    #[test]
    fn a_key_beside_its_file_is_a_secret() {
        let secrets: Vec<_> = known().secrets().map(|(key, _)| key.to_owned()).collect();
        assert_eq!(secrets, ["mail.smtp_url"]);
        assert!(known().is_secret("mail.smtp_url") && !known().is_secret("mail.smtp_url_file"));
    }

    #[test]
    fn text_becomes_the_kind_of_the_setting() {
        let list = Kind::List
            .parse("a, b,", "here")
            .expect("a list")
            .into_array()
            .expect("an array");
        let items: Vec<_> = list.into_iter().map(|item| item.into_string().expect("text")).collect();
        assert_eq!(items, ["a", "b"]);
        assert!(
            Kind::List
                .parse("", "here")
                .expect("a list")
                .into_array()
                .expect("an array")
                .is_empty()
        );
        assert_eq!(
            Kind::Integer.parse("7", "here").expect("a number").into_int().ok(),
            Some(7)
        );
        assert_eq!(
            Kind::Text.parse("007", "here").expect("text").into_string().ok(),
            Some("007".into())
        );
        assert!(Kind::Integer.parse("on", "here").is_err());
        assert!(Kind::Boolean.parse("1", "here").is_err());
    }

    #[test]
    fn a_value_of_another_type_is_refused() {
        assert!(Kind::List.take(&toml::Value::String("a".into()), "file").is_err());
        assert!(
            Kind::List
                .take(&toml::Value::Array(vec![toml::Value::Integer(1)]), "file")
                .is_err()
        );
        assert!(Kind::Integer.take(&toml::Value::Float(1.5), "file").is_err());
        let error = Kind::Integer
            .take(&toml::Value::String("hunter2".into()), "file")
            .expect_err("text");
        assert!(!error.contains("hunter2"));
    }
}
