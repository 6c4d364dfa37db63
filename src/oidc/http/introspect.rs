//! The introspection endpoint (RFC 7662 section 2). Servers call it, so scripts of other origins are not let in.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::bearer::{Challenge, authorization, refuse};
use super::endpoint::Endpoint;
use crate::kernel::error::Result;
use crate::oidc::error::OAuthError;
use crate::oidc::introspection::Introspection;
use crate::oidc::presented_token::PresentedToken;
use crate::platform::http::{ClientIp, Form};

pub(super) async fn tell(req: HttpRequest, endpoint: Data<Endpoint>, form: Result<Form>) -> HttpResponse {
    match told(&req, &endpoint, form).await {
        Ok(introspection) => HttpResponse::Ok().json(introspection),
        Err(error) => refuse(endpoint.provider.issuer(), Challenge::Basic, &error),
    }
}

async fn told(req: &HttpRequest, endpoint: &Endpoint, form: Result<Form>) -> Result<Introspection, OAuthError> {
    let Form(params) = form?;
    let presented = PresentedToken::read(authorization(req)?, params)?;
    let address = ClientIp::of(req).limit_key();
    endpoint.provider.introspect(&presented, &address).await
}
