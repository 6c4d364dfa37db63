//! `vestibule apps update`.

use clap::Args;

use super::details::Details;
use super::{Printed, named};
use crate::app::App;
use crate::cli::failure::Failure;
use crate::cli::output::{Output, fact};
use crate::kernel::event::Actor;
use crate::oidc::Changes;

#[derive(Args)]
pub(in crate::cli) struct Update {
    /// Its client id
    client_id: String,
    /// What people are shown
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    details: Details,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Update {
    pub(super) async fn run(self, app: &App, out: &mut Output<'_>) -> Result<(), Failure> {
        let client_id = self.client_id.as_str();
        let changes = self.details.changes(self.name);
        if changes == Changes::default() {
            return Err(Failure::Usage(
                "nothing to change: `vestibule apps update --help` shows what can be given".to_owned(),
            ));
        }
        let changed = app.applications.update(client_id, changes, Actor::Operator).await;
        let changed = changed.map_err(|error| named(error, client_id))?;
        let (application, secret) = (&changed.application, changed.client_secret.as_ref());
        if self.json {
            return out.json(&Printed::new(application, secret));
        }
        out.line(format_args!("Changed {}.", application.name))?;
        let Some(secret) = secret else {
            return Ok(());
        };
        out.facts(&[fact("Client secret", secret.expose())])?;
        out.line("\nThe secret is shown this once: keep it where the application reads it.")
    }
}
