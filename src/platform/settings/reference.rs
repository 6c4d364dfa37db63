//! The reference of all settings in Markdown, made of the comments in the built-in layers.

use std::collections::BTreeMap;

use super::known::Known;
use super::load::Layers;
use super::toml_layer::flat;
use super::variables::variable_name;

/// What the comments of a TOML text say.
#[derive(Default)]
struct Commented<'a> {
    /// The comment that opens the file, before the first blank line.
    head: String,
    /// Name and comment of tables and keys, in the order of the file.
    items: Vec<Item<'a>>,
}

enum Item<'a> {
    Section { name: &'a str, comment: String },
    Key { key: String, comment: String },
}

/// The reference of all settings, in Markdown.
pub fn reference(layers: &Layers) -> String {
    let commented = read_comments(layers.default);
    let defaults = values(layers.default);
    let known = Known::new(&flat(layers.default, "default.toml").unwrap_or_default());
    let differing = [
        ("development", values(layers.development)),
        ("production", values(layers.production)),
    ];
    let mut page = format!("# Configuration\n\n{}\n", commented.head);
    for item in &commented.items {
        match item {
            Item::Section { name, comment } => push(&mut page, &format!("## `[{name}]`\n\n{comment}")),
            Item::Key { key, comment } => {
                let mut facts = format!("Default: {}", shown(defaults.get(key)));
                for (environment, values) in &differing {
                    if values.contains_key(key) {
                        push_fact(&mut facts, &format!("in {environment}: {}", shown(values.get(key))));
                    }
                }
                push_fact(&mut facts, &format!("variable: `{}`", variable_name(key)));
                if known.is_secret(key) {
                    push_fact(&mut facts, &format!("or by file: `{key}_file`"));
                }
                push(&mut page, &format!("### `{key}`\n\n{comment}\n\n{facts}."));
            }
        }
    }
    page
}

fn push(page: &mut String, block: &str) {
    page.push('\n');
    page.push_str(block);
    page.push('\n');
}

fn push_fact(facts: &mut String, fact: &str) {
    facts.push_str("; ");
    facts.push_str(fact);
}

fn values(text: &str) -> BTreeMap<String, toml::Value> {
    flat(text, "built in").unwrap_or_default().into_iter().collect()
}

fn shown(value: Option<&toml::Value>) -> String {
    match value {
        None => "none".to_owned(),
        Some(toml::Value::String(text)) if text.is_empty() => "empty".to_owned(),
        Some(toml::Value::Array(items)) if items.is_empty() => "empty".to_owned(),
        Some(value) => format!("`{value}`"),
    }
}

fn read_comments(text: &str) -> Commented<'_> {
    let mut commented = Commented::default();
    let mut comment = Vec::new();
    let mut section = "";
    for line in text.lines() {
        if let Some(words) = line.strip_prefix('#') {
            comment.push(words.strip_prefix(' ').unwrap_or(words));
            continue;
        }
        let block = std::mem::take(&mut comment).join("\n");
        if line.is_empty() {
            if commented.items.is_empty() && commented.head.is_empty() {
                commented.head = block;
            }
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
            commented.items.push(Item::Section { name, comment: block });
        } else if let Some((name, _)) = line.split_once(" = ") {
            let key = format!("{section}.{name}");
            commented.items.push(Item::Key { key, comment: block });
        }
    }
    commented
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYERS: Layers = Layers {
        default: "# Head.\n#\n# More.\n\n# A thing.\n[thing]\n# Its size,\n# in units.\nsize = 3\n# Its word.\nword = \"\"\n\
                  # Where the word is.\nword_file = \"\"\n",
        development: "",
        production: "[thing]\nsize = 4\n",
    };

    #[test]
    fn the_reference_is_what_the_layers_say() {
        assert_eq!(
            reference(&LAYERS),
            "# Configuration\n\nHead.\n\nMore.\n\n## `[thing]`\n\nA thing.\n\n### `thing.size`\n\nIts size,\nin units.\n\n\
             Default: `3`; in production: `4`; variable: `VESTIBULE__THING__SIZE`.\n\n### `thing.word`\n\nIts word.\n\n\
             Default: empty; variable: `VESTIBULE__THING__WORD`; or by file: `thing.word_file`.\n\n### `thing.word_file`\n\n\
             Where the word is.\n\nDefault: empty; variable: `VESTIBULE__THING__WORD_FILE`.\n"
        );
    }
}
