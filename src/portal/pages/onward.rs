//! Pages that nobody should have to look at: they send the browser on.

use askama::Template;

use crate::portal::frame::Frame;

/// What is shown while the browser follows the header `Refresh`.
#[derive(Debug, Template)]
#[template(path = "pages/onward.html")]
pub struct Onward<'a> {
    /// The frame around the page.
    pub f: &'a Frame,
    /// Where it goes.
    pub to: &'a str,
}

/// Posts fields to a client (OAuth 2.0 Form Post Response Mode section 2).
#[derive(Debug, Template)]
#[template(path = "pages/post_onward.html")]
pub struct PostOnward<'a> {
    /// The frame around the page.
    pub f: &'a Frame,
    /// The client's address.
    pub action: &'a str,
    /// Names and values.
    pub fields: &'a [(&'static str, String)],
}

impl PostOnward<'_> {
    /// The one script of the page, which its policy admits by the hash.
    pub const SCRIPT: &'static str = "document.forms[0].submit()";

    fn script(&self) -> &'static str {
        Self::SCRIPT
    }
}
