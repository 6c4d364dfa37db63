//! `vestibule doctor`: owns the checks for what operators get wrong. Does not own the rules that settings keep among themselves,
//! which it only reports. Entered by the command line. It changes nothing: an instance that was never started stays so.

mod certificate;
mod files;
mod filesystem;
mod finding;
mod instance;
mod network;
mod smtp;
mod store;
mod validity;

use clap::Args;

use super::failure::Failure;
use super::invocation::Invocation;
use super::output::Output;
use crate::app::settings::{self, Settings};
use crate::platform::settings::{LoadArgs, Loaded};
use finding::{Finding, Grade};

#[derive(Args)]
pub(super) struct Doctor {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) async fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        let args = invocation.load_args();
        let mut findings = settings_in_force(&args);
        // without settings there is nothing else to look at
        if !findings.iter().any(Finding::is_failure) {
            let loaded = invocation.settings()?;
            examine(&loaded, &args, invocation, &mut findings).await;
        }
        let mut out = invocation.output();
        if self.json {
            out.json(&findings)?;
        } else {
            print(&findings, &mut out)?;
        }
        if findings.iter().any(Finding::is_failure) {
            return Err(Failure::Said);
        }
        Ok(())
    }
}

fn settings_in_force(args: &LoadArgs) -> Vec<Finding> {
    let problems = settings::check(args);
    if problems.is_empty() {
        return vec![Finding::ok(
            "settings",
            "every setting is understood and goes with the others",
        )];
    }
    problems
        .into_iter()
        .map(|problem| {
            let is_error = problem.is_error();
            let advice = "`vestibule config show` prints what is in force, `vestibule config reference` explains it";
            let finding = if is_error { Finding::fail } else { Finding::warn };
            finding("settings", problem.to_string(), advice)
        })
        .collect()
}

async fn examine(loaded: &Loaded<Settings>, args: &LoadArgs, invocation: &Invocation<'_>, findings: &mut Vec<Finding>) {
    let settings = &loaded.settings;
    let now = invocation.now();
    findings.push(files::data_directory(&settings.data.dir));
    findings.extend(files::master_key(&settings.data.dir, args));
    findings.extend(files::owners(settings));
    findings.extend(filesystem::kind(settings));
    findings.extend(filesystem::free_space(&settings.data.dir).await);
    findings.extend(instance::examine(loaded, invocation.options(), now).await);
    findings.push(network::listeners(&settings.server));
    findings.extend(certificate::examine(&settings.server, &invocation.options(), now));
    findings.push(network::public_url(&settings.server.public_url).await);
    findings.push(smtp::server(&settings.mail, loaded.environment).await);
}

fn print(findings: &[Finding], out: &mut Output<'_>) -> Result<(), Failure> {
    for finding in findings {
        out.line(finding)?;
    }
    let number = |grade| findings.iter().filter(|finding| finding.result == grade).count();
    let (failures, warnings) = (number(Grade::Fail), number(Grade::Warn));
    out.line(match (failures, warnings) {
        (0, 0) => "\nNothing is wrong.".to_owned(),
        (0, _) => format!("\nNothing fails, {warnings} to look at."),
        _ => format!("\n{failures} to mend, {warnings} to look at."),
    })
}
