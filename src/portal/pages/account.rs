//! A person's own account.

use askama::Template;

use super::{FieldError, Moment, Notice};
use crate::portal::frame::Frame;

/// `/account`: posts `first_name` and `last_name` to the same address; the device's row posts to `/sign-out`.
#[derive(Debug, Template)]
#[template(path = "pages/account.html")]
pub struct Account<'a> {
    /// The frame around the page.
    pub f: &'a Frame,
    /// The stored first name, or what was typed when it was refused.
    pub first_name: &'a str,
    /// What is wrong with it.
    pub first_name_error: Option<FieldError>,
    /// The stored last name, or what was typed when it was refused.
    pub last_name: &'a str,
    /// What is wrong with it.
    pub last_name_error: Option<FieldError>,
    /// The primary email address.
    pub email: &'a str,
    /// Whether the address is proven.
    pub email_verified: bool,
    /// The browser that shows the page.
    pub device: &'a Device,
    /// What has just been done here.
    pub notice: Option<Notice>,
}

/// A browser with a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// When the session began.
    pub signed_in: Moment,
    /// From which address.
    pub ip: Option<String>,
}
