//! Where an authorization request is answered. From here on errors may be sent to the client.

use std::sync::Arc;

use super::params::RequestParams;
use super::response_mode::ResponseMode;
use crate::oidc::application::Application;
use crate::oidc::error::OAuthError;

/// A redirect URI that belongs to a known application, with the state to send along. Nothing else makes a redirect.
#[derive(Clone, Debug)]
pub(super) struct Destination {
    pub(super) application: Arc<Application>,
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
    pub(super) mode: ResponseMode,
}

impl Destination {
    /// Checks that the redirect URI is one of the application's (RFC 6749 section 3.1.2.3). It is always demanded, although OAuth
    /// alone would do without where only one is registered (OpenID Connect Core section 3.1.2.1).
    ///
    /// # Errors
    /// `invalid_request`, for a page: sending an error to an address that is not registered would make us an open redirector (RFC
    /// 9700 section 4.11.2).
    pub(super) fn check(application: Arc<Application>, params: &RequestParams) -> Result<Self, OAuthError> {
        let redirect_uri = params
            .get("redirect_uri")?
            .ok_or_else(|| OAuthError::invalid_request("redirect_uri is missing"))?;
        // a repeated state, and a mode that is none, are refused later, by a redirect without them
        let state = params.get("state").ok().flatten();
        let mode = ResponseMode::parse(params).unwrap_or_default();
        Self::verify(application, redirect_uri.to_owned(), state.map(str::to_owned), mode)
    }

    /// As [`Self::check`], of what a request that waited had.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub(super) fn verify(
        application: Arc<Application>,
        redirect_uri: String,
        state: Option<String>,
        mode: ResponseMode,
    ) -> Result<Self, OAuthError> {
        if !application.has_redirect_uri(&redirect_uri) {
            return Err(OAuthError::invalid_request(
                "redirect_uri is not registered for this client",
            ));
        }
        Ok(Self {
            application,
            redirect_uri,
            state,
            mode,
        })
    }
}
