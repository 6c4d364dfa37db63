//! The page that lists who is signed in: what it shows, and what becomes of the choice.

use super::pending::{Chosen, Flow};
use crate::kernel::error::Result;
use crate::kernel::id::SessionId;
use crate::oidc::browser::with_handle;
use crate::oidc::error::PageError;
use crate::oidc::paths::AUTHORIZE_RESUME;
use crate::oidc::provider::Provider;
use crate::platform::i18n::Lang;
use crate::session::{OnDevice, Session};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChooseView {
    /// The application that the person is going to.
    pub app_name: String,
    /// Who is signed in, the last used first.
    pub accounts: Vec<Account>,
    /// The language that the request asks for.
    pub lang: Option<Lang>,
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The session.
    pub session: SessionId,
    /// The person's name.
    pub name: Option<String>,
    /// The person's email address.
    pub email: Option<String>,
}

impl Provider {
    /// What to show for a request that waits for a choice. `None` when there is nothing to choose here: whoever has the handle goes
    /// on at [`AUTHORIZE_RESUME`], which knows why.
    ///
    /// # Errors
    /// A database error.
    pub async fn choose_view(&self, handle: &str, on_device: &OnDevice) -> Result<Option<ChooseView>> {
        let flow = match self.take_up(handle, &on_device.device).await {
            Ok(flow) => flow,
            Err(PageError::Failed(error)) => return Err(error),
            Err(_) => return Ok(None),
        };
        let mut accounts = Vec::new();
        for session in &on_device.sessions {
            if let Some(user) = self.accounts.find(&session.user_id).await? {
                accounts.push(Account {
                    session: session.id.clone(),
                    name: user.full_name(),
                    email: user.address().map(str::to_owned),
                });
            }
        }
        Ok((!accounts.is_empty()).then(|| ChooseView {
            app_name: flow.destination.application.name.clone(),
            accounts,
            lang: flow.request.lang,
        }))
    }

    /// Keeps the choice for this request. Gives the address where the browser goes on.
    ///
    /// # Errors
    /// `NotFound` (`continuation_gone`) when the request was answered before or has run out.
    pub async fn choose(&self, handle: &str, on_device: &OnDevice, session: &SessionId) -> Result<String> {
        let mut flow = self.take_up(handle, &on_device.device).await?;
        // one that has ended meanwhile is no choice: the next page asks again
        if on_device.sessions.iter().any(|live| live.id == *session) {
            flow.chosen = Some(Chosen {
                session: session.clone(),
                at: self.cx.now(),
            });
            self.keep_choice(&flow).await?;
        }
        Ok(with_handle(AUTHORIZE_RESUME, handle))
    }
}

impl Flow {
    /// What the person did last decides: choosing a session, or proving who they are in one since the request began to wait.
    pub(super) fn last_act<'a>(&self, sessions: &'a [Session]) -> Option<&'a Session> {
        self.waiting.as_ref()?;
        let chosen = self.chosen.as_ref();
        let live = |id: &SessionId| sessions.iter().find(|session| session.id == *id);
        let chosen = chosen.and_then(|chosen| Some((live(&chosen.session)?, chosen.at)));
        let proven = sessions
            .iter()
            .map(|session| (session, session.auth_time()))
            .filter(|(_, at)| *at >= self.requested_at)
            // the first of those at the same time: it is the last used
            .rev()
            .max_by_key(|(_, at)| *at);
        match (chosen, proven) {
            (Some((chosen, chosen_at)), Some((proven, proven_at))) => {
                Some(if proven_at > chosen_at { proven } else { chosen })
            }
            (chosen, proven) => chosen.or(proven).map(|(session, _)| session),
        }
    }
}
