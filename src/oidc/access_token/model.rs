//! What an access token says.

use serde::{Deserialize, Serialize};

use crate::kernel::clock::Timestamp;
use crate::kernel::id::GrantId;
use crate::oidc::grant::Grant;
use crate::oidc::scope::Scope;

/// What is sealed into an opaque token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    #[serde(rename = "g")]
    pub(super) grant: GrantId,
    #[serde(rename = "s")]
    pub(super) scope: Scope,
    /// In seconds, like the next: the unit of a token that says it openly (RFC 7519 section 2).
    #[serde(rename = "i")]
    pub(super) issued_at: i64,
    #[serde(rename = "e")]
    pub(super) expires_at: i64,
}

/// What a presented access token opens: it is ours, its time is not over, and its grant stands.
#[derive(Debug)]
pub(in crate::oidc) struct Access {
    pub(in crate::oidc) grant: Grant,
    /// As much of the grant's as the token is for.
    pub(in crate::oidc) scope: Scope,
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
