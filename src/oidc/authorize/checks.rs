//! The checks of an authorization request, each one rule.

use super::params::RequestParams;
use crate::oidc::application::Application;
use crate::oidc::error::{ErrorCode, OAuthError};
use crate::oidc::pkce::{self, CodeChallenge};
use crate::oidc::scope::{Scope, ScopeValue};

/// The width of the column.
const MAX_NONCE: usize = 2048;

/// The state is opaque and comes back as it is; but there is one (RFC 6749 section 3.1).
pub(super) fn check_state(params: &RequestParams) -> Result<(), OAuthError> {
    params.get("state").map(|_| ())
}

/// Request objects and inline registration are refused by the errors made for it, never ignored: what they say would override
/// what stands beside them (OpenID Connect Core sections 3.1.2.6, 6 and 7.2.1).
pub(super) fn check_no_request_object(params: &RequestParams) -> Result<(), OAuthError> {
    let refused = [
        ("request", ErrorCode::RequestNotSupported),
        ("request_uri", ErrorCode::RequestUriNotSupported),
        ("registration", ErrorCode::RegistrationNotSupported),
    ];
    for (name, code) in refused {
        if params.get(name)?.is_some() {
            return Err(OAuthError::new(code, format!("the parameter {name} is not supported")));
        }
    }
    Ok(())
}

/// The authorization code flow alone (RFC 6749 section 3.1.1; RFC 9700 section 2.1.2 discourages the others).
pub(super) fn check_response_type(params: &RequestParams) -> Result<(), OAuthError> {
    match params.get("response_type")? {
        Some("code") => Ok(()),
        Some(_) => Err(OAuthError::new(
            ErrorCode::UnsupportedResponseType,
            "the only response_type is code",
        )),
        None => Err(OAuthError::invalid_request("response_type is missing")),
    }
}

/// The mode of the flow, if it is named at all (OAuth 2.0 Multiple Response Type Encoding Practices section 2.1).
pub(super) fn check_response_mode(params: &RequestParams) -> Result<(), OAuthError> {
    match params.get("response_mode")? {
        None | Some("query") => Ok(()),
        Some(_) => Err(OAuthError::invalid_request("the only response_mode is query")),
    }
}

/// At least one value that we know (RFC 6749 section 3.3).
pub(super) fn check_scope(params: &RequestParams) -> Result<Scope, OAuthError> {
    let refused = |why| OAuthError::new(ErrorCode::InvalidScope, why);
    let text = params.get("scope")?.ok_or_else(|| refused("scope is missing"))?;
    let scope = Scope::requested(text).map_err(|_| refused("scope is malformed"))?;
    if scope.is_empty() {
        return Err(refused("scope has no value that is known here"));
    }
    Ok(scope)
}

/// Opaque, but it is stored (OpenID Connect Core section 3.1.2.1).
pub(super) fn check_nonce(params: &RequestParams) -> Result<Option<String>, OAuthError> {
    let nonce = params.get("nonce")?;
    if nonce.is_some_and(|nonce| nonce.chars().count() > MAX_NONCE) {
        return Err(OAuthError::invalid_request("nonce is longer than 2048 characters"));
    }
    Ok(nonce.map(str::to_owned))
}

/// A code must be worthless to who steals it or puts it into another's response (RFC 9700 section 2.1.1): public clients use PKCE;
/// confidential ones PKCE or, when they are signing somebody in, a nonce.
pub(super) fn check_pkce(
    params: &RequestParams,
    application: &Application,
    scope: Scope,
    nonce: Option<&str>,
) -> Result<Option<CodeChallenge>, OAuthError> {
    let challenge = params.get("code_challenge")?;
    let method = params.get("code_challenge_method")?;
    let Some(challenge) = challenge else {
        if method.is_some() {
            return Err(OAuthError::invalid_request(
                "code_challenge_method is given without code_challenge",
            ));
        }
        let has_nonce = nonce.is_some() && scope.has(ScopeValue::OpenId);
        return match (application.public, has_nonce) {
            (true, _) => Err(OAuthError::invalid_request(
                "code_challenge is missing: a public client uses PKCE with S256",
            )),
            (false, false) => Err(OAuthError::invalid_request(
                "code_challenge is missing: use PKCE with S256, or send a nonce with the scope openid",
            )),
            (false, true) => Ok(None),
        };
    };
    // without a method it would be plain (RFC 7636 section 4.3)
    if method != Some(pkce::METHOD) {
        return Err(OAuthError::invalid_request("the only code_challenge_method is S256"));
    }
    CodeChallenge::parse(challenge)
        .map(Some)
        .ok_or_else(|| OAuthError::invalid_request("code_challenge is not the base64url of a SHA-256"))
}

/// Whole seconds (OpenID Connect Core section 3.1.2.1).
pub(super) fn check_max_age(params: &RequestParams) -> Result<Option<u32>, OAuthError> {
    let Some(text) = params.get("max_age")? else {
        return Ok(None);
    };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(seconds) if digits => Ok(Some(seconds)),
        _ => Err(OAuthError::invalid_request("max_age is not a number of seconds")),
    }
}
