//! Writing and reading refresh tokens.

use super::model::RefreshToken;
use crate::kernel::error::Result;
use crate::oidc::provider::Provider;
use crate::oidc::sealed_token::TokenId;

impl Provider {
    /// The token as it is handed over. Each is another, also where they say the same.
    ///
    /// # Errors
    /// `Internal` when sealing fails.
    pub(in crate::oidc) fn seal_refresh_token(&self, token: &RefreshToken) -> Result<String> {
        let (_, text) = self.refresh_tokens.seal(token, &self.cx.rng)?;
        Ok(text)
    }

    /// What a presented text says, and its id, if it is a refresh token of ours; its time may be over.
    pub(in crate::oidc) fn open_refresh_token(&self, presented: &str) -> Option<(TokenId, RefreshToken)> {
        self.refresh_tokens.open(presented)
    }
}
