//! The way to the provider and back: authorization request and response.

use openidconnect::core::{CoreAuthPrompt, CoreResponseType};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope,
};
use serde::Deserialize;
use url::Url;

use super::RelyingParty;
use super::error::OidcError;
use super::provider::OFFLINE_ACCESS;
use super::tokens::SignedIn;

/// What we ask for besides `openid`, which the library adds.
const SCOPES: [&str; 2] = ["profile", "email"];

/// A sign-in that is about to leave for the provider.
pub struct AuthorizationRequest {
    /// Where to send the browser.
    pub url: Url,
    /// What the answer must repeat, in the same browser.
    pub state: String,
    pub pending: PendingSignIn,
}

/// What must be remembered, out of the browser's reach, until the answer comes.
pub struct PendingSignIn {
    pub(super) nonce: Nonce,
    pub(super) pkce_verifier: PkceCodeVerifier,
}

/// The parameters the provider adds to our redirect URI: RFC 6749 section 4.1.2 and RFC 9207.
#[derive(Deserialize)]
pub struct AuthorizationResponse {
    pub state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

impl RelyingParty {
    /// Starts a sign-in: code flow with `state`, `nonce` and PKCE S256, each made for this one attempt.
    pub async fn authorization_request(&self) -> Result<AuthorizationRequest, OidcError> {
        let provider = self.provider().await?;
        let (challenge, pkce_verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = provider
            .client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge);
        if provider.offers_offline_access {
            // OpenID Connect Core section 11: without prompt=consent the provider must ignore the scope.
            request = request
                .add_scope(Scope::new(OFFLINE_ACCESS.to_owned()))
                .add_prompt(CoreAuthPrompt::Consent);
        }
        let (url, state, nonce) = request.url();
        Ok(AuthorizationRequest {
            url,
            state: state.into_secret(),
            pending: PendingSignIn { nonce, pkce_verifier },
        })
    }

    /// Finishes a sign-in. The caller has found `pending` by the `state` of `response` and the browser's cookie.
    pub async fn finish_sign_in(
        &self,
        pending: PendingSignIn,
        response: AuthorizationResponse,
    ) -> Result<SignedIn, OidcError> {
        let provider = self.provider().await?;
        check_issuer(
            self.config.issuer.as_str(),
            provider.sends_issuer,
            response.iss.as_deref(),
        )?;
        let code = response.into_code()?;
        self.redeem(&provider, code, pending).await
    }
}

impl AuthorizationResponse {
    fn into_code(self) -> Result<AuthorizationCode, OidcError> {
        if let Some(error) = self.error {
            return Err(OidcError::Refused {
                error,
                description: self.error_description,
            });
        }
        self.code.map(AuthorizationCode::new).ok_or(OidcError::NoCode)
    }
}

/// RFC 9207 section 2.4, against mix-up attacks: simple string comparison; a provider that says it sends `iss` must.
fn check_issuer(expected: &str, announced: bool, received: Option<&str>) -> Result<(), OidcError> {
    let acceptable = match received {
        Some(issuer) => issuer == expected,
        None => !announced,
    };
    if acceptable {
        Ok(())
    } else {
        Err(OidcError::WrongIssuer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://id.example.com";

    fn response(code: Option<&str>, error: Option<&str>) -> AuthorizationResponse {
        AuthorizationResponse {
            state: None,
            code: code.map(str::to_owned),
            iss: None,
            error: error.map(str::to_owned),
            error_description: None,
        }
    }

    #[test]
    fn the_issuer_must_be_ours() {
        assert!(check_issuer(ISSUER, true, Some(ISSUER)).is_ok());
        assert!(check_issuer(ISSUER, false, Some(ISSUER)).is_ok());
        assert!(check_issuer(ISSUER, true, Some("https://id.example.com/")).is_err());
        assert!(check_issuer(ISSUER, false, Some("https://other.example.com")).is_err());
    }

    #[test]
    fn a_missing_issuer_counts_only_where_it_was_announced() {
        assert!(check_issuer(ISSUER, false, None).is_ok());
        assert!(check_issuer(ISSUER, true, None).is_err());
    }

    #[test]
    fn an_error_wins_over_a_code() {
        assert!(response(Some("c"), None).into_code().is_ok());
        assert!(matches!(response(None, None).into_code(), Err(OidcError::NoCode)));
        assert!(matches!(
            response(Some("c"), Some("access_denied")).into_code(),
            Err(OidcError::Refused { error, .. }) if error == "access_denied"
        ));
    }
}
