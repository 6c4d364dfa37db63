//! Judging what a client shows.

use std::sync::Arc;

use super::assertion::{Assertion, Rules};
use super::credentials::{ClientCredentials, Proof};
use super::store;
use crate::kernel::error::{Error, Result};
use crate::oidc::application::{Application, AuthMethod, ClientKeys, Verdict};
use crate::oidc::error::OAuthError;
use crate::oidc::provider::Provider;

/// Why an assertion whose signature no key of the application verifies is refused.
const WRONG_SIGNATURE: &str = "no key of the application made the signature";

impl Provider {
    /// The application that the client proved to be, by the method it is registered for. Failures are counted by the address that
    /// limits count as `address`; the log says why.
    pub(in crate::oidc) async fn authenticate(
        &self,
        client: &ClientCredentials,
        address: &str,
    ) -> Result<Arc<Application>, OAuthError> {
        let Some(application) = self.applications.find(&client.client_id).await? else {
            return Err(self.refuse_client(address).await?);
        };
        let refusal = self.judge(&application, &client.proof).await?;
        let Some(why) = refusal else {
            return Ok(application);
        };
        tracing::info!(application = %application.id, why, "a client did not authenticate");
        Err(self.refuse_client(address).await?)
    }

    /// Why the proof does not hold; `None` where it does.
    async fn judge(&self, application: &Application, proof: &Proof) -> Result<Option<&'static str>> {
        use AuthMethod::{ClientSecret, ClientSecretBasic, ClientSecretPost, PrivateKeyJwt};
        let refusal = match (application.authentication, proof) {
            (AuthMethod::None, Proof::Nothing) => None,
            (ClientSecret | ClientSecretBasic, Proof::Basic(secret))
            | (ClientSecret | ClientSecretPost, Proof::Post(secret)) => {
                let admitted = application.admits_secret(secret.expose(), self.cx.now());
                (!admitted).then_some("the secret is wrong or has expired")
            }
            (PrivateKeyJwt, Proof::Assertion(assertion)) => self.judge_assertion(application, assertion).await?,
            _ => Some("it is registered for another method of authentication"),
        };
        Ok(refusal)
    }

    async fn judge_assertion(&self, application: &Application, assertion: &Assertion) -> Result<Option<&'static str>> {
        let rules = Rules {
            profile: application.profile,
            issuer: self.issuer(),
            endpoints: &self.client_endpoints,
            now: self.cx.now(),
        };
        if let Err(why) = assertion.check(&rules) {
            return Ok(Some(why));
        }
        if !self.is_signed(application, assertion).await? {
            return Ok(Some(WRONG_SIGNATURE));
        }
        // used up last, so that nobody but the client can use up its assertions
        let (id, jti_hash, expires_at) = (&application.id, &assertion.jti_hash(), assertion.expires_at());
        let is_first = self
            .cx
            .db
            .write(|tx| async move { store::use_up(&tx, id, jti_hash, expires_at).await })
            .await?;
        Ok((!is_first).then_some("the assertion was used before"))
    }

    async fn is_signed(&self, application: &Application, assertion: &Assertion) -> Result<bool> {
        if let Some(jwks) = &application.jwks {
            let keys = ClientKeys::parse(jwks.as_bytes()).map_err(Error::internal)?;
            return Ok(assertion.verify(&keys) == Verdict::Verified);
        }
        let Some(uri) = &application.jwks_uri else {
            return Ok(false);
        };
        let verdict = |keys: Option<Arc<ClientKeys>>| keys.map_or(Verdict::NoSuchKey, |keys| assertion.verify(&keys));
        let mut found = verdict(self.remote_keys.at(&application.id, uri).await);
        if found == Verdict::NoSuchKey {
            // the application may have rotated its keys
            found = verdict(self.remote_keys.again(&application.id, uri).await);
        }
        Ok(found == Verdict::Verified)
    }
}
