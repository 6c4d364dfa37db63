//! Taking tokens back at the wish of whoever runs the instance.

use crate::kernel::error::{Error, Result};
use crate::kernel::event::Actor;
use crate::kernel::id::ApplicationId;
use crate::kernel::secret::SecretString;
use crate::oidc::access_token::Holder;
use crate::oidc::grant::{self, Grant, Revocation};
use crate::oidc::provider::Provider;

impl Provider {
    /// Ends the grant that a token of `application` belongs to, and with it every token of it. A token that the application got on its
    /// own belongs to none and ends alone.
    ///
    /// # Errors
    /// `NotFound` when it is no token of the application that is worth anything.
    pub(in crate::oidc) async fn revoke_token_of(
        &self,
        application: &ApplicationId,
        token: &SecretString,
        actor: Actor,
    ) -> Result<()> {
        let token = token.expose();
        if let Some((_, refresh_token)) = self.open_refresh_token(token) {
            let found = grant::store::find(self.cx.db.reader(), &refresh_token.grant, self.cx.now()).await?;
            let (stored, _) = found.ok_or_else(Error::not_found)?;
            return self.end_grant_of(application, &stored.grant, actor).await;
        }
        let access = self.open_access_token(token).await?.ok_or_else(Error::not_found)?;
        match &access.holder {
            Holder::Person(grant) => self.end_grant_of(application, grant, actor).await,
            Holder::Application if access.application.id == *application => self.revoke_access_token(&access).await,
            Holder::Application => Err(Error::not_found()),
        }
    }

    async fn end_grant_of(&self, application: &ApplicationId, grant: &Grant, actor: Actor) -> Result<()> {
        let is_its = grant.application_id == *application;
        if is_its && self.end_grant(grant, Revocation::by(&actor), actor).await? {
            return Ok(());
        }
        Err(Error::not_found())
    }
}
