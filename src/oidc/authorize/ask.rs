//! Sending the browser to a page of ours where a person is asked.

use super::pending::Flow;
use crate::kernel::error::Result;
use crate::kernel::id::SessionId;
use crate::oidc::browser::{Browser, Step, posted_from, with_handle};
use crate::oidc::paths::{AUTHORIZE_CONTINUATION, AUTHORIZE_RESUME, CONSENT, SIGN_IN};
use crate::oidc::provider::Provider;
use crate::sign_in::Intent;

impl Provider {
    /// To the sign-in page. `signed_in` says whether the device has a session: the page must then ask all the same.
    pub(super) async fn ask_login(&self, mut flow: Flow, browser: &Browser<'_>, signed_in: bool) -> Result<Step> {
        flow.login_asked = true;
        let login_hint = match &flow.request.hinted_user {
            Some(user) => self
                .accounts
                .find(user)
                .await?
                .and_then(|user| user.email)
                .map(|email| email.address),
            None => flow.request.login_hint.clone(),
        };
        self.ask(
            &flow,
            browser,
            SIGN_IN,
            login_hint,
            signed_in || flow.request.prompt.login,
        )
        .await
    }

    /// To the consent page, which asks the person of `session`.
    pub(super) async fn ask_consent(&self, mut flow: Flow, browser: &Browser<'_>, session: &SessionId) -> Result<Step> {
        flow.consent_asked = Some(session.clone());
        let login_hint = flow.request.login_hint.clone();
        self.ask(&flow, browser, CONSENT, login_hint, false).await
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

    async fn ask(
        &self,
        flow: &Flow,
        browser: &Browser<'_>,
        page: &str,
        login_hint: Option<String>,
        reauthenticate: bool,
    ) -> Result<Step> {
        let intent = Intent {
            app_name: Some(flow.destination.application.name.clone()),
            login_hint,
            reauthenticate,
            redirect_target: Some(flow.destination.redirect_uri.clone()),
        };
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
