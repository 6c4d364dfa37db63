//! What an error means in HTTP, and what the log says about it.

use std::error::Error as StdError;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType};
use actix_web::{HttpResponse, ResponseError};

use crate::kernel::error::{Error, ErrorKind};

/// The status an error is answered with, unless a protocol names another one for it.
pub fn status_of(error: &Error) -> StatusCode {
    match error.kind() {
        ErrorKind::BadInput => StatusCode::BAD_REQUEST,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The value of `Retry-After` in whole seconds, rounded up (RFC 9110 section 10.2.3), where the error has one.
pub fn retry_after_seconds(error: &Error) -> Option<u64> {
    error
        .retry_after()
        .map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

/// Writes an error to the log, with its private cause. Ours are errors; what a caller did is told only where somebody may want to
/// know (limits, refusals) or asks for detail.
pub fn log(error: &Error) {
    let code = error.code();
    let public = error.public();
    let cause = causes(error);
    match error.kind() {
        ErrorKind::Internal | ErrorKind::Busy { .. } => tracing::error!(code, cause, "{public}"),
        ErrorKind::TooMany { .. } | ErrorKind::Forbidden => tracing::info!(code, cause, "{public}"),
        _ => tracing::debug!(code, cause, "{public}"),
    }
}

/// The private causes, outermost first; none for most errors.
fn causes(error: &Error) -> Option<String> {
    let mut next = error.source();
    let mut texts = Vec::new();
    while let Some(cause) = next {
        texts.push(cause.to_string());
        next = cause.source();
    }
    (!texts.is_empty()).then(|| texts.join(": "))
}

/// The answer of last resort, as plain text, for a surface that has no format of its own. It logs the error.
impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        status_of(self)
    }

    fn error_response(&self) -> HttpResponse {
        log(self);
        let mut response = HttpResponse::build(status_of(self));
        if let Some(seconds) = retry_after_seconds(self) {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        response
            .content_type(ContentType::plaintext())
            .body(format!("{}\n", self.public()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::body::to_bytes;

    use super::*;

    #[test]
    fn a_wait_is_rounded_up() {
        assert_eq!(
            retry_after_seconds(&Error::too_many(Duration::from_millis(1500))),
            Some(2)
        );
        assert_eq!(retry_after_seconds(&Error::too_many(Duration::from_secs(2))), Some(2));
        assert_eq!(retry_after_seconds(&Error::not_found()), None);
    }

    #[actix_web::test]
    async fn the_answer_shows_the_public_text_alone() {
        let cause = Error::internal("disk /dev/sda1 is full").because("no space on /dev/sda1");
        let response = cause.error_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = to_bytes(response.into_body()).await.expect("a body");
        assert!(!String::from_utf8_lossy(&body).contains("sda1"));

        let response = Error::busy(Duration::from_secs(3), "the queue is full").error_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers().get("retry-after").expect("a header"), "3");
    }

    #[test]
    fn the_log_gets_every_cause() {
        let inner = Error::internal("the innermost");
        let outer = Error::internal(inner);
        let causes = causes(&outer).expect("causes");
        assert!(causes.ends_with("the innermost"), "{causes}");
    }
}
