//! The provider's metadata (OpenID Connect Discovery section 3, RFC 8414 section 2): what it says agrees with what the endpoints
//! do, for clients choose by it.

use serde::Serialize;

use super::application::AssertionAlgorithm;
use super::authorize::{PROMPTS, RESPONSE_MODES};
use super::claims::{Acr, STANDARD};
use super::client_auth::AUTHENTICATION_METHODS;
use super::id_token;
use super::paths;
use super::pkce;
use super::scope::ScopeValue;
use super::token::GRANT_TYPES;
use crate::kernel::error::{Error, Result};
use crate::kernel::web_url::WebOrigin;
use crate::keys::Algorithm;
use crate::platform::i18n::Lang;

/// One document for OpenID Connect and OAuth.
#[derive(Debug, Serialize)]
pub(super) struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    introspection_endpoint: String,
    introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    introspection_endpoint_auth_signing_alg_values_supported: &'static [&'static str],
    revocation_endpoint: String,
    revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    revocation_endpoint_auth_signing_alg_values_supported: &'static [&'static str],
    userinfo_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: String,
    scopes_supported: Vec<&'static str>,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 2],
    ui_locales_supported: Vec<&'static str>,
    grant_types_supported: [&'static str; 3],
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: &'static [&'static str],
    token_endpoint_auth_methods_supported: [&'static str; 4],
    token_endpoint_auth_signing_alg_values_supported: &'static [&'static str],
    code_challenge_methods_supported: [&'static str; 1],
    prompt_values_supported: [&'static str; 5],
    claim_types_supported: [&'static str; 1],
    claims_supported: Vec<&'static str>,
    claims_parameter_supported: bool,
    acr_values_supported: [&'static str; 1],
    request_parameter_supported: bool,
    /// Said, because left out it would mean true.
    request_uri_parameter_supported: bool,
    authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// The metadata of the provider at `origin`.
    pub(super) fn of(origin: &WebOrigin) -> Self {
        Self {
            issuer: origin.as_str().to_owned(),
            authorization_endpoint: origin.join(paths::AUTHORIZE),
            token_endpoint: origin.join(paths::TOKEN),
            introspection_endpoint: origin.join(paths::INTROSPECT),
            // whoever may ask what a token is worth must prove who it is (RFC 7662 section 2.1)
            introspection_endpoint_auth_methods_supported: AUTHENTICATION_METHODS
                .into_iter()
                .filter(|method| *method != "none")
                .collect(),
            introspection_endpoint_auth_signing_alg_values_supported: AssertionAlgorithm::NAMES,
            revocation_endpoint: origin.join(paths::REVOKE),
            revocation_endpoint_auth_methods_supported: AUTHENTICATION_METHODS.to_vec(),
            revocation_endpoint_auth_signing_alg_values_supported: AssertionAlgorithm::NAMES,
            userinfo_endpoint: origin.join(paths::USERINFO),
            jwks_uri: origin.join(paths::JWKS),
            end_session_endpoint: origin.join(paths::LOGOUT),
            scopes_supported: ScopeValue::ALL.map(ScopeValue::as_str).to_vec(),
            response_types_supported: ["code"],
            response_modes_supported: RESPONSE_MODES,
            ui_locales_supported: Lang::ALL.map(Lang::tag).to_vec(),
            grant_types_supported: GRANT_TYPES,
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: Algorithm::NAMES,
            token_endpoint_auth_methods_supported: AUTHENTICATION_METHODS,
            token_endpoint_auth_signing_alg_values_supported: AssertionAlgorithm::NAMES,
            code_challenge_methods_supported: [pkce::METHOD],
            prompt_values_supported: PROMPTS,
            claim_types_supported: ["normal"],
            claims_supported: id_token::CLAIMS
                .iter()
                .copied()
                .chain(STANDARD.map(|(name, _)| name))
                .collect(),
            claims_parameter_supported: true,
            acr_values_supported: Acr::SUPPORTED,
            request_parameter_supported: false,
            request_uri_parameter_supported: false,
            authorization_response_iss_parameter_supported: true,
        }
    }

    /// The document.
    ///
    /// # Errors
    /// `Internal` when it does not serialise.
    pub(super) fn to_json(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_complete_and_true() {
        let origin: WebOrigin = "https://id.example.com".parse().expect("an origin");
        let json = Metadata::of(&origin).to_json().expect("JSON");
        let document: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
        insta::assert_json_snapshot!(document, @r#"
        {
          "acr_values_supported": [
            "aal1"
          ],
          "authorization_endpoint": "https://id.example.com/oauth/authorize",
          "authorization_response_iss_parameter_supported": true,
          "claim_types_supported": [
            "normal"
          ],
          "claims_parameter_supported": true,
          "claims_supported": [
            "iss",
            "sub",
            "aud",
            "exp",
            "iat",
            "auth_time",
            "nonce",
            "sid",
            "at_hash",
            "amr",
            "acr",
            "name",
            "given_name",
            "family_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
            "email",
            "email_verified",
            "address",
            "phone_number",
            "phone_number_verified"
          ],
          "code_challenge_methods_supported": [
            "S256"
          ],
          "end_session_endpoint": "https://id.example.com/oauth/logout",
          "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "client_credentials"
          ],
          "id_token_signing_alg_values_supported": [
            "RS256",
            "ES256",
            "EdDSA"
          ],
          "introspection_endpoint": "https://id.example.com/oauth/introspect",
          "introspection_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt"
          ],
          "introspection_endpoint_auth_signing_alg_values_supported": [
            "RS256",
            "PS256",
            "ES256",
            "EdDSA",
            "Ed25519"
          ],
          "issuer": "https://id.example.com",
          "jwks_uri": "https://id.example.com/oauth/jwks",
          "prompt_values_supported": [
            "none",
            "login",
            "consent",
            "select_account",
            "create"
          ],
          "request_parameter_supported": false,
          "request_uri_parameter_supported": false,
          "response_modes_supported": [
            "query",
            "form_post"
          ],
          "response_types_supported": [
            "code"
          ],
          "revocation_endpoint": "https://id.example.com/oauth/revoke",
          "revocation_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt",
            "none"
          ],
          "revocation_endpoint_auth_signing_alg_values_supported": [
            "RS256",
            "PS256",
            "ES256",
            "EdDSA",
            "Ed25519"
          ],
          "scopes_supported": [
            "openid",
            "profile",
            "email",
            "address",
            "phone",
            "offline_access"
          ],
          "subject_types_supported": [
            "public"
          ],
          "token_endpoint": "https://id.example.com/oauth/token",
          "token_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt",
            "none"
          ],
          "token_endpoint_auth_signing_alg_values_supported": [
            "RS256",
            "PS256",
            "ES256",
            "EdDSA",
            "Ed25519"
          ],
          "ui_locales_supported": [
            "en",
            "de"
          ],
          "userinfo_endpoint": "https://id.example.com/oauth/userinfo"
        }
        "#);
    }

    #[test]
    fn no_claim_is_listed_twice() {
        let origin: WebOrigin = "https://id.example.com".parse().expect("an origin");
        let mut claims = Metadata::of(&origin).claims_supported;
        let all = claims.len();
        claims.sort_unstable();
        claims.dedup();
        assert_eq!(claims.len(), all);
    }
}
