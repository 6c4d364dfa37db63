//! What happens around every request, whatever answers it: it gets an id, a client address, a span in the log, a count in the
//! metrics, the security headers, and an answer in the caller's format where its method is not allowed.

use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ALLOW, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use ipnet::IpNet;
use tracing::Instrument;

use super::client_ip::ClientIp;
use super::headers::SecurityHeaders;
use super::health;
use super::in_progress::InProgress;
use super::request_id::{self, RequestIds};
use crate::kernel::error::Error;
use crate::kernel::rng::Rng;
use crate::kernel::web_url::WebOrigin;
use crate::platform::telemetry::HttpMetrics;

/// Words an error as the surface that `req` was meant for does.
pub type Refusal = fn(&HttpRequest, &Error) -> HttpResponse;

/// The route that requests for unknown paths are counted under: a stranger must not be able to make new series.
const NO_ROUTE: &str = "none";

/// Longer paths are cut in the log.
const LOGGED_PATH: usize = 200;

/// What every request needs; one for a server.
pub(super) struct Edge {
    ids: RequestIds,
    trusted_proxies: Vec<IpNet>,
    headers: SecurityHeaders,
    metrics: HttpMetrics,
    refusal: Refusal,
    in_progress: InProgress,
}

impl Edge {
    pub(super) fn new(
        public_url: &WebOrigin,
        trusted_proxies: Vec<IpNet>,
        rng: Rng,
        metrics: HttpMetrics,
        refusal: Refusal,
    ) -> Self {
        Self {
            ids: RequestIds::new(rng),
            trusted_proxies,
            headers: SecurityHeaders::new(public_url),
            metrics,
            refusal,
            in_progress: InProgress::default(),
        }
    }

    /// The requests that the middleware is around of.
    pub(super) fn in_progress(&self) -> &InProgress {
        &self.in_progress
    }

    /// The answer for a path that has no route.
    pub(super) fn not_found(&self, req: &HttpRequest) -> HttpResponse {
        (self.refusal)(req, &Error::not_found())
    }

    /// The middleware.
    pub(super) async fn around(
        self: Arc<Self>,
        req: ServiceRequest,
        next: Next<BoxBody>,
    ) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
        let began = Instant::now();
        let _request = self.in_progress.begin();
        let id = self.ids.draw();
        let ip = ClientIp::resolve(
            req.peer_addr().map(|peer| peer.ip()),
            req.headers(),
            &self.trusted_proxies,
        );
        let method = method(req.method());
        let span = tracing::info_span!(
            "request",
            id = id.as_str(),
            client_ip = %ip,
            method,
            path = logged(req.path()),
        );
        let header = HeaderValue::from_str(id.as_str());
        {
            let mut extensions = req.extensions_mut();
            extensions.insert(id);
            extensions.insert(ip);
        }

        let mut response = next.call(req).instrument(span.clone()).await?;

        if response.status() == StatusCode::METHOD_NOT_ALLOWED
            && matches!(response.response().body().size(), BodySize::None | BodySize::Sized(0))
        {
            response = span.in_scope(|| self.method_not_allowed(response));
        }
        let headers = response.headers_mut();
        self.headers.complete(headers);
        if let Ok(header) = header {
            headers.insert(HeaderName::from_static(request_id::HEADER), header);
        }

        let status = response.status().as_u16();
        let route = response.request().match_pattern();
        let route = route.as_deref().unwrap_or(NO_ROUTE);
        let took = began.elapsed();
        self.metrics.observe(method, route, status, took);
        let micros = took.as_micros() as u64;
        if health::PROBES.contains(&route) {
            tracing::debug!(parent: &span, route, status, micros, "answered");
        } else {
            tracing::info!(parent: &span, route, status, micros, "answered");
        }
        Ok(response)
    }

    /// The router's bare 405, in the words of the surface and with the same `Allow`.
    fn method_not_allowed(&self, response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        let (req, bare) = response.into_parts();
        let error = Error::bad_input("method_not_allowed", "this address does not answer to that method");
        let mut worded = (self.refusal)(&req, &error);
        *worded.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        if let Some(allow) = bare.headers().get(ALLOW) {
            worded.headers_mut().insert(ALLOW, allow.clone());
        }
        ServiceResponse::new(req, worded)
    }
}

/// A method as a label: those that HTTP defines (RFC 9110 section 9), and one name for everything a stranger can invent.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The path as it is logged. Never with the query, which carries codes and handles.
fn logged(path: &str) -> &str {
    let mut end = path.len().min(LOGGED_PATH);
    while !path.is_char_boundary(end) {
        end -= 1;
    }
    &path[..end]
}

#[cfg(test)]
mod tests;
