//! A token request (RFC 6749 section 3.2), read strictly.

use crate::kernel::secret::SecretString;
use crate::oidc::application::GrantType;
use crate::oidc::client_auth::ClientCredentials;
use crate::oidc::error::{ErrorCode, OAuthError};
use crate::oidc::grant::Redemption;
use crate::platform::http::Params;

const AUTHORIZATION_CODE: &str = "authorization_code";
const REFRESH_TOKEN: &str = "refresh_token";
const CLIENT_CREDENTIALS: &str = "client_credentials";

/// The grants, as discovery lists them.
pub(in crate::oidc) const GRANT_TYPES: [&str; 3] = [AUTHORIZATION_CODE, REFRESH_TOKEN, CLIENT_CREDENTIALS];

/// Who asks, and for what.
#[derive(Debug)]
pub struct TokenRequest {
    pub(super) client: ClientCredentials,
    pub(super) grant: GrantRequest,
}

/// What is exchanged for tokens.
#[derive(Debug)]
pub(super) enum GrantRequest {
    /// RFC 6749 section 4.1.3.
    AuthorizationCode(Redemption),
    /// RFC 6749 section 6.
    RefreshToken(Refresh),
    /// RFC 6749 section 4.4.
    ClientCredentials {
        /// What is asked for.
        scope: Option<String>,
    },
}

impl GrantRequest {
    /// What a client must be registered for to ask so.
    pub(super) fn kind(&self) -> GrantType {
        match self {
            Self::AuthorizationCode(_) => GrantType::AuthorizationCode,
            Self::RefreshToken(_) => GrantType::RefreshToken,
            Self::ClientCredentials { .. } => GrantType::ClientCredentials,
        }
    }
}

/// What a client presents to refresh its tokens.
#[derive(Debug)]
pub(super) struct Refresh {
    pub(super) refresh_token: SecretString,
    /// A narrower scope for the new access token.
    pub(super) scope: Option<String>,
}

impl TokenRequest {
    /// Reads the header `Authorization` and the body. Parameters that we do not know are ignored (RFC 6749 section 3.2).
    ///
    /// # Errors
    /// What RFC 6749 section 5.2 says of a request that is malformed or of a kind that we do not know.
    pub fn read(authorization: Option<&str>, mut params: Params) -> Result<Self, OAuthError> {
        let client = ClientCredentials::read(authorization, &mut params)?;
        let grant_type = require(&mut params, "grant_type")?;
        let grant = match grant_type.as_str() {
            AUTHORIZATION_CODE => GrantRequest::AuthorizationCode(Redemption {
                code: secret(&mut params, "code")?,
                // always there in the authorization request, so it must be here too (RFC 6749 section 4.1.3)
                redirect_uri: require(&mut params, "redirect_uri")?,
                code_verifier: params.secret("code_verifier"),
            }),
            REFRESH_TOKEN => GrantRequest::RefreshToken(Refresh {
                refresh_token: secret(&mut params, "refresh_token")?,
                scope: params.take("scope"),
            }),
            CLIENT_CREDENTIALS => GrantRequest::ClientCredentials {
                scope: params.take("scope"),
            },
            _ => {
                return Err(OAuthError::new(
                    ErrorCode::UnsupportedGrantType,
                    "grant_type is none of authorization_code, refresh_token and client_credentials",
                ));
            }
        };
        Ok(Self { client, grant })
    }
}

fn require(params: &mut Params, name: &'static str) -> Result<String, OAuthError> {
    params.take(name).ok_or_else(|| missing(name))
}

fn secret(params: &mut Params, name: &'static str) -> Result<SecretString, OAuthError> {
    params.secret(name).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> OAuthError {
    OAuthError::invalid_request(format!("{name} is missing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<GrantRequest, ErrorCode> {
        let params = Params::from_query(&format!("client_id=app&{body}")).expect("parameters");
        TokenRequest::read(None, params)
            .map(|request| request.grant)
            .map_err(|error| error.code())
    }

    #[test]
    fn each_grant_is_read() {
        let code = read("grant_type=authorization_code&code=c&redirect_uri=https://a.example/&code_verifier=v&x=y");
        assert!(
            matches!(code, Ok(GrantRequest::AuthorizationCode(r)) if r.code.expose() == "c" && r.code_verifier.is_some())
        );
        let refresh = read("grant_type=refresh_token&refresh_token=r&scope=openid");
        assert!(matches!(refresh, Ok(GrantRequest::RefreshToken(r)) if r.scope.as_deref() == Some("openid")));
        let own = read("grant_type=client_credentials&scope=jobs:read");
        assert!(matches!(own, Ok(GrantRequest::ClientCredentials { scope }) if scope.as_deref() == Some("jobs:read")));
    }

    #[test]
    fn what_is_missing_or_unknown_is_refused() {
        for body in [
            "",
            "grant_type=authorization_code&redirect_uri=https://a.example/",
            "grant_type=authorization_code&code=c",
            "grant_type=authorization_code&code=&redirect_uri=https://a.example/",
            "grant_type=refresh_token",
        ] {
            assert_eq!(read(body).err(), Some(ErrorCode::InvalidRequest), "{body}");
        }
        let password = read("grant_type=password&username=a&password=b");
        assert_eq!(password.err(), Some(ErrorCode::UnsupportedGrantType));
    }
}
