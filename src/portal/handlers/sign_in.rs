//! `/sign-in`: who is it? Then `/sign-in/password`.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{CONTINUE, after_sign_in, seconds};
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::id::SignInId;
use crate::kernel::web_url::with_query;
use crate::platform::http::{Form, Params};
use crate::portal::answer::{ACCOUNT_BANNED, Page, fault, redirect};
use crate::portal::pages::{self, FieldError, Notice};
use crate::portal::{Portal, Visitor};
use crate::sign_in::{Continuation, PasswordOutcome, SignInView, StartOutcome};

const ATTEMPT: &str = "attempt";
/// Says on `/sign-in` that the attempt before was too old.
const EXPIRED: &str = "expired";
/// Asks on `/sign-in` for somebody else than the person who is signed in.
pub(super) const SWITCH: &str = "switch";

pub(in crate::portal) async fn show(req: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    shown(&req, &portal).await.unwrap_or_else(|error| fault(&req, &error))
}

async fn shown(req: &HttpRequest, portal: &Portal) -> Result<HttpResponse> {
    let mut query = Params::of(req)?;
    let mut visitor = Visitor::of(portal, req).await?;
    let handle = query.take(CONTINUE);
    let waiting = visitor.continuation(portal, req, handle.as_deref()).await?;
    let is_lost = handle.is_some() && waiting.is_none();
    let handle = handle.filter(|_| waiting.is_some());
    let is_switch = query.take(SWITCH).is_some();
    let mut identifier = waiting.as_ref().and_then(|waiting| waiting.intent.login_hint.clone());
    if let Some(session) = visitor.session() {
        match waiting.as_ref().zip(handle.as_deref()) {
            None => return Ok(redirect("/account").finish()),
            Some((waiting, handle)) if !waiting.intent.reauthenticate && !is_switch => {
                let next = portal.continuations.resume_path(waiting, handle);
                return Ok(redirect(next.as_deref().unwrap_or("/account")).finish());
            }
            Some(_) if identifier.is_none() && !is_switch => {
                let user = portal.accounts.find(&session.user_id).await?;
                identifier = user.and_then(|user| user.address().map(str::to_owned));
            }
            Some(_) => {}
        }
    }
    let shown = Shown {
        handle: handle.as_deref(),
        waiting: waiting.as_ref(),
        identifier: identifier.as_deref().unwrap_or_default(),
        notice: (is_lost || query.take(EXPIRED).is_some()).then_some(Notice::AttemptExpired),
        error: None,
    };
    Ok(identifier_page(req, portal, &visitor, &shown))
}

pub(in crate::portal) async fn submit(req: HttpRequest, portal: Data<Portal>, form: Result<Form>) -> HttpResponse {
    submitted(&req, &portal, form)
        .await
        .unwrap_or_else(|error| fault(&req, &error))
}

async fn submitted(req: &HttpRequest, portal: &Portal, form: Result<Form>) -> Result<HttpResponse> {
    let Form(mut form) = form?;
    let mut visitor = Visitor::of(portal, req).await?;
    visitor.admit(portal, req, &mut form)?;
    let handle = form.take(CONTINUE);
    let identifier = form.take("identifier").unwrap_or_default();
    let caller = visitor.caller(req);
    let (error, wait) = match portal.sign_in.start(&caller, &identifier, handle.clone()).await? {
        StartOutcome::Started(id) => {
            let next = with_query("/sign-in/password", [(ATTEMPT, id.as_str())]);
            return Ok(redirect(&next).finish());
        }
        StartOutcome::NotAnIdentifier if identifier.trim().is_empty() => (FieldError::EmailMissing, None),
        StartOutcome::NotAnIdentifier => (FieldError::EmailInvalid, None),
        StartOutcome::Limited(wait) => (FieldError::TooManyAttempts(seconds(wait)), Some(seconds(wait))),
    };
    let waiting = visitor.continuation(portal, req, handle.as_deref()).await?;
    let shown = Shown {
        handle: handle.as_deref(),
        waiting: waiting.as_ref(),
        identifier: &identifier,
        error: Some((error, wait)),
        notice: None,
    };
    Ok(identifier_page(req, portal, &visitor, &shown))
}

/// What the identifier page shows.
#[derive(Default)]
struct Shown<'a> {
    handle: Option<&'a str>,
    waiting: Option<&'a Continuation>,
    identifier: &'a str,
    error: Option<(FieldError, Option<u32>)>,
    notice: Option<Notice>,
}

