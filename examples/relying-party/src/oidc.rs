//! Our side of OpenID Connect: everything that is said to the provider, and every check of what it says back.
//!
//! Nothing here knows about pages or cookies. The caller keeps a [`PendingSignIn`] while the browser is away and a
//! [`SignedIn`] afterwards.

mod authorization;
mod error;
mod provider;
mod tokens;

use openidconnect::LogoutRequest;
use url::Url;

pub use authorization::{AuthorizationRequest, AuthorizationResponse, PendingSignIn};
pub use error::OidcError;
pub use tokens::{Claims, SignedIn};

use crate::config::Config;
use crate::http_client::{HttpClient, HttpError};
use provider::ProviderCache;

/// A client of one provider.
pub struct RelyingParty {
    config: Config,
    http: HttpClient,
    provider: ProviderCache,
}

impl RelyingParty {
    /// Talks to nobody yet: the provider is discovered when it is first needed, so either may start first.
    pub fn new(config: Config) -> Result<Self, HttpError> {
        let http = HttpClient::new(config.issuer_is_loopback())?;
        Ok(Self {
            config,
            http,
            provider: ProviderCache::default(),
        })
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Has the provider end what `signed_in` was given: RFC 7009. The refresh token stands for all of it, and would outlive both
    /// sessions (OpenID Connect Core section 11). Where there is none, or nowhere to revoke it, nothing happens.
    pub async fn revoke(&self, signed_in: &SignedIn) -> Result<(), OidcError> {
        let provider = self.provider().await?;
        let (Some(endpoint), Some(token)) = (&provider.revocation_endpoint, signed_in.refresh_token()) else {
            return Ok(());
        };
        let client = provider.client.clone().set_revocation_url(endpoint.clone());
        client
            .revoke_token(token.clone().into())?
            .request_async(&self.http)
            .await?;
        Ok(())
    }

    /// Where to send the browser so that the provider ends its session too, and then sends the browser back to us: OpenID
    /// Connect RP-Initiated Logout 1.0 section 2. None when the provider does not offer that.
    pub async fn end_session_url(&self, signed_in: &SignedIn) -> Result<Option<Url>, OidcError> {
        let provider = self.provider().await?;
        Ok(provider.end_session_endpoint.clone().map(|endpoint| {
            LogoutRequest::from(endpoint)
                .set_id_token_hint(signed_in.id_token())
                .set_client_id(self.config.client_id.clone())
                .set_post_logout_redirect_uri(self.config.post_logout_redirect_uri.clone())
                .http_get_url()
        }))
    }
}
