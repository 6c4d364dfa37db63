//! An authorization request on its way, and what of it is kept while it waits for a person.

use serde::{Deserialize, Serialize};

use super::destination::Destination;
use super::request::AuthorizationRequest;
use super::response_mode::ResponseMode;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::id::{DeviceId, SessionId};
use crate::kernel::token::TokenHash;
use crate::oidc::error::PageError;
use crate::oidc::paths::AUTHORIZE_CONTINUATION;
use crate::oidc::provider::Provider;

/// What is kept, sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Pending {
    client_id: String,
    redirect_uri: String,
    state: Option<String>,
    #[serde(default)]
    mode: ResponseMode,
    request: AuthorizationRequest,
    login_asked: bool,
    consent_asked: Option<SessionId>,
    #[serde(default)]
    chosen: Option<Chosen>,
}

/// A session that the person chose for the request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Chosen {
    pub(super) session: SessionId,
    pub(super) at: Timestamp,
}

/// A checked request on its way to an answer.
pub(super) struct Flow {
    pub(super) destination: Destination,
    pub(super) request: AuthorizationRequest,
    pub(super) requested_at: Timestamp,
    /// Whether the person was sent to sign in for it.
    pub(super) login_asked: bool,
    /// The session whose person the consent page asks.
    pub(super) consent_asked: Option<SessionId>,
    /// The session that the person chose.
    pub(super) chosen: Option<Chosen>,
    /// The continuation it waits in, once it has waited.
    pub(super) waiting: Option<Waiting>,
}

/// A continuation, by its handle and by the hash of it.
pub(super) struct Waiting {
    pub(super) handle: String,
    pub(super) hash: TokenHash,
}

impl Flow {
    /// A request that has just come.
    pub(super) fn new(destination: Destination, request: AuthorizationRequest, now: Timestamp) -> Self {
        Self {
            destination,
            request,
            requested_at: now,
            login_asked: false,
            consent_asked: None,
            chosen: None,
            waiting: None,
        }
    }

    /// Whether nobody need be asked for consent: the application is the instance's own, and it is sure to be the one that asks (RFC
    /// 8252 section 8.6).
    pub(super) fn is_first_party(&self) -> bool {
        let application = &self.destination.application;
        !application.consent_screen_enabled && application.is_assured_at(&self.destination.redirect_uri)
    }

    /// What to keep of it.
    pub(super) fn pending(&self) -> Pending {
        Pending {
            client_id: self.destination.application.client_id.clone(),
            redirect_uri: self.destination.redirect_uri.clone(),
            state: self.destination.state.clone(),
            mode: self.destination.mode,
            request: self.request.clone(),
            login_asked: self.login_asked,
            consent_asked: self.consent_asked.clone(),
            chosen: self.chosen.clone(),
        }
    }
}

impl Provider {
    /// Takes a request up that waited. Its destination is checked again and what it asks for is narrowed again, for the application
    /// may have changed.
    pub(super) async fn take_up(&self, handle: &str, device: &DeviceId) -> Result<Flow, PageError> {
        let continuation = self.continuations.find(handle, device).await?.ok_or(PageError::Gone)?;
        if continuation.kind != AUTHORIZE_CONTINUATION.0 {
            return Err(PageError::Gone);
        }
        let pending: Pending = serde_json::from_value(continuation.payload).map_err(Error::internal)?;
        let application = self.known_client(&pending.client_id).await?;
        let mut request = pending.request;
        request.scope = request.scope.intersection(application.scope());
        request.claims = request.claims.within(application.scope());
        let destination = Destination::verify(application, pending.redirect_uri, pending.state, pending.mode)
            .map_err(PageError::Client)?;
        Ok(Flow {
            destination,
            request,
            requested_at: continuation.requested_at,
            login_asked: pending.login_asked,
            consent_asked: pending.consent_asked,
            chosen: pending.chosen,
            waiting: Some(Waiting {
                handle: handle.to_owned(),
                hash: continuation.hash,
            }),
        })
    }
}
