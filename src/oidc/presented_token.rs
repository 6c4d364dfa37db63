//! A token that a client shows, to ask what it is worth (RFC 7662) or to give it back (RFC 7009).

use super::client_auth::ClientCredentials;
use super::error::OAuthError;
use crate::kernel::secret::SecretString;
use crate::platform::http::Params;

/// Who shows it, and what.
#[derive(Debug)]
pub(super) struct PresentedToken {
    pub(super) client: ClientCredentials,
    pub(super) token: SecretString,
}

impl PresentedToken {
    /// Reads the header `Authorization` and the body. `token_type_hint` is not needed, for every token says what it is (RFC 7662
    /// section 2.1 and RFC 7009 section 2.1 leave it to us).
    ///
    /// # Errors
    /// `invalid_request` or `invalid_client` as RFC 6749 section 5.2 says.
    pub(super) fn read(authorization: Option<&str>, mut params: Params) -> Result<Self, OAuthError> {
        let client = ClientCredentials::read(authorization, &mut params)?;
        let token = params
            .secret("token")
            .ok_or_else(|| OAuthError::invalid_request("token is missing"))?;
        Ok(Self { client, token })
    }
}
