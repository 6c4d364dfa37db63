//! Choosing among the people who are signed in.

use askama::Template;

use crate::portal::frame::{Frame, initial};

/// `/choose-account`: posts `session` to the same address.
#[derive(Debug, Template)]
#[template(path = "pages/choose_account.html")]
pub struct ChooseAccount<'a> {
    /// The frame around the page.
    pub f: &'a Frame,
    /// The handle of the authorization request, sent back as `continue`.
    pub continuation: Option<&'a str>,
    /// The application that the person is going to.
    pub app_name: Option<&'a str>,
    /// Who is signed in.
    pub accounts: &'a [AccountChoice<'a>],
    /// Where somebody else can sign in.
    pub switch_url: &'a str,
}

/// Somebody who is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountChoice<'a> {
    /// The session.
    pub session: &'a str,
    /// The person's name.
    pub name: Option<&'a str>,
    /// The person's email address.
    pub email: &'a str,
}

impl AccountChoice<'_> {
    fn initial(&self) -> String {
        initial(self.name.unwrap_or(self.email))
    }
}
