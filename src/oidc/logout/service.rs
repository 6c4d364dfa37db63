//! The way of a logout request.

use super::request::{CheckedLogout, LogoutRequest};
use crate::kernel::error::{Error, Result};
use crate::kernel::id::DeviceId;
use crate::kernel::token::{PlainToken, TokenHash};
use crate::oidc::browser::{Browser, Step, posted_from, with_handle};
use crate::oidc::error::PageError;
use crate::oidc::paths::{LOGOUT_CONFIRM, LOGOUT_CONTINUATION, LOGOUT_RESUME, SIGNED_OUT};
use crate::oidc::provider::Provider;
use crate::session::Session;
use crate::sign_in::{Intent, consume_continuation};

/// What a checked request comes down to on a device.
#[derive(Debug, PartialEq, Eq)]
enum Plan<'a> {
    /// The hint names this session: end it.
    End(&'a Session),
    /// Ask the person (RP-Initiated Logout section 2).
    Ask,
    /// Nobody is signed in; a hint shows that the client may have the browser back.
    Nothing { may_return: bool },
}

fn plan<'a>(request: &CheckedLogout, sessions: &'a [Session]) -> Plan<'a> {
    let hinted = request.hint.as_ref().map(|hint| &hint.session);
    match sessions.iter().find(|session| Some(&session.id) == hinted) {
        Some(session) => Plan::End(session),
        None if sessions.is_empty() => Plan::Nothing {
            may_return: hinted.is_some(),
        },
        None => Plan::Ask,
    }
}

/// Where the browser goes after a logout request.
#[derive(Debug)]
pub struct LoggedOut {
    /// The step.
    pub step: Step,
    /// The device's new secret, for its cookie, where a session ended.
    pub device_secret: Option<PlainToken>,
}

impl From<Step> for LoggedOut {
    /// Nothing has ended.
    fn from(step: Step) -> Self {
        Self {
            step,
            device_secret: None,
        }
    }
}

impl Provider {
    /// Ends the session that the hint names, or sends the browser where the person is asked.
    ///
    /// # Errors
    /// [`PageError::Logout`] when the request does not hold; nothing has ended then.
    pub async fn logout(&self, request: LogoutRequest, browser: &Browser<'_>) -> Result<LoggedOut, PageError> {
        let request = self.check_logout(request).await?;
        let on_device = self.on_device(browser).await?;
        let sessions = on_device.as_ref().map_or(&[][..], |on_device| &on_device.sessions);
        match (plan(&request, sessions), &on_device) {
            (Plan::End(session), _) => Ok(self.end_and_leave(&request, session, browser).await?),
            (Plan::Ask, Some(_)) => Ok(self.ask_logout(&request, browser).await?.into()),
            (Plan::Nothing { may_return: true }, _) => Ok(leave(&request).into()),
            _ => Ok(Step::ToPage(SIGNED_OUT.to_owned()).into()),
        }
    }

    /// Checks a request that was posted, from another site and thus without cookies, and sends the browser to where it goes on with
    /// them.
    ///
    /// # Errors
    /// As [`Self::logout`].
    pub async fn logout_posted(&self, request: LogoutRequest, limit_key: &str) -> Result<Step, PageError> {
        let request = self.check_logout(request).await?;
        let (kind, _) = LOGOUT_CONTINUATION;
        let handle = self
            .continuations
            .begin(kind, &Intent::default(), &request, &posted_from(limit_key))
            .await?;
        Ok(Step::ToPage(with_handle(LOGOUT_RESUME, handle.expose())))
    }

    /// Goes on with a posted request.
    ///
    /// # Errors
    /// [`PageError::Gone`] when it is not there any more or belongs to another browser.
    pub async fn resume_logout(&self, handle: &str, browser: &Browser<'_>) -> Result<LoggedOut, PageError> {
        let on_device = self.device_and_sessions(handle, browser).await?;
        let (request, hash) = self.take_up_logout(handle, &on_device.device).await?;
        match plan(&request, &on_device.sessions) {
            Plan::Ask => Ok(Step::ToPage(with_handle(LOGOUT_CONFIRM, handle)).into()),
            _ if !self.use_up(&hash).await? => Err(PageError::Gone),
            Plan::End(session) => Ok(self.end_and_leave(&request, session, browser).await?),
            Plan::Nothing { may_return: true } => Ok(leave(&request).into()),
            Plan::Nothing { may_return: false } => Ok(Step::ToPage(SIGNED_OUT.to_owned()).into()),
        }
    }

