//! The browser behind a request, and sending it on.

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse};

use super::endpoint::Endpoint;
use crate::oidc::browser::{Browser, Step};
use crate::oidc::error::PageError;
use crate::platform::http::{ClientIp, DeviceSecret, KEEP_OPENER, Params};
use crate::portal::{self, ErrorKind};

/// A browser by its device cookie, or by the one it is about to get.
pub(super) struct Visitor<'a> {
    secret: DeviceSecret,
    is_known: bool,
    user_agent: Option<&'a str>,
    limit_key: String,
}

impl<'a> Visitor<'a> {
    pub(super) fn of(endpoint: &Endpoint, req: &'a HttpRequest) -> Self {
        let presented = endpoint.cookie.read(req);
        Self {
            is_known: presented.is_some(),
            secret: presented.unwrap_or_else(|| DeviceSecret::draw(&endpoint.provider.cx.rng)),
            user_agent: req.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()),
            limit_key: ClientIp::of(req).limit_key(),
        }
    }

    pub(super) fn browser(&self) -> Browser<'_> {
        Browser {
            secret: self.secret.hash(),
            is_known: self.is_known,
            user_agent: self.user_agent,
            limit_key: &self.limit_key,
        }
    }
}

/// Sends a browser on; one that has no cookie gets it where the next page needs it.
pub(super) fn answer(
    req: &HttpRequest,
    endpoint: &Endpoint,
    visitor: &Visitor<'_>,
    outcome: Result<Step, PageError>,
) -> HttpResponse {
    match outcome {
        Ok(Step::ToPage(path)) if !visitor.is_known => {
            let mut response = see_other(&path);
            endpoint.cookie.give(&mut response, &visitor.secret);
            response
        }
        outcome => answer_without_cookies(req, outcome),
    }
}

/// Sends on a browser that came without cookies because another site made it come. It has none to get either, or the one it has would
/// be overwritten.
pub(super) fn answer_without_cookies(req: &HttpRequest, outcome: Result<Step, PageError>) -> HttpResponse {
    match outcome {
        Ok(Step::ToClient(to) | Step::ToPage(to)) => see_other(&to),
        Ok(Step::PostToClient(form)) => portal::post_page(req, &form),
        Err(error) => page(req, &error),
    }
}

/// 303 in any case: a POST must not be repeated at the target (RFC 9700 section 4.12). An application that opened the flow in a popup
/// keeps its hold of that window.
fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, to))
        .insert_header(KEEP_OPENER)
        .finish()
}

/// A page of our own.
fn page(req: &HttpRequest, error: &PageError) -> HttpResponse {
    let show = |kind, detail| portal::error_page(req, kind, StatusCode::BAD_REQUEST, Some(detail));
    match error {
        PageError::Client(error) => {
            error.log();
            show(ErrorKind::InvalidClient, error.description())
        }
        PageError::Logout(error) => {
            error.log();
            show(ErrorKind::LogoutHint, error.description())
        }
        PageError::Gone => show(
            ErrorKind::BadRequest,
            "the request was answered before, has run out, or began in another browser",
        ),
        PageError::Failed(error) => portal::fault(req, error),
    }
}

/// What waits, by the handle in the query.
pub(super) fn handle(req: &HttpRequest) -> Result<String, PageError> {
    Params::of(req)?.take("continue").ok_or(PageError::Gone)
}
