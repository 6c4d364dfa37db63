//! The browser that an endpoint speaks to, and where it is sent.

use super::error::PageError;
use super::provider::Provider;
use crate::kernel::error::Result;
use crate::kernel::token::TokenHash;
use crate::kernel::web_url::with_query;
use crate::session::OnDevice;
use crate::sign_in::Beginner;

/// The browser that asks.
#[derive(Clone, Copy, Debug)]
pub struct Browser<'a> {
    /// The hash of its device secret.
    pub secret: TokenHash,
    /// Whether it sent that secret, rather than being about to receive it.
    pub is_known: bool,
    /// Its name for itself.
    pub user_agent: Option<&'a str>,
    /// Its address for limits.
    pub limit_key: &'a str,
}

impl<'a> Browser<'a> {
    /// The same, as the one who begins something that waits for a person.
    pub(super) fn beginner(&self) -> Beginner<'a> {
        Beginner {
            device_secret: Some(self.secret),
            user_agent: self.user_agent,
            limit_key: self.limit_key,
        }
    }
}

/// A request that another site posted: without cookies, so that whichever browser goes on with it is meant.
pub(super) fn posted_from(limit_key: &str) -> Beginner<'_> {
    Beginner {
        device_secret: None,
        user_agent: None,
        limit_key,
    }
}

/// Where the browser goes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the client, with the answer in the address.
    ToClient(String),
    /// To the client, with the answer in a form (OAuth 2.0 Form Post Response Mode).
    PostToClient(FormPost),
    /// To a page of ours, where it needs its device cookie.
    ToPage(String),
}

/// A form that the browser posts to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPost {
    /// A verified redirect URI.
    pub action: String,
    /// Names and values.
    pub fields: Vec<(&'static str, String)>,
}

/// The address of a page of ours that goes on with a handle.
pub(super) fn with_handle(path: &str, handle: &str) -> String {
    with_query(path, [("continue", handle)])
}

impl Provider {
    /// The device of a browser and who is signed in on it; `None` where nothing is known of it.
    pub(super) async fn on_device(&self, browser: &Browser<'_>) -> Result<Option<OnDevice>> {
        if !browser.is_known {
            return Ok(None);
        }
        let mut on_device = self.sessions.on_device(&browser.secret).await?;
        if let Some(on_device) = &mut on_device {
            let sessions = &mut on_device.sessions;
            self.accounts
                .retain_admitted(sessions, |session| &session.user_id)
                .await?;
        }
        Ok(on_device)
    }

    /// The same for a browser that goes on with what waits behind `handle`, with the device made when there is none.
    pub(super) async fn device_and_sessions(&self, handle: &str, browser: &Browser<'_>) -> Result<OnDevice, PageError> {
        if let Some(on_device) = self.on_device(browser).await? {
            return Ok(on_device);
        }
        // a made-up handle is nothing to write for
        if !self.continuations.is_waiting(handle).await? {
            return Err(PageError::Gone);
        }
        Ok(OnDevice {
            device: self.sessions.ensure_device(&browser.secret, browser.user_agent).await?,
            sessions: Vec::new(),
        })
    }
}
