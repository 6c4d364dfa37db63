//! Origins and the URLs built on them.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// A web origin (RFC 6454): scheme, host and port, nothing else. Written without a trailing slash; compared exactly.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebOrigin {
    text: String,
    secure: bool,
    loopback: bool,
}

/// Text that is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be http:// or https:// with a host and nothing after it, such as https://id.example.com")]
pub struct BadOrigin;

impl WebOrigin {
    /// The origin as text, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the scheme is https.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether the host names this machine (RFC 8252 section 7.3, and `localhost`).
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// The URL of `path`, which begins with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// Host, and port where it is not the scheme's own.
    pub fn authority(&self) -> &str {
        self.text.split_once("://").map_or("", |(_, rest)| rest)
    }
}

impl std::str::FromStr for WebOrigin {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, BadOrigin> {
        let url = Url::parse(text).map_err(|_| BadOrigin)?;
        let bare = matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !bare {
            return Err(BadOrigin);
        }
        Ok(Self {
            text: url.origin().ascii_serialization(),
            secure: url.scheme() == "https",
            loopback: is_loopback(&url),
        })
    }
}

impl TryFrom<String> for WebOrigin {
    type Error = BadOrigin;

    fn try_from(text: String) -> Result<Self, BadOrigin> {
        text.parse()
    }
}

impl From<WebOrigin> for String {
    fn from(origin: WebOrigin) -> Self {
        origin.text
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether a URL's host names this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// `url` with `pairs` added to its query, whatever it had before kept (RFC 6749 section 4.1.2).
pub fn with_query<'a>(url: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    let query = query.finish();
    if query.is_empty() {
        return url.to_owned();
    }
    let separator = match url.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{url}{separator}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_nothing_but_an_origin() {
        let origin: WebOrigin = "https://id.example.com:443/".parse().expect("an origin");
        assert_eq!(origin.as_str(), "https://id.example.com");
        assert_eq!(origin.join("/x"), "https://id.example.com/x");
        assert!(origin.is_secure() && !origin.is_loopback());
        for bad in [
            "https://a.example/path",
            "https://a.example/?q",
            "https://u@a.example",
            "ftp://a.example",
            "a.example",
            "https://",
        ] {
            assert_eq!(bad.parse::<WebOrigin>(), Err(BadOrigin), "{bad}");
        }
    }

    #[test]
    fn loopback_is_recognised() {
        for yes in [
            "http://localhost:4000",
            "http://127.0.0.1",
            "http://[::1]:1",
            "http://clerk.localhost",
        ] {
            assert!(yes.parse::<WebOrigin>().expect(yes).is_loopback(), "{yes}");
        }
        assert!(
            !"http://localhost.example"
                .parse::<WebOrigin>()
                .expect("origin")
                .is_loopback()
        );
    }

    #[test]
    fn a_query_is_kept_and_added_to() {
        assert_eq!(with_query("https://a/cb", [("code", "x y")]), "https://a/cb?code=x+y");
        assert_eq!(
            with_query("https://a/cb?k=v", [("code", "1")]),
            "https://a/cb?k=v&code=1"
        );
        assert_eq!(with_query("https://a/cb?", [("code", "1")]), "https://a/cb?code=1");
        assert_eq!(with_query("https://a/cb", []), "https://a/cb");
    }
}
