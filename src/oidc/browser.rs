//! The browser that an endpoint speaks to, and where it is sent.

use super::provider::Provider;
use crate::kernel::error::Result;
use crate::kernel::token::TokenHash;
use crate::kernel::web_url::with_query;
use crate::session::OnDevice;

/// The browser that asks.
#[derive(Clone, Copy, Debug)]
pub struct Browser<'a> {
    /// The hash of its device secret.
    pub secret: TokenHash,
    /// Whether it sent that secret, rather than being about to receive it.
    pub is_known: bool,
    /// Its name for itself.
    pub user_agent: Option<&'a str>,
}

/// Where the browser goes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the client, with the answer.
    ToClient(String),
    /// To a page of ours, where it needs its device cookie.
    ToPage(String),
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
        self.sessions.on_device(&browser.secret).await
    }

    /// The same, with the device made when there is none.
    pub(super) async fn device_and_sessions(&self, browser: &Browser<'_>) -> Result<OnDevice> {
        match self.on_device(browser).await? {
            Some(on_device) => Ok(on_device),
            None => Ok(OnDevice {
                device: self.sessions.ensure_device(&browser.secret, browser.user_agent).await?,
                sessions: Vec::new(),
            }),
        }
    }
}
