//! The authorization endpoint (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2).

use actix_web::web::{Data, Payload};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

use super::browser::{Visitor, answer, answer_without_cookies, handle};
use super::endpoint::Endpoint;
use crate::oidc::authorize::RequestParams;
use crate::oidc::browser::Step;
use crate::oidc::error::{OAuthError, PageError};
use crate::platform::http::{ClientIp, read_body};

pub(super) async fn ask(req: HttpRequest, endpoint: Data<Endpoint>) -> HttpResponse {
    let visitor = Visitor::of(&endpoint, &req);
    let outcome = match RequestParams::parse(req.query_string().as_bytes()) {
        Ok(params) => endpoint.provider.authorize(&params, &visitor.browser()).await,
        Err(error) => Err(PageError::Client(error)),
    };
    answer(&req, &endpoint, &visitor, outcome)
}

/// From another site's form, which is why neither an origin nor cookies are asked for.
pub(super) async fn ask_by_post(req: HttpRequest, payload: Payload, endpoint: Data<Endpoint>) -> HttpResponse {
    let outcome = posted(&req, payload, &endpoint).await;
    answer_without_cookies(&req, outcome)
}

async fn posted(req: &HttpRequest, payload: Payload, endpoint: &Endpoint) -> Result<Step, PageError> {
    if !req
        .content_type()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    {
        let why = "the body of the request is not application/x-www-form-urlencoded";
        return Err(PageError::Client(OAuthError::invalid_request(why)));
    }
    let body = read_body(req, payload.into_inner()).await?;
    let params = RequestParams::parse(&body).map_err(PageError::Client)?;
    let limit_key = ClientIp::of(req).limit_key();
    endpoint.provider.authorize_posted(&params, &limit_key).await
}

/// Goes on with a request that waited for a person, or for the browser's cookies.
pub(super) async fn resume(req: HttpRequest, endpoint: Data<Endpoint>) -> HttpResponse {
    let visitor = Visitor::of(&endpoint, &req);
    let outcome = async {
        let handle = handle(&req)?;
        endpoint
            .provider
            .resume_authorization(&handle, &visitor.browser())
            .await
    };
    let outcome = outcome.await;
    answer(&req, &endpoint, &visitor, outcome)
}
