//! `vestibule users password`.

use clap::Args;

use super::{PasswordSource, Who, called, find, who};
use crate::cli::failure::Failure;
use crate::cli::invocation::Invocation;
use crate::cli::output::count;
use crate::kernel::event::Actor;
use crate::sign_in::reset_password;

#[derive(Args)]
pub(in crate::cli) struct SetPassword {
    /// The person's email address or id
    #[arg(value_name = "EMAIL_OR_ID", value_parser = who)]
    person: Who,
    #[command(flatten)]
    password: PasswordSource,
}

impl SetPassword {
    pub(super) async fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        let password = self.password.read(invocation)?;
        let person = self.person;
        invocation
            .with_app(async |app, out| {
                let user = find(app, &person).await?;
                let reset = reset_password(&app.cx, &app.accounts, &user.id, password, Actor::Operator);
                let ended = usize::try_from(reset.await?).unwrap_or(usize::MAX);
                out.line(format_args!(
                    "{} has a new password; {} ended, and all that applications were granted.",
                    called(&user),
                    count(ended, "session")
                ))
            })
            .await
    }
}
