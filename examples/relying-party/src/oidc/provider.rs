//! What the provider says about itself: its discovery document and its keys, kept for a while.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse, CoreSubjectIdentifierType,
    CoreTokenIntrospectionResponse,
};
use openidconnect::{
    AdditionalProviderMetadata, EndSessionUrl, EndpointMaybeSet, EndpointNotSet, EndpointSet, ProviderMetadata,
    RevocationUrl, StandardErrorResponse,
};
use serde::{Deserialize, Serialize};

use super::RelyingParty;
use super::error::OidcError;
use super::tokens::{OtherClaims, TokenResponse};

/// How long a discovery document and its keys are believed without asking again.
const MAX_AGE: Duration = Duration::from_secs(60 * 60);

/// The scope that asks for a refresh token which outlives the provider's session: OpenID Connect Core section 11.
pub const OFFLINE_ACCESS: &str = "offline_access";

/// Members of the discovery document that OpenID Connect Discovery itself does not know.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct ExtraMetadata {
    /// OpenID Connect RP-Initiated Logout 1.0 section 2.1.
    end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 8414 section 2.
    revocation_endpoint: Option<RevocationUrl>,
    /// RFC 9207 section 3.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for ExtraMetadata {}

type Metadata = ProviderMetadata<
    ExtraMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// `CoreClient`, except that it keeps claims it does not know ([`OtherClaims`]).
type Client = openidconnect::Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    TokenResponse,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The provider as discovered, ready to be talked to.
pub struct Provider {
    pub client: Client,
    pub end_session_endpoint: Option<EndSessionUrl>,
    /// Only one that is reached by TLS, which RFC 7009 section 2 demands and the library insists on.
    pub revocation_endpoint: Option<RevocationUrl>,
    /// Whether every authorization response carries `iss`, so that its absence is an attack.
    pub sends_issuer: bool,
    /// Whether asking for `offline_access` makes sense.
    pub offers_offline_access: bool,
    discovered: Instant,
}

/// The last provider discovered.
#[derive(Default)]
pub struct ProviderCache(Mutex<Option<Arc<Provider>>>);

impl ProviderCache {
    fn fresh(&self) -> Option<Arc<Provider>> {
        let cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cached
            .as_ref()
            .filter(|provider| provider.discovered.elapsed() < MAX_AGE)
            .cloned()
    }

    fn replace(&self, provider: Arc<Provider>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(provider);
    }
}

impl RelyingParty {
    /// The provider as we know it, discovered now if that has not happened yet. Failures are not remembered.
    pub(super) async fn provider(&self) -> Result<Arc<Provider>, OidcError> {
        match self.provider.fresh() {
            Some(provider) => Ok(provider),
            None => self.discover().await,
        }
    }

    /// Asks the provider about itself even if we think we know: it may have begun to sign with a new key (OpenID Connect
    /// Core section 10.1.1).
    pub(super) async fn discover(&self) -> Result<Arc<Provider>, OidcError> {
        let metadata = Metadata::discover_async(self.config.issuer.clone(), &self.http).await?;
        let extra = metadata.additional_metadata();
        let provider = Arc::new(Provider {
            end_session_endpoint: extra.end_session_endpoint.clone(),
            revocation_endpoint: extra
                .revocation_endpoint
                .clone()
                .filter(|endpoint| endpoint.url().scheme() == "https"),
            sends_issuer: extra.authorization_response_iss_parameter_supported,
            offers_offline_access: metadata
                .scopes_supported()
                .is_some_and(|scopes| scopes.iter().any(|scope| scope.as_str() == OFFLINE_ACCESS)),
            client: Client::from_provider_metadata(
                metadata,
                self.config.client_id.clone(),
                self.config.client_secret.clone(),
            )
            .set_redirect_uri(self.config.redirect_uri.clone()),
            discovered: Instant::now(),
        });
        self.provider.replace(Arc::clone(&provider));
        Ok(provider)
    }
}
