//! Proving an email address with a code.

use askama::Template;

use super::{FieldError, Notice};
use crate::portal::frame::Frame;

/// `/sign-up/verify`: asks for the code that was mailed. Posts `attempt` and `code` (which may hold spaces) to the
/// same address, and `attempt` alone to `/sign-up/verify/resend`; links to `/sign-up`.
#[derive(Debug, Template)]
#[template(path = "pages/verify_email.html")]
pub struct VerifyEmail<'a> {
    /// The frame around the page.
    pub f: &'a Frame,
    /// The handle of what goes on afterwards, sent back as `continue`.
    pub continuation: Option<&'a str>,
    /// The sign-up attempt that the code belongs to.
    pub attempt: &'a str,
    /// Where the code was sent, as the person typed it.
    pub email: &'a str,
    /// What is wrong with the code.
    pub error: Option<FieldError>,
    /// What happened before this page.
    pub notice: Option<Notice>,
    /// Seconds until another code can be sent; 0 when it can be now.
    pub resend_in: u32,
}

impl VerifyEmail<'_> {
    fn clock(&self) -> String {
        super::clock(self.resend_in)
    }
}
