//! What a Rust file says to the rules: its path, its lines, and every path that its code names.
//!
//! This is a reader of tokens, not a parser: comments, strings and test-only items are taken out first, and what is left is read
//! for `a::b::c`, in `use` trees and in bodies alike.

use std::iter::Peekable;
use std::vec::IntoIter;

/// A file of the source tree.
pub struct Source {
    /// Relative to the repository's root, with `/`: `src/oidc/store.rs`.
    pub path: String,
    pub text: String,
}

/// A path named by code, `crate`, `self` and `super` resolved: `["crate", "oidc", "Grant"]`, or `["sea_orm", "EntityTrait"]`.
#[derive(Debug, PartialEq)]
pub struct Named {
    pub segments: Vec<String>,
    /// The line it is named on, from 1.
    pub line: usize,
}

impl Source {
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }

    /// The folders and the file below `src/`, without `.rs` and without `mod`: `src/oidc/http/mod.rs` is `["oidc", "http"]`.
    pub fn module(&self) -> Vec<&str> {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let mut module: Vec<&str> = inside.strip_suffix(".rs").unwrap_or(inside).split('/').collect();
        if module.last().is_some_and(|last| ["mod", "lib", "main"].contains(last)) {
            module.pop();
        }
        module
    }

    /// Whether the whole file is compiled for tests alone, by its name.
    pub fn is_test(&self) -> bool {
        self.module().contains(&"tests")
    }

    /// Every path that the code names, outside test-only items.
    pub fn names(&self) -> Vec<Named> {
        let module = std::iter::once("crate")
            .chain(self.module())
            .map(str::to_owned)
            .collect();
        Reader {
            tokens: without_tests(tokens(&code(&self.text))).into_iter().peekable(),
            modules: vec![(module, 0)],
            depth: 0,
            names: Vec::new(),
        }
        .read()
    }

    /// The modules that the file declares, in order: `pub mod kernel;` is `kernel`.
    pub fn declared_modules(&self) -> Vec<String> {
        without_tests(tokens(&code(&self.text)))
            .windows(3)
            .filter(|three| three[0].text == "mod" && three[2].text == ";")
            .map(|three| three[1].text.clone())
            .collect()
    }
}

#[derive(Clone, Debug)]
struct Token {
    text: String,
    line: usize,
}

impl Token {
    fn is_word(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphanumeric() || c == '_')
    }
}

/// The text with comments, strings and characters blanked, so that every token stays on its line.
fn code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = blank_until(&chars, at);
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

/// The end of the comment or literal that starts at `at`; `at` itself when none does.
fn blank_until(chars: &[char], at: usize) -> usize {
    let next = chars.get(at + 1).copied();
    let after_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    match chars[at] {
        '/' if next == Some('/') => find(chars, at, |rest| rest[0] == '\n', 0),
        '/' if next == Some('*') => block_comment_end(chars, at),
        '"' => string_end(chars, at),
        'r' | 'b' | 'c' if !after_word => {
            let hashes_at = at + chars[at..].iter().take_while(|c| matches!(c, 'r' | 'b' | 'c')).count();
            let hashes = chars[hashes_at..].iter().take_while(|c| **c == '#').count();
            match chars.get(hashes_at + hashes) {
                Some('"') if chars[at..hashes_at].contains(&'r') => {
                    let closing: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                    let body = hashes_at + hashes + 1;
                    find(chars, body, |rest| rest.starts_with(&closing), closing.len())
                }
                Some('"') if hashes == 0 && hashes_at == at + 1 => string_end(chars, hashes_at),
                _ => at,
            }
        }
        // A character, not a lifetime: 'a' closes after one character, '\n' after an escape.
        '\'' if next == Some('\\') => find(chars, at + 3, |rest| rest[0] == '\'', 1),
        '\'' if chars.get(at + 2) == Some(&'\'') => at + 3,
        _ => at,
    }
}

fn find(chars: &[char], from: usize, found: impl Fn(&[char]) -> bool, length: usize) -> usize {
    (from..chars.len())
        .find(|at| found(&chars[*at..]))
        .map_or(chars.len(), |at| at + length)
}

