//! Client authentication (RFC 6749 section 2.3).

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::kernel::secret::SecretString;
use crate::oidc::application::Application;
use crate::oidc::error::OAuthError;
use crate::oidc::provider::Provider;
use crate::oidc::urlencoded::decode;
use crate::platform::http::Params;

/// The methods, as discovery lists them (OpenID Connect Core section 9).
pub(in crate::oidc) const AUTHENTICATION_METHODS: [&str; 3] = ["client_secret_basic", "client_secret_post", "none"];

/// Who a client says it is, and what it shows for it.
#[derive(Debug)]
pub(super) struct ClientCredentials {
    client_id: String,
    /// `None` for a public client.
    client_secret: Option<SecretString>,
}

impl ClientCredentials {
    /// Reads the header or the body.
    ///
    /// # Errors
    /// `invalid_request` where there is more than one method (RFC 6749 section 2.3) or two clients are named; `invalid_client` where
    /// there is none, or one that we do not know.
    pub(super) fn read(authorization: Option<&str>, params: &mut Params) -> Result<Self, OAuthError> {
        let named = params.take("client_id");
        let client_secret = params.secret("client_secret");
        if params.take("client_assertion").is_some() || params.take("client_assertion_type").is_some() {
            return Err(OAuthError::invalid_client("client assertions are not supported"));
        }
        let Some(authorization) = authorization else {
            let client_id = named.ok_or_else(|| OAuthError::invalid_client("the client does not say who it is"))?;
            return Ok(Self {
                client_id,
                client_secret,
            });
        };
        if client_secret.is_some() {
            return Err(OAuthError::invalid_request(
                "the client uses two methods of authentication",
            ));
        }
        let basic = Self::from_basic(authorization)
            .ok_or_else(|| OAuthError::invalid_client("the header Authorization is not that of client_secret_basic"))?;
        if named.is_some_and(|named| named != basic.client_id) {
            return Err(OAuthError::invalid_request(
                "client_id is another in the header than in the body",
            ));
        }
        Ok(basic)
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
            client_secret: Some(SecretString::new(part(&decoded[colon + 1..])?)),
        })
    }
}

impl Provider {
    /// The application that the client proved to be. One answer for an unknown client and a wrong secret (RFC 6749 section 5.2).
    pub(super) async fn authenticate(&self, client: &ClientCredentials) -> Result<Arc<Application>, OAuthError> {
        let refused = || OAuthError::invalid_client("the client is unknown, or its secret is wrong or missing");
        let application = self.applications.find(&client.client_id).await?.ok_or_else(refused)?;
        let admitted = match &client.client_secret {
            Some(secret) => application.admits_secret(secret.expose(), self.cx.now()),
            None => application.is_public(),
        };
        if admitted { Ok(application) } else { Err(refused()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::error::ErrorCode;

    fn basic(plain: &str) -> String {
        format!("Basic {}", STANDARD.encode(plain))
    }

    fn read(authorization: Option<&str>, body: &str) -> Result<(String, Option<String>), ErrorCode> {
        let mut params = Params::from_query(body).expect("parameters");
        ClientCredentials::read(authorization, &mut params)
            .map(|client| {
                let secret = client.client_secret.map(|secret| secret.expose().to_owned());
                (client.client_id, secret)
            })
            .map_err(|error| error.code())
    }

    fn client(id: &str, secret: Option<&str>) -> Result<(String, Option<String>), ErrorCode> {
        Ok((id.to_owned(), secret.map(str::to_owned)))
    }

    #[test]
    fn each_method_is_read() {
        assert_eq!(read(Some(&basic("app:s3")), ""), client("app", Some("s3")));
        assert_eq!(
            read(Some(&basic("app:s3").replace("Basic", "bASIC")), "client_id=app"),
            client("app", Some("s3"))
        );
        assert_eq!(read(None, "client_id=app&client_secret=s3"), client("app", Some("s3")));
        assert_eq!(read(None, "client_id=app"), client("app", None));
        // a parameter without a value counts as left out (RFC 6749 section 3.1)
        assert_eq!(read(None, "client_id=app&client_secret="), client("app", None));
    }

    #[test]
    fn basic_is_urlencoded_inside() {
        assert_eq!(read(Some(&basic("a%3Ab:s%2B+%25")), ""), client("a:b", Some("s+ %")));
        assert_eq!(read(Some(&basic("app:a:b")), ""), client("app", Some("a:b")));
        assert_eq!(read(Some(&basic("app:50%")), ""), Err(ErrorCode::InvalidClient));
    }

    #[test]
    fn two_methods_or_two_names_are_refused() {
        let both = read(Some(&basic("app:s3")), "client_id=app&client_secret=s3");
        assert_eq!(both, Err(ErrorCode::InvalidRequest));
        assert_eq!(
            read(Some(&basic("app:s3")), "client_id=other"),
            Err(ErrorCode::InvalidRequest)
        );
    }

    #[test]
    fn what_is_no_authentication_is_refused() {
        assert_eq!(read(None, ""), Err(ErrorCode::InvalidClient));
        assert_eq!(read(None, "client_secret=s3"), Err(ErrorCode::InvalidClient));
        assert_eq!(
            read(None, "client_id=a&client_assertion=x"),
            Err(ErrorCode::InvalidClient)
        );
        for header in [
            "",
            "Basic",
            "Basic !!!",
            "Bearer abc",
            &basic("no colon"),
            &basic("a%00:s3"),
        ] {
            assert_eq!(
                read(Some(header), "client_id=app"),
                Err(ErrorCode::InvalidClient),
                "{header}"
            );
        }
    }
}
