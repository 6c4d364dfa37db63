//! The userinfo endpoint (OpenID Connect Core section 5.3), by GET and POST.

use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

use super::bearer::{Challenge, ask_for_token, authorization, refuse};
use super::cors;
use super::endpoint::Endpoint;
use crate::kernel::error::Result;
use crate::kernel::secret::SecretString;
use crate::oidc::claims::Claims;
use crate::oidc::error::OAuthError;
use crate::platform::http::{Form, Params};

const PARAMETER: &str = "access_token";

pub(super) async fn read(req: HttpRequest, endpoint: Data<Endpoint>, form: Result<Form>) -> HttpResponse {
    let realm = endpoint.provider.issuer();
    let answer = match claims(&req, &endpoint, form).await {
        Ok(Some(claims)) => HttpResponse::Ok().json(claims),
        Ok(None) => ask_for_token(realm),
        Err(error) => refuse(realm, Challenge::Bearer, &error),
    };
    cors::open(answer)
}

async fn claims(req: &HttpRequest, endpoint: &Endpoint, form: Result<Form>) -> Result<Option<Claims>, OAuthError> {
    match presented(req, form)? {
        Some(token) => endpoint.provider.userinfo(&token).await.map(Some),
        None => Ok(None),
    }
}

/// The access token, presented in one way (RFC 6750 section 2): in the header, or in the body of a form. An address is written into
/// logs and histories, so a token in the query is refused (RFC 9700 section 4.3.2).
fn presented(req: &HttpRequest, form: Result<Form>) -> Result<Option<SecretString>, OAuthError> {
    if Params::of(req)?.take(PARAMETER).is_some() {
        return Err(OAuthError::invalid_request("an access token is not sent in the query"));
    }
    let in_header = authorization(req)?.and_then(bearer);
    let is_form = req
        .content_type()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded");
    let in_body = match req.method() == Method::POST && is_form {
        true => form?.0.secret(PARAMETER),
        false => None,
    };
    match (in_header, in_body) {
        (Some(_), Some(_)) => Err(OAuthError::invalid_request("the access token is sent in two ways")),
        (in_header, in_body) => Ok(in_header.or(in_body)),
    }
}

/// The token of the scheme `Bearer`, whose name is not case-sensitive (RFC 9110 section 11.1).
fn bearer(authorization: &str) -> Option<SecretString> {
    let (scheme, token) = authorization.split_once(' ')?;
    let token = token.trim();
    let is_bearer = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty();
    is_bearer.then(|| SecretString::new(token.to_owned()))
}
