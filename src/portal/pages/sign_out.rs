//! Signing out: the question, and what is said afterwards.

use askama::Template;

use crate::portal::frame::Frame;

/// Asks before a sign-out that arrived without proof of who asked (OpenID Connect RP-Initiated Logout section 2).
#[derive(Debug, Template)]
#[template(path = "pages/sign_out.html")]
pub struct SignOut<'a> {
    /// The frame around the page.
    pub f: &'a Frame,
    /// The handle of the logout request, sent back as `continue`.
    pub continuation: Option<&'a str>,
    /// Where the form posts to.
    pub action: &'a str,
    /// The session that would end, sent back as `session`.
    pub session: Option<&'a str>,
    /// The application that asks, where it says which it is.
    pub app_name: Option<&'a str>,
    /// The email address of the person who would be signed out.
    pub email: Option<&'a str>,
    /// Where "stay signed in" leads.
    pub stay_url: &'a str,
}

/// Says that the session has ended.
#[derive(Debug, Template)]
#[template(path = "pages/signed_out.html")]
pub struct SignedOut<'a> {
    /// The frame around the page.
    pub f: &'a Frame,
    /// Where to sign in again.
    pub sign_in_url: &'a str,
}
