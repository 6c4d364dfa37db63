//! An authorization request that passed its checks.

use serde::{Deserialize, Serialize};

use super::checks::{
    check_claims, check_max_age, check_no_request_object, check_nonce, check_pkce, check_response_type, check_scope,
    check_state, check_ui_locales,
};
use super::params::RequestParams;
use super::prompt::Prompt;
use super::response_mode::ResponseMode;
use crate::kernel::id::UserId;
use crate::oidc::application::Application;
use crate::oidc::claims::AskedClaims;
use crate::oidc::error::OAuthError;
use crate::oidc::pkce::CodeChallenge;
use crate::oidc::scope::Scope;
use crate::platform::i18n::Lang;

/// What a client asks for. Kept sealed while a person signs in or consents.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct AuthorizationRequest {
    pub(super) scope: Scope,
    /// Claims asked for one by one.
    #[serde(default)]
    pub(super) claims: AskedClaims,
    pub(super) nonce: Option<String>,
    pub(super) code_challenge: Option<CodeChallenge>,
    pub(super) prompt: Prompt,
    /// In seconds.
    pub(super) max_age: Option<u32>,
    pub(super) login_hint: Option<String>,
    /// The language of our pages.
    #[serde(default)]
    pub(super) lang: Option<Lang>,
    /// The person that the claim `sub` names, until it is looked up.
    #[serde(skip)]
    pub(super) sub: Option<String>,
    /// The person that `id_token_hint` or the claim `sub` names.
    pub(super) hinted_user: Option<UserId>,
}

impl AuthorizationRequest {
    /// Checks everything but the destination, in this order. What is not looked at is ignored (RFC 6749 section 3.1), `display`,
    /// `claims_locales` and `acr_values` among it.
    ///
    /// # Errors
    /// What the client is told by redirect.
    pub(super) fn check(params: &RequestParams, application: &Application) -> Result<Self, OAuthError> {
        check_state(params)?;
        check_no_request_object(params)?;
        check_response_type(params)?;
        ResponseMode::parse(params)?;
        let scope = check_scope(params, application)?;
        let nonce = check_nonce(params)?;
        let code_challenge = check_pkce(params, application)?;
        let claims = check_claims(params)?;
        Ok(Self {
            scope,
            claims: claims.asked.within(application.scope()),
            nonce,
            code_challenge,
            prompt: Prompt::parse(params.get("prompt")?)?,
            max_age: check_max_age(params)?,
            login_hint: params.get("login_hint")?.map(str::to_owned),
            lang: check_ui_locales(params)?,
            sub: claims.sub,
            hinted_user: None,
        })
    }

    /// What the person has to allow: the scope, and what opens the claims that are asked for one by one.
    pub(super) fn to_allow(&self) -> Scope {
        self.scope.union(self.claims.scope())
    }
}
