//! What waits.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kernel::clock::Timestamp;
use crate::kernel::id::DeviceId;
use crate::kernel::token::TokenHash;
use crate::platform::i18n::Lang;

/// What the sign-in page shows and demands on behalf of whoever waits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The application that the person is going to.
    pub app_name: Option<String>,
    /// The identifier to begin with.
    pub login_hint: Option<String>,
    /// Whether a person who is signed in must prove it anew, or somebody else must sign in: the page is shown in any case.
    pub reauthenticate: bool,
    /// The language that the pages speak, whatever the browser prefers.
    #[serde(default)]
    pub lang: Option<Lang>,
}

/// A continuation, found by its handle.
#[derive(Clone, Debug)]
pub struct Continuation {
    /// Names it without being the handle.
    pub hash: TokenHash,
    /// Whose it is.
    pub kind: String,
    /// What the sign-in page shows and demands.
    pub intent: Intent,
    /// What its owner needs to go on.
    pub payload: Value,
    /// When it began; evidence that it demands is younger.
    pub requested_at: Timestamp,
}

/// The sealed part of the row.
#[derive(Serialize, Deserialize)]
pub(super) struct Sealed {
    pub(super) intent: Intent,
    pub(super) payload: Value,
}

/// Who begins a continuation.
#[derive(Clone, Copy, Debug)]
pub struct Beginner<'a> {
    /// The hash of the device secret; `None` where the request could not carry it, so that the first browser that presents the
    /// handle is meant.
    pub device_secret: Option<TokenHash>,
    /// The browser's name for itself.
    pub user_agent: Option<&'a str>,
    /// The client's address for limits.
    pub limit_key: &'a str,
}

/// A row about to be written.
#[derive(Debug)]
pub(super) struct NewContinuation {
    pub(super) hash: TokenHash,
    pub(super) kind: &'static str,
    pub(super) sealed: Vec<u8>,
    pub(super) requested_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

/// A row that was read.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) kind: String,
    pub(super) sealed: Vec<u8>,
    pub(super) device: Option<DeviceId>,
    pub(super) requested_at: Timestamp,
}