    async fn end_and_leave(
        &self,
        request: &CheckedLogout,
        session: &Session,
        browser: &Browser<'_>,
    ) -> Result<LoggedOut> {
        Ok(LoggedOut {
            device_secret: self.sessions.end(session, &browser.secret).await?,
            step: leave(request),
        })
    }

    async fn ask_logout(&self, request: &CheckedLogout, browser: &Browser<'_>) -> Result<Step> {
        let (kind, _) = LOGOUT_CONTINUATION;
        let handle = self
            .continuations
            .begin(kind, &Intent::default(), request, &browser.beginner())
            .await?;
        Ok(Step::ToPage(with_handle(LOGOUT_CONFIRM, handle.expose())))
    }

    pub(super) async fn take_up_logout(
        &self,
        handle: &str,
        device: &DeviceId,
    ) -> Result<(CheckedLogout, TokenHash), PageError> {
        let continuation = self.continuations.find(handle, device).await?.ok_or(PageError::Gone)?;
        if continuation.kind != LOGOUT_CONTINUATION.0 {
            return Err(PageError::Gone);
        }
        let request = serde_json::from_value(continuation.payload).map_err(Error::internal)?;
        Ok((request, continuation.hash))
    }

    /// Uses a continuation up; false when it was used before.
    pub(super) async fn use_up(&self, hash: &TokenHash) -> Result<bool> {
        let now = self.cx.now();
        self.cx
            .db
            .write(|tx| async move { consume_continuation(&tx, hash, now).await })
            .await
    }
}

/// To the client where there is an address, else to our own page.
pub(super) fn leave(request: &CheckedLogout) -> Step {
    match &request.target {
        Some(target) => Step::ToClient(target.url()),
        None => Step::ToPage(SIGNED_OUT.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::Timestamp;
    use crate::kernel::rng::Rng;
    use crate::oidc::id_token::IdTokenHint;
    use crate::oidc::logout::request::Target;
    use crate::oidc::tests::session;

    fn hinting(session: Option<&Session>) -> CheckedLogout {
        CheckedLogout {
            hint: session.map(|session| IdTokenHint {
                client_id: "app".into(),
                sub: session.user_id.to_string(),
                session: session.id.clone(),
            }),
            target: None,
        }
    }

    #[test]
    fn only_the_session_of_the_hint_ends_unasked() {
        let (rng, at) = (Rng::seeded(1), Timestamp::from_secs(100));
        let (here, also_here, elsewhere) = (session(&rng, at), session(&rng, at), session(&rng, at));
        let on_device = [here.clone(), also_here.clone()];
        assert_eq!(plan(&hinting(Some(&also_here)), &on_device), Plan::End(&on_device[1]));
        assert_eq!(plan(&hinting(Some(&elsewhere)), &on_device), Plan::Ask);
        assert_eq!(plan(&hinting(None), &on_device), Plan::Ask);
        assert_eq!(
            plan(&hinting(Some(&elsewhere)), &[]),
            Plan::Nothing { may_return: true }
        );
        assert_eq!(plan(&hinting(None), &[]), Plan::Nothing { may_return: false });
    }

    #[test]
    fn the_state_comes_back_as_it_was() {
        let to = |state: Option<&str>| {
            leave(&CheckedLogout {
                hint: None,
                target: Some(Target {
                    app_name: "App".into(),
                    uri: "https://a.example/out?x=1".into(),
                    state: state.map(str::to_owned),
                }),
            })
        };
        assert_eq!(to(None), Step::ToClient("https://a.example/out?x=1".into()));
        assert_eq!(
            to(Some("a b&")),
            Step::ToClient("https://a.example/out?x=1&state=a+b%26".into())
        );
    }
}
