//! One typed context per hosted page, each with its template in `web/templates/pages`.
//!
//! Owns what a page may show and the words for it. Does not own the requests: handlers fill a context and answer with
//! `askama::Template::render`. Forms are plain POST forms with the fields that each page names; all send `csrf`, and
//! `continue` where the page was given a continuation.

mod account;
mod applications;
mod choose_account;
mod consent;
mod dev_inbox;
mod error;
mod messages;
mod onward;
mod sign_in;
mod sign_out;
mod sign_up;
mod verify_email;

#[cfg(test)]
mod samples;

pub use account::{Account, Device};
pub use applications::{Applications, Connected};
pub use choose_account::{AccountChoice, ChooseAccount};
pub use consent::{Consent, Shared};
pub use dev_inbox::{DevInbox, DevInboxMail, InboxMail};
pub use error::{Error, ErrorKind};
pub use messages::{FieldError, Notice};
pub use onward::{Onward, PostOnward};
pub use sign_in::{SignIn, SignInPassword};
pub use sign_out::{SignOut, SignedOut};
pub use sign_up::{SignUp, SignUpErrors};
pub use verify_email::VerifyEmail;

use crate::kernel::clock::Timestamp;

/// A moment as people read it and as programs do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Written out for the reader, with the zone.
    pub text: String,
    /// RFC 3339, for the `datetime` attribute.
    pub datetime: String,
}

impl Moment {
    /// A time as every reader understands it: the date as ISO 8601 writes it, in UTC, to the minute.
    pub fn utc(at: Timestamp) -> Self {
        let datetime = at.rfc3339();
        let text = match (datetime.get(..10), datetime.get(11..16)) {
            (Some(date), Some(time)) => format!("{date} {time} UTC"),
            _ => datetime.clone(),
        };
        Self { text, datetime }
    }
}

/// Seconds as `m:ss`, the way the countdown in `app.js` writes them.
fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_to_the_minute() {
        let moment = Moment::utc(Timestamp::from_secs(1_773_480_413));
        assert_eq!(moment.text, "2026-03-14 09:26 UTC");
        assert_eq!(moment.datetime, "2026-03-14T09:26:53Z");
    }

    #[test]
    fn seconds_are_told_as_a_clock() {
        assert_eq!([0, 9, 60, 605].map(clock), ["0:00", "0:09", "1:00", "10:05"]);
    }
}
