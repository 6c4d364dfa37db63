//! Reading claims with an access token.

use crate::kernel::secret::SecretString;
use crate::oidc::claims::Claims;
use crate::oidc::error::{ErrorCode, OAuthError};
use crate::oidc::provider::Provider;

impl Provider {
    /// The claims that an access token opens.
    ///
    /// # Errors
    /// `invalid_token` where the token is unknown or expired, or its grant does not stand any more; `insufficient_scope` where nobody
    /// signed in with it, because the scope `openid` is missing (OpenID Connect Core section 5.3).
    pub async fn userinfo(&self, access_token: &SecretString) -> Result<Claims, OAuthError> {
        let access = self
            .open_access_token(access_token.expose())
            .await?
            .ok_or_else(OAuthError::invalid_token)?;
        let (grant, scope) = access.signed_in().ok_or_else(|| {
            OAuthError::new(
                ErrorCode::InsufficientScope,
                "the access token does not have the scope openid",
            )
        })?;
        let user = self.accounts.find(&grant.user_id).await?;
        // deleted since the token was read
        let user = user.ok_or_else(OAuthError::invalid_token)?;
        let asked = grant.claims.clone().within(access.application.scope());
        Ok(Claims::of(&user, &grant.sub, scope, &asked))
    }
}
