//! What the handlers work with.

use actix_web::{HttpRequest, web};

use crate::identity::Accounts;
use crate::oidc::Provider;
use crate::platform::cx::Cx;
use crate::platform::http::{Csrf, DeviceCookie};
use crate::platform::mail::Inbox;
use crate::session::Sessions;
use crate::sign_in::{Continuations, SignIn, SignUp};

/// The services behind the pages; clones share them.
#[derive(Clone)]
pub struct Portal {
    pub(super) cx: Cx,
    pub(super) accounts: Accounts,
    pub(super) sessions: Sessions,
    pub(super) sign_in: SignIn,
    pub(super) sign_up: SignUp,
    pub(super) continuations: Continuations,
    pub(super) provider: Provider,
    pub(super) csrf: Csrf,
    pub(super) cookie: DeviceCookie,
    /// The development inbox; none in production.
    pub(super) inbox: Option<Inbox>,
}

/// What a portal is made of.
pub struct Parts {
    /// The context.
    pub cx: Cx,
    /// People.
    pub accounts: Accounts,
    /// Sessions.
    pub sessions: Sessions,
    /// What waits while people sign in.
    pub continuations: Continuations,
    /// The OpenID provider, for consent and logout.
    pub provider: Provider,
    /// The development inbox; none in production.
    pub inbox: Option<Inbox>,
}

impl Portal {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let cx = parts.cx;
        Self {
            sign_in: SignIn::new(cx.clone(), parts.accounts.clone()),
            sign_up: SignUp::new(cx.clone(), parts.accounts.clone()),
            csrf: Csrf::new(cx.sealer.derive("csrf")),
            cookie: DeviceCookie::new(cx.public_url()),
            accounts: parts.accounts,
            sessions: parts.sessions,
            continuations: parts.continuations,
            provider: parts.provider,
            inbox: parts.inbox,
            cx,
        }
    }

    /// The portal of the server that `req` reached.
    pub(super) fn of(req: &HttpRequest) -> Option<&Self> {
        req.app_data::<web::Data<Self>>().map(|data| data.get_ref())
    }
}
