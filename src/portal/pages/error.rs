//! What went wrong, what to do, how to go back, and the request id.

use askama::Template;

use super::messages::waiting_time;
use crate::portal::frame::Frame;

/// The page for every failure that has no form to return to.
#[derive(Debug, Template)]
#[template(path = "pages/error.html")]
pub struct Error<'a> {
    /// The frame around the page.
    pub f: &'a Frame,
    /// What happened.
    pub kind: ErrorKind,
    /// For whoever builds the application: the precise public reason, in English.
    pub detail: Option<&'a str>,
    /// Where to go back to; without it the page offers the account.
    pub back: Option<&'a str>,
}

/// The failures that people are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// There is no such page.
    NotFound,
    /// The request can't be understood.
    BadRequest,
    /// The form is too old or came from elsewhere.
    Forbidden,
    /// Too many requests; the next is welcome after this many seconds.
    TooMany(u32),
    /// Too much to do at the moment.
    Busy,
    /// Our own fault.
    Internal,
    /// An authorization request with an unknown client or redirect URI, which must not be answered by a redirect (RFC
    /// 9700 section 4.11).
    InvalidClient,
    /// A logout request whose hint does not hold.
    LogoutHint,
    /// No new accounts are made here.
    SignUpClosed,
    /// The person has proven who they are, but the account may not sign in.
    AccountBanned,
}

impl ErrorKind {
    /// Every kind, for tests and galleries.
    pub const ALL: [ErrorKind; 10] = [
        ErrorKind::NotFound,
        ErrorKind::BadRequest,
        ErrorKind::Forbidden,
        ErrorKind::TooMany(30),
        ErrorKind::Busy,
        ErrorKind::Internal,
        ErrorKind::InvalidClient,
        ErrorKind::LogoutHint,
        ErrorKind::SignUpClosed,
        ErrorKind::AccountBanned,
    ];

    /// The HTTP status that goes with it.
    pub fn status(self) -> u16 {
        match self {
            ErrorKind::BadRequest | ErrorKind::InvalidClient | ErrorKind::LogoutHint => 400,
            ErrorKind::Forbidden | ErrorKind::SignUpClosed | ErrorKind::AccountBanned => 403,
            ErrorKind::NotFound => 404,
            ErrorKind::TooMany(_) => 429,
            ErrorKind::Internal => 500,
            ErrorKind::Busy => 503,
        }
    }

    /// What happened, in a few words.
    pub fn title(&self, f: &Frame) -> String {
        f.t(match self {
            ErrorKind::NotFound => "error-not-found-title",
            ErrorKind::BadRequest => "error-bad-request-title",
            ErrorKind::Forbidden => "error-forbidden-title",
            ErrorKind::TooMany(_) => "error-too-many-title",
            ErrorKind::Busy => "error-busy-title",
            ErrorKind::Internal => "error-internal-title",
            ErrorKind::InvalidClient => "error-invalid-client-title",
            ErrorKind::LogoutHint => "error-logout-hint-title",
            ErrorKind::SignUpClosed => "error-sign-up-closed-title",
            ErrorKind::AccountBanned => "error-account-banned-title",
        })
    }

    /// What happened, in a sentence.
    pub fn explanation(&self, f: &Frame) -> String {
        f.t(match self {
            ErrorKind::NotFound => "error-not-found-about",
            ErrorKind::BadRequest => "error-bad-request-about",
            ErrorKind::Forbidden => "error-forbidden-about",
            ErrorKind::TooMany(_) => "error-too-many-about",
            ErrorKind::Busy => "error-busy-about",
            ErrorKind::Internal => "error-internal-about",
            ErrorKind::InvalidClient => "error-invalid-client-about",
            ErrorKind::LogoutHint => "error-logout-hint-about",
            ErrorKind::SignUpClosed => "error-sign-up-closed-about",
            ErrorKind::AccountBanned => "error-account-banned-about",
        })
    }

    /// What to do now.
    pub fn next(&self, f: &Frame) -> String {
        let key = match self {
            ErrorKind::TooMany(seconds) => {
                return f.t1("error-too-many-next", "time", waiting_time(f.lang, *seconds));
            }
            ErrorKind::NotFound => "error-not-found-next",
            ErrorKind::BadRequest => "error-bad-request-next",
            ErrorKind::Forbidden => "error-forbidden-next",
            ErrorKind::Busy => "error-busy-next",
            ErrorKind::Internal => "error-internal-next",
            ErrorKind::InvalidClient => "error-invalid-client-next",
            ErrorKind::LogoutHint => "error-logout-hint-next",
            ErrorKind::SignUpClosed => "error-sign-up-closed-next",
            ErrorKind::AccountBanned => "error-account-banned-next",
        };
        f.t(key)
    }
}
