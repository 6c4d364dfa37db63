//! Signing in: the identifier, then the password.

use askama::Template;

use super::{FieldError, Notice};
use crate::portal::frame::Frame;

/// `/sign-in`: asks who it is. Posts `identifier` to the same address; links to `/sign-up`.
#[derive(Debug, Template)]
#[template(path = "pages/sign_in.html")]
pub struct SignIn<'a> {
    /// The frame around the page.
    pub f: &'a Frame,
    /// The handle of what goes on afterwards, sent back as `continue`.
    pub continuation: Option<&'a str>,
    /// The application that asked for the sign-in.
    pub app_name: Option<&'a str>,
    /// What was typed before, or the `login_hint`.
    pub identifier: &'a str,
    /// Whether the page leads to `/sign-up`.
    pub sign_up_is_open: bool,
    /// What is wrong with it.
    pub error: Option<FieldError>,
    /// What happened before this page.
    pub notice: Option<Notice>,
}

/// `/sign-in/password`: asks for the password of the attempt. Posts `attempt` and `password` (and `username`, for
/// password managers, to be ignored) to the same address.
#[derive(Debug, Template)]
#[template(path = "pages/sign_in_password.html")]
pub struct SignInPassword<'a> {
    /// The frame around the page.
    pub f: &'a Frame,
    /// The handle of what goes on afterwards, sent back as `continue`.
    pub continuation: Option<&'a str>,
    /// The sign-in attempt that the password belongs to.
    pub attempt: &'a str,
    /// The application that asked for the sign-in.
    pub app_name: Option<&'a str>,
    /// The identifier as the person typed it.
    pub identifier: &'a str,
    /// The person is signed in already and proves it anew.
    pub reauthenticate: bool,
    /// What is wrong with the password.
    pub error: Option<FieldError>,
}