fn block_comment_end(chars: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at < chars.len() {
        if chars[at..].starts_with(&['/', '*']) {
            depth += 1;
            at += 2;
        } else if chars[at..].starts_with(&['*', '/']) {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn string_end(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// Words, `::`, and every other sign by itself.
fn tokens(code: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut chars = line.chars().peekable();
        while let Some(first) = chars.next() {
            let mut text = String::from(first);
            if first.is_whitespace() {
                continue;
            } else if first.is_alphanumeric() || first == '_' {
                while let Some(c) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    text.push(c);
                }
            } else if first == ':' && chars.next_if_eq(&':').is_some() {
                text.push(':');
            }
            tokens.push(Token { text, line: index + 1 });
        }
    }
    tokens
}

/// The tokens without items under `#[cfg(test)]`.
fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let marked =
            tokens[at..].len() >= MARK.len() && tokens[at..].iter().zip(MARK).all(|(token, mark)| token.text == mark);
        if marked {
            at = item_end(&tokens, at + MARK.len());
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Behind the item that starts at `at`: its `;`, or the brace that closes its first block.
fn item_end(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, token) in tokens[at..].iter().enumerate() {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && (token.text == ";" || token.text == "}") {
            return at + offset + 1;
        }
    }
    tokens.len()
}

struct Reader {
    tokens: Peekable<IntoIter<Token>>,
    /// The inline modules around the present token, outermost first, with the brace depth each began at.
    modules: Vec<(Vec<String>, usize)>,
    depth: usize,
    names: Vec<Named>,
}

impl Reader {
    fn read(mut self) -> Vec<Named> {
        while let Some(token) = self.tokens.next() {
            match token.text.as_str() {
                "{" => self.depth += 1,
                "}" => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.modules.len() > 1 && self.modules[self.modules.len() - 1].1 == self.depth {
                        self.modules.pop();
                    }
                }
                "mod" => self.module(),
                // `use<'a>` in a type captures a lifetime and imports nothing.
                "use" if self.tokens.peek().is_some_and(|next| next.text == "<") => {}
                "use" => self.tree(Vec::new(), token.line),
                // A path may start with `::`, which names a crate; the words behind it are the path.
                _ if token.is_word() => self.path(token),
                _ => {}
            }
        }
        self.names
    }

    fn module(&mut self) {
        if let Some(name) = self.tokens.next_if(Token::is_word)
            && self.tokens.peek().is_some_and(|next| next.text == "{")
        {
            let mut inner = self.modules[self.modules.len() - 1].0.clone();
            inner.push(name.text);
            self.modules.push((inner, self.depth));
        }
    }

    /// A path in a body, from its first word on; a single word is no path.
    fn path(&mut self, first: Token) {
        let line = first.line;
        let mut segments = vec![first.text];
        while self.tokens.next_if(|next| next.text == "::").is_some() {
            match self.tokens.next_if(Token::is_word) {
                Some(word) => segments.push(word.text),
                // `Vec::<u8>::new`: what follows the generics is a method.
                None => break,
            }
        }
        if segments.len() > 1 {
            self.name(segments, line);
        }
    }

    /// One branch of a `use` tree, whose stem is `stem`.
    fn tree(&mut self, stem: Vec<String>, line: usize) {
        let mut segments = stem;
        let mut line = line;
        while let Some(token) = self.tokens.next_if(|next| next.text != "," && next.text != "}") {
            match token.text.as_str() {
                ";" => break,
                "{" => {
                    self.group(&segments);
                    return;
                }
                "as" => {
                    self.tokens.next_if(Token::is_word);
                }
                "*" => segments.push(token.text),
                _ if token.is_word() => {
                    line = token.line;
                    segments.push(token.text);
                }
                _ => {}
            }
        }
        if !segments.is_empty() {
            self.name(segments, line);
        }
    }

    /// The branches between braces.
    fn group(&mut self, stem: &[String]) {
        while let Some(next) = self.tokens.peek() {
            match next.text.as_str() {
                "}" => {
                    self.tokens.next();
                    return;
                }
                "," => {
                    self.tokens.next();
                }
                _ => {
                    let line = next.line;
                    self.tree(stem.to_vec(), line);
                }
            }
        }
    }

    fn name(&mut self, mut segments: Vec<String>, line: usize) {
        // `use a::{self}` names `a`.
        if segments.len() > 1 && segments[segments.len() - 1] == "self" {
            segments.pop();
        }
        let here = &self.modules[self.modules.len() - 1].0;
        let resolved = match segments[0].as_str() {
            "self" => [here.clone(), segments.split_off(1)].concat(),
            "super" => {
                let up = segments.iter().take_while(|s| *s == "super").count();
                let outer = here[..here.len().saturating_sub(up)].to_vec();
                [outer, segments.split_off(up)].concat()
            }
            _ => segments,
        };
        self.names.push(Named {
            segments: resolved,
            line,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Source;

    fn names(path: &str, text: &str) -> Vec<String> {
        Source::new(path, text)
            .names()
            .iter()
            .map(|named| format!("{}:{}", named.line, named.segments.join("::")))
            .collect()
    }

    #[test]
    fn a_use_tree_is_read_to_its_leaves() {
        let text = "use crate::{\n    kernel::{Clock, id::{self, UserId as Id}},\n    oidc::*,\n};\npub(crate) use ::entity::user;";
        let expected = [
            "2:crate::kernel::Clock",
            "2:crate::kernel::id",
            "2:crate::kernel::id::UserId",
            "3:crate::oidc::*",
            "5:entity::user",
        ];
        assert_eq!(names("src/app.rs", text), expected);
    }

    #[test]
    fn a_path_in_a_body_is_read() {
        let text = "fn f() -> crate::oidc::Grant { sea_orm::Set(1); x.y(); Vec::<u8>::new() }";
        assert_eq!(names("src/app.rs", text), ["1:crate::oidc::Grant", "1:sea_orm::Set"]);
    }

    #[test]
    fn self_and_super_are_resolved_from_where_they_stand() {
        let text = "use super::store;\nmod inner { use super::x; use self::y; }\nuse self::z;";
        let expected = [
            "1:crate::oidc::store",
            "2:crate::oidc::service::x",
            "2:crate::oidc::service::inner::y",
            "3:crate::oidc::service::z",
        ];
        assert_eq!(names("src/oidc/service.rs", text), expected);
    }

    #[test]
    fn comments_strings_and_test_items_say_nothing() {
        let text = r####"
            // use crate::a::b;
            /* use crate::a::b; /* nested */ use crate::a::c; */
            const A: &str = "use crate::a::\"d";
            const B: &str = r#"use "crate::a::e"#;
            const C: (char, char, &'static [u8]) = ('"', '\'', b"crate::a::f");
            #[cfg(test)]
            mod tests { use crate::a::g; fn f() { { crate::a::h } } }
            #[cfg(test)]
            use crate::a::i;
            use crate::a::j;
        "####;
        assert_eq!(names("src/b.rs", text), ["11:crate::a::j"]);
    }

    #[test]
    fn declared_modules_come_in_their_order() {
        let text = "//! mod zero;\npub mod kernel;\n#[cfg(test)]\nmod testing;\nmod app;\nmod inline {}";
        assert_eq!(Source::new("src/lib.rs", text).declared_modules(), ["kernel", "app"]);
    }
}
