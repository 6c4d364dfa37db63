//! The provider: what its endpoints share.

use std::sync::Arc;

use super::application::Applications;
use super::client_auth::RemoteKeys;
use super::discovery::Metadata;
use super::grant::Grants;
use super::paths;
use super::scope::Scope;
use super::sealed_token::TokenSealer;
use super::{access_token, consent};
use crate::identity::Accounts;
use crate::kernel::error::Result;
use crate::keys::{KeyRing, Purpose};
use crate::platform::cache::Cache;
use crate::platform::cx::Cx;
use crate::session::Sessions;
use crate::sign_in::Continuations;

/// The most access tokens of which is remembered that nobody revoked them.
const REMEMBERED_TOKENS: usize = 50_000;
/// The most people whose `sub`, and pairs of people and applications whose consent, is remembered.
const REMEMBERED_PEOPLE: usize = 50_000;

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
    pub(super) grants: Grants,
    /// That an access token was not revoked, by its id.
    pub(super) unrevoked: Arc<Cache<()>>,
    /// By which applications know people, by user id. It never changes.
    pub(super) subjects: Arc<Cache<String>>,
    /// What people allowed applications.
    pub(super) consents: Arc<Cache<Scope>>,
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
        let memory = parts.cx.db.memory();
        Ok(Self {
            grants: Grants::new(&parts.cx.db),
            unrevoked: Cache::new(memory, access_token::store::TOPIC, REMEMBERED_TOKENS),
            subjects: Cache::new(memory, "subjects", REMEMBERED_PEOPLE),
            consents: Cache::new(memory, consent::store::TOPIC, REMEMBERED_PEOPLE),
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
