//! `vestibule apps create`.

use std::str::FromStr;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::Printed;
use crate::app::App;
use crate::cli::failure::Failure;
use crate::cli::keys::algorithm;
use crate::cli::output::{Output, fact};
use crate::kernel::event::Actor;
use crate::kernel::named::UnknownName;
use crate::keys::Algorithm;
use crate::oidc::{AccessTokenFormat, AuthMethod, GrantType, GrantTypes, Profile, Registration, ScopeTokens};

#[derive(Args)]
pub(in crate::cli) struct Create {
    /// What people are shown
    #[arg(long)]
    name: String,
    /// Where browsers may be sent with an answer, compared to the letter, but for the port of a public application's loopback
    /// address, which is left open (RFC 8252 section 7.3); may be given several times
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// Where browsers may be sent after signing out; may be given several times
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<String>,
    /// It can't keep a secret: an app on people's devices, or a page without a server
    #[arg(long, conflicts_with = "auth_method")]
    public: bool,
    /// How it proves who it is
    #[arg(long, value_name = "METHOD", default_value = "client_secret", value_parser = one_of::<AuthMethod>(AuthMethod::NAMES))]
    auth_method: AuthMethod,
    /// The set of rules it is held to
    #[arg(long, value_name = "PROFILE", default_value = "oauth2.1", value_parser = one_of::<Profile>(Profile::NAMES))]
    profile: Profile,
    /// PKCE is required of it even where its profile does not say so
    #[arg(long)]
    require_pkce: bool,
    /// What it may exchange for tokens; may be given several times; without it, codes and refresh tokens
    #[arg(long = "grant-type", value_name = "TYPE", value_parser = one_of::<GrantType>(GrantType::NAMES))]
    grant_types: Vec<GrantType>,
    /// What it may ask for, separated by spaces; without it, all that people can let an application have
    #[arg(long, value_name = "SCOPES", value_parser = ScopeTokens::parse)]
    scope: Option<ScopeTokens>,
    /// What its access tokens look like
    #[arg(long, value_name = "FORMAT", default_value = "opaque", value_parser = one_of::<AccessTokenFormat>(AccessTokenFormat::NAMES))]
    access_token_format: AccessTokenFormat,
    /// What its access tokens are signed with, where they are JWTs
    #[arg(long, value_name = "ALG", default_value = "RS256", value_parser = algorithm())]
    access_token_alg: Algorithm,
    /// What its ID tokens are signed with
    #[arg(long, value_name = "ALG", default_value = "RS256", value_parser = algorithm())]
    id_token_alg: Algorithm,
    /// It is yours, so that people are not asked for their consent
    #[arg(long)]
    first_party: bool,
    /// Its public keys, as the JSON of a JWK set
    #[arg(long, value_name = "JSON")]
    jwks: Option<String>,
    /// Where its public keys are
    #[arg(long, value_name = "URL")]
    jwks_uri: Option<String>,
    /// Where people read about it
    #[arg(long, value_name = "URL")]
    client_uri: Option<String>,
    /// Its picture
    #[arg(long, value_name = "URL")]
    logo_uri: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Reads one of the names of an enum.
fn one_of<T>(names: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err = UnknownName> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(names).try_map(|name| name.parse())
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
        let plain = Registration::new(self.name, self.redirect_uris);
        let grant_types = match self.grant_types.as_slice() {
            [] => plain.grant_types,
            given => GrantTypes::of(given.iter().copied()),
        };
        let scopes = match self.scope {
            Some(given) => given,
            None if grant_types.has(GrantType::AuthorizationCode) => plain.scopes,
            // what people can let it have means nothing to an application that no person signs in to
            None => ScopeTokens::parse("").map_err(Failure::new)?,
        };
        Ok(Registration {
            profile: self.profile,
            authentication: if self.public {
                AuthMethod::None
            } else {
                self.auth_method
            },
            grant_types,
            scopes,
            access_token_format: self.access_token_format,
            access_token_algorithm: self.access_token_alg,
            id_token_algorithm: self.id_token_alg,
            consent_screen_enabled: !self.first_party,
            pkce_required: self.require_pkce,
            client_uri: self.client_uri,
            client_image_url: self.logo_uri,
            jwks: self.jwks,
            jwks_uri: self.jwks_uri,
            post_logout_redirect_uris: self.post_logout_redirect_uris,
            ..plain
        })
    }
}
