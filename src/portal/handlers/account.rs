//! `/account`: the person's name, address and this device.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::identity::{PersonName, User};
use crate::kernel::error::{Error, Result};
use crate::platform::http::{Form, Params};
use crate::portal::answer::{Page, fault, redirect};
use crate::portal::pages::{self, Device, FieldError, Moment, Notice};
use crate::portal::{Portal, Visitor};
use crate::session::Session;

pub(in crate::portal) async fn show(req: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    shown(&req, &portal).await.unwrap_or_else(|error| fault(&req, &error))
}

async fn shown(req: &HttpRequest, portal: &Portal) -> Result<HttpResponse> {
    let saved = Params::of(req)?.take("saved").is_some();
    let visitor = Visitor::of(portal, req).await?;
    let Some(session) = visitor.session() else {
        return Ok(redirect("/sign-in").finish());
    };
    let user = person(portal, session).await?;
    let (first, last) = (user.first_name.clone(), user.last_name.clone());
    let fields = Fields {
        first: first.as_deref().unwrap_or_default(),
        last: last.as_deref().unwrap_or_default(),
        first_error: None,
        last_error: None,
        notice: saved.then_some(Notice::Saved),
    };
    Ok(page(req, portal, &visitor, session, &user, &fields))
}

pub(in crate::portal) async fn submit(req: HttpRequest, portal: Data<Portal>, form: Result<Form>) -> HttpResponse {
    submitted(&req, &portal, form)
        .await
        .unwrap_or_else(|error| fault(&req, &error))
}

async fn submitted(req: &HttpRequest, portal: &Portal, form: Result<Form>) -> Result<HttpResponse> {
    let Form(mut form) = form?;
    let visitor = Visitor::of(portal, req).await?;
    visitor.admit(portal, req, &mut form)?;
    let Some(session) = visitor.session() else {
        return Ok(redirect("/sign-in").finish());
    };
    let (first, last) = (form.take("first_name"), form.take("last_name"));
    match PersonName::parse(first.as_deref(), last.as_deref()) {
        Ok(name) => {
            portal.accounts.rename(&session.user_id, &name).await?;
            Ok(redirect("/account?saved=1").finish())
        }
        Err(_) => {
            let user = person(portal, session).await?;
            let fields = Fields {
                first: first.as_deref().unwrap_or_default(),
                last: last.as_deref().unwrap_or_default(),
                first_error: problem(first.as_deref()),
                last_error: problem(last.as_deref()),
                notice: None,
            };
            Ok(page(req, portal, &visitor, session, &user, &fields))
        }
    }
}

fn problem(part: Option<&str>) -> Option<FieldError> {
    let is_bad = PersonName::parse(part, None).is_err();
    let is_long = part.is_some_and(|part| part.trim().chars().count() > PersonName::MAX_LENGTH);
    match (is_bad, is_long) {
        (false, _) => None,
        (true, true) => Some(FieldError::NameTooLong(
            u32::try_from(PersonName::MAX_LENGTH).unwrap_or(u32::MAX),
        )),
        (true, false) => Some(FieldError::NameInvalid),
    }
}

/// What the name form shows.
struct Fields<'a> {
    first: &'a str,
    last: &'a str,
    first_error: Option<FieldError>,
    last_error: Option<FieldError>,
    notice: Option<Notice>,
}

fn page(
    req: &HttpRequest,
    portal: &Portal,
    visitor: &Visitor,
    session: &Session,
    user: &User,
    fields: &Fields<'_>,
) -> HttpResponse {
    let frame = visitor.frame(portal, req);
    let since = session.created_at;
    let device = Device {
        signed_in: Moment::utc(since),
        ip: session.ip.clone(),
    };
    let page = pages::Account {
        f: &frame,
        first_name: fields.first,
        first_name_error: fields.first_error,
        last_name: fields.last,
        last_name_error: fields.last_error,
        email: user.address().unwrap_or_default(),
        email_verified: user.email.as_ref().is_some_and(|email| email.verified_at.is_some()),
        device: &device,
        notice: fields.notice,
    };
    let is_refused = fields.first_error.is_some() || fields.last_error.is_some();
    let answer = Page::new(portal, visitor);
    let answer = if is_refused { answer.refused() } else { answer };
    answer.render(req, &page)
}

async fn person(portal: &Portal, session: &Session) -> Result<Arc<User>> {
    portal
        .accounts
        .find(&session.user_id)
        .await?
        .ok_or_else(|| Error::internal("a session without its person"))
}
