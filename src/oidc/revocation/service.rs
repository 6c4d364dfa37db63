//! Taking tokens back.

use crate::kernel::event::Actor;
use crate::keys::Purpose;
use crate::oidc::error::{ErrorCode, OAuthError};
use crate::oidc::grant::{self, Revocation};
use crate::oidc::presented_token::PresentedToken;
use crate::oidc::provider::Provider;

impl Provider {
    /// Makes a token of the application that asks worthless: a refresh token with its grant and all of it, an access token alone.
    /// What is unknown, worthless or another's is left as it is, and nobody is told (RFC 7009 section 2.2). Limits count who asks as
    /// `address`.
    ///
    /// # Errors
    /// `invalid_client` for who does not prove who it is; `unsupported_token_type` for an ID token, which nobody can take back.
    pub(in crate::oidc) async fn revoke_token(
        &self,
        presented: &PresentedToken,
        address: &str,
    ) -> Result<(), OAuthError> {
        let application = self.authenticate(&presented.client, address).await?;
        let token = presented.token.expose();
        if let Some((_, refresh_token)) = self.open_refresh_token(token) {
            let found = grant::store::find(self.cx.db.reader(), &refresh_token.grant, self.cx.now()).await?;
            if let Some((stored, _)) = found.filter(|(stored, _)| stored.grant.application_id == application.id) {
                self.end_grant(&stored.grant, Revocation::ByApplication, Actor::System)
                    .await?;
            }
            return Ok(());
        }
        if let Some(access) = self.open_access_token(token).await? {
            if access.application.id == application.id {
                self.revoke_access_token(&access).await?;
            }
            return Ok(());
        }
        if self.keys.verify(Purpose::IdToken, token).is_some() {
            return Err(OAuthError::new(
                ErrorCode::UnsupportedTokenType,
                "an ID token says who signed in and opens nothing, so it can't be revoked",
            ));
        }
        Ok(())
    }
}
