//! The consent page: what it shows, and what becomes of the person's decision.

use super::decide::{Decision, Situation};
use super::issue::{Ground, Issued};
use super::pending::Flow;
use crate::kernel::error::Result;
use crate::kernel::id::SessionId;
use crate::oidc::application::shown_host;
use crate::oidc::browser::{Step, with_handle};
use crate::oidc::error::{ErrorCode, OAuthError, PageError};
use crate::oidc::paths::AUTHORIZE_RESUME;
use crate::oidc::provider::Provider;
use crate::oidc::scope::{Scope, ScopeValue};
use crate::platform::i18n::Lang;
use crate::session::{OnDevice, Session};
use crate::sign_in::consume_continuation;

/// What the consent page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentView {
    /// The session whose person is asked; the answer names it.
    pub session: SessionId,
    /// The application that asks.
    pub app_name: String,
    /// The person's name.
    pub user_name: Option<String>,
    /// The person's email address.
    pub email: Option<String>,
    /// The person's phone number.
    pub phone: Option<String>,
    /// The scope values that it asks for, in their order.
    pub scopes: Vec<AskedScope>,
    /// Where the browser goes after the decision, as people are shown it.
    pub redirect_host: String,
    /// The language that the request asks for.
    pub lang: Option<Lang>,
}

/// A scope value that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedScope {
    /// The value.
    pub value: ScopeValue,
    /// Whether the person allowed it before.
    pub allowed_before: bool,
}

impl Provider {
    /// What to show for a request that waits for consent. `None` when there is nothing to ask here: whoever has the handle goes on at
    /// [`AUTHORIZE_RESUME`], which knows why.
    ///
    /// # Errors
    /// A database error.
    pub async fn consent_view(&self, handle: &str, on_device: &OnDevice) -> Result<Option<ConsentView>> {
        let flow = match self.take_up(handle, &on_device.device).await {
            Ok(flow) => flow,
            Err(PageError::Failed(error)) => return Err(error),
            Err(_) => return Ok(None),
        };
        let Some(session) = asked(&flow, on_device) else {
            return Ok(None);
        };
        let Some(user) = self.accounts.find(&session.user_id).await? else {
            return Ok(None);
        };
        let remembered = self.remembered(&flow, &session.user_id).await?;
        let asked = |value| AskedScope {
            value,
            allowed_before: remembered.has(value),
        };
        Ok(Some(ConsentView {
            session: session.id.clone(),
            app_name: flow.destination.application.name.clone(),
            user_name: user.full_name(),
            email: user.address().map(str::to_owned),
            phone: user.phone.as_ref().map(|phone| phone.number.clone()),
            scopes: flow.request.to_allow().values().map(asked).collect(),
            redirect_host: shown_host(&flow.destination.redirect_uri),
            lang: flow.request.lang,
        }))
    }

    /// Takes the decision that was made on a page which asked the person of `session`. Where the request asks somebody else by now,
    /// as when another page was opened for it meanwhile, the decision is not theirs and counts for nothing. Gives where the browser goes: to the client with the answer, or to a
    /// page of ours where something else has to be done first.
    ///
    /// # Errors
    /// `NotFound` (`continuation_gone`) when the request was answered before or has run out.
    pub async fn answer_consent(
        &self,
        handle: &str,
        on_device: &OnDevice,
        session: &SessionId,
        allow: bool,
    ) -> Result<Step> {
        let flow = self.take_up(handle, &on_device.device).await?;
        let Some(session) = asked(&flow, on_device).filter(|asked| asked.id == *session) else {
            return Ok(Step::ToPage(with_handle(AUTHORIZE_RESUME, handle)));
        };
        if !allow {
            return self.deny(&flow).await;
        }
        let situation = Situation {
            request: &flow.request,
            requested_at: flow.requested_at,
            // the person who was asked, whoever else has signed in meanwhile
            sessions: std::slice::from_ref(session),
            chosen: Some(session),
            hinted: None,
            login_asked: flow.login_asked,
            first_party: false,
            remembered: Scope::EMPTY,
            consent_given: true,
        };
        match situation.decide() {
            Decision::Issue(session) => match self.issue(&flow, session, Ground::Given).await? {
                Issued::Answer(step) => Ok(step),
                Issued::Before | Issued::Unfounded => Err(PageError::Gone.into()),
            },
            Decision::Refuse(error) => Ok(flow.destination.failure(self.issuer(), &error)),
            Decision::Login(_) | Decision::Create | Decision::Choose | Decision::Consent(_) => {
                Ok(Step::ToPage(with_handle(AUTHORIZE_RESUME, handle)))
            }
        }
    }

    /// RFC 6749 section 4.1.2.1.
    async fn deny(&self, flow: &Flow) -> Result<Step> {
        let waiting = flow.waiting.as_ref().map(|waiting| &waiting.hash);
        let now = self.cx.now();
        let ended = self
            .cx
            .db
            .write(|tx| async move {
                match waiting {
                    Some(hash) => consume_continuation(&tx, hash, now).await,
                    None => Ok(false),
                }
            })
            .await?;
        if !ended {
            return Err(PageError::Gone.into());
        }
        let denied = OAuthError::new(ErrorCode::AccessDenied, "the person did not consent");
        Ok(flow.destination.failure(self.issuer(), &denied))
    }
}

/// The session whose person the page asks, while it lives.
fn asked<'a>(flow: &Flow, on_device: &'a OnDevice) -> Option<&'a Session> {
    let id = flow.consent_asked.as_ref()?;
    on_device.sessions.iter().find(|session| session.id == *id)
}
