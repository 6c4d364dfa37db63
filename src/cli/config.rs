//! `vestibule config`.

use clap::Subcommand;

use super::failure::Failure;
use super::invocation::Invocation;
use crate::app::settings;
use crate::platform::settings::Problem;

#[derive(Subcommand)]
pub(super) enum Config {
    /// Show the settings in force and where each comes from; secrets are left out
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Say everything that is wrong with the settings; fails where they can't be used
    Check {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the reference of all settings, in Markdown
    Reference,
}

impl Config {
    pub(super) fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        match self {
            Self::Show { json } => show(invocation, json),
            Self::Check { json } => check(invocation, json),
            Self::Reference => invocation.output().text(&settings::reference()),
        }
    }
}

fn show(invocation: &mut Invocation<'_>, json: bool) -> Result<(), Failure> {
    let rows = settings::show(&invocation.load_args())?;
    let mut out = invocation.output();
    if json {
        return out.json(&rows);
    }
    let rows: Vec<_> = rows.into_iter().map(|row| [row.key, row.value, row.origin]).collect();
    out.table(["setting", "value", "from"], &rows)
}

fn check(invocation: &mut Invocation<'_>, json: bool) -> Result<(), Failure> {
    let problems = settings::check(&invocation.load_args());
    let usable = !problems.iter().any(Problem::is_error);
    let mut out = invocation.output();
    if json {
        out.json(&problems)?;
    } else {
        for problem in &problems {
            let severity = if problem.is_error() { "error" } else { "warning" };
            out.line(format_args!("{severity}: {problem}"))?;
        }
        if usable {
            out.line(if problems.is_empty() {
                "The settings are good."
            } else {
                "The settings can be used."
            })?;
        }
    }
    if usable { Ok(()) } else { Err(Failure::Said) }
}