fn identifier_page(req: &HttpRequest, portal: &Portal, visitor: &Visitor, shown: &Shown<'_>) -> HttpResponse {
    let frame = visitor.frame(portal, req);
    let page = pages::SignIn {
        f: &frame,
        continuation: shown.handle,
        app_name: shown.waiting.and_then(|waiting| waiting.intent.app_name.as_deref()),
        identifier: shown.identifier,
        sign_up_is_open: portal.sign_up.is_open(),
        error: shown.error.map(|(error, _)| error),
        notice: shown.notice,
    };
    with_status(Page::new(portal, visitor), shown.error)
        .in_flow(shown.waiting.is_some())
        .render(req, &page)
}

pub(in crate::portal) async fn show_password(req: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    password_shown(&req, &portal)
        .await
        .unwrap_or_else(|error| fault(&req, &error))
}

async fn password_shown(req: &HttpRequest, portal: &Portal) -> Result<HttpResponse> {
    let id = Params::of(req)?.take(ATTEMPT);
    let mut visitor = Visitor::of(portal, req).await?;
    match view(portal, &visitor, id).await? {
        Some(view) => password_page(req, portal, &mut visitor, &view, None).await,
        None => Ok(start_again()),
    }
}

pub(in crate::portal) async fn submit_password(
    req: HttpRequest,
    portal: Data<Portal>,
    form: Result<Form>,
) -> HttpResponse {
    password_submitted(&req, &portal, form)
        .await
        .unwrap_or_else(|error| fault(&req, &error))
}

async fn password_submitted(req: &HttpRequest, portal: &Portal, form: Result<Form>) -> Result<HttpResponse> {
    let Form(mut form) = form?;
    let mut visitor = Visitor::of(portal, req).await?;
    visitor.admit(portal, req, &mut form)?;
    let Some(view) = view(portal, &visitor, form.take(ATTEMPT)).await? else {
        return Ok(start_again());
    };
    let Some(device) = visitor.on_device.as_ref().map(|on_device| on_device.device.clone()) else {
        return Ok(start_again());
    };
    let Some(typed) = form.secret("password") else {
        return password_page(
            req,
            portal,
            &mut visitor,
            &view,
            Some((FieldError::PasswordMissing, None)),
        )
        .await;
    };
    // whatever follows speaks the language of the page
    visitor.continuation(portal, req, view.continuation.as_deref()).await?;
    let caller = visitor.caller(req);
    match portal.sign_in.try_password(&caller, &view.id, &device, &typed).await? {
        PasswordOutcome::SignedIn(signed_in) => after_sign_in(req, portal, visitor, signed_in).await,
        PasswordOutcome::Gone => Ok(start_again()),
        PasswordOutcome::Wrong => {
            password_page(req, portal, &mut visitor, &view, Some((FieldError::Mismatch, None))).await
        }
        PasswordOutcome::Banned => Err(Error::new(
            ErrorKind::Forbidden,
            ACCOUNT_BANNED,
            "this account can not sign in",
        )),
        PasswordOutcome::Limited(wait) => {
            let wait = seconds(wait);
            let error = (FieldError::TooManyAttempts(wait), Some(wait));
            password_page(req, portal, &mut visitor, &view, Some(error)).await
        }
    }
}

async fn password_page(
    req: &HttpRequest,
    portal: &Portal,
    visitor: &mut Visitor,
    view: &SignInView,
    error: Option<(FieldError, Option<u32>)>,
) -> Result<HttpResponse> {
    let waiting = visitor.continuation(portal, req, view.continuation.as_deref()).await?;
    let intent = waiting.as_ref().map(|waiting| &waiting.intent);
    let frame = visitor.frame(portal, req);
    let page = pages::SignInPassword {
        f: &frame,
        continuation: view.continuation.as_deref(),
        attempt: view.id.as_str(),
        app_name: intent.and_then(|intent| intent.app_name.as_deref()),
        identifier: &view.identifier,
        reauthenticate: visitor.session().is_some() && intent.is_some_and(|intent| intent.reauthenticate),
        error: error.map(|(error, _)| error),
    };
    let answer = with_status(Page::new(portal, visitor), error);
    Ok(answer.in_flow(intent.is_some()).render(req, &page))
}

async fn view(portal: &Portal, visitor: &Visitor, id: Option<String>) -> Result<Option<SignInView>> {
    let id = id.and_then(|id| id.parse::<SignInId>().ok());
    match (id, &visitor.on_device) {
        (Some(id), Some(on_device)) => portal.sign_in.view(&id, &on_device.device).await,
        _ => Ok(None),
    }
}

fn with_status<'a>(page: Page<'a>, error: Option<(FieldError, Option<u32>)>) -> Page<'a> {
    match error {
        None => page,
        Some((_, Some(wait))) => page.too_many(wait.into()),
        Some((_, None)) => page.refused(),
    }
}

/// The attempt is over: back to the beginning, with a word about why.
fn start_again() -> HttpResponse {
    redirect(&with_query("/sign-in", [(EXPIRED, "1")])).finish()
}
