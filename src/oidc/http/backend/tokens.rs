//! What a token is worth, and making it worthless.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::json;

use super::path::id;
use crate::access::Caller;
use crate::kernel::error::Error;
use crate::kernel::id::ApplicationId;
use crate::oidc::access_token::Access;
use crate::oidc::provider::Provider;
use crate::platform::http::{ApiError, JsonFields};

/// An access token that is worth something. Times are in milliseconds.
#[derive(Serialize)]
struct AccessTokenObject<'a> {
    object: &'static str,
    id: String,
    client_id: &'a str,
    /// The person, or the application where it acts on its own.
    subject: &'a str,
    scopes: Vec<&'a str>,
    revoked: bool,
    revocation_reason: Option<&'static str>,
    expired: bool,
    expiration: i64,
    created_at: i64,
    updated_at: i64,
}

impl<'a> From<&'a Access> for AccessTokenObject<'a> {
    fn from(access: &'a Access) -> Self {
        let issued_at = access.issued_at.millis();
        Self {
            object: "clerk_idp_oauth_access_token",
            // the 32 digits that clients expect
            id: format!("oat_{:0>32}", access.id.hex()),
            client_id: &access.application.client_id,
            subject: access.sub(),
            scopes: access.scope.split(' ').filter(|value| !value.is_empty()).collect(),
            revoked: false,
            revocation_reason: None,
            expired: false,
            expiration: access.expires_at.millis(),
            created_at: issued_at,
            updated_at: issued_at,
        }
    }
}

/// Tells of an access token what it is worth. One that is worth nothing, for whatever reason, is not found; of a JWT, whose text says
/// openly whose it is, it is said that it is not active.
pub(super) async fn verify(provider: Data<Provider>, mut body: JsonFields) -> Result<HttpResponse, ApiError> {
    let (token, older_name) = (body.secret("access_token")?, body.secret("secret")?);
    body.finish()?;
    let token = match (token, older_name) {
        (Some(_), Some(_)) => {
            let public = "give access_token or secret, not both";
            return Err(ApiError::param("form_param_value_invalid", "secret", public));
        }
        (one, other) => one.or(other).ok_or_else(|| ApiError::missing("access_token"))?,
    };
    match provider.open_access_token(token.expose()).await? {
        Some(access) => Ok(HttpResponse::Ok().json(AccessTokenObject::from(&access))),
        None if is_jwt(token.expose()) => Ok(HttpResponse::Ok().json(json!({ "active": false }))),
        None => Err(Error::not_found().into()),
    }
}

/// Whether a text has the three parts of a signed JWT (RFC 7515 section 3.1).
fn is_jwt(text: &str) -> bool {
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    text.split('.').count() == 3 && text.split('.').all(is_part)
}

/// Ends the grant that a token of the application belongs to, with all its tokens.
pub(super) async fn revoke(
    req: HttpRequest,
    caller: Caller,
    provider: Data<Provider>,
    mut body: JsonFields,
) -> Result<HttpResponse, ApiError> {
    let application: ApplicationId = id(&req)?;
    let token = body.secret("token")?;
    body.finish()?;
    let token = token.ok_or_else(|| ApiError::missing("token"))?;
    provider.revoke_token_of(&application, &token, caller.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jwt_is_known_by_its_parts() {
        assert!(is_jwt("eyJh.e30.c2ln"));
        for other in ["", "a.b", "a..c", "a.b.c.d", "oat_abc", "a.b.c="] {
            assert!(!is_jwt(other), "{other}");
        }
    }
}
