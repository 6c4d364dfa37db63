//! The way of an authorization request: checks, decision, and the step that follows from it.

use std::sync::Arc;

use super::decide::{Candidates, Decision, Situation};
use super::destination::Destination;
use super::issue::{Ground, Issued};
use super::params::RequestParams;
use super::pending::Flow;
use super::request::AuthorizationRequest;
use crate::identity::EmailAddress;
use crate::kernel::error::Result;
use crate::kernel::id::UserId;
use crate::oidc::application::Application;
use crate::oidc::browser::{Browser, Step};
use crate::oidc::consent;
use crate::oidc::error::{ErrorCode, OAuthError, PageError};
use crate::oidc::provider::Provider;
use crate::oidc::scope::Scope;
use crate::oidc::subject;
use crate::session::{OnDevice, Session};

impl Provider {
    /// Answers an authorization request, or sends the browser where the person is asked what stands in the way.
    ///
    /// # Errors
    /// [`PageError::Client`] when there is nobody whom an error may be sent to.
    pub async fn authorize(&self, params: &RequestParams, browser: &Browser<'_>) -> Result<Step, PageError> {
        let destination = self.check_destination(params).await?;
        let outcome = async {
            let request = self.check_request(params, &destination.application).await?;
            let flow = Flow::new(destination.clone(), request, self.cx.now());
            let on_device = self.on_device(browser).await?;
            self.advance(flow, on_device, browser).await
        };
        self.deliver(&destination, outcome.await)
    }

    /// Checks a request that was posted, from another site and thus without cookies, and sends the browser to where it goes on with
    /// them.
    ///
    /// # Errors
    /// As [`Self::authorize`].
    pub async fn authorize_posted(&self, params: &RequestParams, limit_key: &str) -> Result<Step, PageError> {
        let destination = self.check_destination(params).await?;
        let outcome = async {
            let request = self.check_request(params, &destination.application).await?;
            let flow = Flow::new(destination.clone(), request, self.cx.now());
            Ok(Some(self.keep(&flow, limit_key).await?))
        };
        self.deliver(&destination, outcome.await)
    }

    /// Goes on with a request that waited.
    ///
    /// # Errors
    /// [`PageError::Gone`] when it is not there any more or belongs to another browser.
    pub async fn resume_authorization(&self, handle: &str, browser: &Browser<'_>) -> Result<Step, PageError> {
        let on_device = self.device_and_sessions(handle, browser).await?;
        let flow = self.take_up(handle, &on_device.device).await?;
        let destination = flow.destination.clone();
        let outcome = self.advance(flow, Some(on_device), browser).await;
        self.deliver(&destination, outcome)
    }

    /// From here on errors may be sent to the client.
    async fn check_destination(&self, params: &RequestParams) -> Result<Destination, PageError> {
        let client_id = params
            .get("client_id")
            .map_err(PageError::Client)?
            .ok_or_else(|| PageError::Client(OAuthError::invalid_request("client_id is missing")))?;
        let application = self.known_client(client_id).await?;
        Destination::check(application, params).map_err(PageError::Client)
    }

    pub(super) async fn known_client(&self, client_id: &str) -> Result<Arc<Application>, PageError> {
        self.applications
            .find(client_id)
            .await?
            .ok_or_else(|| PageError::Client(OAuthError::invalid_client("client_id names no application")))
    }

    async fn check_request(
        &self,
        params: &RequestParams,
        application: &Application,
    ) -> Result<AuthorizationRequest, OAuthError> {
        let mut request = AuthorizationRequest::check(params, application)?;
        let by_token = match params.get("id_token_hint")? {
            Some(token) => Some(self.sub_of_hint(token, application)?),
            None => None,
        };
        request.hinted_user = match (by_token, request.sub.take()) {
            (Some(hinted), Some(asked)) if hinted != asked => {
                return Err(OAuthError::new(
                    ErrorCode::LoginRequired,
                    "id_token_hint and the claim sub name two persons",
                ));
            }
            (Some(sub), _) | (None, Some(sub)) => Some(self.hinted_user(&sub).await?),
            (None, None) => None,
        };
        Ok(request)
    }

    /// Whom an ID token of this client names (OpenID Connect Core section 3.1.2.1).
    fn sub_of_hint(&self, token: &str, application: &Application) -> Result<String, OAuthError> {
        self.read_hint(token)
            .filter(|hint| hint.client_id == application.client_id)
            .map(|hint| hint.sub)
            .ok_or_else(|| OAuthError::invalid_request("id_token_hint is not an ID token issued here to this client"))
    }

