//! The page that asks before a sign-out: what it shows, and what becomes of a yes. A no needs nothing.

use super::request::CheckedLogout;
use super::service::{LoggedOut, leave};
use crate::kernel::error::Result;
use crate::kernel::id::SessionId;
use crate::kernel::token::TokenHash;
use crate::oidc::browser::Step;
use crate::oidc::error::PageError;
use crate::oidc::paths::SIGNED_OUT;
use crate::oidc::provider::Provider;
use crate::oidc::subject;
use crate::session::{OnDevice, Session};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutView {
    /// The application that asks, where it says which it is.
    pub app_name: Option<String>,
    /// The session that would end; a yes is about this one alone.
    pub session: SessionId,
    /// The email address of the person who would be signed out.
    pub email: Option<String>,
}

impl Provider {
    /// What to show for a logout request that waits for an answer. `None` when it is over, or nobody is signed in.
    ///
    /// # Errors
    /// A database error.
    pub async fn logout_view(&self, handle: &str, on_device: &OnDevice) -> Result<Option<LogoutView>> {
        let request = match self.take_up_logout(handle, &on_device.device).await {
            Ok((request, _)) => request,
            Err(PageError::Failed(error)) => return Err(error),
            Err(_) => return Ok(None),
        };
        let Some(session) = self.in_question(&request, on_device).await? else {
            return Ok(None);
        };
        let user = self.accounts.find(&session.user_id).await?;
        Ok(Some(LogoutView {
            app_name: request.target.map(|target| target.app_name),
            session: session.id.clone(),
            email: user.and_then(|user| user.address().map(str::to_owned)),
        }))
    }

    /// Ends the session that the page asked about, where it is still here. `secret` is what the device is known by.
    ///
    /// # Errors
    /// `NotFound` (`continuation_gone`) when the request is over while somebody is still signed in.
    pub async fn confirm_logout(
        &self,
        handle: &str,
        on_device: &OnDevice,
        secret: &TokenHash,
        asked: &SessionId,
    ) -> Result<LoggedOut> {
        let is_over = on_device.sessions.is_empty();
        let (request, hash) = match self.take_up_logout(handle, &on_device.device).await {
            Err(PageError::Gone) if is_over => return Ok(Step::ToPage(SIGNED_OUT.to_owned()).into()),
            taken => taken?,
        };
        if !self.use_up(&hash).await? {
            return Err(PageError::Gone.into());
        }
        let device_secret = match on_device.sessions.iter().find(|session| session.id == *asked) {
            Some(session) => self.sessions.end(session, secret).await?,
            None => None,
        };
        Ok(LoggedOut {
            step: leave(&request),
            device_secret,
        })
    }

    /// The session that would end: the one the hint names, else the one that its person has here by now, else the one that pages
    /// speak to, of whose person the page says who it is.
    async fn in_question<'a>(&self, request: &CheckedLogout, on_device: &'a OnDevice) -> Result<Option<&'a Session>> {
        let Some(hint) = &request.hint else {
            return Ok(on_device.current());
        };
        let sessions = &on_device.sessions;
        if let Some(session) = sessions.iter().find(|session| session.id == hint.session) {
            return Ok(Some(session));
        }
        let person = subject::store::user_of(self.cx.db.reader(), &hint.sub).await?;
        let theirs = sessions
            .iter()
            .find(|session| Some(&session.user_id) == person.as_ref());
        Ok(theirs.or_else(|| on_device.current()))
    }
}
