//! The Content-Security-Policy (CSP3).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

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

    /// For the page whose one form, sent by `script`, goes to a verified address elsewhere: nothing inline but that script.
    ///
    /// It says nothing of forms, because whatever it said would be applied to where that address redirects the browser next. The
    /// page holds nothing but that form.
    pub fn posting(script: &str) -> String {
        let hash = STANDARD.encode(sha256(script.as_bytes()));
        format!(
            "default-src 'none'; style-src 'self'; script-src 'sha256-{hash}'; img-src 'self' data:; frame-ancestors 'none'; \
             base-uri 'none'"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_allowed_by_default_that_is_not_named() {
        assert!(Csp::DEFAULT.starts_with("default-src 'none'; "));
        assert!(Csp::DEFAULT.ends_with("; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"));
        assert!(!Csp::DEFAULT.contains("unsafe") && !Csp::DEFAULT.contains('\n'));
    }

    #[test]
    fn one_script_is_admitted_by_its_hash() {
        // CSP3 section 8.2 has this example
        let policy = Csp::posting("alert('Hello, world.');");
        assert!(
            policy.contains("script-src 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=';"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains("  "), "{policy}");
    }
}
