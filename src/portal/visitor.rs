//! Who is looking at a page.

use actix_web::http::header::{ACCEPT_LANGUAGE, USER_AGENT};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

use super::frame::Frame;
use super::state::Portal;
use crate::kernel::error::Result;
use crate::kernel::token::PlainToken;
use crate::platform::http::{ClientIp, DeviceSecret, Params, RequestId, require_own_origin};
use crate::platform::i18n::Lang;
use crate::session::{OnDevice, Session};
use crate::sign_in::{Caller, Continuation};

/// The browser behind a request: its device cookie, and who is signed in on it.
pub struct Visitor {
    /// The secret of the device cookie, drawn now when the browser showed none.
    pub secret: DeviceSecret,
    /// Whether the browser has yet to be given the cookie.
    pub is_new: bool,
    /// The device and its sessions; `None` until something is stored about the device.
    pub on_device: Option<OnDevice>,
    /// The language of the page.
    pub lang: Lang,
}

impl Visitor {
    /// Reads the device cookie and looks up the device.
    ///
    /// # Errors
    /// A database error.
    pub async fn of(portal: &Portal, req: &HttpRequest) -> Result<Self> {
        let presented = portal.cookie.read(req);
        let is_new = presented.is_none();
        let secret = presented.unwrap_or_else(|| DeviceSecret::draw(&portal.cx.rng));
        let mut on_device = if is_new {
            None
        } else {
            portal.sessions.on_device(&secret.hash()).await?
        };
        if let Some(on_device) = &mut on_device {
            let sessions = &mut on_device.sessions;
            portal
                .accounts
                .retain_admitted(sessions, |session| &session.user_id)
                .await?;
        }
        Ok(Self {
            secret,
            is_new,
            on_device,
            lang: lang(req),
        })
    }

    /// Admits a form: from a page of ours, rendered for this very browser.
    ///
    /// # Errors
    /// Forbidden.
    pub fn admit(&self, portal: &Portal, req: &HttpRequest, form: &mut Params) -> Result<()> {
        require_own_origin(req, portal.cx.public_url())?;
        let token = form.take(crate::platform::http::Csrf::FIELD);
        portal.csrf.verify(&self.secret, token.as_deref())
    }

    /// The session that pages speak to.
    pub fn session(&self) -> Option<&Session> {
        self.on_device.as_ref().and_then(OnDevice::current)
    }

    /// The frame of a page for this visitor.
    pub(super) fn frame(&self, portal: &Portal, req: &HttpRequest) -> Frame {
        Frame {
            lang: self.lang,
            brand: portal.cx.instance.settings().branding.name.clone(),
            csrf: portal.csrf.token(&self.secret),
            request_id: RequestId::of(req).as_str().to_owned(),
            development: portal.inbox.is_some(),
        }
    }

    /// The same, for the services.
    pub(super) fn caller(&self, req: &HttpRequest) -> Caller {
        let ip = ClientIp::of(req);
        let user_agent = req.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
        Caller {
            device_secret: self.secret.hash(),
            limit_key: ip.limit_key(),
            ip: ip.ip().to_string(),
            user_agent: user_agent.map(str::to_owned),
            lang: self.lang,
        }
    }

    /// What waits behind a handle for this browser. From here on all pages of this request speak the language that it asks for.
    pub(super) async fn continuation(
        &mut self,
        portal: &Portal,
        req: &HttpRequest,
        handle: Option<&str>,
    ) -> Result<Option<Continuation>> {
        let waiting = match (handle, &self.on_device) {
            (Some(handle), Some(on_device)) => portal.continuations.find(handle, &on_device.device).await?,
            _ => None,
        };
        self.speak(req, waiting.as_ref().and_then(|waiting| waiting.intent.lang));
        Ok(waiting)
    }

    /// Speaks a language that was asked for, whatever the browser prefers, on every page of this request.
    pub(super) fn speak(&mut self, req: &HttpRequest, lang: Option<Lang>) {
        let Some(lang) = lang else {
            return;
        };
        self.lang = lang;
        req.extensions_mut().insert(Spoken(lang));
    }

    /// Gives the browser its secret with a response.
    pub(super) fn take_cookie(&self, portal: &Portal, response: &mut HttpResponse) {
        portal.cookie.give(response, &self.secret);
    }

    /// The browser after a sign-in or a sign-out, with its new secret.
    pub(super) fn with_secret(self, secret: &PlainToken) -> Self {
        Self {
            secret: DeviceSecret::presented(secret.expose()).unwrap_or(self.secret),
            is_new: true,
            ..self
        }
    }
}

/// The language that was asked for, for pages that know nothing of the visitor.
#[derive(Clone, Copy)]
struct Spoken(Lang);

/// The language that this request is answered in: the one that was asked for, or that the browser prefers.
pub(super) fn lang(req: &HttpRequest) -> Lang {
    if let Some(Spoken(lang)) = req.extensions().get().copied() {
        return lang;
    }
    let header = req.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Lang::from_accept_language(header)
}
