//! Where an application lets browsers be sent: which addresses may be registered, and which requested one is a registered one.

use url::{Host, Url};

use crate::kernel::web_url::is_loopback;

/// The width of the column.
const MAX_LENGTH: usize = 2048;

/// Whether `text` may be registered as a redirect or post-logout redirect URI; if not, why.
///
/// It is absolute and has no fragment (RFC 6749 section 3.1.2), and its scheme is `https`, `http` on the loopback interface (RFC
/// 8252 section 7.3) or a private-use one, which has a dot because it is a reversed domain name (RFC 8252 section 7.1). Wildcards
/// mean nothing, because addresses are compared exactly (RFC 9700 section 2.1), so they are refused rather than disappoint.
pub(super) fn check(text: &str) -> Result<(), &'static str> {
    if text.is_empty() || text.len() > MAX_LENGTH {
        return Err("must have 1 to 2048 characters");
    }
    if !text.bytes().all(is_uri_character) {
        return Err("must have only the characters of a URI (RFC 3986), others percent-encoded");
    }
    if text.contains('#') {
        return Err("must not have a fragment");
    }
    if text.contains('*') {
        return Err("must not have a wildcard: addresses are compared exactly");
    }
    let url = Url::parse(text).map_err(|_| "must be an absolute URI")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not have a user name or password");
    }
    match url.scheme() {
        // the parser repairs `https:host` and `https:/host`, but what is compared is the text
        "http" | "https" if !has_authority(text) => Err("must have // and a host after the scheme"),
        "https" => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        "http" => Err("must use https, unless it is on localhost, 127.0.0.1 or [::1]"),
        scheme if scheme.contains('.') => Ok(()),
        _ => Err("must use https, http on this machine, or a private-use scheme with a dot such as com.example.app"),
    }
}

/// Whether `requested` is `registered`: by simple string comparison (RFC 3986 section 6.2.1). For a native app on the loopback
/// interface the port is left out, because the system chooses it at the time of the request (RFC 8252 section 7.3, RFC 9700
/// section 4.1.3).
pub(super) fn is_same(registered: &str, requested: &str, is_native: bool) -> bool {
    if registered == requested {
        return true;
    }
    // whatever is the same but for its port is kept in the same column
    if !is_native || requested.len() > MAX_LENGTH {
        return false;
    }
    match (without_port(registered), without_port(requested)) {
        (Some(registered), Some(requested)) => registered == requested,
        _ => false,
    }
}

/// Whether an answer sent there reaches the registered application and nobody else: a domain has one owner, while any app on the
/// machine may listen on a port or claim a private-use scheme (RFC 8252 section 8.6).
pub(super) fn assures_identity(uri: &str) -> bool {
    uri.starts_with("https://")
}

/// A loopback address as what stands before and after the port; `None` for any other address.
fn without_port(uri: &str) -> Option<(&'static str, &str)> {
    const HOSTS: [&str; 3] = ["http://127.0.0.1", "http://[::1]", "http://localhost"];
    let (host, rest) = HOSTS
        .into_iter()
        .find_map(|host| Some((host, uri.strip_prefix(host)?)))?;
    let rest = match rest.strip_prefix(':') {
        Some(rest) => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (port, rest) = rest.split_at(digits);
            // in the one way to write it, which also bounds how long it is
            (!port.starts_with('0') && port.parse::<u16>().is_ok()).then_some(rest)?
        }
        None => rest,
    };
    // anything else would go on the host's name, or make it a user name
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((host, rest))
}

fn has_authority(text: &str) -> bool {
    let authority = text.split_once("://").map(|(_, rest)| rest);
    authority.is_some_and(|rest| !rest.starts_with(['/', '?', ':']) && !rest.is_empty())
}

/// Reserved, unreserved and `%` (RFC 3986 section 2).
fn is_uri_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

