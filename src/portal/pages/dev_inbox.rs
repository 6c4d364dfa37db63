//! The inbox of a development server, which shows the mails that it would have sent.

use askama::Template;

use super::Moment;
use crate::portal::frame::Frame;

/// A mail, as the list and the head of one mail show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxMail {
    /// The id, as in `/dev/inbox/{id}`.
    pub id: String,
    /// The recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// When it was written.
    pub sent: Moment,
}

/// `/dev/inbox`: the mails, newest first.
#[derive(Debug, Template)]
#[template(path = "pages/dev_inbox.html")]
pub struct DevInbox<'a> {
    /// The frame around the page.
    pub f: &'a Frame,
    /// The mails.
    pub mails: &'a [InboxMail],
}

/// `/dev/inbox/{id}`: one mail. Its HTML stands in a sandboxed frame that inherits the page's
/// Content-Security-Policy, so this page alone needs `style-src 'self' 'unsafe-inline'` for the inline styles that
/// mail is written with.
#[derive(Debug, Template)]
#[template(path = "pages/dev_inbox_mail.html")]
pub struct DevInboxMail<'a> {
    /// The frame around the page.
    pub f: &'a Frame,
    /// The head of the mail.
    pub mail: &'a InboxMail,
    /// The code in it, shown large.
    pub code: Option<&'a str>,
    /// The HTML body.
    pub html: &'a str,
    /// The text body.
    pub text: &'a str,
}