    /// The person whom a hint, or the claim `sub` (OpenID Connect Core section 5.5.1), names.
    async fn hinted_user(&self, sub: &str) -> Result<UserId> {
        let user = subject::store::user_of(self.cx.db.reader(), sub).await?;
        // whom nobody is: as with somebody who is not signed in, so that nobody can tell whether there is such a person
        Ok(user.unwrap_or_else(|| UserId::from_stored(String::new())))
    }

    /// Decides and takes the step; `None` when the request was answered before.
    async fn advance(
        &self,
        flow: Flow,
        on_device: Option<OnDevice>,
        browser: &Browser<'_>,
    ) -> Result<Option<Step>, OAuthError> {
        let sessions: &[Session] = on_device.as_ref().map_or(&[], |on_device| &on_device.sessions);
        let mut situation = Situation {
            request: &flow.request,
            requested_at: flow.requested_at,
            sessions,
            chosen: flow.last_act(sessions),
            hinted: self.hinted_session(&flow.request, sessions).await?,
            login_asked: flow.login_asked,
            first_party: flow.is_first_party(),
            remembered: Scope::EMPTY,
            consent_given: false,
        };
        if let Candidates::One(session) = situation.candidates() {
            situation.remembered = self.remembered(&flow, &session.user_id).await?;
        }
        if let Decision::Issue(session) = situation.decide() {
            let ground = match situation.first_party {
                true => Ground::FirstParty,
                false => Ground::Remembered,
            };
            match self.issue(&flow, session, ground).await? {
                Issued::Answer(step) => return Ok(Some(step)),
                Issued::Before => return Ok(None),
                // asked anew, which nobody can be in silence
                Issued::Unfounded if flow.request.prompt.none => {
                    return Err(OAuthError::new(ErrorCode::LoginRequired, "the session has just ended"));
                }
                Issued::Unfounded if situation.first_party => {
                    return Ok(Some(self.ask_login(flow, browser, None, on_device.as_ref()).await?));
                }
                Issued::Unfounded => situation.remembered = Scope::EMPTY,
            }
        }
        match situation.decide() {
            Decision::Refuse(error) => Err(error),
            // whatever is allowed without a consent was issued above
            Decision::Issue(_) => Ok(None),
            Decision::Login(session) => {
                let session = session.cloned();
                let on_device = on_device.as_ref();
                Ok(Some(self.ask_login(flow, browser, session.as_ref(), on_device).await?))
            }
            Decision::Create => Ok(Some(self.ask_create(flow, browser).await?)),
            Decision::Choose => Ok(Some(self.ask_choice(flow, browser).await?)),
            Decision::Consent(session) => {
                let session = session.id.clone();
                Ok(Some(self.ask_consent(flow, browser, &session).await?))
            }
        }
    }

    /// The session of the person whose address is the `login_hint`, where that tells several apart.
    async fn hinted_session<'a>(
        &self,
        request: &AuthorizationRequest,
        sessions: &'a [Session],
    ) -> Result<Option<&'a Session>> {
        let hint = request.login_hint.as_deref().filter(|_| sessions.len() > 1);
        let Some(address) = hint.and_then(|hint| hint.parse::<EmailAddress>().ok()) else {
            return Ok(None);
        };
        let user = self.accounts.find_by_email(&address).await?;
        Ok(user.and_then(|user| sessions.iter().find(|session| session.user_id == user.id)))
    }

    /// What the person allowed the application before, where it is sure to be the same application that asks now.
    pub(super) async fn remembered(&self, flow: &Flow, user: &UserId) -> Result<Scope> {
        let application = &flow.destination.application;
        if flow.request.prompt.consent || !application.is_assured_at(&flow.destination.redirect_uri) {
            return Ok(Scope::EMPTY);
        }
        let key = consent::store::key(user, &application.id);
        let read = || consent::store::find(self.cx.db.reader(), user, &application.id);
        let allowed = self.consents.get_or_load(&key, read).await?;
        Ok(allowed.map_or(Scope::EMPTY, |scope| *scope))
    }

    /// Turns what came of a request into a step: an error becomes the answer to the client.
    fn deliver(&self, destination: &Destination, outcome: Result<Option<Step>, OAuthError>) -> Result<Step, PageError> {
        match outcome {
            Ok(Some(step)) => Ok(step),
            Ok(None) => Err(PageError::Gone),
            Err(error) => {
                error.log();
                Ok(destination.failure(self.issuer(), &error))
            }
        }
    }
}
