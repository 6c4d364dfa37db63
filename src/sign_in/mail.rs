//! The mails of signing up.

use super::code;
use crate::kernel::error::{Error, Result};
use crate::platform::cx::Cx;
use crate::platform::i18n::Lang;
use crate::platform::mail::{AddressTaken, Mail, Outgoing, Rendered, VerificationCode};

/// The code for an address.
pub(super) fn verification_code(cx: &Cx, to: &str, code: &str, lang: Lang) -> Result<Outgoing> {
    let settings = cx.instance.settings();
    let rendered = VerificationCode {
        code,
        minutes: u32::try_from(code::LIFETIME.as_secs() / 60).unwrap_or(u32::MAX),
        brand: &settings.branding.name,
    }
    .render(lang)
    .map_err(Error::internal)?;
    outgoing(cx, "verification_code", to, rendered)
}

/// What the owner of an address is told when somebody signs up with it.
pub(super) fn address_taken(cx: &Cx, to: &str, lang: Lang) -> Result<Outgoing> {
    let settings = cx.instance.settings();
    let rendered = AddressTaken {
        brand: &settings.branding.name,
        sign_in_url: &cx.public_url().join("/sign-in"),
    }
    .render(lang)
    .map_err(Error::internal)?;
    outgoing(cx, "address_taken", to, rendered)
}

fn outgoing(cx: &Cx, template: &'static str, to: &str, rendered: Rendered) -> Result<Outgoing> {
    let mail = Mail {
        to: to.to_owned(),
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
    };
    cx.outgoing(template, &mail)
}
