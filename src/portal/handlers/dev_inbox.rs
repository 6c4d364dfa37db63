//! `/dev/inbox`: the mails of a development instance. Not routed in production.

use actix_web::http::header::{CONTENT_SECURITY_POLICY, HOST, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web::Data, web::Path};
use serde_json::json;

use crate::kernel::error::{Error, Result};
use crate::kernel::id::MailId;
use crate::platform::mail::Received;
use crate::portal::answer::{Page, fault};
use crate::portal::pages::{DevInbox, DevInboxMail, InboxMail, Moment};
use crate::portal::{Portal, Visitor};

/// The policy of the page that shows a mail.
const WITH_MAIL_STYLES: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; \
                                form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

pub(in crate::portal) async fn list(req: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    listed(&req, &portal).await.unwrap_or_else(|error| fault(&req, &error))
}

async fn listed(req: &HttpRequest, portal: &Portal) -> Result<HttpResponse> {
    let mails: Vec<InboxMail> = received(req, portal)?.iter().map(summary).collect();
    let visitor = Visitor::of(portal, req).await?;
    let frame = visitor.frame(portal, req);
    let page = DevInbox {
        f: &frame,
        mails: &mails,
    };
    Ok(Page::new(portal, &visitor).render(req, &page))
}

/// The same for scripts.
pub(in crate::portal) async fn json(req: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    let mails = match received(&req, &portal) {
        Ok(mails) => mails,
        Err(error) => return fault(&req, &error),
    };
    let mails: Vec<_> = mails
        .into_iter()
        .map(|received| {
            json!({
                "id": received.id,
                "to": received.mail.to,
                "subject": received.mail.subject,
                "text": received.mail.text,
                "html": received.mail.html,
                "sent_at": received.sent_at,
            })
        })
        .collect();
    HttpResponse::Ok().json(mails)
}

pub(in crate::portal) async fn show(req: HttpRequest, portal: Data<Portal>, id: Path<String>) -> HttpResponse {
    shown(&req, &portal, &id)
        .await
        .unwrap_or_else(|error| fault(&req, &error))
}

async fn shown(req: &HttpRequest, portal: &Portal, id: &str) -> Result<HttpResponse> {
    let id: MailId = id.parse().map_err(|_| Error::not_found())?;
    let found = received(req, portal)?.into_iter().find(|received| received.id == id);
    let received = found.ok_or_else(Error::not_found)?;
    let visitor = Visitor::of(portal, req).await?;
    let frame = visitor.frame(portal, req);
    let code = code(&received.mail.text);
    let page = DevInboxMail {
        f: &frame,
        mail: &summary(&received),
        code: code.as_deref(),
        html: &received.mail.html,
        text: &received.mail.text,
    };
    let mut response = Page::new(portal, &visitor).render(req, &page);
    // the sandboxed frame that shows the mail inherits the policy of the page, and mails bring their styles with them
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(WITH_MAIL_STYLES));
    Ok(response)
}

/// The mails, for a browser that asks under our own name: a foreign name that leads to this machine (DNS rebinding) must not let
/// another site read them.
fn received(req: &HttpRequest, portal: &Portal) -> Result<Vec<Received>> {
    let host = req.headers().get(HOST).and_then(|host| host.to_str().ok());
    // HTTP/2 has the name in the request target instead
    let host = host.or_else(|| req.uri().authority().map(|authority| authority.as_str()));
    match &portal.inbox {
        Some(inbox) if host == Some(portal.cx.public_url().authority()) => Ok(inbox.list()),
        _ => Err(Error::not_found()),
    }
}

fn summary(received: &Received) -> InboxMail {
    InboxMail {
        id: received.id.to_string(),
        to: received.mail.to.clone(),
        subject: received.mail.subject.clone(),
        sent: Moment::utc(received.sent_at),
    }
}

/// A line of the text that is nothing but six digits.
fn code(text: &str) -> Option<String> {
    text.lines()
        .map(str::trim)
        .find(|line| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit()))
        .map(str::to_owned)
}
