//! Asking whether an application may have what it asks for.

use askama::Template;

use crate::portal::frame::{Frame, initial};

/// `/consent`: posts `decision`, `allow` or `deny`, to the same address.
#[derive(Debug, Template)]
#[template(path = "pages/consent.html")]
pub struct Consent<'a> {
    /// The frame around the page.
    pub f: &'a Frame,
    /// The handle of the authorization request, sent back as `continue`.
    pub continuation: Option<&'a str>,
    /// The application that asks.
    pub app_name: &'a str,
    /// The person's name, shown beside what is shared.
    pub user_name: Option<&'a str>,
    /// The person's email address.
    pub email: &'a str,
    /// What is shared, in the order in which it is listed.
    pub shared: &'a [Shared],
    /// The host that the browser is sent to afterwards.
    pub redirect_host: &'a str,
    /// Where somebody else can sign in.
    pub switch_url: &'a str,
}

impl Consent<'_> {
    fn app_initial(&self) -> String {
        initial(self.app_name)
    }
}

/// One thing that an application gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// Who signs in, and no more (`openid`).
    Identity,
    /// The name (`profile`).
    Profile,
    /// The email address (`email`).
    Email,
    /// Access while the person is away (`offline_access`).
    OfflineAccess,
}

impl Shared {
    /// What a scope shares (OpenID Connect Core sections 5.4 and 11); `None` for a scope that we do not grant.
    pub fn of_scope(scope: &str) -> Option<Shared> {
        match scope {
            "openid" => Some(Shared::Identity),
            "profile" => Some(Shared::Profile),
            "email" => Some(Shared::Email),
            "offline_access" => Some(Shared::OfflineAccess),
            _ => None,
        }
    }
}
