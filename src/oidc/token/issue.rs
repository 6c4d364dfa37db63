//! Writing and signing the tokens of a response, after the transaction that they rest on.

use std::time::Duration;

use serde::Serialize;

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::oidc::access_token::{NewAccessToken, expiry};
use crate::oidc::application::{Application, GrantType};
use crate::oidc::claims::Claims;
use crate::oidc::grant::{Grant, Standing};
use crate::oidc::provider::Provider;
use crate::oidc::refresh_token::RefreshToken;
use crate::oidc::scope::{Scope, ScopeValue};

/// RFC 6750.
pub(in crate::oidc) const BEARER: &str = "Bearer";

/// A token response (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3). Its parts are secrets, so it can't be printed.
#[derive(Serialize)]
pub struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    /// In seconds.
    expires_in: u32,
    /// Left out where there is none: an empty list breaks the grammar of RFC 6749 section 3.3.
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

impl TokenResponse {
    /// The response to an application that acts on its own (RFC 6749 section 4.4.3).
    pub(super) fn of_application(access_token: NewAccessToken, scope: String) -> Self {
        Self {
            access_token: access_token.text,
            token_type: BEARER,
            expires_in: access_token.expires_in,
            scope,
            refresh_token: None,
            id_token: None,
        }
    }
}

/// Until when what is about to be issued can be used.
#[derive(Clone, Copy)]
pub(super) struct Lifetimes {
    access_token: Timestamp,
    /// `None` for an application that gets no refresh tokens.
    pub(super) refresh_token: Option<Timestamp>,
}

impl Lifetimes {
    /// The end of whatever lives longest.
    pub(super) fn latest(self) -> Timestamp {
        self.refresh_token
            .map_or(self.access_token, |end| end.max(self.access_token))
    }
}

/// What is said in a response.
pub(super) struct Issue<'a> {
    pub(super) application: &'a Application,
    pub(super) grant: &'a Grant,
    /// As much of the grant's as the access token is for. The refresh token is always for all of it (RFC 6749 section 6).
    pub(super) scope: Scope,
    pub(super) nonce: Option<&'a str>,
    pub(super) refresh_token: Option<RefreshToken>,
    pub(super) now: Timestamp,
}

impl Provider {
    /// The lifetimes of tokens that are issued now.
    pub(super) fn lifetimes(&self, application: &Application, standing: Standing, now: Timestamp) -> Lifetimes {
        let settings = self.cx.instance.settings();
        let refresh_token = now + Duration::from_secs(settings.tokens.refresh_token_seconds.into());
        let may_refresh = application.grant_types.has(GrantType::RefreshToken);
        Lifetimes {
            access_token: expiry(now, settings.tokens.access_token_seconds),
            refresh_token: may_refresh.then(|| standing.at_most(refresh_token)),
        }
    }

    /// The response, and with it the tokens. Nothing here writes, so no signature is made while others wait to write.
    pub(super) async fn issue_tokens(&self, issue: &Issue<'_>) -> Result<TokenResponse> {
        let Issue {
            application,
            grant,
            now,
            ..
        } = *issue;
        let access_token = self.write_access_token(application, Some(grant), issue.scope.to_string(), now)?;
        let id_token = if issue.scope.has(ScopeValue::OpenId) {
            let person = self.person_claims(application, grant).await?;
            Some(self.sign_id_token(application, grant, issue.nonce, &person, &access_token.text, now)?)
        } else {
            None
        };
        Ok(TokenResponse {
            access_token: access_token.text,
            token_type: BEARER,
            expires_in: access_token.expires_in,
            scope: issue.scope.to_string(),
            refresh_token: issue
                .refresh_token
                .as_ref()
                .map(|token| self.seal_refresh_token(token))
                .transpose()?,
            id_token,
        })
    }

    /// What ID tokens tell of the person besides who it is.
    async fn person_claims(&self, application: &Application, grant: &Grant) -> Result<Claims> {
        if !grant.claims.has_id_token() {
            return Ok(Claims::default());
        }
        let asked = grant.claims.clone().within(application.scope());
        let user = self.accounts.find(&grant.user_id).await?;
        // whoever was deleted since has nothing to tell
        Ok(user.map_or_else(Claims::default, |user| Claims::in_id_token(&user, &asked)))
    }
}
