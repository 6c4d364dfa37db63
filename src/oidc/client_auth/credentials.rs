//! What a client shows for being itself, read strictly from header and body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::assertion::Assertion;
use crate::kernel::secret::SecretString;
use crate::oidc::error::OAuthError;
use crate::oidc::urlencoded::decode;
use crate::platform::http::Params;

/// The methods, as discovery lists them (OpenID Connect Core section 9).
pub(in crate::oidc) const AUTHENTICATION_METHODS: [&str; 4] =
    ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

/// RFC 7523 section 2.2.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Who a client says it is, and what it shows for it.
#[derive(Debug)]
pub(in crate::oidc) struct ClientCredentials {
    pub(super) client_id: String,
    pub(super) proof: Proof,
}

/// What is shown.
#[derive(Debug)]
pub(super) enum Proof {
    /// Nothing: a public client.
    Nothing,
    /// A secret in the header.
    Basic(SecretString),
    /// A secret in the body.
    Post(SecretString),
    /// A signed assertion in the body.
    Assertion(Assertion),
}

impl ClientCredentials {
    /// Reads the header or the body.
    ///
    /// # Errors
    /// `invalid_request` where there is more than one method (RFC 6749 section 2.3) or two clients are named; `invalid_client` where
    /// there is none, or one that we do not know.
    pub(in crate::oidc) fn read(authorization: Option<&str>, params: &mut Params) -> Result<Self, OAuthError> {
        let named = params.take("client_id");
        let methods = [
            authorization.map(Self::basic),
            params
                .secret("client_secret")
                .map(|secret| Self::post(named.clone(), secret)),
            Self::asserted(params),
        ];
        let mut shown = methods.into_iter().flatten();
        let (first, second) = (shown.next(), shown.next());
        if second.is_some() {
            return Err(OAuthError::invalid_request(
                "the client uses two methods of authentication",
            ));
        }
        let credentials = match first {
            Some(credentials) => credentials?,
            None => Self {
                client_id: named.clone().ok_or_else(nobody)?,
                proof: Proof::Nothing,
            },
        };
        // where the method says who it is, the parameter may be left out, but not say something else (RFC 7521 section 4.2)
        if named.is_some_and(|named| named != credentials.client_id) {
            return Err(OAuthError::invalid_request(
                "client_id is another than the one that authenticates",
            ));
        }
        Ok(credentials)
    }

    fn basic(authorization: &str) -> Result<Self, OAuthError> {
        Self::from_basic(authorization)
            .ok_or_else(|| OAuthError::invalid_client("the header Authorization is not that of client_secret_basic"))
    }

    /// RFC 7617, with both parts urlencoded first (RFC 6749 section 2.3.1). Neither has control characters (RFC 6749 appendix A).
    fn from_basic(authorization: &str) -> Option<Self> {
        let (scheme, encoded) = authorization.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = STANDARD.decode(encoded.trim()).ok()?;
        let colon = decoded.iter().position(|byte| *byte == b':')?;
        let part = |encoded: &[u8]| decode(encoded).filter(|text| !text.chars().any(char::is_control));
        Some(Self {
            client_id: part(&decoded[..colon])?,
            proof: Proof::Basic(SecretString::new(part(&decoded[colon + 1..])?)),
        })
    }

    fn post(named: Option<String>, secret: SecretString) -> Result<Self, OAuthError> {
        Ok(Self {
            client_id: named.ok_or_else(nobody)?,
            proof: Proof::Post(secret),
        })
    }

    /// RFC 7521 section 4.2.
    fn asserted(params: &mut Params) -> Option<Result<Self, OAuthError>> {
        let assertion = params.secret("client_assertion");
        let assertion_type = params.take("client_assertion_type");
        if assertion.is_none() && assertion_type.is_none() {
            return None;
        }
        let read = || {
            let (Some(assertion), Some(assertion_type)) = (assertion, assertion_type) else {
                return Err(OAuthError::invalid_request(
                    "client_assertion and client_assertion_type go together",
                ));
            };
            if assertion_type != JWT_BEARER {
                return Err(OAuthError::invalid_client(format!(
                    "the only client_assertion_type is {JWT_BEARER}"
                )));
            }
            let assertion = Assertion::parse(assertion.expose()).map_err(OAuthError::invalid_client)?;
            Ok(Self {
                client_id: assertion.client_id().to_owned(),
                proof: Proof::Assertion(assertion),
            })
        };
        Some(read())
    }
}