/// The part of an address that people are shown: the host with its port, or the scheme where there is none.
pub(in crate::oidc) fn shown_host(uri: &str) -> String {
    match Url::parse(uri) {
        Ok(url) => match (url.host(), url.port()) {
            (Some(Host::Domain(host)), None) => host.to_owned(),
            (Some(host), None) => host.to_string(),
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (None, _) => format!("{}:", url.scheme()),
        },
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_of_applications_can_be_registered() {
        for good in [
            "https://app.example.com/callback",
            "https://app.example.com",
            "https://app.example.com/cb?tenant=a%20b",
            "http://localhost:4001/callback",
            "http://127.0.0.1/cb",
            "http://[::1]:5000/cb",
            "com.example.app:/callback",
            "com.example.app://callback",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn other_addresses_cannot() {
        let long = format!("https://app.example.com/{}", "a".repeat(2048));
        for bad in [
            "",
            "/callback",
            "app.example.com/callback",
            "https:app.example.com",
            "https:///app.example.com",
            "https://",
            "https://app.example.com/#fragment",
            "https://app.example.com/#",
            "https://*.example.com/cb",
            "https://app.example.com/*",
            "https://user@app.example.com/cb",
            "https://user:secret@app.example.com/cb",
            "http://app.example.com/cb",
            "http://localhost.example.com/cb",
            "http://127.0.0.1.example.com/cb",
            "http://127.0.0.1@example.com/cb",
            "https://app.example.com\\@evil.example/",
            "https://app.example.com/a b",
            "https://app.example.com/\n",
            "https://äpp.example.com/",
            "javascript:alert(1)",
            "data:text/html,x",
            "myapp:/callback",
            "urn:ietf:wg:oauth:2.0:oob",
            &long,
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn comparison_is_exact() {
        let registered = "https://app.example.com/cb?a=1";
        assert!(is_same(registered, registered, true));
        for other in [
            "https://app.example.com/cb",
            "https://app.example.com/cb?a=1&b=2",
            "https://app.example.com/cb?a=2",
            "https://app.example.com/cb/?a=1",
            "https://app.example.com/CB?a=1",
            "https://APP.example.com/cb?a=1",
            "https://app.example.com:443/cb?a=1",
            "https://app.example.com/x/../cb?a=1",
            "https://app.example.com/%63b?a=1",
            "http://app.example.com/cb?a=1",
        ] {
            assert!(!is_same(registered, other, true), "{other}");
        }
    }

    #[test]
    fn a_native_app_may_listen_on_any_port_of_the_loopback_interface() {
        for (registered, requested) in [
            ("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb"),
            ("http://127.0.0.1:1/cb", "http://127.0.0.1/cb"),
            ("http://[::1]:4000/cb?x", "http://[::1]:5000/cb?x"),
            ("http://localhost:4000/cb", "http://localhost:5000/cb"),
        ] {
            assert!(is_same(registered, requested, true), "{requested}");
            assert!(
                !is_same(registered, requested, false),
                "a web application names its port: {requested}"
            );
        }
        for requested in [
            "http://127.0.0.1:49152/other",
            "http://127.0.0.1:49152/cb?x",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:99999/cb",
            "http://127.0.0.1:0/cb",
            "http://127.0.0.1:080/cb",
            "http://127.0.0.1:+80/cb",
            &format!("http://127.0.0.1:{}80/cb", "0".repeat(4096)),
            "http://127.0.0.1:1x/cb",
            "http://127.0.0.1:80@evil.example/cb",
            "http://127.0.0.1.evil.example/cb",
            "http://127.0.0.2:1/cb",
            "http://localhost:1/cb",
            "https://127.0.0.1:1/cb",
        ] {
            assert!(!is_same("http://127.0.0.1/cb", requested, true), "{requested}");
        }
        // without a port it is just as long as the column is wide, and with one longer
        let longest = format!("http://127.0.0.1/{}", "a".repeat(MAX_LENGTH - 17));
        assert_eq!(check(&longest), Ok(()));
        assert!(is_same(&longest, &longest, true));
        assert!(!is_same(&longest, &longest.replace(".1/", ".1:8080/"), true));
    }

    proptest! {
        #[test]
        fn only_the_port_may_differ(requested in "http://(127\\.0\\.0\\.1|localhost|\\[::1\\]|a\\.example)(:[0-9@a.]{0,6})?/[a-c?/@]{0,4}") {
            let registered = "http://127.0.0.1:4000/cb";
            if is_same(registered, &requested, true) {
                let url = Url::parse(&requested).expect("a URL");
                prop_assert_eq!(url.host_str(), Some("127.0.0.1"));
                prop_assert_eq!(url.path(), "/cb");
                prop_assert!(url.query().is_none() && url.username().is_empty());
            }
        }
    }

    #[test]
    fn people_see_where_they_go() {
        assert_eq!(shown_host("https://app.example.com/cb"), "app.example.com");
        assert_eq!(shown_host("http://[::1]:4001/cb"), "[::1]:4001");
        assert_eq!(shown_host("com.example.app:/cb"), "com.example.app:");
    }
}
