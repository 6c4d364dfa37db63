//! `vestibule completions`.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::args::Cli;
use super::failure::Failure;
use super::invocation::Invocation;

#[derive(Args)]
pub(super) struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        let mut command = Cli::command();
        let name = command.get_name().to_owned();
        // into memory first: the generator panics where its writer fails
        let mut script = Vec::new();
        generate(self.shell, &mut command, name, &mut script);
        invocation.output().text(&String::from_utf8_lossy(&script))
    }
}
