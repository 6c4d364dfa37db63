//! Answers: a page, a redirect, an error.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, LOCATION, REFRESH, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use askama::Template;

use super::frame::Frame;
use super::pages::{self, ErrorKind};
use super::state::Portal;
use super::visitor::{Visitor, lang};
use crate::kernel::error::{Error, ErrorKind as Kind};
use crate::oidc::{FormPost, Step};
use crate::platform::http::{Csp, KEEP_OPENER, RequestId, log, retry_after_seconds, status_of};

/// The code of the error for a sign-up where none is open.
pub(super) const SIGN_UP_CLOSED: &str = "sign_up_closed";
/// The code of the error for a person who has proven who they are and may not sign in.
pub(super) const ACCOUNT_BANNED: &str = "account_banned";

/// A page and what goes with it.
pub(super) struct Page<'a> {
    portal: &'a Portal,
    visitor: &'a Visitor,
    status: StatusCode,
    retry_after: Option<u64>,
    in_flow: bool,
}

impl<'a> Page<'a> {
    /// A page for this visitor.
    pub(super) fn new(portal: &'a Portal, visitor: &'a Visitor) -> Self {
        Self {
            portal,
            visitor,
            status: StatusCode::OK,
            retry_after: None,
            in_flow: false,
        }
    }

    /// The form was not accepted (422): browsers show the page, password managers know that it did not work.
    pub(super) fn refused(mut self) -> Self {
        self.status = StatusCode::UNPROCESSABLE_ENTITY;
        self
    }

    /// Too often; the seconds to wait.
    pub(super) fn too_many(mut self, seconds: u64) -> Self {
        self.status = StatusCode::TOO_MANY_REQUESTS;
        self.retry_after = Some(seconds);
        self
    }

    /// Whether an application waits for what comes of this page. It may have opened the page as a popup, so the page keeps its
    /// opener.
    pub(super) fn in_flow(mut self, in_flow: bool) -> Self {
        self.in_flow = in_flow;
        self
    }

    /// The page as a response.
    pub(super) fn render(self, req: &HttpRequest, template: &impl Template) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if self.in_flow {
            response.insert_header(KEEP_OPENER);
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        if self.visitor.is_new {
            response.cookie(self.portal.cookie.set(&self.visitor.secret));
        }
        html(req, response, template)
    }
}

/// 303 to an address of ours or a verified one.
pub fn redirect(to: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((LOCATION, to));
    response
}

/// What follows on a form whose answer may lead away from here: a page that sends the browser on at once, with a link for those that
/// do not follow. A redirect would be held to the form's own `form-action`, wherever it goes on to ([`Csp`]).
pub(super) fn go_on(req: &HttpRequest, step: &Step) -> HttpResponse {
    match step {
        Step::ToClient(to) | Step::ToPage(to) => onward(req, to),
        Step::PostToClient(form) => post_page(req, form),
    }
}

/// Sends the browser on from a form to an address of ours or a verified one.
pub(super) fn onward(req: &HttpRequest, to: &str) -> HttpResponse {
    let frame = bare_frame(req);
    let page = pages::Onward { f: &frame, to };
    let mut response = HttpResponse::Ok();
    response.insert_header((REFRESH, format!("0; url={to}")));
    response.insert_header(KEEP_OPENER);
    html(req, response, &page)
}

/// A page that posts an answer to a client, by script or by a button (OAuth 2.0 Form Post Response Mode).
pub fn post_page(req: &HttpRequest, form: &FormPost) -> HttpResponse {
    let frame = bare_frame(req);
    let page = pages::PostOnward {
        f: &frame,
        action: &form.action,
        fields: &form.fields,
    };
    let mut response = HttpResponse::Ok();
    let policy = Csp::posting(pages::PostOnward::SCRIPT);
    response.insert_header((CONTENT_SECURITY_POLICY, policy));
    response.insert_header(KEEP_OPENER);
    html(req, response, &page)
}

/// An error as a page, with the words for `kind`; `detail` is for developers and is shown as it is.
pub fn error_page(req: &HttpRequest, kind: ErrorKind, status: StatusCode, detail: Option<&str>) -> HttpResponse {
    let frame = bare_frame(req);
    let page = pages::Error {
        f: &frame,
        kind,
        detail,
        back: None,
    };
    html(req, HttpResponse::build(status), &page)
}

/// An error of the house as a page: logged with its cause, shown without it.
pub fn fault(req: &HttpRequest, error: &Error) -> HttpResponse {
    log(error);
    let seconds = retry_after_seconds(error);
    let kind = match error.kind() {
        Kind::NotFound => ErrorKind::NotFound,
        Kind::Forbidden if error.code() == SIGN_UP_CLOSED => ErrorKind::SignUpClosed,
        Kind::Forbidden if error.code() == ACCOUNT_BANNED => ErrorKind::AccountBanned,
        Kind::Forbidden | Kind::Unauthenticated => ErrorKind::Forbidden,
        Kind::TooMany { .. } => ErrorKind::TooMany(seconds.and_then(|s| u32::try_from(s).ok()).unwrap_or(u32::MAX)),
        Kind::Busy { .. } => ErrorKind::Busy,
        Kind::Internal => ErrorKind::Internal,
        Kind::BadInput | Kind::Conflict | Kind::TooLarge => ErrorKind::BadRequest,
    };
    let mut response = error_page(req, kind, status_of(error), None);
    if let Some(value) = seconds.and_then(|seconds| seconds.to_string().parse().ok()) {
        response.headers_mut().insert(RETRY_AFTER, value);
    }
    response
}

/// What no route answers.
pub fn refusal(req: &HttpRequest, error: &Error) -> HttpResponse {
    fault(req, error)
}

/// The frame of a page without a form.
fn bare_frame(req: &HttpRequest) -> Frame {
    let portal = Portal::of(req);
    Frame {
        lang: lang(req),
        brand: portal.map_or_else(String::new, |portal| {
            portal.cx.instance.settings().branding.name.clone()
        }),
        csrf: String::new(),
        request_id: RequestId::of(req).as_str().to_owned(),
        development: portal.is_some_and(|portal| portal.inbox.is_some()),
    }
}

fn html(req: &HttpRequest, mut response: HttpResponseBuilder, template: &impl Template) -> HttpResponse {
    match template.render() {
        Ok(body) => response.content_type("text/html; charset=utf-8").body(body),
        Err(cause) => {
            tracing::error!(%cause, path = req.path(), "a page could not be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}
