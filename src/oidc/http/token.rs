//! The token endpoint (RFC 6749 section 3.2). Its answers are not stored anywhere: `Cache-Control: no-store` is the server's default.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::bearer::{Challenge, authorization, refuse};
use super::cors;
use super::endpoint::Endpoint;
use crate::kernel::error::Result;
use crate::oidc::error::OAuthError;
use crate::oidc::token::{TokenRequest, TokenResponse};
use crate::platform::http::{ClientIp, Form};

pub(super) async fn exchange(req: HttpRequest, endpoint: Data<Endpoint>, form: Result<Form>) -> HttpResponse {
    let answer = match exchanged(&req, &endpoint, form).await {
        Ok(tokens) => HttpResponse::Ok().json(tokens),
        Err(error) => refuse(endpoint.provider.issuer(), Challenge::Basic, &error),
    };
    cors::open(answer)
}

async fn exchanged(req: &HttpRequest, endpoint: &Endpoint, form: Result<Form>) -> Result<TokenResponse, OAuthError> {
    let Form(params) = form?;
    let request = TokenRequest::read(authorization(req)?, params)?;
    let address = ClientIp::of(req).limit_key();
    endpoint.provider.token(&request, &address).await
}
