//! Objects as they are shown. Times are in milliseconds.

use serde::Serialize;

use crate::kernel::digest::sha256;
use crate::oidc::application::{Application, Profile};
use crate::oidc::grant::GrantView;
use crate::oidc::paths::{AUTHORIZE, INTROSPECT, OPENID_CONFIGURATION, TOKEN, USERINFO};

/// What is the same for every application of the instance.
pub(super) struct Surroundings {
    instance_id: String,
    authorize_url: String,
    token_fetch_url: String,
    user_info_url: String,
    discovery_url: String,
    token_introspection_url: String,
}

impl Surroundings {
    pub(super) fn of(issuer: &str) -> Self {
        let url = |path: &str| format!("{issuer}{path}");
        Self {
            instance_id: instance_id(issuer),
            authorize_url: url(AUTHORIZE),
            token_fetch_url: url(TOKEN),
            user_info_url: url(USERINFO),
            discovery_url: url(OPENID_CONFIGURATION),
            token_introspection_url: url(INTROSPECT),
        }
    }
}

/// A name of the instance in the form of an id, always the same for one issuer.
fn instance_id(issuer: &str) -> String {
    let digest = sha256(issuer.as_bytes());
    let digits: String = digest.iter().take(14).map(|byte| format!("{byte:02x}")).collect();
    format!("ins_{}", &digits[..27])
}

/// An application.
#[derive(Serialize)]
pub(super) struct ApplicationObject<'a> {
    object: &'static str,
    id: &'a str,
    instance_id: &'a str,
    name: &'a str,
    client_id: &'a str,
    client_uri: Option<&'a str>,
    client_image_url: Option<&'a str>,
    dynamically_registered: bool,
    consent_screen_enabled: bool,
    pkce_required: bool,
    /// The set of rules it is held to, which decides on PKCE and more; not in the published description.
    profile: Profile,
    public: bool,
    scopes: &'a str,
    redirect_uris: &'a [String],
    callback_url: &'a str,
    authorize_url: &'a str,
    token_fetch_url: &'a str,
    user_info_url: &'a str,
    discovery_url: &'a str,
    token_introspection_url: &'a str,
    created_at: i64,
    updated_at: i64,
    /// Where it was just made; empty where the application has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
}

impl<'a> ApplicationObject<'a> {
    pub(super) fn new(application: &'a Application, around: &'a Surroundings) -> Self {
        Self {
            object: "oauth_application",
            id: application.id.as_str(),
            instance_id: &around.instance_id,
            name: &application.name,
            client_id: &application.client_id,
            client_uri: application.client_uri.as_deref(),
            client_image_url: application.client_image_url.as_deref(),
            dynamically_registered: false,
            consent_screen_enabled: application.consent_screen_enabled,
            pkce_required: application.must_use_pkce(),
            profile: application.profile,
            public: application.is_public(),
            scopes: application.scopes.as_str(),
            redirect_uris: &application.redirect_uris,
            callback_url: application.redirect_uris.first().map_or("", String::as_str),
            authorize_url: &around.authorize_url,
            token_fetch_url: &around.token_fetch_url,
            user_info_url: &around.user_info_url,
            discovery_url: &around.discovery_url,
            token_introspection_url: &around.token_introspection_url,
            created_at: application.created_at.millis(),
            updated_at: application.updated_at.millis(),
            client_secret: None,
        }
    }

    /// With the secret that was just made.
    pub(super) fn with_secret(self, secret: &'a str) -> Self {
        Self {
            client_secret: Some(secret),
            ..self
        }
    }
}

/// A part of a list.
#[derive(Serialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
    /// How many there are in all.
    pub(super) total_count: u64,
}

/// What is no more.
#[derive(Serialize)]
pub(super) struct Deleted<'a> {
    object: &'static str,
    id: &'a str,
    deleted: bool,
}

impl<'a> Deleted<'a> {
    pub(super) fn new(object: &'static str, id: &'a str) -> Self {
        Self {
            object,
            id,
            deleted: true,
        }
    }
}

/// The tag of a grant.
pub(super) const GRANT: &str = "oauth_grant";

/// A grant.
#[derive(Serialize)]
pub(super) struct GrantObject<'a> {
    object: &'static str,
    id: &'a str,
    oauth_application_id: &'a str,
    client_id: &'a str,
    application_name: &'a str,
    user_id: &'a str,
    scopes: &'a str,
    created_at: i64,
    last_used_at: Option<i64>,
    expires_at: i64,
}

impl<'a> From<&'a GrantView> for GrantObject<'a> {
    fn from(grant: &'a GrantView) -> Self {
        Self {
            object: GRANT,
            id: grant.id.as_str(),
            oauth_application_id: grant.application_id.as_str(),
            client_id: &grant.client_id,
            application_name: &grant.application_name,
            user_id: grant.user_id.as_str(),
            scopes: &grant.scope,
            created_at: grant.created_at.millis(),
            last_used_at: grant.last_used_at.map(|at| at.millis()),
            expires_at: grant.expires_at.millis(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_named_like_an_id_and_always_the_same() {
        let id = instance_id("https://id.example");
        assert_eq!(id.len(), "ins_".len() + 27);
        assert_eq!(id, instance_id("https://id.example"));
        assert_ne!(id, instance_id("https://id.example:8443"));
    }
}
