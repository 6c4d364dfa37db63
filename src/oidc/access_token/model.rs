//! What an access token says.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::kernel::clock::Timestamp;
use crate::kernel::id::{ApplicationId, GrantId};
use crate::oidc::application::Application;
use crate::oidc::grant::Grant;
use crate::oidc::scope::{Scope, ScopeValue};
use crate::oidc::sealed_token::TokenId;

/// What every access token says, sealed or signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    #[serde(rename = "h")]
    pub(super) bearer: Bearer,
    /// Scope values, separated by spaces; those of applications are not ours to know.
    #[serde(rename = "s")]
    pub(super) scope: String,
    /// In seconds, like the next: the unit of a token that says it openly (RFC 7519 section 2).
    #[serde(rename = "i")]
    pub(super) issued_at: i64,
    #[serde(rename = "e")]
    pub(super) expires_at: i64,
}

/// On whose behalf it was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Bearer {
    /// A person's, by what they granted.
    #[serde(rename = "g")]
    Grant(GrantId),
    /// The application's own.
    #[serde(rename = "a")]
    Application {
        /// Not the client id alone, which another application may have later.
        #[serde(rename = "i")]
        id: ApplicationId,
        #[serde(rename = "c")]
        client_id: String,
    },
}

/// What a presented access token opens: it is ours, its time is not over, nobody revoked it, and what it rests on stands.
#[derive(Debug)]
pub(in crate::oidc) struct Access {
    pub(in crate::oidc) id: TokenId,
    /// Whom it was issued to.
    pub(in crate::oidc) application: Arc<Application>,
    pub(in crate::oidc) holder: Holder,
    /// Scope values, separated by spaces.
    pub(in crate::oidc) scope: String,
    pub(in crate::oidc) issued_at: Timestamp,
    pub(in crate::oidc) expires_at: Timestamp,
}

/// On whose behalf an application acts.
#[derive(Debug)]
pub(in crate::oidc) enum Holder {
    /// On a person's.
    Person(Arc<Grant>),
    /// On its own (RFC 6749 section 4.4).
    Application,
}

impl Access {
    /// The grant of the person who signed in with it, and the scope that the token has of it.
    pub(in crate::oidc) fn signed_in(&self) -> Option<(&Grant, Scope)> {
        let scope = Scope::from(self.scope.clone());
        match &self.holder {
            Holder::Person(grant) if scope.has(ScopeValue::OpenId) => Some((grant, scope)),
            _ => None,
        }
    }

    /// The `sub` of RFC 9068 section 2.2: the person's, or the client id where there is none.
    pub(in crate::oidc) fn sub(&self) -> &str {
        match &self.holder {
            Holder::Person(grant) => &grant.sub,
            Holder::Application => &self.application.client_id,
        }
    }
}

/// An access token about to be handed over.
pub(in crate::oidc) struct NewAccessToken {
    pub(in crate::oidc) text: String,
    /// In seconds.
    pub(in crate::oidc) expires_in: u32,
}

/// When a token that is issued now, for `lifetime` seconds, expires: in whole seconds, as it says itself.
pub(in crate::oidc) fn expiry(now: Timestamp, lifetime: u32) -> Timestamp {
    Timestamp::from_secs(now.secs() + i64::from(lifetime))
}
