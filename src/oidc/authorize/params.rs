//! The parameters of an authorization request as they came.

use crate::oidc::error::OAuthError;
use crate::oidc::urlencoded::decode;

/// More than any request has.
const MOST: usize = 64;
/// Longer than any request is: what is kept while a person signs in must not be a stranger's store.
const LONGEST: usize = 16 * 1024;

/// Parameters by name, repetitions included: which one is repeated decides between a page and a redirect, so that they can't be
/// refused before they are looked at.
#[derive(Clone, Default)]
pub struct RequestParams(Vec<(String, String)>);

impl RequestParams {
    /// From a query string or a body in `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// `invalid_request` where the encoding is broken, a text is not UTF-8, there are more than 64 parameters, or all of it has more
    /// than 16 KiB.
    pub fn parse(encoded: &[u8]) -> Result<Self, OAuthError> {
        if encoded.len() > LONGEST {
            return Err(OAuthError::invalid_request("the request is too long"));
        }
        let mut pairs = Vec::new();
        for pair in encoded.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            if pairs.len() == MOST {
                return Err(OAuthError::invalid_request("there are too many parameters"));
            }
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let mut half = || decode(halves.next().unwrap_or_default());
            match (half(), half()) {
                (Some(name), Some(value)) => pairs.push((name, value)),
                _ => return Err(OAuthError::invalid_request("a parameter is not urlencoded UTF-8")),
            }
        }
        Ok(Self(pairs))
    }

    /// The value of `name`; `None` where it is missing, or has no value, which counts as left out (RFC 6749 section 3.1).
    ///
    /// # Errors
    /// `invalid_request` where it is given more than once (RFC 6749 section 3.1), or has control characters, which no parameter may
    /// have (RFC 6749 appendix A).
    pub fn get(&self, name: &str) -> Result<Option<&str>, OAuthError> {
        let mut values = self
            .0
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.as_str());
        let value = values.next();
        if values.next().is_some() {
            return Err(OAuthError::invalid_request(format!("{name} is given more than once")));
        }
        if value.is_some_and(|value| value.chars().any(char::is_control)) {
            return Err(OAuthError::invalid_request(format!("{name} has control characters")));
        }
        Ok(value.filter(|value| !value.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(encoded: &str) -> RequestParams {
        RequestParams::parse(encoded.as_bytes()).expect("parameters")
    }

    #[test]
    fn values_are_decoded_and_empty_ones_are_left_out() {
        let params = params("scope=openid+email&state=%C3%A4%26&nonce=&flag&&x=a=b");
        assert_eq!(params.get("scope").expect("once"), Some("openid email"));
        assert_eq!(params.get("state").expect("once"), Some("ä&"));
        assert_eq!(params.get("nonce").expect("once"), None);
        assert_eq!(params.get("flag").expect("once"), None);
        assert_eq!(params.get("x").expect("once"), Some("a=b"));
        assert_eq!(params.get("missing").expect("once"), None);
    }

    #[test]
    fn a_repeated_parameter_is_refused_when_it_is_looked_at() {
        let params = params("state=a&state=a&resource=x&resource=y&nonce=n");
        assert!(params.get("state").is_err());
        assert_eq!(params.get("nonce").expect("once"), Some("n"));
    }

    #[test]
    fn control_characters_are_refused_when_they_are_looked_at() {
        let params = params("client_id=a%00&state=a%0A&nonce=n");
        assert!(params.get("client_id").is_err() && params.get("state").is_err());
        assert!(params.get("nonce").is_ok());
    }

    #[test]
    fn broken_encodings_and_floods_are_refused() {
        for bad in ["a=%", "%ff=a"] {
            assert!(RequestParams::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(RequestParams::parse("a=1&".repeat(65).as_bytes()).is_err());
        assert!(RequestParams::parse(format!("state={}", "x".repeat(LONGEST)).as_bytes()).is_err());
    }
}
