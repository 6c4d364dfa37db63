//! Reading claims with an access token.

use super::store;
use crate::kernel::secret::SecretString;
use crate::kernel::token::TokenHash;
use crate::oidc::claims::{AskedClaims, Claims};
use crate::oidc::error::{ErrorCode, OAuthError};
use crate::oidc::provider::Provider;
use crate::oidc::scope::ScopeValue;

impl Provider {
    /// The claims that an access token opens.
    ///
    /// # Errors
    /// `invalid_token` where the token is unknown or expired, or its grant does not stand any more; `insufficient_scope` where nobody
    /// signed in with it, because the scope `openid` is missing (OpenID Connect Core section 5.3).
    pub async fn userinfo(&self, access_token: &SecretString) -> Result<Claims, OAuthError> {
        let now = self.cx.now();
        let hash = TokenHash::of(access_token.expose());
        let access = store::find(self.cx.db.reader(), &hash, now)
            .await?
            .filter(|access| access.standing.holds())
            .ok_or_else(OAuthError::invalid_token)?;
        if !access.scope.has(ScopeValue::OpenId) {
            return Err(OAuthError::new(
                ErrorCode::InsufficientScope,
                "the access token does not have the scope openid",
            ));
        }
        let user = self.accounts.find(&access.user_id).await?;
        let user = user.ok_or_else(OAuthError::invalid_token)?;
        Ok(Claims::of(&user, &access.sub, access.scope, &AskedClaims::default()))
    }
}
