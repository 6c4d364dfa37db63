//! The token endpoint: who asks, then what for.

use super::issue::TokenResponse;
use super::request::{GrantRequest, TokenRequest};
use crate::kernel::error::Result;
use crate::kernel::event::{Actor, Event};
use crate::oidc::error::{ErrorCode, OAuthError};
use crate::oidc::facts::GrantRevoked;
use crate::oidc::grant::{Grant, Revocation};
use crate::oidc::provider::Provider;

impl Provider {
    /// Exchanges a code or a refresh token for tokens.
    ///
    /// # Errors
    /// As RFC 6749 section 5.2 says.
    pub async fn token(&self, request: &TokenRequest) -> Result<TokenResponse, OAuthError> {
        let application = self.authenticate(&request.client).await?;
        if !application.grant_types.has(request.grant.kind()) {
            return Err(OAuthError::new(
                ErrorCode::UnauthorizedClient,
                "the client is not registered for this grant type",
            ));
        }
        match &request.grant {
            GrantRequest::AuthorizationCode(redemption) => self.redeem_code(&application, redemption).await,
            GrantRequest::RefreshToken(refresh) => self.refresh(&application, refresh).await,
        }
    }

    /// Draws the event of a grant's end, for a transaction that may turn out to need it.
    pub(super) fn revoked_event(&self, grant: &Grant, why: Revocation) -> Result<Event> {
        let fact = GrantRevoked {
            id: &grant.id,
            user_id: &grant.user_id,
            reason: why.as_str(),
        };
        self.cx.event(&fact, Actor::System)
    }
}
