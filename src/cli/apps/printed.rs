//! What is printed of an application as JSON.

use serde::Serialize;
use serde_json::Value;

use crate::kernel::clock::Timestamp;
use crate::kernel::id::ApplicationId;
use crate::kernel::token::PlainToken;
use crate::keys::Algorithm;
use crate::oidc::{AccessTokenFormat, Application, AuthMethod, GrantType, Profile};

/// An application, as printed. The names are those of RFC 7591 and OpenID Connect Dynamic Client Registration where these have one, but
/// for `name`, which is the Backend API's. One value of `token_endpoint_auth_method` is our own: `client_secret` takes the secret by
/// `client_secret_basic` and by `client_secret_post`.
#[derive(Serialize)]
pub(super) struct Printed<'a> {
    id: &'a ApplicationId,
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    name: &'a str,
    public: bool,
    profile: Profile,
    token_endpoint_auth_method: AuthMethod,
    grant_types: Vec<GrantType>,
    scope: &'a str,
    redirect_uris: &'a [String],
    post_logout_redirect_uris: &'a [String],
    access_token_format: AccessTokenFormat,
    access_token_signing_alg: Algorithm,
    id_token_signed_response_alg: Algorithm,
    consent_screen_enabled: bool,
    pkce_required: bool,
    client_uri: Option<&'a str>,
    logo_uri: Option<&'a str>,
    jwks: Option<Value>,
    jwks_uri: Option<&'a str>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl<'a> Printed<'a> {
    pub(super) fn new(application: &'a Application, secret: Option<&'a PlainToken>) -> Self {
        Self {
            id: &application.id,
            client_id: &application.client_id,
            client_secret: secret.map(PlainToken::expose),
            name: &application.name,
            public: application.is_public(),
            profile: application.profile,
            token_endpoint_auth_method: application.authentication,
            grant_types: application.grant_types.iter().collect(),
            scope: application.scopes.as_str(),
            redirect_uris: &application.redirect_uris,
            post_logout_redirect_uris: &application.post_logout_redirect_uris,
            access_token_format: application.access_token_format,
            access_token_signing_alg: application.access_token_algorithm,
            id_token_signed_response_alg: application.id_token_algorithm,
            consent_screen_enabled: application.consent_screen_enabled,
            pkce_required: application.pkce_required,
            client_uri: application.client_uri.as_deref(),
            logo_uri: application.client_image_url.as_deref(),
            // checked to be a JSON object when it was registered
            jwks: application
                .jwks
                .as_deref()
                .and_then(|jwks| serde_json::from_str(jwks).ok()),
            jwks_uri: application.jwks_uri.as_deref(),
            created_at: application.created_at,
            updated_at: application.updated_at,
        }
    }
}
