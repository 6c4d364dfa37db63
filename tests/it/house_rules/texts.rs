//! Rules for the text of files: their length, their openings, and words that no file holds.

use super::source::Source;

/// Files of the daemon stay shorter than this.
const LINES: usize = 500;

/// Files of the daemon that are too long.
pub fn lengths(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines >= LINES)
        .map(|(source, lines)| format!("{}: {lines} lines; a file is shorter than {LINES}", source.path))
        .collect()
}

/// Faces that do not open by saying what they own.
pub fn openings(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| source.path.ends_with("/mod.rs") && !source.text.starts_with("//!"))
        .map(|source| format!("{}: a face opens with `//!` and says what it owns", source.path))
        .collect()
}

/// Words that no file of the repository holds. Each is written in two parts, or this file would hold them itself.
pub fn words(files: &[Source]) -> Vec<String> {
    const MARKS: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];
    const HOSTS: [&str; 9] = [
        concat!("registry.", "npmjs.org"),
        concat!("registry.", "yarnpkg.com"),
        concat!("static.", "crates.io"),
        concat!("index.", "crates.io"),
        concat!("://", "crates.io"),
        concat!("pypi.", "org"),
        concat!("files.", "pythonhosted.org"),
        concat!("deb.", "debian.org"),
        concat!("proxy.", "golang.org"),
    ];
    const FOLDERS: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
    let mut found = Vec::new();
    for file in files {
        for (index, line) in file.text.lines().enumerate() {
            let mut report = |what: &str, why: &str| {
                found.push(format!("{}:{}: {what}: {why}", file.path, index + 1));
            };
            for mark in MARKS.iter().filter(|mark| has_word(line, mark)) {
                report(mark, "what is left to do stands nowhere in the tree");
            }
            for host in HOSTS.iter().filter(|host| line.contains(*host)) {
                report(host, "no file names a package registry");
            }
            for folder in FOLDERS.iter().filter(|folder| starts_path(line, folder)) {
                report(folder, "no file names a folder of one machine");
            }
        }
    }
    found
}

/// Files that are, or whose folders are, at the top of the repository by accident.
pub fn strays(paths: &[String]) -> Vec<String> {
    const FILES: [&str; 15] = [
        ".editorconfig",
        ".gitignore",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "Makefile",
        "README.md",
        "SECURITY.md",
        "askama.toml",
        "clippy.toml",
        "deny.toml",
        "rustfmt.toml",
    ];
    const FOLDERS: [&str; 14] = [
        ".ci",
        "benches",
        "certs",
        "config",
        "deploy",
        "docs",
        "entity",
        "examples",
        "fuzz",
        "migration",
        "scripts",
        "src",
        "tests",
        "web",
    ];
    let is_known = |path: &str| match path.split_once('/') {
        Some((folder, _)) => FOLDERS.contains(&folder),
        None => FILES.contains(&path),
    };
    paths
        .iter()
        .filter(|path| !is_known(path))
        .map(|path| format!("{path}: nothing of this name stands at the top"))
        .collect()
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric()).any(|part| part == word)
}

/// Whether a path begins with the folder, rather than passing through one of that name.
fn starts_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder)
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-~}*/".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::{Source, lengths, openings, strays, words};

    #[test]
    fn what_nobody_put_at_the_top_is_found() {
        let of = |path: &str| strays(&[path.to_owned()]).len();
        assert_eq!((of("crash-0a1b"), of("data/vestibule.db"), of("docs")), (1, 1, 1));
        assert_eq!((of("Cargo.toml"), of("docs/limits.md")), (0, 0));
    }

    #[test]
    fn a_long_file_is_found() {
        let of = |lines: usize| [Source::new("src/oidc/service.rs", "\n".repeat(lines))];
        assert_eq!(lengths(&of(500)).len(), 1);
        assert!(lengths(&of(499)).is_empty());
    }

    #[test]
    fn a_silent_face_is_found() {
        let of = |text: &str| [Source::new("src/oidc/mod.rs", text)];
        assert_eq!(openings(&of("mod store;")).len(), 1);
        assert!(openings(&of("//! Owns grants.\nmod store;")).is_empty());
    }

    #[test]
    fn a_forbidden_word_is_found() {
        let found = |text: &str| words(&[Source::new("docs/a.md", text)]).len();
        assert_eq!(found(concat!("// TO", "DO: later")), 1);
        assert_eq!(found(concat!("\"resolved\": \"https://registry.", "npmjs.org/a\"")), 1);
        assert_eq!(found(concat!("cd /wo", "rk/main")), 1);
        assert_eq!(found(concat!("`/ro", "ot/.cache`, \"/ho", "me/me\"")), 2);

        assert_eq!(
            found("the todo macro, https://example.com/work/a, $HOME/.cache/vestibule/target"),
            0
        );
        assert_eq!(found("$CARGO_TARGET_DIR/root/x"), 0);
    }
}
