//! What `vestibule apps create` and `vestibule apps update` say of an application.

use std::str::FromStr;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::cli::keys::algorithm;
use crate::kernel::named::UnknownName;
use crate::keys::Algorithm;
use crate::oidc::{AccessTokenFormat, AuthMethod, Changes, GrantType, GrantTypes, Profile, ScopeTokens};

/// All but the name. What is not given stays as it is, or as it is with a new application; an empty value removes what may be missing.
#[derive(Args)]
pub(in crate::cli) struct Details {
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
    /// How it proves who it is; a new application by client_secret
    #[arg(long, value_name = "METHOD", value_parser = one_of::<AuthMethod>(AuthMethod::NAMES))]
    auth_method: Option<AuthMethod>,
    /// The set of rules it is held to; a new application to oauth2.1
    #[arg(long, value_name = "PROFILE", value_parser = one_of::<Profile>(Profile::NAMES))]
    profile: Option<Profile>,
    /// PKCE is required of it even where its profile does not say so
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    require_pkce: Option<bool>,
    /// What it may exchange for tokens; may be given several times; a new application codes and refresh tokens
    #[arg(long = "grant-type", value_name = "TYPE", value_parser = one_of::<GrantType>(GrantType::NAMES))]
    grant_types: Vec<GrantType>,
    /// What it may ask for, separated by spaces; a new application for all that people can let it have
    #[arg(long, value_name = "SCOPES", value_parser = ScopeTokens::parse)]
    scope: Option<ScopeTokens>,
    /// What its access tokens look like; those of a new application are opaque
    #[arg(long, value_name = "FORMAT", value_parser = one_of::<AccessTokenFormat>(AccessTokenFormat::NAMES))]
    access_token_format: Option<AccessTokenFormat>,
    /// What its access tokens are signed with, where they are JWTs; those of a new application with RS256
    #[arg(long, value_name = "ALG", value_parser = algorithm())]
    access_token_alg: Option<Algorithm>,
    /// What its ID tokens are signed with; those of a new application with RS256
    #[arg(long, value_name = "ALG", value_parser = algorithm())]
    id_token_alg: Option<Algorithm>,
    /// It is yours, so that people are not asked for their consent
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    first_party: Option<bool>,
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
}

/// Reads one of the names of an enum.
fn one_of<T>(names: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err = UnknownName> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(names).try_map(|name| name.parse())
}

impl Details {
    /// As changes, with the name where there is one.
    pub(super) fn changes(self, name: Option<String>) -> Changes {
        let list = |uris: Vec<String>| {
            let is_given = !uris.is_empty();
            is_given.then(|| uris.into_iter().filter(|uri| !uri.is_empty()).collect())
        };
        let or_remove = |given: Option<String>| given.map(|text| Some(text).filter(|text| !text.is_empty()));
        let grant_types = self.grant_types;
        Changes {
            name,
            profile: self.profile,
            authentication: self.auth_method.or(self.public.then_some(AuthMethod::None)),
            grant_types: (!grant_types.is_empty()).then(|| GrantTypes::of(grant_types)),
            scopes: self.scope,
            access_token_format: self.access_token_format,
            access_token_algorithm: self.access_token_alg,
            id_token_algorithm: self.id_token_alg,
            consent_screen_enabled: self.first_party.map(|is_first_party| !is_first_party),
            pkce_required: self.require_pkce,
            client_uri: or_remove(self.client_uri),
            client_image_url: or_remove(self.logo_uri),
            jwks: or_remove(self.jwks),
            jwks_uri: or_remove(self.jwks_uri),
            redirect_uris: list(self.redirect_uris),
            post_logout_redirect_uris: list(self.post_logout_redirect_uris),
        }
    }
}
