//! Errors of the protocol: a code of the standards and a text that are sent, and a cause that is not.

use std::borrow::Cow;
use std::fmt;

use crate::kernel::error::{Error, ErrorKind};
use crate::platform::http;

/// The error codes we answer with, by the document that defines them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section 3.1.
    InvalidRequest,
    /// RFC 6749 section 5.2.
    InvalidClient,
    /// RFC 6749 section 5.2.
    InvalidGrant,
    /// RFC 6749 sections 4.1.2.1 and 5.2.
    UnauthorizedClient,
    /// RFC 6749 section 5.2.
    UnsupportedGrantType,
    /// RFC 7009 section 2.2.1.
    UnsupportedTokenType,
    /// RFC 6749 section 4.1.2.1.
    UnsupportedResponseType,
    /// RFC 6749 sections 4.1.2.1 and 5.2.
    InvalidScope,
    /// RFC 6749 section 4.1.2.1.
    AccessDenied,
    /// RFC 6749 section 4.1.2.1.
    ServerError,
    /// RFC 6749 section 4.1.2.1.
    TemporarilyUnavailable,
    /// OpenID Connect Core section 3.1.2.6.
    LoginRequired,
    /// OpenID Connect Core section 3.1.2.6.
    ConsentRequired,
    /// OpenID Connect Core section 3.1.2.6.
    AccountSelectionRequired,
    /// OpenID Connect Core section 3.1.2.6.
    RequestNotSupported,
    /// OpenID Connect Core section 3.1.2.6.
    RequestUriNotSupported,
    /// OpenID Connect Core section 3.1.2.6.
    RegistrationNotSupported,
    /// OpenID Connect Core Error Code unmet_authentication_requirements 1.0.
    UnmetAuthenticationRequirements,
    /// RFC 6750 section 3.1.
    InvalidToken,
    /// RFC 6750 section 3.1.
    InsufficientScope,
}

impl ErrorCode {
    /// The value of `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
        }
    }
}

/// An error that a relying party is told, by redirect, as JSON or in `WWW-Authenticate`.
#[derive(Debug)]
pub struct OAuthError {
    code: ErrorCode,
    description: Cow<'static, str>,
    cause: Option<Error>,
}

impl OAuthError {
    /// An error with a description for the developer of the client.
    pub fn new(code: ErrorCode, description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            description: sendable(description.into()),
            cause: None,
        }
    }

    /// The request is malformed.
    pub fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }

    /// The client is unknown or did not prove to be itself.
    pub fn invalid_client(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidClient, description)
    }

    /// The code or refresh token is not valid.
    pub fn invalid_grant(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidGrant, description)
    }

    /// The access token is not valid.
    pub fn invalid_token() -> Self {
        Self::new(
            ErrorCode::InvalidToken,
            "the access token is unknown, expired or revoked",
        )
    }

    /// The code.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The value of `error_description`.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// What only the log may say.
    pub fn cause(&self) -> Option<&Error> {
        self.cause.as_ref()
    }

    /// Writes the refusal to the log, with its cause where there is one.
    pub(super) fn log(&self) {
        match &self.cause {
            Some(cause) => http::log(cause),
            None => tracing::info!(error = self.code.as_str(), "{}", self.description),
        }
    }
}

impl From<Error> for OAuthError {
    fn from(cause: Error) -> Self {
        let mut error = match cause.kind() {
            // a redirect and a token response have no other way to say 503 (RFC 6749 section 4.1.2.1)
            ErrorKind::Busy { .. } => Self::new(
                ErrorCode::TemporarilyUnavailable,
                "the server is busy, try again shortly",
            ),
            ErrorKind::TooMany { .. } => Self::new(
                ErrorCode::TemporarilyUnavailable,
                "too many attempts, wait before the next one",
            ),
            ErrorKind::Internal => Self::new(ErrorCode::ServerError, "something went wrong on our side"),
            _ => Self::invalid_request(cause.public().to_owned()),
        };
        error.cause = Some(cause);
        error
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.description)
    }
}

/// Leaves only characters that `error_description` may have: %x20-21 / %x23-5B / %x5D-7E (RFC 6749 section 4.1.2.1).
fn sendable(text: Cow<'static, str>) -> Cow<'static, str> {
    let allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
    if text.chars().all(allowed) {
        return text;
    }
    text.chars().map(|c| if allowed(c) { c } else { '?' }).collect()
}

/// Why a request is answered with a page of our own and never by a redirect.
#[derive(Debug)]
pub enum PageError {
    /// The client or its redirect URI is not known (RFC 6749 section 4.1.2.1, RFC 9700 section 4.11).
    Client(OAuthError),
    /// The logout request does not hold (OpenID Connect RP-Initiated Logout section 4).
    Logout(OAuthError),
    /// What waited is over: it was used, has run out or belongs to another browser.
    Gone,
    /// Anything else.
    Failed(Error),
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<PageError> for Error {
    fn from(error: PageError) -> Self {
        match error {
            PageError::Client(error) | PageError::Logout(error) => {
                Self::bad_input(error.code().as_str(), error.description().to_owned())
            }
            PageError::Gone => Self::new(
                ErrorKind::NotFound,
                "continuation_gone",
                "this step is over: go back to the application and begin again",
            ),
            PageError::Failed(error) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_description_has_only_characters_of_the_standard(text in ".*") {
            let error = OAuthError::invalid_request(text);
            let allowed = |b: u8| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e);
            prop_assert!(error.description().bytes().all(allowed));
        }
    }

    #[test]
    fn the_private_cause_is_not_told() {
        let error = OAuthError::from(Error::internal("disk /dev/sda1 is full"));
        assert_eq!(error.code(), ErrorCode::ServerError);
        assert!(!error.to_string().contains("sda1"));
        assert!(error.cause().is_some());
        let busy = OAuthError::from(Error::busy(Duration::from_secs(1), "queue"));
        assert_eq!(busy.code(), ErrorCode::TemporarilyUnavailable);
    }
}
