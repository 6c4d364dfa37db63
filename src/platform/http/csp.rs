//! The Content-Security-Policy (CSP3).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::{Host, Url};

use crate::kernel::digest::sha256;

/// The policies that pages are served with.
pub struct Csp;

impl Csp {
    /// Nothing from elsewhere, nothing inline, forms to ourselves.
    ///
    /// Chromium applies `form-action` to every redirect that follows a submit, also to those of the site where it ends up. So a form of
    /// ours whose answer may lead away is answered with a page that sends the browser on by `Refresh`, which is not held to it.
    pub const DEFAULT: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; \
                               connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// For the page whose one form, sent by `script`, goes to `target_url`, a verified web address: nothing inline but that script,
    /// forms to that origin alone.
    pub fn posting_to(target_url: &str, script: &str) -> String {
        let hash = STANDARD.encode(sha256(script.as_bytes()));
        let target = source(target_url).unwrap_or_else(|| "'none'".to_owned());
        format!(
            "default-src 'none'; style-src 'self'; script-src 'sha256-{hash}'; img-src 'self' data:; form-action {target}; \
             frame-ancestors 'none'; base-uri 'none'"
        )
    }
}

/// The source expression (CSP3 section 2.3.1) for a URL. A URL's host may contain `;`, `,`, `'` and `*`, which have a meaning in
/// a policy, so hosts are held to the letters of the grammar.
fn source(target_url: &str) -> Option<String> {
    let url = Url::parse(target_url).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    match url.host()? {
        // The grammar has no words for an IPv6 host.
        Host::Ipv6(_) => Some(format!("{}:", url.scheme())),
        Host::Domain(name) if !name.bytes().all(is_host_character) => None,
        Host::Domain(_) | Host::Ipv4(_) => Some(url.origin().ascii_serialization()),
    }
}

fn is_host_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form_action(target: &str) -> String {
        let policy = Csp::posting_to(target, "x()");
        let directive = policy
            .split("; ")
            .find(|directive| directive.starts_with("form-action"));
        directive.expect("the directive").to_owned()
    }

    #[test]
    fn nothing_is_allowed_by_default_that_is_not_named() {
        assert!(Csp::DEFAULT.starts_with("default-src 'none'; "));
        assert!(Csp::DEFAULT.ends_with("; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"));
        assert!(!Csp::DEFAULT.contains("unsafe") && !Csp::DEFAULT.contains('\n'));
    }

    #[test]
    fn one_script_is_admitted_by_its_hash() {
        // CSP3 section 8.2 has this example
        let policy = Csp::posting_to("https://a.example/", "alert('Hello, world.');");
        assert!(
            policy.contains("script-src 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=';"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains("  "), "{policy}");
    }

    #[test]
    fn the_origin_of_the_target_is_admitted_without_its_path() {
        assert_eq!(
            form_action("https://app.example.com/cb?x=1;2"),
            "form-action https://app.example.com"
        );
        assert_eq!(
            form_action("http://127.0.0.1:4001/cb"),
            "form-action http://127.0.0.1:4001"
        );
        assert_eq!(
            form_action("https://bücher.example/"),
            "form-action https://xn--bcher-kva.example"
        );
        assert_eq!(form_action("http://[::1]:4001/cb"), "form-action http:");
    }

    #[test]
    fn a_target_cannot_write_into_the_policy() {
        for bad in [
            "https://a;script-src/",
            "https://a,b/",
            "https://*.example.com/",
            "https://'unsafe-inline'/",
            "https://a b/",
            "javascript:alert(1)",
            "com.example.app:/callback",
            "x y:/",
            "not a url",
            "",
        ] {
            assert_eq!(form_action(bad), "form-action 'none'", "{bad}");
        }
    }
}
