//! Attempts and their states.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::identity::{PasswordHash, PersonName};
use crate::kernel::clock::Timestamp;
use crate::kernel::id::{DeviceId, SignInId, SignUpId, UserId};
use crate::kernel::token::TokenHash;
use crate::platform::i18n::Lang;

/// How long an attempt can be taken up again.
pub(super) const LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Who makes a request, as far as the network tells.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The hash of the device cookie's secret.
    pub device_secret: TokenHash,
    /// The client's address for limits: an IPv4 address or an IPv6 /64.
    pub limit_key: String,
    /// The client's address for records.
    pub ip: String,
    /// The browser's name for itself.
    pub user_agent: Option<String>,
    /// The language of the page, for mails.
    pub lang: Lang,
}

/// The state of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// A sign-in that knows the identifier and waits for a proof.
    NeedsFirstFactor,
    /// A sign-up that waits for the address to be verified.
    MissingRequirements,
    /// Done: a session exists.
    Complete,
}

impl Status {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::NeedsFirstFactor => "needs_first_factor",
            Self::MissingRequirements => "missing_requirements",
            Self::Complete => "complete",
        }
    }
}

/// What a sign-in remembers between requests.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct SignInPayload {
    /// As typed.
    pub(super) identifier: String,
    /// The handle of what waits for this sign-in.
    pub(super) continuation: Option<String>,
}

/// What a sign-up remembers between requests.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct SignUpPayload {
    /// As typed.
    pub(super) email: String,
    pub(super) name: PersonName,
    pub(super) password_hash: PasswordHash,
    /// Whether somebody has the address already: the attempt then leads nowhere, and looks like any other.
    pub(super) taken: bool,
    /// The handle of what waits for this sign-up.
    pub(super) continuation: Option<String>,
}

/// A row about to be written.
#[derive(Debug)]
pub(super) struct NewAttempt {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) user: Option<UserId>,
    pub(super) status: Status,
    pub(super) sealed: Vec<u8>,
    pub(super) code: Option<SentCode>,
    pub(super) created_at: Timestamp,
}

/// A code that was sent.
#[derive(Clone, Debug)]
pub(super) struct SentCode {
    pub(super) digest: [u8; 32],
    pub(super) sent_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

/// A row that was read, of the device that asks.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) device: DeviceId,
    pub(super) user: Option<UserId>,
    pub(super) sealed: Vec<u8>,
    pub(super) code_digest: Option<Vec<u8>>,
    pub(super) code_sent_at: Option<Timestamp>,
    pub(super) code_expires_at: Option<Timestamp>,
    pub(super) codes_sent: i32,
}

/// What the password page shows.
#[derive(Clone, Debug)]
pub struct SignInView {
    /// The attempt.
    pub id: SignInId,
    /// As typed.
    pub identifier: String,
    /// The handle of what waits.
    pub continuation: Option<String>,
}

/// What the verification page shows.
#[derive(Clone, Debug)]
pub struct SignUpView {
    /// The attempt.
    pub id: SignUpId,
    /// As typed.
    pub email: String,
    /// How long until another code can be sent.
    pub resend_in: Duration,
    /// The handle of what waits.
    pub continuation: Option<String>,
}
