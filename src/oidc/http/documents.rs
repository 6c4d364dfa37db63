//! What anybody may read: metadata (OpenID Connect Discovery section 4, RFC 8414 section 3) and keys.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::web::{Bytes, Data};

use super::cors;
use super::endpoint::Endpoint;

/// Short enough that a rotation at once, after a key leaked, is seen within minutes; a key is published for a day before its use.
const CACHE: &str = "public, max-age=300";

pub(super) async fn metadata(endpoint: Data<Endpoint>) -> HttpResponse {
    document(endpoint.provider.metadata())
}

pub(super) async fn jwks(endpoint: Data<Endpoint>) -> HttpResponse {
    document(endpoint.provider.jwks())
}

/// As `application/json`, keys too: a JWK set is JSON (RFC 7517 section 5), and there are clients that take no other type.
fn document(json: Arc<[u8]>) -> HttpResponse {
    let answer = HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, CACHE))
        .content_type(ContentType::json())
        .body(Bytes::from_owner(json));
    cors::open(answer)
}
