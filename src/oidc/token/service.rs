//! The token endpoint: who asks, then what for.

use super::issue::TokenResponse;
use super::request::{GrantRequest, TokenRequest};
use crate::oidc::error::{ErrorCode, OAuthError};
use crate::oidc::provider::Provider;

impl Provider {
    /// Exchanges a code, a refresh token or a client's own credentials for tokens. Limits count who asks as `address`.
    ///
    /// # Errors
    /// As RFC 6749 section 5.2 says.
    pub async fn token(&self, request: &TokenRequest, address: &str) -> Result<TokenResponse, OAuthError> {
        let application = self.authenticate(&request.client, address).await?;
        if !application.grant_types.has(request.grant.kind()) {
            return Err(OAuthError::new(
                ErrorCode::UnauthorizedClient,
                "the client is not registered for this grant type",
            ));
        }
        match &request.grant {
            GrantRequest::AuthorizationCode(redemption) => self.redeem_code(&application, redemption).await,
            GrantRequest::RefreshToken(refresh) => self.refresh(&application, refresh).await,
            GrantRequest::ClientCredentials { scope } => self.client_credentials(&application, scope.as_deref()),
        }
    }
}
