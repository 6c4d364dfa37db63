//! Commands, run as a process would run them, against a data directory of their own.

mod apps;
mod commands;
mod doctor;
mod keys;
mod people;
mod secret_keys;
mod servers;

use std::ffi::OsString;
use std::future::pending;
use std::path::Path;
use std::sync::Arc;

use clap::CommandFactory;
use serde_json::Value;

use super::args::Cli;
use super::host::{Host, Stop};
use super::run_with;
use crate::kernel::clock::{ManualClock, Timestamp};
use crate::kernel::rng::Rng;

/// What a command printed and how it ended.
struct Ran {
    code: u8,
    out: String,
    err: String,
}

impl Ran {
    #[track_caller]
    fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.err);
        serde_json::from_str(&self.out).expect("JSON")
    }

    #[track_caller]
    fn good(&self) -> &str {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{}", self.out);
        &self.out
    }

    #[track_caller]
    fn refused(&self, code: u8, words: &[&str]) {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{}", self.err);
        assert!(self.err.starts_with("vestibule: "), "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "{word}: {}", self.err);
        }
    }
}

/// An installation: a data directory, a clock and the variables that every command is run with.
struct Installation {
    dir: tempfile::TempDir,
    clock: ManualClock,
    variables: Vec<(String, String)>,
}

impl Installation {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let data = dir.path().join("data").display().to_string();
        let variables = [
            ("VESTIBULE_ENV", "development"),
            ("VESTIBULE__DATA__DIR", &data),
            ("VESTIBULE__DATABASE__MAX_CONNECTIONS", "1"),
            ("VESTIBULE__PASSWORDS__MEMORY_KIB", "64"),
            ("VESTIBULE__PASSWORDS__ITERATIONS", "1"),
        ];
        Self {
            dir,
            clock: ManualClock::new(Timestamp::from_secs(1_800_000_000)),
            variables: variables
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        }
    }

    fn set(&mut self, name: &str, value: &str) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    async fn run(&self, args: &[&str]) -> Ran {
        self.run_until(args, "", Box::pin(pending())).await
    }

    async fn run_with_input(&self, args: &[&str], input: &str) -> Ran {
        self.run_until(args, input, Box::pin(pending())).await
    }

    async fn run_until(&self, args: &[&str], input: &str, stop: Stop) -> Ran {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let host = Host {
            variables: self
                .variables
                .iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            input: &mut input.as_bytes(),
            out: &mut out,
            err: &mut err,
            clock: Arc::new(self.clock.clone()),
            rng: Rng::system(),
            stop,
        };
        let args = std::iter::once("vestibule")
            .chain(args.iter().copied())
            .map(OsString::from);
        let code = run_with(args, host).await;
        Ran {
            code,
            out: String::from_utf8(out).expect("text"),
            err: String::from_utf8(err).expect("text"),
        }
    }
}

fn write(path: &Path, text: &str) -> String {
    std::fs::write(path, text).expect("a file");
    path.display().to_string()
}

#[test]
fn the_grammar_is_sound() {
    Cli::command().debug_assert();
}

#[tokio::test]
async fn help_and_version_are_results_and_a_misunderstanding_is_none() {
    let installation = Installation::new();
    assert!(installation.run(&["--help"]).await.good().contains("Usage: vestibule"));
    let version = format!("vestibule {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(installation.run(&["--version"]).await.good(), version);
    installation
        .run(&["apps", "invent"])
        .await
        .refused(2, &["invent", "Usage"]);
    installation
        .run(&["--set", "log.level", "config", "check"])
        .await
        .refused(2, &["log.level=debug"]);
    installation
        .run(&["keys", "rotate", "--purpose", "x", "--algorithm", "RS256"])
        .await
        .refused(2, &["id_token"]);
    let alone = installation.run(&[]).await;
    assert_eq!((alone.code, alone.out.as_str()), (2, ""));
    assert!(alone.err.contains("Commands:"), "{}", alone.err);
}

#[tokio::test]
async fn each_shell_has_completions() {
    let installation = Installation::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = installation.run(&["completions", shell]).await;
        assert!(script.good().contains("grant-operator"), "{shell}");
    }
}
