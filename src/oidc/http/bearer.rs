//! The header `Authorization`, and what is said where it does not hold.

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use crate::oidc::error::{ErrorCode, OAuthError};
use crate::platform::http::{retry_after_seconds, status_of};

/// An error as JSON (RFC 6749 section 5.2).
#[derive(Serialize)]
pub(super) struct ErrorBody<'a> {
    error: &'static str,
    error_description: &'a str,
}

impl<'a> From<&'a OAuthError> for ErrorBody<'a> {
    fn from(error: &'a OAuthError) -> Self {
        Self {
            error: error.code().as_str(),
            error_description: error.description(),
        }
    }
}

/// The one value of `Authorization`.
pub(super) fn authorization(req: &HttpRequest) -> Result<Option<&str>, OAuthError> {
    let mut values = req.headers().get_all(AUTHORIZATION);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(OAuthError::invalid_request(
            "the header Authorization is given more than once",
        ));
    }
    let text = value.to_str();
    text.map(Some)
        .map_err(|_| OAuthError::invalid_request("the header Authorization is not ASCII"))
}

/// Who must show what for the answer to be another.
#[derive(Clone, Copy)]
pub(super) enum Challenge {
    /// A client its secret (RFC 6749 section 5.2).
    Basic,
    /// Whoever asks a token (RFC 6750 section 3).
    Bearer,
}

/// An error with its status. Every 401 says what is missing (RFC 9110 section 15.5.2).
pub(super) fn refuse(realm: &str, challenge: Challenge, error: &OAuthError) -> HttpResponse {
    error.log();
    let status = match error.code() {
        ErrorCode::InvalidClient | ErrorCode::InvalidToken => StatusCode::UNAUTHORIZED,
        ErrorCode::InsufficientScope => StatusCode::FORBIDDEN,
        ErrorCode::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        // 503 or 429, as the cause says
        ErrorCode::TemporarilyUnavailable => error.cause().map_or(StatusCode::SERVICE_UNAVAILABLE, status_of),
        _ => StatusCode::BAD_REQUEST,
    };
    let mut response = HttpResponse::build(status);
    if let Some(seconds) = error.cause().and_then(retry_after_seconds) {
        response.insert_header((RETRY_AFTER, seconds));
    }
    match challenge {
        Challenge::Basic if status == StatusCode::UNAUTHORIZED => {
            response.insert_header((WWW_AUTHENTICATE, format!("Basic realm=\"{realm}\"")));
        }
        Challenge::Bearer if status.is_client_error() => bearer(&mut response, realm, error),
        _ => {}
    }
    response.json(ErrorBody::from(error))
}

/// A request without a token is told what to bring and nothing else (RFC 6750 section 3.1).
pub(super) fn ask_for_token(realm: &str) -> HttpResponse {
    HttpResponse::Unauthorized()
        .insert_header((WWW_AUTHENTICATE, format!("Bearer realm=\"{realm}\"")))
        .finish()
}

fn bearer(response: &mut HttpResponseBuilder, realm: &str, error: &OAuthError) {
    // a description has neither quotes nor backslashes
    let mut value = format!(
        "Bearer realm=\"{realm}\", error=\"{}\", error_description=\"{}\"",
        error.code().as_str(),
        error.description()
    );
    if error.code() == ErrorCode::InsufficientScope {
        value.push_str(", scope=\"openid\"");
    }
    response.insert_header((WWW_AUTHENTICATE, value));
}
