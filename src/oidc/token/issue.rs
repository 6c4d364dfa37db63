//! Drawing and signing the tokens of a response, before the transaction that writes them.

use std::time::Duration;

use serde::Serialize;

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::token::{PlainToken, TokenHash};
use crate::oidc::application::Application;
use crate::oidc::grant::Grant;
use crate::oidc::provider::Provider;
use crate::oidc::scope::{Scope, ScopeValue};

const ACCESS_TOKEN: &str = "oat_";
const REFRESH_TOKEN: &str = "ort_";

/// A token response (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3). Its parts are secrets, so it can't be printed.
#[derive(Serialize)]
pub struct TokenResponse {
    access_token: String,
    /// RFC 6750.
    token_type: &'static str,
    /// In seconds.
    expires_in: u32,
    scope: Scope,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

/// Tokens about to be written, and the response that hands them over.
pub(super) struct Tokens {
    pub(super) access_token: NewToken,
    /// The scope of the access token.
    pub(super) scope: Scope,
    /// With offline access alone.
    pub(super) refresh_token: Option<NewToken>,
    pub(super) response: TokenResponse,
}

/// What is stored of a token.
pub(super) struct NewToken {
    pub(super) hash: TokenHash,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

impl Provider {
    /// Tokens for a grant, with `scope` of what it has. The refresh token is always for all of it (RFC 6749 section 6).
    pub(super) fn draw_tokens(
        &self,
        application: &Application,
        grant: &Grant,
        scope: Scope,
        nonce: Option<&str>,
        now: Timestamp,
    ) -> Result<Tokens> {
        let settings = self.cx.instance.settings();
        let new = |token: &PlainToken, lifetime: u32| NewToken {
            hash: token.hash(),
            created_at: now,
            expires_at: now + Duration::from_secs(lifetime.into()),
        };
        let access = PlainToken::draw(ACCESS_TOKEN, &self.cx.rng);
        let offline = grant.scope.has(ScopeValue::OfflineAccess);
        let refresh = offline.then(|| PlainToken::draw(REFRESH_TOKEN, &self.cx.rng));
        let id_token = if scope.has(ScopeValue::OpenId) {
            Some(self.sign_id_token(application, grant, nonce, &access, now)?)
        } else {
            None
        };
        Ok(Tokens {
            access_token: new(&access, settings.tokens.access_token_seconds),
            scope,
            refresh_token: refresh
                .as_ref()
                .map(|refresh| new(refresh, settings.tokens.refresh_token_seconds)),
            response: TokenResponse {
                access_token: access.expose().to_owned(),
                token_type: "Bearer",
                expires_in: settings.tokens.access_token_seconds,
                scope,
                refresh_token: refresh.map(|refresh| refresh.expose().to_owned()),
                id_token,
            },
        })
    }
}
