//! The applications that a person lets use the account.

use askama::Template;

use super::{Moment, Notice, Shared};
use crate::portal::frame::{Frame, initial};

/// `/account/applications`: each row posts `application` to the same address, which takes its access away.
#[derive(Debug, Template)]
#[template(path = "pages/account_applications.html")]
pub struct Applications<'a> {
    /// The frame around the page.
    pub f: &'a Frame,
    /// The primary email address.
    pub email: &'a str,
    /// The applications of this part of the list.
    pub applications: &'a [Connected],
    /// Where the list goes on.
    pub next_url: Option<&'a str>,
    /// What has just been done here.
    pub notice: Option<Notice>,
}

/// An application that has access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub shared: Vec<Shared>,
    /// Since when.
    pub since: Moment,
    /// When it was last given tokens.
    pub last_used: Option<Moment>,
}

impl Connected {
    fn initial(&self) -> String {
        initial(&self.name)
    }
}

impl Shared {
    /// The key of a word or two for it.
    fn label(&self) -> &'static str {
        match self {
            Self::Identity => "share-openid",
            Self::Profile => "share-profile",
            Self::Email => "share-email",
            Self::Address => "share-address",
            Self::Phone => "share-phone",
            Self::OfflineAccess => "share-offline-access",
        }
    }
}