fn nobody() -> OAuthError {
    OAuthError::invalid_client("the client does not say who it is")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::oidc::client_auth::testing::Signer;
    use crate::oidc::error::ErrorCode;

    fn basic(plain: &str) -> String {
        format!("Basic {}", STANDARD.encode(plain))
    }

    fn read(authorization: Option<&str>, body: &str) -> Result<(String, String), ErrorCode> {
        let mut params = Params::from_query(body).expect("parameters");
        ClientCredentials::read(authorization, &mut params)
            .map(|client| {
                let proof = match client.proof {
                    Proof::Nothing => "nothing".to_owned(),
                    Proof::Basic(secret) => format!("basic {}", secret.expose()),
                    Proof::Post(secret) => format!("post {}", secret.expose()),
                    Proof::Assertion(_) => "assertion".to_owned(),
                };
                (client.client_id, proof)
            })
            .map_err(|error| error.code())
    }

    fn client(id: &str, proof: &str) -> Result<(String, String), ErrorCode> {
        Ok((id.to_owned(), proof.to_owned()))
    }

    fn assertion() -> String {
        let claims = json!({ "iss": "app", "sub": "app", "aud": "x", "exp": 1, "jti": "1" });
        format!(
            "client_assertion_type={JWT_BEARER}&client_assertion={}",
            Signer::new("one").sign(&claims)
        )
    }

    #[test]
    fn each_method_is_read() {
        assert_eq!(read(Some(&basic("app:s3")), ""), client("app", "basic s3"));
        assert_eq!(read(Some(&basic("app:s3")), "client_id=app"), client("app", "basic s3"));
        assert_eq!(read(None, "client_id=app&client_secret=s3"), client("app", "post s3"));
        assert_eq!(read(None, "client_id=app"), client("app", "nothing"));
        assert_eq!(read(None, "client_id=app&client_secret="), client("app", "nothing"));
        assert_eq!(read(None, &assertion()), client("app", "assertion"));
        assert_eq!(
            read(None, &format!("client_id=app&{}", assertion())),
            client("app", "assertion")
        );
    }

    #[test]
    fn basic_is_urlencoded_inside() {
        assert_eq!(read(Some(&basic("a%3Ab:s%2B+%25")), ""), client("a:b", "basic s+ %"));
        assert_eq!(read(Some(&basic("app:a:b")), ""), client("app", "basic a:b"));
        assert_eq!(read(Some(&basic("app:50%")), ""), Err(ErrorCode::InvalidClient));
    }

    #[test]
    fn two_methods_or_two_names_are_refused() {
        let refused = Err(ErrorCode::InvalidRequest);
        let header = basic("app:s3");
        assert_eq!(read(Some(&header), "client_id=app&client_secret=s3"), refused);
        assert_eq!(read(Some(&header), &assertion()), refused);
        assert_eq!(
            read(None, &format!("client_id=app&client_secret=s3&{}", assertion())),
            refused
        );
        assert_eq!(read(Some(&header), "client_id=other"), refused);
        assert_eq!(read(None, &format!("client_id=other&{}", assertion())), refused);
    }

    #[test]
    fn what_is_no_authentication_is_refused() {
        let refused = Err(ErrorCode::InvalidClient);
        assert_eq!(read(None, ""), refused);
        assert_eq!(read(None, "client_secret=s3"), refused);
        assert_eq!(
            read(None, &format!("client_assertion_type={JWT_BEARER}&client_assertion=x")),
            refused
        );
        let saml = assertion().replace("jwt-bearer", "saml2-bearer");
        assert_eq!(read(None, &saml), refused);
        for half in ["client_id=a&client_assertion=x", "client_id=a&client_assertion_type=x"] {
            assert_eq!(read(None, half), Err(ErrorCode::InvalidRequest), "{half}");
        }
        for header in [
            "",
            "Basic",
            "Basic !!!",
            "Bearer abc",
            &basic("no colon"),
            &basic("a%00:s3"),
        ] {
            assert_eq!(read(Some(header), "client_id=app"), refused, "{header}");
        }
    }
}
