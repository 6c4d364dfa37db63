//! The end session endpoint (OpenID Connect RP-Initiated Logout section 2).

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::browser::{Visitor, answer, answer_without_cookies, handle};
use super::endpoint::Endpoint;
use crate::kernel::error::Result;
use crate::oidc::error::PageError;
use crate::oidc::logout::{LoggedOut, LogoutRequest};
use crate::platform::http::{ClientIp, DeviceSecret, Form, Params};

pub(super) async fn ask(req: HttpRequest, endpoint: Data<Endpoint>) -> HttpResponse {
    let visitor = Visitor::of(&endpoint, &req);
    let outcome = async {
        let request = LogoutRequest::read(Params::of(&req)?);
        endpoint.provider.logout(request, &visitor.browser()).await
    };
    logged_out(&req, &endpoint, &visitor, outcome.await)
}

/// From another site's form, which is why neither an origin nor cookies are asked for.
pub(super) async fn ask_by_post(req: HttpRequest, endpoint: Data<Endpoint>, form: Result<Form>) -> HttpResponse {
    let outcome = async {
        let Form(params) = form?;
        let limit_key = ClientIp::of(&req).limit_key();
        endpoint
            .provider
            .logout_posted(LogoutRequest::read(params), &limit_key)
            .await
    };
    let outcome = outcome.await;
    answer_without_cookies(&req, outcome)
}

/// Goes on with a request that waited for the browser's cookies.
pub(super) async fn resume(req: HttpRequest, endpoint: Data<Endpoint>) -> HttpResponse {
    let visitor = Visitor::of(&endpoint, &req);
    let outcome = async {
        let handle = handle(&req)?;
        endpoint.provider.resume_logout(&handle, &visitor.browser()).await
    };
    logged_out(&req, &endpoint, &visitor, outcome.await)
}

/// Sends a browser on, with its new secret where a session ended.
fn logged_out(
    req: &HttpRequest,
    endpoint: &Endpoint,
    visitor: &Visitor<'_>,
    outcome: Result<LoggedOut, PageError>,
) -> HttpResponse {
    let (step, secret) = match outcome {
        Ok(LoggedOut { step, device_secret }) => (Ok(step), device_secret),
        Err(error) => (Err(error), None),
    };
    let mut response = answer(req, endpoint, visitor, step);
    if let Some(secret) = secret.and_then(|secret| DeviceSecret::presented(secret.expose())) {
        endpoint.cookie.give(&mut response, &secret);
    }
    response
}
