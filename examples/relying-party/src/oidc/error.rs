//! What can go wrong between us and the provider.

use openidconnect::core::{CoreErrorResponseType, CoreRevocationErrorResponse};
use openidconnect::{
    ClaimsVerificationError, ConfigurationError, DiscoveryError, RequestTokenError, StandardErrorResponse,
    UserInfoError,
};

use crate::http_client::HttpError;

/// The error of a token request.
pub type TokenError = RequestTokenError<HttpError, StandardErrorResponse<CoreErrorResponseType>>;

/// The error of a revocation request.
pub type RevocationError = RequestTokenError<HttpError, CoreRevocationErrorResponse>;

/// A step of sign-in, refresh or sign-out that failed; its text says which, its sources say why.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    #[error("the provider's configuration could not be loaded")]
    Discovery(#[source] Box<DiscoveryError<HttpError>>),
    #[error("the provider's configuration lacks an endpoint we need")]
    Configuration(#[from] ConfigurationError),
    #[error("the answer claims to come from another issuer")]
    WrongIssuer,
    /// The error response of RFC 6749 section 4.1.2.1.
    #[error("the provider answered {error}{}", description.as_ref().map(|text| format!(": {text}")).unwrap_or_default())]
    Refused { error: String, description: Option<String> },
    #[error("the answer has neither a code nor an error")]
    NoCode,
    #[error("the provider did not exchange the code or token")]
    Token(#[source] Box<TokenError>),
    /// `invalid_grant` on refresh: revoked, expired or already used.
    #[error("the provider no longer accepts the refresh token")]
    SignInEnded,
    #[error("there is no refresh token")]
    NoRefreshToken,
    #[error("the provider sent no ID token")]
    NoIdToken,
    #[error("the ID token cannot be trusted")]
    IdToken(#[source] ClaimsVerificationError),
    #[error("the claims about the person could not be fetched")]
    UserInfo(#[source] Box<UserInfoError<HttpError>>),
    #[error("the provider did not revoke the tokens")]
    Revocation(#[source] Box<RevocationError>),
}

impl OidcError {
    /// Whether it was the way to the provider that failed, so that trying again may help.
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::Discovery(error) => matches!(**error, DiscoveryError::Request(_)),
            Self::Token(error) => matches!(**error, RequestTokenError::Request(_)),
            Self::UserInfo(error) => matches!(**error, UserInfoError::Request(_)),
            Self::Revocation(error) => matches!(**error, RequestTokenError::Request(_)),
            _ => false,
        }
    }
}

impl From<DiscoveryError<HttpError>> for OidcError {
    fn from(error: DiscoveryError<HttpError>) -> Self {
        Self::Discovery(Box::new(error))
    }
}

impl From<TokenError> for OidcError {
    fn from(error: TokenError) -> Self {
        Self::Token(Box::new(error))
    }
}

impl From<UserInfoError<HttpError>> for OidcError {
    fn from(error: UserInfoError<HttpError>) -> Self {
        Self::UserInfo(Box::new(error))
    }
}

impl From<RevocationError> for OidcError {
    fn from(error: RevocationError) -> Self {
        Self::Revocation(Box::new(error))
    }
}
