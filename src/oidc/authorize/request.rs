//! An authorization request that passed its checks.

use serde::{Deserialize, Serialize};

use super::checks::{
    check_max_age, check_no_request_object, check_nonce, check_pkce, check_response_mode, check_response_type,
    check_scope, check_state,
};
use super::params::RequestParams;
use super::prompt::Prompt;
use crate::kernel::id::UserId;
use crate::oidc::application::Application;
use crate::oidc::error::OAuthError;
use crate::oidc::pkce::CodeChallenge;
use crate::oidc::scope::Scope;

/// What a client asks for. Kept sealed while a person signs in or consents.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct AuthorizationRequest {
    pub(super) scope: Scope,
    pub(super) nonce: Option<String>,
    pub(super) code_challenge: Option<CodeChallenge>,
    pub(super) prompt: Prompt,
    /// In seconds.
    pub(super) max_age: Option<u32>,
    pub(super) login_hint: Option<String>,
    /// The person that `id_token_hint` names.
    pub(super) hinted_user: Option<UserId>,
}

impl AuthorizationRequest {
    /// Checks everything but the destination, in this order. What is not looked at is ignored (RFC 6749 section 3.1), `display`,
    /// `ui_locales`, `claims_locales`, `acr_values` and `claims` among it.
    ///
    /// # Errors
    /// What the client is told by redirect.
    pub(super) fn check(params: &RequestParams, application: &Application) -> Result<Self, OAuthError> {
        check_state(params)?;
        check_no_request_object(params)?;
        check_response_type(params)?;
        check_response_mode(params)?;
        let scope = check_scope(params)?;
        let nonce = check_nonce(params)?;
        let code_challenge = check_pkce(params, application, scope, nonce.as_deref())?;
        Ok(Self {
            scope,
            nonce,
            code_challenge,
            prompt: Prompt::parse(params.get("prompt")?)?,
            max_age: check_max_age(params)?,
            login_hint: params.get("login_hint")?.map(str::to_owned),
            hinted_user: None,
        })
    }
}
