//! What holds for every request and every response.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName};
use actix_web::middleware::{DefaultHeaders, Next};
use actix_web::{Error, HttpResponse, ResponseError, web};

use crate::failure::Failure;
use crate::routes::Site;

/// Everything a page needs comes from us, and no page may be framed.
///
/// `form-action` is missing on purpose: browsers disagree whether it covers the redirects that follow a form, and the forms
/// of sign-in and sign-out lead to the provider and wherever it goes on to.
const CONTENT_SECURITY_POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The headers of every response that does not say otherwise.
pub fn headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // The address of the callback holds the code, so it is nobody else's business. `no-referrer` would also take the
        // `Origin` away from our own forms.
        .add((header::REFERRER_POLICY, "same-origin"))
        .add((HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .add((header::CACHE_CONTROL, "no-store"))
}

/// Leads visitors of `127.0.0.1` to `localhost`, where the redirect URI and therefore the cookies are, and takes forms from
/// our own pages only. SameSite cookies alone would not do: every port of `localhost` is the same site.
pub async fn same_origin(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(site) = request.app_data::<web::Data<Site>>().cloned() else {
        return Ok(request.into_response(HttpResponse::InternalServerError().finish()));
    };
    let base_url = site.base_url();
    let header = |name| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };

    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        if header(header::ORIGIN) != base_url {
            return Ok(request.into_response(Failure::ForeignForm.error_response()));
        }
    } else if base_url.strip_prefix("http://") != Some(header(header::HOST)) {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let location = (header::LOCATION, format!("{base_url}{path}"));
        return Ok(request.into_response(HttpResponse::TemporaryRedirect().append_header(location).finish()));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}
