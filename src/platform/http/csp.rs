//! The Content-Security-Policy (CSP3).

use url::{Host, Url};

macro_rules! policy {
    ($form_action:literal) => {
        concat!(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
             form-action 'self'",
            $form_action,
            "; frame-ancestors 'none'; base-uri 'none'"
        )
    };
}

/// Schemes that run or read something in the browser itself and never lead to an application.
const NEVER: [&str; 8] = [
    "about",
    "blob",
    "data",
    "file",
    "filesystem",
    "javascript",
    "vbscript",
    "view-source",
];

/// The policies that pages are served with.
pub struct Csp;

impl Csp {
    /// Nothing from elsewhere, nothing inline, forms to ourselves.
    pub const DEFAULT: &str = policy!("");

    /// The default policy, with forms also allowed to end at `target_url`, the redirect target that was verified for this very
    /// page: Chromium applies `form-action` to the redirects that follow a submit. Admitted is the target's origin, or its scheme
    /// where it is a custom one. A target that cannot be written as a source is not admitted.
    ///
    /// This does not reach to where the target itself redirects: Chromium refuses a submit that ends on a further origin. An answer
    /// to the submit that sends the browser on by `Refresh` instead of a redirect is not held to `form-action` at all.
    pub fn form_action(target_url: &str) -> String {
        match source(target_url) {
            Some(source) => format!(policy!(" {}"), source),
            None => Self::DEFAULT.to_owned(),
        }
    }
}

/// The source expression (CSP3 section 2.3.1) for a URL. A URL's host may contain `;`, `,`, `'` and `*`, which have a meaning in
/// a policy, so hosts are held to the letters of the grammar.
fn source(target_url: &str) -> Option<String> {
    let url = Url::parse(target_url).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        // `Url` admits ASCII letters, digits, `+`, `-` and `.` in a scheme.
        return (!NEVER.contains(&url.scheme())).then(|| format!("{}:", url.scheme()));
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
        let policy = Csp::form_action(target);
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
    fn the_origin_of_the_target_is_admitted_without_its_path() {
        assert_eq!(
            form_action("https://app.example.com/cb?x=1;2"),
            "form-action 'self' https://app.example.com"
        );
        assert_eq!(
            form_action("http://127.0.0.1:4001/cb"),
            "form-action 'self' http://127.0.0.1:4001"
        );
        assert_eq!(
            form_action("https://bücher.example/"),
            "form-action 'self' https://xn--bcher-kva.example"
        );
        assert_eq!(form_action("http://[::1]:4001/cb"), "form-action 'self' http:");
    }

    #[test]
    fn a_custom_scheme_is_admitted_as_a_scheme() {
        assert_eq!(
            form_action("com.example.app:/callback"),
            "form-action 'self' com.example.app:"
        );
        for never in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "blob:https://a/b",
        ] {
            assert_eq!(form_action(never), "form-action 'self'", "{never}");
        }
    }

    #[test]
    fn a_target_cannot_write_into_the_policy() {
        for bad in [
            "https://a;script-src/",
            "https://a,b/",
            "https://*.example.com/",
            "https://'unsafe-inline'/",
            "https://a b/",
            "x y:/",
            "https://a\r\nset-cookie: b/",
            "not a url",
            "",
        ] {
            let policy = Csp::form_action(bad);
            assert_eq!(policy.matches(';').count(), Csp::DEFAULT.matches(';').count(), "{bad}");
            assert!(!policy.contains(['\r', '\n', ',', '*']), "{bad}: {policy}");
        }
    }
}
