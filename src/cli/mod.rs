//! Owns the command line: its grammar, what it prints, and the commands, one file each. Does not own what a command does: it
//! calls the same services as the pages. Entered by `main.rs`.

mod apps;
mod args;
mod backup;
mod completions;
mod config;
mod dev;
mod doctor;
mod failure;
mod host;
mod instance;
mod invocation;
mod keys;
mod mail;
mod migrate;
mod output;
mod restore;
mod secret_keys;
mod serve;
mod span;
mod users;

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

use crate::kernel::clock::SystemClock;
use crate::kernel::rng::Rng;
use crate::platform::http::stop_signal;
use args::Cli;
pub use host::Host;
use invocation::Invocation;

/// Runs the command that the process was started with. Exit codes: 0 done, 1 failed, 2 not understood.
pub async fn run() -> ExitCode {
    // Unlocked handles: the log writes to standard error from other threads.
    let (mut input, mut out, mut err) = (io::stdin(), io::stdout(), io::stderr());
    let host = Host {
        variables: std::env::vars_os().collect(),
        input: &mut input,
        out: &mut out,
        err: &mut err,
        clock: Arc::new(SystemClock),
        rng: Rng::system(),
        stop: Box::pin(stop_signal()),
    };
    ExitCode::from(run_with(std::env::args_os(), host).await)
}

/// Runs one command line, the program's name included, and gives its exit code.
pub async fn run_with(args: impl IntoIterator<Item = OsString>, host: Host<'_>) -> u8 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(refusal) => return failure::not_understood(&refusal, host),
    };
    let mut invocation = Invocation::new(cli.globals, cli.command.default_environment(), host);
    let outcome = cli.command.run(&mut invocation).await;
    failure::exit_code(outcome, invocation.err())
}
