//! `vestibule apps create`.

use clap::Args;

use super::Printed;
use super::details::Details;
use crate::app::App;
use crate::cli::failure::Failure;
use crate::cli::output::{Output, fact};
use crate::kernel::event::Actor;
use crate::oidc::{AuthMethod, GrantType, Registration, ScopeTokens};

#[derive(Args)]
pub(in crate::cli) struct Create {
    /// What people are shown
    #[arg(long)]
    name: String,
    #[command(flatten)]
    details: Details,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Create {
    pub(super) async fn run(self, app: &App, out: &mut Output<'_>) -> Result<(), Failure> {
        let json = self.json;
        let created = app.applications.create(self.registration()?, Actor::Operator).await?;
        let (application, secret) = (&created.application, created.client_secret.as_ref());
        if json {
            return out.json(&Printed::new(application, secret));
        }
        out.line(format_args!("Registered {}.\n", application.name))?;
        let mut facts = vec![
            fact("Issuer", app.cx.public_url().as_str()),
            fact("Client ID", &application.client_id),
        ];
        facts.extend(secret.map(|secret| fact("Client secret", secret.expose())));
        out.facts(&facts)?;
        out.line(match application.authentication {
            AuthMethod::None => "\nA public client has no secret: PKCE protects its sign-ins.",
            AuthMethod::PrivateKeyJwt => "\nIt has no secret: it signs with its own key.",
            _ => "\nThe secret is shown this once: keep it where the application reads it.",
        })
    }

    fn registration(self) -> Result<Registration, Failure> {
        let changes = self.details.changes(None);
        let scopes_are_given = changes.scopes.is_some();
        let mut new = changes.apply(Registration::new(self.name, Vec::new()));
        if !scopes_are_given && !new.grant_types.has(GrantType::AuthorizationCode) {
            // what people can let it have means nothing to an application that no person signs in to
            new.scopes = ScopeTokens::parse("").map_err(Failure::new)?;
        }
        Ok(new)
    }
}
