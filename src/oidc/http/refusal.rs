//! What is said where no route answers.

use actix_web::{HttpRequest, HttpResponse};

use super::bearer::ErrorBody;
use super::cors;
use crate::kernel::error::Error;
use crate::oidc::error::OAuthError;
use crate::oidc::paths::{
    INTROSPECT, JWKS, OAUTH_AUTHORIZATION_SERVER, OPENID_CONFIGURATION, REVOKE, TOKEN, TOKEN_INFO, TOKEN_REVOKE,
    USERINFO,
};
use crate::platform::http::{ApiError, status_of};
use crate::portal;

/// What programs call.
const FOR_PROGRAMS: [&str; 9] = [
    OPENID_CONFIGURATION,
    OAUTH_AUTHORIZATION_SERVER,
    JWKS,
    TOKEN,
    USERINFO,
    INTROSPECT,
    TOKEN_INFO,
    REVOKE,
    TOKEN_REVOKE,
];

/// What servers of the operator's call.
const BACKEND_API: &str = "/api/";

/// Words an unknown address or method: as JSON where programs call, as a page for everybody else.
pub fn refusal(req: &HttpRequest, error: &Error) -> HttpResponse {
    if req.path().starts_with(BACKEND_API) {
        let (status, public) = (status_of(error), error.public().to_owned());
        return ApiError::unreadable(status, error.code(), public).answer(req);
    }
    if !FOR_PROGRAMS.contains(&req.path()) {
        return portal::refusal(req, error);
    }
    let told = OAuthError::invalid_request(error.public().to_owned());
    cors::open(HttpResponse::build(status_of(error)).json(ErrorBody::from(&told)))
}
