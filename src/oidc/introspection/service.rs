//! Answering what a token is worth.

use std::time::Duration;

use super::model::{Active, Introspection, Person};
use crate::kernel::error::Result;
use crate::oidc::access_token::{Access, Holder};
use crate::oidc::application::Application;
use crate::oidc::claims::Acr;
use crate::oidc::error::OAuthError;
use crate::oidc::grant::{self, Grant};
use crate::oidc::presented_token::PresentedToken;
use crate::oidc::provider::Provider;
use crate::oidc::refresh_token::Fate;
use crate::oidc::scope::{Scope, ScopeValue};
use crate::oidc::token::BEARER;

impl Provider {
    /// Tells an application what a token is worth now: anybody's access token, and its own refresh tokens. Limits count
    /// who asks as `address`.
    ///
    /// # Errors
    /// `invalid_client` for who does not prove who it is; never one for a token.
    pub(in crate::oidc) async fn introspect(
        &self,
        presented: &PresentedToken,
        address: &str,
    ) -> Result<Introspection, OAuthError> {
        let asker = self.authenticate(&presented.client, address).await?;
        if asker.is_public() {
            // or whoever found a token could ask what it opens (RFC 7662 section 2.1)
            return Err(OAuthError::invalid_client("a public client can't ask about tokens"));
        }
        let token = presented.token.expose();
        if let Some(access) = self.open_access_token(token).await? {
            return Ok(Introspection::Active(Box::new(self.tell_access_token(access).await?)));
        }
        Ok(match self.tell_refresh_token(&asker, token).await? {
            Some(active) => Introspection::Active(Box::new(active)),
            None => Introspection::Inactive,
        })
    }

    async fn tell_access_token(&self, access: Access) -> Result<Active> {
        let person = match &access.holder {
            Holder::Person(grant) => self.tell_person(grant, Scope::from(access.scope.clone())).await?,
            Holder::Application => Person::default(),
        };
        let issued_at = access.issued_at.secs();
        Ok(Active {
            active: true,
            client_id: access.application.client_id.clone(),
            token_type: Some(BEARER),
            exp: access.expires_at.secs(),
            iat: Some(issued_at),
            nbf: Some(issued_at),
            sub: access.sub().to_owned(),
            aud: self.issuer().to_owned(),
            iss: self.issuer().to_owned(),
            jti: access.id.to_string(),
            person,
            scope: access.scope,
        })
    }

    /// What is told of the person whose grant it is, within the scope of the token.
    async fn tell_person(&self, grant: &Grant, scope: Scope) -> Result<Person> {
        let username = match scope.has(ScopeValue::Email) {
            true => {
                let user = self.accounts.find(&grant.user_id).await?;
                user.and_then(|user| user.address().map(str::to_owned))
            }
            false => None,
        };
        Ok(Person {
            username,
            auth_time: Some(grant.auth_time.secs()),
            acr: Some(Acr::REACHED.as_str()),
        })
    }

    /// What a refresh token of `asker` is worth: one that was rotated is worth something within the grace.
    async fn tell_refresh_token(&self, asker: &Application, presented: &str) -> Result<Option<Active>> {
        let now = self.cx.now();
        let Some((id, token)) = self
            .open_refresh_token(presented)
            .filter(|(_, token)| now < token.expires_at)
        else {
            return Ok(None);
        };
        let found = self.find_grant(&token.grant, now).await?;
        let Some((grant, _)) = found.filter(|(grant, standing)| grant.application_id == asker.id && standing.holds())
        else {
            return Ok(None);
        };
        let grace = self.cx.instance.settings().tokens.refresh_grace_seconds;
        let family = grant::store::family(self.cx.db.reader(), &grant.id).await?;
        let fate = family.map(|family| family.judge(token.generation, now, Duration::from_secs(grace.into())));
        if !matches!(fate, Some(Fate::Rotates | Fate::Grace)) {
            return Ok(None);
        }
        // as much as a refresh would give
        let scope = grant.scope.intersection(asker.scope());
        Ok(Some(Active {
            active: true,
            person: self.tell_person(&grant, scope).await?,
            scope: scope.to_string(),
            client_id: grant.client_id.clone(),
            token_type: None,
            exp: token.expires_at.secs(),
            iat: None,
            nbf: None,
            sub: grant.sub.clone(),
            aud: self.issuer().to_owned(),
            iss: self.issuer().to_owned(),
            jti: id.to_string(),
        }))
    }
}
