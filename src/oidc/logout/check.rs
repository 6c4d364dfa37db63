//! The checks of a logout request. All come before anything ends.

use super::request::{CheckedLogout, LogoutRequest, Target};
use crate::oidc::error::{OAuthError, PageError};
use crate::oidc::id_token::IdTokenHint;
use crate::oidc::provider::Provider;

impl Provider {
    /// Checks a request.
    ///
    /// # Errors
    /// [`PageError::Logout`]: whatever is wrong, the browser is not sent to an address that it names.
    pub(super) async fn check_logout(&self, request: LogoutRequest) -> Result<CheckedLogout, PageError> {
        let hint = self.check_logout_hint(request.id_token_hint.as_deref())?;
        let client_id = check_client_id(hint.as_ref(), request.client_id)?;
        let target = match (client_id, request.post_logout_redirect_uri) {
            (Some(client_id), Some(uri)) => Some(self.check_target(&client_id, uri, request.state).await?),
            // with nobody named who registered the address it is not used (RP-Initiated Logout section 3)
            _ => None,
        };
        Ok(CheckedLogout { hint, target })
    }

    /// An ID token of ours, however old (RP-Initiated Logout section 2).
    fn check_logout_hint(&self, token: Option<&str>) -> Result<Option<IdTokenHint>, PageError> {
        let Some(token) = token else {
            return Ok(None);
        };
        self.read_hint(token)
            .map(Some)
            .ok_or_else(|| refused("id_token_hint is not an ID token issued here"))
    }

    /// An address registered to the letter (RP-Initiated Logout section 3).
    async fn check_target(&self, client_id: &str, uri: String, state: Option<String>) -> Result<Target, PageError> {
        let application = self
            .applications
            .find(client_id)
            .await?
            .filter(|application| application.has_post_logout_redirect_uri(&uri))
            .ok_or_else(|| refused("post_logout_redirect_uri is not registered for this client"))?;
        Ok(Target {
            app_name: application.name.clone(),
            uri,
            state,
        })
    }
}

/// The client that asks: the one the hint was made for, which must be the one that is named (RP-Initiated Logout section 2).
fn check_client_id(hint: Option<&IdTokenHint>, named: Option<String>) -> Result<Option<String>, PageError> {
    match (hint, named) {
        (Some(hint), Some(named)) if hint.client_id != named => Err(refused(
            "id_token_hint was not made for the client that client_id names",
        )),
        (Some(hint), _) => Ok(Some(hint.client_id.clone())),
        (None, named) => Ok(named),
    }
}

fn refused(why: &'static str) -> PageError {
    PageError::Logout(OAuthError::invalid_request(why))
}
