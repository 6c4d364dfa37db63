//! Stylesheet, script and pictures.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web::Path};

use crate::kernel::error::Error;
use crate::platform::assets;
use crate::portal::answer::{fault, redirect};

/// The address changes with the content, so a copy never goes stale.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

pub(in crate::portal) async fn show(req: HttpRequest, asset: Path<String>) -> HttpResponse {
    match assets::find(&asset) {
        Some(asset) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, FOR_EVER))
            .insert_header((CONTENT_TYPE, asset.content_type))
            .body(asset.bytes.as_ref()),
        None => fault(&req, &Error::not_found()),
    }
}

/// What browsers ask for on their own, on pages that name no icon.
pub(in crate::portal) async fn favicon() -> HttpResponse {
    redirect(assets::url("favicon.svg")).finish()
}
