//! Sending the browser to a page of ours where a person is asked.

use super::pending::Flow;
use crate::kernel::error::Result;
use crate::kernel::id::{SessionId, UserId};
use crate::oidc::browser::{Browser, Step, posted_from, with_handle};
use crate::oidc::paths::{AUTHORIZE_CONTINUATION, AUTHORIZE_RESUME, CHOOSE_ACCOUNT, CONSENT, SIGN_IN, SIGN_UP};
use crate::oidc::provider::Provider;
use crate::platform::instance::SignUpMode;
use crate::session::{OnDevice, Session, has_signed_in_before};
use crate::sign_in::Intent;

impl Provider {
    /// To the sign-in page. `of` is the session that has to be proven anew. Where somebody is signed in on the device, the page asks
    /// all the same.
    pub(super) async fn ask_login(
        &self,
        mut flow: Flow,
        browser: &Browser<'_>,
        of: Option<&Session>,
        on_device: Option<&OnDevice>,
    ) -> Result<Step> {
        flow.login_asked = true;
        let login_hint = match (&flow.request.hinted_user, of) {
            (Some(user), _) => self.address_for(user, on_device).await?,
            (None, Some(session)) => self.address_of(&session.user_id).await?,
            (None, None) => flow.request.login_hint.clone(),
        };
        let signed_in = on_device.is_some_and(|on_device| !on_device.sessions.is_empty());
        let reauthenticate = signed_in || flow.request.prompt.login;
        self.ask(&flow, browser, SIGN_IN, login_hint, reauthenticate).await
    }

    /// To the page where accounts are made, if that is open to everybody, else to the sign-in page (Initiating User Registration via
    /// OpenID Connect 1.0 section 4).
    pub(super) async fn ask_create(&self, mut flow: Flow, browser: &Browser<'_>) -> Result<Step> {
        flow.login_asked = true;
        let is_open = self.cx.instance.settings().sign_up.mode == SignUpMode::Open;
        let page = if is_open { SIGN_UP } else { SIGN_IN };
        let login_hint = flow.request.login_hint.clone();
        self.ask(&flow, browser, page, login_hint, true).await
    }

    /// To the page that lists who is signed in.
    pub(super) async fn ask_choice(&self, mut flow: Flow, browser: &Browser<'_>) -> Result<Step> {
        // for whoever is not on the list, and signs in from there
        flow.login_asked = true;
        let login_hint = flow.request.login_hint.clone();
        self.ask(&flow, browser, CHOOSE_ACCOUNT, login_hint, true).await
    }

    /// To the consent page, which asks the person of `session`.
    pub(super) async fn ask_consent(&self, mut flow: Flow, browser: &Browser<'_>, session: &SessionId) -> Result<Step> {
        flow.consent_asked = Some(session.clone());
        let login_hint = flow.request.login_hint.clone();
        self.ask(&flow, browser, CONSENT, login_hint, false).await
    }

    /// The address of a person whom a request names, where they have been signed in on this device: whoever knows a `sub` must not learn
    /// an address by it.
    async fn address_for(&self, user: &UserId, on_device: Option<&OnDevice>) -> Result<Option<String>> {
        let Some(on_device) = on_device else { return Ok(None) };
        if !has_signed_in_before(self.cx.db.reader(), &on_device.device, user).await? {
            return Ok(None);
        }
        self.address_of(user).await
    }

    async fn address_of(&self, user: &UserId) -> Result<Option<String>> {
        let user = self.accounts.find(user).await?;
        Ok(user.and_then(|user| user.address().map(str::to_owned)))
    }

    /// Keeps a request that came without cookies, for the first browser that presents the handle.
    pub(super) async fn keep(&self, flow: &Flow, limit_key: &str) -> Result<Step> {
        let (kind, _) = AUTHORIZE_CONTINUATION;
        let handle = self
            .continuations
            .begin(kind, &Intent::default(), &flow.pending(), &posted_from(limit_key))
            .await?;
        Ok(Step::ToPage(with_handle(AUTHORIZE_RESUME, handle.expose())))
    }

    /// Keeps what the person chose.
    pub(super) async fn keep_choice(&self, flow: &Flow) -> Result<()> {
        let Some(waiting) = &flow.waiting else {
            return Ok(());
        };
        let intent = intent(flow, flow.request.login_hint.clone(), true);
        self.continuations.update(&waiting.hash, &intent, &flow.pending()).await
    }

    async fn ask(
        &self,
        flow: &Flow,
        browser: &Browser<'_>,
        page: &str,
        login_hint: Option<String>,
        reauthenticate: bool,
    ) -> Result<Step> {
        let intent = intent(flow, login_hint, reauthenticate);
        let pending = flow.pending();
        let handle = match &flow.waiting {
            Some(waiting) => {
                self.continuations.update(&waiting.hash, &intent, &pending).await?;
                waiting.handle.clone()
            }
            None => {
                let (kind, _) = AUTHORIZE_CONTINUATION;
                let handle = self
                    .continuations
                    .begin(kind, &intent, &pending, &browser.beginner())
                    .await?;
                handle.expose().to_owned()
            }
        };
        Ok(Step::ToPage(with_handle(page, &handle)))
    }
}

/// What the pages show and demand on behalf of a request.
fn intent(flow: &Flow, login_hint: Option<String>, reauthenticate: bool) -> Intent {
    Intent {
        app_name: Some(flow.destination.application.name.clone()),
        login_hint,
        reauthenticate,
        lang: flow.request.lang,
    }
}
