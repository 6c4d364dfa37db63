//! What a refresh token says.

use serde::{Deserialize, Serialize};

use crate::kernel::clock::Timestamp;
use crate::kernel::id::GrantId;

/// A refresh token of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::oidc) struct RefreshToken {
    #[serde(rename = "g")]
    pub(in crate::oidc) grant: GrantId,
    /// Its place in the family.
    #[serde(rename = "n")]
    pub(in crate::oidc) generation: i32,
    #[serde(rename = "e")]
    pub(in crate::oidc) expires_at: Timestamp,
}
