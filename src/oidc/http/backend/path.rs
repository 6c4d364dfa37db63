//! What an address names.

use std::str::FromStr;

use actix_web::HttpRequest;

use crate::kernel::error::Error;
use crate::platform::http::ApiError;

/// The id in the address; what is no id names nothing.
pub(super) fn id<T: FromStr>(req: &HttpRequest) -> Result<T, ApiError> {
    let id = req.match_info().get("id").and_then(|text| text.parse().ok());
    id.ok_or_else(|| Error::not_found().into())
}
