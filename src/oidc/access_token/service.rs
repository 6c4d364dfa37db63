//! Writing, reading and revoking access tokens.

use std::sync::Arc;

use super::jwt::{self, Claims};
use super::model::{Access, Bearer, Content, Holder, NewAccessToken, expiry};
use super::store;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::id::ApplicationId;
use crate::keys::Purpose;
use crate::oidc::application::{AccessTokenFormat, Application};
use crate::oidc::grant::Grant;
use crate::oidc::provider::Provider;
use crate::oidc::scope::Scope;
use crate::oidc::sealed_token::TokenId;

impl Provider {
    /// An access token of `application` with `scope`: on behalf of the person of `grant`, or on its own.
    ///
    /// # Errors
    /// `Internal` when sealing or signing fails.
    pub(in crate::oidc) fn write_access_token(
        &self,
        application: &Application,
        grant: Option<&Grant>,
        scope: String,
        now: Timestamp,
    ) -> Result<NewAccessToken> {
        let lifetime = self.cx.instance.settings().tokens.access_token_seconds;
        let content = Content {
            bearer: match grant {
                Some(grant) => Bearer::Grant(grant.id.clone()),
                None => Bearer::Application {
                    id: application.id.clone(),
                    client_id: application.client_id.clone(),
                },
            },
            scope,
            issued_at: now.secs(),
            expires_at: expiry(now, lifetime).secs(),
        };
        let text = match application.access_token_format {
            AccessTokenFormat::Opaque => self.access_tokens.seal(&content, &self.cx.rng)?.1,
            AccessTokenFormat::Jwt => {
                let id = TokenId::draw(&self.cx.rng);
                let claims = Claims::new(self.issuer(), &application.client_id, grant, &content, id);
                let algorithm = application.access_token_algorithm;
                self.keys
                    .sign(Purpose::AccessToken, algorithm, Some(jwt::TYPE), &claims)?
            }
        };
        Ok(NewAccessToken {
            text,
            expires_in: lifetime,
        })
    }

    /// What `presented` opens now; `None` for what is no access token of ours, and for one whose time is over, that was revoked, or
    /// whose grant or application does not stand any more.
    ///
    /// # Errors
    /// A database error.
    pub(in crate::oidc) async fn open_access_token(&self, presented: &str) -> Result<Option<Access>> {
        let now = self.cx.now();
        let Some((id, content)) = self.read_access_token(presented).filter(|(_, content)| {
            // RFC 7519 section 4.1.4
            now.secs() < content.expires_at
        }) else {
            return Ok(None);
        };
        let Some((application, holder)) = self.holder(&content.bearer, now).await? else {
            return Ok(None);
        };
        if self.is_revoked(id).await? {
            return Ok(None);
        }
        Ok(Some(Access {
            id,
            scope: still_registered(&application, &holder, content.scope),
            application,
            holder,
            issued_at: Timestamp::from_secs(content.issued_at),
            expires_at: Timestamp::from_secs(content.expires_at),
        }))
    }

    /// Revokes a token that is good for something; it is worth nothing from now on.
    ///
    /// # Errors
    /// A database error.
    pub(in crate::oidc) async fn revoke_access_token(&self, access: &Access) -> Result<()> {
        let (id, expires_at) = (access.id, access.expires_at);
        self.cx
            .db
            .write(|tx| async move { store::revoke(&tx, id, expires_at).await })
            .await
    }

    /// Whether a token of ours was revoked. That it was not is remembered.
    async fn is_revoked(&self, id: TokenId) -> Result<bool> {
        let read = || async {
            let revoked = store::is_revoked(self.cx.db.reader(), id).await?;
            Ok((!revoked).then_some(()))
        };
        let unrevoked = self.unrevoked.get_or_load(&id.to_string(), read).await?;
        Ok(unrevoked.is_none())
    }

    /// What a presented text says, if it is an access token of ours.
    fn read_access_token(&self, presented: &str) -> Option<(TokenId, Content)> {
        if let Some(read) = self.access_tokens.open(presented) {
            return Some(read);
        }
        let claims = self.keys.verify(Purpose::AccessToken, presented)?;
        let claims: jwt::Presented = serde_json::from_value(claims).ok()?;
        claims.content(self.issuer())
    }

    /// The application and on whose behalf it acts; `None` when either is no more.
    async fn holder(&self, bearer: &Bearer, now: Timestamp) -> Result<Option<(Arc<Application>, Holder)>> {
        match bearer {
            Bearer::Grant(id) => {
                let found = self.find_grant(id, now).await?;
                let Some((grant, _)) = found.filter(|(_, standing)| standing.holds()) else {
                    return Ok(None);
                };
                let application = self.application_of(&grant.client_id, &grant.application_id).await?;
                Ok(application.map(|application| (application, Holder::Person(grant))))
            }
            Bearer::Application { id, client_id } => {
                let application = self.application_of(client_id, id).await?;
                Ok(application.map(|application| (application, Holder::Application)))
            }
        }
    }

    async fn application_of(&self, client_id: &str, id: &ApplicationId) -> Result<Option<Arc<Application>>> {
        let application = self.applications.find(client_id).await?;
        // a client id that was deleted may be given again
        Ok(application.filter(|application| application.id == *id))
    }
}

/// As much of a token's scope as its application may still have: what was taken from it since opens nothing any more.
fn still_registered(application: &Application, holder: &Holder, scope: String) -> String {
    match holder {
        Holder::Person(_) => Scope::from(scope).intersection(application.scope()).to_string(),
        Holder::Application => {
            let registered = scope.split(' ').filter(|value| application.scopes.has(value));
            registered.collect::<Vec<_>>().join(" ")
        }
    }
}
