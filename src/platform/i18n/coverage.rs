//! Locales agree with each other and with the templates and Rust files that use them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::Lang;

/// Rust files outside the pages that name texts.
const RUST: [&str; 3] = [
    "src/portal/frame.rs",
    "src/portal/pages",
    "src/platform/mail/templates.rs",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut found: Vec<PathBuf> = entries
        .flat_map(|entry| files(&entry.expect("readable folder").path()))
        .collect();
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Key → the variables that its text uses.
fn messages(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files(&root().join("web/locales").join(lang.tag())) {
        let mut key = None;
        for line in read(&file).lines() {
            if line.starts_with(|first: char| first.is_ascii_lowercase()) {
                let name = line.split_once('=').expect("a message line").0.trim().to_owned();
                assert!(
                    messages.insert(name.clone(), BTreeSet::new()).is_none(),
                    "{name} stands twice in {}",
                    lang.tag()
                );
                key = Some(name);
            }
            if let Some(key) = &key {
                let variables = line.split('$').skip(1).map(|rest| {
                    rest.chars()
                        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-')
                        .collect::<String>()
                });
                messages.get_mut(key).expect("inserted above").extend(variables);
            }
        }
    }
    messages
}

/// The first string argument of every call that ends in one of `openings`.
fn first_arguments(source: &str, openings: &[&str]) -> BTreeSet<String> {
    openings
        .iter()
        .flat_map(|opening| source.split(opening).skip(1))
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .map(str::to_owned)
        .collect()
}

/// Every literal of a Rust source (tests left out) that is written like a key: words of two or more parts joined by
/// hyphens.
fn key_literals(source: &str) -> BTreeSet<String> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let code: Vec<&str> = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    code.join("\n")
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|literal| {
            literal.contains('-')
                && literal
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        })
        .map(str::to_owned)
        .collect()
}

fn used() -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for file in files(&root().join("web/templates")) {
        used.extend(first_arguments(&read(&file), &[".t(", ".t1(", ".count(", ".around("]));
    }
    for file in RUST
        .iter()
        .flat_map(|path| files(&root().join(path)))
        .filter(|file| !file.components().any(|part| part.as_os_str() == "samples"))
    {
        used.extend(key_literals(&read(&file)));
    }
    used
}

#[test]
fn locales_have_the_same_texts_and_variables() {
    let reference = messages(Lang::En);
    assert!(reference.len() > 50, "the scan found only {} texts", reference.len());
    for lang in Lang::ALL {
        let other = messages(lang);
        for (key, variables) in &reference {
            assert_eq!(other.get(key), Some(variables), "{key} in {}", lang.tag());
        }
        let surplus: Vec<_> = other.keys().filter(|key| !reference.contains_key(*key)).collect();
        assert!(
            surplus.is_empty(),
            "{} has texts that English lacks: {surplus:?}",
            lang.tag()
        );
    }
}

#[test]
fn every_key_in_use_exists_and_every_text_is_in_use() {
    let known: BTreeSet<String> = messages(Lang::En).into_keys().collect();
    let used = used();
    let missing: Vec<_> = used.difference(&known).collect();
    assert!(missing.is_empty(), "no such text: {missing:?}");
    let unused: Vec<_> = known.difference(&used).collect();
    assert!(unused.is_empty(), "nobody uses: {unused:?}");
}
