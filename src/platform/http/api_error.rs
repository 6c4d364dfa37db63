//! Errors of the Backend API: `{errors: [{code, message, long_message, meta}], clerk_trace_id}`.

use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;

use super::request_id::RequestId;
use super::status::{log, retry_after_seconds, status_of};
use crate::kernel::error::{Error, ErrorKind};

/// An error on its way to a caller of the Backend API.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    /// The parameter that is wrong, where it is one.
    param: Option<Cow<'static, str>>,
    error: Error,
}

impl ApiError {
    /// What was sent can't be read.
    pub fn unreadable(status: StatusCode, code: &'static str, public: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            code,
            param: None,
            error: Error::bad_input(code, public),
        }
    }

    /// A parameter is read and breaks a rule (422).
    pub fn param(
        code: &'static str,
        param: impl Into<Cow<'static, str>>,
        public: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            param: Some(param.into()),
            ..Self::unreadable(StatusCode::UNPROCESSABLE_ENTITY, code, public)
        }
    }

    /// A parameter that must be given is missing (422).
    pub fn missing(param: &'static str) -> Self {
        Self::param("form_param_missing", param, format!("{param} must be given"))
    }

    /// What was sent can be read, and a command refuses it: a broken rule is answered with 422, all else as usual.
    pub fn refused(error: Error) -> Self {
        if error.kind() != ErrorKind::BadInput {
            return error.into();
        }
        let field = error.field();
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            code: field.map_or(error.code(), |_| "form_param_value_invalid"),
            param: field.map(Cow::Borrowed),
            error,
        }
    }

    /// The error as the answer to `req`, whose id is the trace id. It logs the error.
    pub fn answer(&self, req: &HttpRequest) -> HttpResponse {
        log(&self.error);
        let text = self.error.public();
        // the name that clients know
        let code = match self.code {
            "not_found" => "resource_not_found",
            code => code,
        };
        let body = Body {
            errors: [Item {
                code,
                message: text,
                long_message: text,
                meta: Meta {
                    param_name: self.param.as_deref(),
                },
            }],
            clerk_trace_id: RequestId::of(req).as_str().to_owned(),
        };
        let mut response = HttpResponse::build(self.status);
        if let Some(seconds) = retry_after_seconds(&self.error) {
            response.insert_header((RETRY_AFTER, seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 9110 section 11.6.1
            response.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"Backend API\""));
        }
        response.json(body)
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self {
            status: status_of(&error),
            code: error.code(),
            param: None,
            error,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

/// Lets handlers and extractors return it; what answers is [`ApiError::answer`], which knows the request.
impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }
}

#[derive(Serialize)]
struct Body<'a> {
    errors: [Item<'a>; 1],
    clerk_trace_id: String,
}

#[derive(Serialize)]
struct Item<'a> {
    code: &'a str,
    message: &'a str,
    long_message: &'a str,
    meta: Meta<'a>,
}

#[derive(Serialize)]
struct Meta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    param_name: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::body::to_bytes;
    use actix_web::test::TestRequest;
    use serde_json::{Value, json};

    use super::*;

    async fn worded(error: ApiError) -> (HttpResponse, Value) {
        let response = error.answer(&TestRequest::default().to_http_request());
        let (head, body) = response.into_parts();
        let body = to_bytes(body).await.expect("a body");
        (head.map_into_boxed_body(), serde_json::from_slice(&body).expect("JSON"))
    }

    #[actix_web::test]
    async fn an_error_says_what_is_wrong_where_and_in_which_request() {
        let error = ApiError::param("form_param_unknown", "colour", "colour is not known here");
        let (response, body) = worded(error).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            body,
            json!({
                "errors": [{
                    "code": "form_param_unknown",
                    "message": "colour is not known here",
                    "long_message": "colour is not known here",
                    "meta": { "param_name": "colour" },
                }],
                "clerk_trace_id": "----------------",
            })
        );
    }

    #[actix_web::test]
    async fn headers_say_when_to_come_back_and_what_to_bring() {
        let (limited, _) = worded(Error::too_many(Duration::from_secs(9)).into()).await;
        assert_eq!(limited.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(limited.headers().get(RETRY_AFTER).expect("a header"), "9");
        let stranger = Error::new(ErrorKind::Unauthenticated, "secret_key_invalid", "none of ours");
        let (unknown, body) = worded(stranger.into()).await;
        assert!(unknown.headers().contains_key(WWW_AUTHENTICATE));
        assert_eq!(body["errors"][0]["meta"], json!({}));
    }

    #[actix_web::test]
    async fn a_cause_of_ours_is_not_told_and_a_broken_rule_is_unprocessable() {
        let error = Error::bad_input("invalid_application", "no name").of_field("name");
        let (_, body) = worded(ApiError::refused(error)).await;
        assert_eq!(body["errors"][0]["meta"], json!({ "param_name": "name" }));
        let (response, body) = worded(ApiError::refused(Error::internal("disk /dev/sda1 is full"))).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!body.to_string().contains("sda1"));
        let (response, _) = worded(ApiError::refused(Error::bad_input("invalid_application", "no name"))).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let (response, body) = worded(Error::not_found().into()).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(body["errors"][0]["code"], "resource_not_found");
    }
}
