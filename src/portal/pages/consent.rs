//! Asking whether an application may have what it asks for.

use askama::Template;

use crate::oidc::ScopeValue;
use crate::portal::frame::{Frame, initial};

/// `/consent`: posts `decision`, `allow` or `deny`, to the same address.
#[derive(Debug, Template)]
#[template(path = "pages/consent.html")]
pub struct Consent<'a> {
    /// The frame around the page.
    pub f: &'a Frame,
    /// The handle of the authorization request, sent back as `continue`.
    pub continuation: Option<&'a str>,
    /// The session of the person who is asked, sent back as `session`.
    pub session: &'a str,
    /// The application that asks.
    pub app_name: &'a str,
    /// The person's name, shown beside what is shared.
    pub user_name: Option<&'a str>,
    /// The person's email address.
    pub email: &'a str,
    /// The person's phone number, shown beside what is shared.
    pub phone: Option<&'a str>,
    /// What is asked for now, in the order in which it is listed.
    pub asked: &'a [Shared],
    /// What was allowed before and is asked for again.
    pub before: &'a [Shared],
    /// The host that the browser is sent to afterwards.
    pub redirect_host: &'a str,
    /// Where somebody else can sign in.
    pub switch_url: &'a str,
}

impl Consent<'_> {
    fn title(&self) -> &'static str {
        if self.before.is_empty() {
            "consent-title"
        } else {
            "consent-title-more"
        }
    }

    /// The lists, each under its heading.
    fn lists(&self) -> impl Iterator<Item = List<'_>> {
        let (heading, more) = match self.before {
            [] => ("consent-shares", None),
            before => (
                "consent-shares-new",
                Some(List::new("before", "consent-shares-before", before)),
            ),
        };
        [Some(List::new("shared", heading, self.asked)), more]
            .into_iter()
            .flatten()
    }

    fn app_initial(&self) -> String {
        initial(self.app_name)
    }
}

/// A part of what an application gets.
struct List<'a> {
    id: &'static str,
    heading: &'static str,
    items: &'a [Shared],
}

impl<'a> List<'a> {
    fn new(id: &'static str, heading: &'static str, items: &'a [Shared]) -> Self {
        Self { id, heading, items }
    }
}

/// One thing that an application gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// Who signs in, and no more (`openid`).
    Identity,
    /// The name and what else the profile says (`profile`).
    Profile,
    /// The email address (`email`).
    Email,
    /// The postal address (`address`).
    Address,
    /// The phone number (`phone`).
    Phone,
    /// Access while the person is away (`offline_access`).
    OfflineAccess,
}

impl From<ScopeValue> for Shared {
    /// What a scope value shares (OpenID Connect Core sections 5.4 and 11).
    fn from(value: ScopeValue) -> Self {
        match value {
            ScopeValue::OpenId => Self::Identity,
            ScopeValue::Profile => Self::Profile,
            ScopeValue::Email => Self::Email,
            ScopeValue::Address => Self::Address,
            ScopeValue::Phone => Self::Phone,
            ScopeValue::OfflineAccess => Self::OfflineAccess,
        }
    }
}
