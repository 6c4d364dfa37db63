//! Parameters, read strictly: what is ambiguous is refused, not repaired.

use std::fmt;

use actix_web::HttpRequest;

use crate::kernel::error::{Error, Result};
use crate::kernel::secret::SecretString;

/// More than any request of ours has.
const MOST: usize = 64;

/// The parameters of a query string or of a body in `application/x-www-form-urlencoded`. Names that nobody asks for are ignored.
pub struct Params(Vec<(String, String)>);

impl Params {
    /// From the part of a URL after `?`.
    ///
    /// # Errors
    /// As `from_body`.
    pub fn from_query(query: &str) -> Result<Self> {
        Self::from_body(query.as_bytes())
    }

    /// From the query string of a request.
    ///
    /// # Errors
    /// As `from_body`.
    pub fn of(req: &HttpRequest) -> Result<Self> {
        Self::from_query(req.query_string())
    }

    /// From an urlencoded body. A parameter without a value counts as left out (RFC 6749 section 3.1).
    ///
    /// # Errors
    /// Bad input (`invalid_request`) where a parameter is given twice (RFC 6749 section 3.1), the encoding is broken, a text is not
    /// UTF-8 or has control characters, or there are more than 64 parameters.
    pub fn from_body(body: &[u8]) -> Result<Self> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            if pairs.len() == MOST {
                return Err(refuse(format!("more than {MOST} parameters")));
            }
            let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &[][..]),
            };
            let name = decode(name).ok_or_else(|| refuse("a parameter's name is not valid"))?;
            let value = decode(value).ok_or_else(|| refuse(format!("the value of {} is not valid", shown(&name))))?;
            if pairs.iter().any(|(earlier, _)| *earlier == name) {
                return Err(refuse(format!("{} is given twice", shown(&name))));
            }
            pairs.push((name, value));
        }
        Ok(Self(pairs))
    }

    /// Takes the value of `name` out; none where it is missing or empty.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        let (_, value) = self.0.swap_remove(at);
        (!value.is_empty()).then_some(value)
    }

    /// Takes the value of `name` out.
    ///
    /// # Errors
    /// Bad input (`invalid_request`) where it is missing or empty.
    pub fn require(&mut self, name: &'static str) -> Result<String> {
        self.take(name).ok_or_else(|| refuse(format!("{name} is missing")))
    }

    /// Takes the value of `name` out, a text that must not be shown.
    pub fn secret(&mut self, name: &str) -> Option<SecretString> {
        self.take(name).map(SecretString::new)
    }
}

/// Shows the names alone: values may be secrets.
impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

fn refuse(public: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::bad_input("invalid_request", public)
}

/// A caller's own name for a parameter, where it may stand in an `error_description` (RFC 6749 section 5.2).
fn shown(name: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if !name.is_empty() && name.len() <= 64 && name.bytes().all(plain) {
        name
    } else {
        "a parameter"
    }
}

/// Undoes the urlencoding (WHATWG URL section 5.1), but gives nothing where that would have to guess.
fn decode(encoded: &[u8]) -> Option<String> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut bytes = encoded.iter();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => hex(*bytes.next()?)? << 4 | hex(*bytes.next()?)?,
            byte => *byte,
        });
    }
    let text = String::from_utf8(decoded).ok()?;
    (!text.chars().any(char::is_control)).then_some(text)
}

fn hex(digit: u8) -> Option<u8> {
    // to_digit(16) is below 16
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(query: &str) -> String {
        let error = Params::from_query(query).expect_err(query);
        assert_eq!(error.code(), "invalid_request");
        error.public().to_owned()
    }

    #[test]
    fn values_are_decoded_and_taken_once() {
        let mut params =
            Params::from_query("scope=openid+email&redirect_uri=https%3A%2F%2Fa%2F%C3%A9&flag").expect("params");
        assert_eq!(params.take("scope").as_deref(), Some("openid email"));
        assert_eq!(params.take("scope"), None);
        assert_eq!(params.require("redirect_uri").expect("a value"), "https://a/é");
        assert_eq!(params.take("flag"), None);
    }

    #[test]
    fn a_parameter_given_twice_is_refused() {
        assert_eq!(refused("a=1&b=2&a=1"), "a is given twice");
        assert_eq!(refused("a=&a=1"), "a is given twice");
        assert_eq!(refused("%61=1&a=1"), "a is given twice");
        assert_eq!(refused("%22%3E=1&%22%3E=1"), "a parameter is given twice");
    }

    #[test]
    fn an_empty_value_is_left_out() {
        let mut params = Params::from_query("a=&b&&c=1").expect("params");
        assert_eq!(params.take("a"), None);
        assert_eq!(params.take("b"), None);
        assert_eq!(params.require("a").expect_err("missing").public(), "a is missing");
        assert_eq!(params.take("c").as_deref(), Some("1"));
    }

    #[test]
    fn what_is_not_text_is_refused() {
        for bad in [
            "a=%", "a=%4", "a=%zz", "a=%+1", "a=%00", "a=%0A", "a=x%7F", "a=%C2%85", "a=%FF", "a=%C0%AF", "%00=1",
            "a=\u{1}",
        ] {
            refused(bad);
        }
        assert!(Params::from_body(b"a=\xff").is_err());
    }

    #[test]
    fn sixty_four_parameters_are_enough() {
        let query = |count: usize| (0..count).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join("&");
        assert!(Params::from_query(&query(64)).is_ok());
        assert_eq!(refused(&query(65)), "more than 64 parameters");
    }

    #[test]
    fn printing_shows_no_value() {
        let mut params = Params::from_query("password=hunter2").expect("params");
        assert!(!format!("{params:?}").contains("hunter2"));
        let secret = params.secret("password").expect("a value");
        assert_eq!(secret.expose(), "hunter2");
    }

    proptest! {
        #[test]
        fn what_a_browser_encodes_comes_back(name in "[a-z]{1,8}", value in "[^\\p{Cc}]{1,40}") {
            let body = url::form_urlencoded::Serializer::new(String::new()).append_pair(&name, &value).finish();
            let mut params = Params::from_body(body.as_bytes()).expect("params");
            prop_assert_eq!(params.take(&name), Some(value));
        }

        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Params::from_body(&body);
        }
    }
}
