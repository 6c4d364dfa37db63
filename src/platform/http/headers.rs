//! The headers that every response carries unless its handler set them itself.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::csp::Csp;
use crate::kernel::web_url::WebOrigin;

/// One year in seconds.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

const OPENER_POLICY: HeaderName = header::CROSS_ORIGIN_OPENER_POLICY;

/// For responses inside an authorization flow: lets an application that opened the flow in a popup keep its hold of that window.
/// The default, `same-origin`, cuts it for good, also when the response is a redirect, and the application takes the popup for
/// closed.
pub const KEEP_OPENER: (HeaderName, HeaderValue) = (OPENER_POLICY, HeaderValue::from_static("unsafe-none"));

/// What is set where a handler is silent.
#[derive(Clone, Debug)]
pub(super) struct SecurityHeaders(Vec<(HeaderName, HeaderValue)>);

impl SecurityHeaders {
    /// The headers of a server that is reached at `public_url`.
    pub(super) fn new(public_url: &WebOrigin) -> Self {
        let mut headers = vec![
            (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(Csp::DEFAULT)),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            // With `no-referrer` a browser sends `Origin: null` with our own forms.
            (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
            (
                header::PERMISSIONS_POLICY,
                HeaderValue::from_static(
                    "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), \
                     publickey-credentials-create=(self), publickey-credentials-get=(self)",
                ),
            ),
            (OPENER_POLICY, HeaderValue::from_static("same-origin")),
            // For browsers that do not know `frame-ancestors`.
            (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        // A browser that once saw it on `localhost` would refuse every other development server there.
        if public_url.is_secure() && !public_url.is_loopback() {
            headers.push((header::STRICT_TRANSPORT_SECURITY, HSTS));
        }
        Self(headers)
    }

    /// Adds what `headers` does not have yet.
    pub(super) fn complete(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.0 {
            if !headers.contains_key(name) {
                headers.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(public_url: &str, mut headers: HeaderMap) -> HeaderMap {
        SecurityHeaders::new(&public_url.parse().expect("an origin")).complete(&mut headers);
        headers
    }

    #[test]
    fn a_silent_handler_gets_every_header() {
        let headers = complete("https://id.example.com", HeaderMap::new());
        let shown = |name: &str| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or("missing")
        };
        assert_eq!(shown("x-content-type-options"), "nosniff");
        assert_eq!(shown("referrer-policy"), "same-origin");
        assert_eq!(shown("cross-origin-opener-policy"), "same-origin");
        assert_eq!(shown("x-frame-options"), "DENY");
        assert_eq!(shown("cache-control"), "no-store");
        assert_eq!(shown("strict-transport-security"), "max-age=31536000");
        assert!(shown("permissions-policy").contains("camera=()"));
        assert!(shown("content-security-policy").starts_with("default-src 'none'"));
    }

    #[test]
    fn what_a_handler_set_stays() {
        let mut own = HeaderMap::new();
        own.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
        own.insert(KEEP_OPENER.0, KEEP_OPENER.1);
        let headers = complete("https://id.example.com", own);
        assert_eq!(headers.get("cache-control").expect("a header"), "public, max-age=300");
        assert_eq!(
            headers.get("cross-origin-opener-policy").expect("a header"),
            "unsafe-none"
        );
        assert_eq!(headers.get_all("cache-control").count(), 1);
    }

    #[test]
    fn only_a_public_https_host_demands_https() {
        for public_url in [
            "http://localhost:4000",
            "https://localhost:4000",
            "http://id.example.com",
        ] {
            let headers = complete(public_url, HeaderMap::new());
            assert!(!headers.contains_key("strict-transport-security"), "{public_url}");
        }
    }
}
