//! The provider: what its endpoints share.

use std::sync::Arc;

use super::application::Applications;
use super::client_auth::RemoteKeys;
use super::discovery::Metadata;
use super::paths;
use super::sealed_token::TokenSealer;
use crate::identity::Accounts;
use crate::kernel::error::Result;
use crate::keys::{KeyRing, Purpose};
use crate::platform::cx::Cx;
use crate::session::Sessions;
use crate::sign_in::Continuations;

/// What an opaque access token begins with.
const ACCESS_TOKEN: &str = "oat_";
/// What a refresh token begins with.
const REFRESH_TOKEN: &str = "ort_";

/// The OpenID Connect provider; clones are the same provider.
#[derive(Clone)]
pub struct Provider {
    pub(super) cx: Cx,
    pub(super) keys: KeyRing,
    pub(super) accounts: Accounts,
    pub(super) sessions: Sessions,
    pub(super) continuations: Continuations,
    pub(super) applications: Applications,
    pub(super) access_tokens: Arc<TokenSealer>,
    pub(super) refresh_tokens: Arc<TokenSealer>,
    pub(super) remote_keys: RemoteKeys,
    /// The URLs of the endpoints that clients authenticate at.
    pub(super) client_endpoints: Arc<[String]>,
    metadata: Arc<[u8]>,
}

/// What the provider is made of. The continuations know [`RESUME_PATHS`](super::RESUME_PATHS).
pub struct Parts {
    /// The context.
    pub cx: Cx,
    /// Signs ID tokens and verifies hints.
    pub keys: KeyRing,
    /// People.
    pub accounts: Accounts,
    /// Who is signed in where.
    pub sessions: Sessions,
    /// What waits for a person.
    pub continuations: Continuations,
    /// Who may ask.
    pub applications: Applications,
}

impl Provider {
    /// The provider.
    ///
    /// # Errors
    /// `Internal` when the metadata do not serialise, or a cipher refuses its key.
    pub fn new(parts: Parts) -> Result<Self> {
        let metadata = Metadata::of(parts.cx.public_url()).to_json()?;
        let tokens = |purpose, prefix| TokenSealer::new(&parts.cx.sealer, purpose, prefix).map(Arc::new);
        let client_endpoints = paths::CLIENT_ENDPOINTS.map(|path| parts.cx.public_url().join(path));
        Ok(Self {
            access_tokens: tokens("access tokens", ACCESS_TOKEN)?,
            refresh_tokens: tokens("refresh tokens", REFRESH_TOKEN)?,
            remote_keys: RemoteKeys::new(parts.cx.clone()),
            client_endpoints: Arc::new(client_endpoints),
            cx: parts.cx,
            keys: parts.keys,
            accounts: parts.accounts,
            sessions: parts.sessions,
            continuations: parts.continuations,
            applications: parts.applications,
            metadata: metadata.into(),
        })
    }

    /// The issuer identifier (OpenID Connect Core section 1.2): the instance's origin.
    pub fn issuer(&self) -> &str {
        self.cx.public_url().as_str()
    }

    /// The metadata document, as JSON.
    pub fn metadata(&self) -> Arc<[u8]> {
        Arc::clone(&self.metadata)
    }

    /// The public keys that ID tokens and access tokens are signed with, as the JSON of a JWK set.
    pub fn jwks(&self) -> Arc<[u8]> {
        self.keys.jwks(&[Purpose::IdToken, Purpose::AccessToken])
    }
}
