//! Where a state-changing request comes from.

use actix_web::HttpRequest;
use actix_web::http::header::ORIGIN;

use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::web_url::WebOrigin;

const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// Admits a request that one of our own pages made. `Origin` (RFC 6454 section 7) must be there once and be exactly ours: browsers
/// send it with every POST, as `null` where they hide it.
///
/// # Errors
/// Forbidden (`origin_refused`).
pub fn require_own_origin(req: &HttpRequest, own: &WebOrigin) -> Result<()> {
    let mut origins = req.headers().get_all(ORIGIN);
    let ours = origins
        .next()
        .is_some_and(|origin| origin.as_bytes() == own.as_str().as_bytes());
    let more = origins.next().is_some();
    let cross_site = req
        .headers()
        .get_all(SEC_FETCH_SITE)
        .any(|site| site.as_bytes() == b"cross-site");
    if ours && !more && !cross_site {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Forbidden,
        "origin_refused",
        "this request did not come from a page of ours; open the page again and retry",
    ))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn admitted(headers: &[(&str, &str)]) -> bool {
        let own = "https://id.example.com".parse().expect("an origin");
        let request = headers
            .iter()
            .fold(TestRequest::post(), |request, header| request.append_header(*header));
        require_own_origin(&request.to_http_request(), &own).is_ok()
    }

    #[test]
    fn our_own_origin_is_admitted() {
        assert!(admitted(&[("origin", "https://id.example.com")]));
        assert!(admitted(&[
            ("origin", "https://id.example.com"),
            ("sec-fetch-site", "same-origin")
        ]));
    }

    #[test]
    fn everything_else_is_refused() {
        let refused: [&[(&str, &str)]; 8] = [
            &[],
            &[("origin", "null")],
            &[("origin", "https://id.example.com.evil.example")],
            &[("origin", "http://id.example.com")],
            &[("origin", "https://id.example.com:8443")],
            &[("origin", "https://ID.example.com")],
            &[("origin", "https://id.example.com"), ("origin", "https://evil.example")],
            &[("origin", "https://id.example.com"), ("sec-fetch-site", "cross-site")],
        ];
        for headers in refused {
            assert!(!admitted(headers), "{headers:?}");
        }
    }
}
