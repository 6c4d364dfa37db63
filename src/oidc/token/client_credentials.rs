//! Tokens for an application that acts on its own (RFC 6749 section 4.4). Nothing is written, and nothing but the access token is
//! given: no refresh token, because the application can ask again (section 4.4.3), and no ID token, because nobody signed in.

use super::issue::TokenResponse;
use crate::oidc::application::{Application, ScopeTokens};
use crate::oidc::error::{ErrorCode, OAuthError};
use crate::oidc::provider::Provider;
use crate::oidc::scope::ScopeValue;

impl Provider {
    /// An access token for what the application may do on its own.
    pub(super) fn client_credentials(
        &self,
        application: &Application,
        asked: Option<&str>,
    ) -> Result<TokenResponse, OAuthError> {
        // a client that can't prove who it is has nothing of its own (RFC 6749 section 4.4)
        if application.is_public() {
            return Err(OAuthError::new(
                ErrorCode::UnauthorizedClient,
                "a public client has no credentials",
            ));
        }
        let scope = granted(&application.scopes, asked)?;
        let token = self.write_access_token(application, None, scope.clone(), self.cx.now())?;
        Ok(TokenResponse::of_application(token, scope))
    }
}

/// What is asked for, which must be registered; without a word about it, all that is registered and not about people (RFC 6749 section
/// 3.3).
fn granted(registered: &ScopeTokens, asked: Option<&str>) -> Result<String, OAuthError> {
    let Some(asked) = asked else {
        let own: Vec<&str> = registered
            .values()
            .filter(|value| ScopeValue::from_text(value).is_none())
            .collect();
        return Ok(own.join(" "));
    };
    let refused = |why| OAuthError::new(ErrorCode::InvalidScope, why);
    let asked = ScopeTokens::parse(asked).map_err(|_| refused("scope breaks the grammar"))?;
    for value in asked.values() {
        if [ScopeValue::OpenId, ScopeValue::OfflineAccess]
            .map(ScopeValue::as_str)
            .contains(&value)
        {
            return Err(refused(
                "openid and offline_access are about a person, and there is none",
            ));
        }
        if !registered.has(value) {
            return Err(refused("scope is not within what the client is registered for"));
        }
    }
    Ok(asked.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_within_what_is_registered_and_about_nobody() {
        let registered = ScopeTokens::parse("openid offline_access email jobs:read jobs:write").expect("a list");
        let granted = |asked| granted(&registered, asked).map_err(|error| error.code());
        assert_eq!(granted(None).as_deref(), Ok("jobs:read jobs:write"));
        assert_eq!(granted(Some("jobs:write")).as_deref(), Ok("jobs:write"));
        for bad in ["openid", "offline_access jobs:read", "jobs:delete", "jobs", "a\"b"] {
            assert_eq!(granted(Some(bad)), Err(ErrorCode::InvalidScope), "{bad}");
        }
    }
}
