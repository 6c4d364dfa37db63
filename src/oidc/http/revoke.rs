//! The revocation endpoint (RFC 7009 section 2).

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::bearer::{Challenge, authorization, refuse};
use super::cors;
use super::endpoint::Endpoint;
use crate::kernel::error::Result;
use crate::oidc::error::OAuthError;
use crate::oidc::presented_token::PresentedToken;
use crate::platform::http::{ClientIp, Form};

pub(super) async fn revoke(req: HttpRequest, endpoint: Data<Endpoint>, form: Result<Form>) -> HttpResponse {
    let answer = match revoked(&req, &endpoint, form).await {
        Ok(()) => HttpResponse::Ok().finish(),
        Err(error) => refuse(endpoint.provider.issuer(), Challenge::Basic, &error),
    };
    cors::open(answer)
}

async fn revoked(req: &HttpRequest, endpoint: &Endpoint, form: Result<Form>) -> Result<(), OAuthError> {
    let Form(params) = form?;
    let presented = PresentedToken::read(authorization(req)?, params)?;
    let address = ClientIp::of(req).limit_key();
    endpoint.provider.revoke_token(&presented, &address).await
}
