//! `/sign-up/verify`: the code from the mail.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{after_sign_in, seconds};
use crate::kernel::error::Result;
use crate::kernel::id::{DeviceId, SignUpId};
use crate::kernel::web_url::with_query;
use crate::platform::http::{Form, Params};
use crate::portal::answer::{Page, fault, redirect};
use crate::portal::pages::{self, FieldError, Notice};
use crate::portal::{Portal, Visitor};
use crate::sign_in::{CodeOutcome, ResendOutcome, SignUpView};

const ATTEMPT: &str = "attempt";
/// Carries what the resend form has to say through its redirect.
const NOTICE: &str = "notice";

pub(in crate::portal) async fn show(req: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    shown(&req, &portal).await.unwrap_or_else(|error| fault(&req, &error))
}

async fn shown(req: &HttpRequest, portal: &Portal) -> Result<HttpResponse> {
    let mut query = Params::of(req)?;
    let mut visitor = Visitor::of(portal, req).await?;
    let Some((view, _)) = view(portal, &visitor, query.take(ATTEMPT)).await? else {
        return Ok(start_again());
    };
    let notice = match query.take(NOTICE).as_deref() {
        Some("sent") => Some(Notice::CodeSent),
        Some("too_soon") => Some(Notice::CodeTooSoon),
        Some("used_up") => Some(Notice::CodesUsedUp),
        _ => None,
    };
    page(req, portal, &mut visitor, &view, None, notice).await
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
    let Some((view, device)) = view(portal, &visitor, form.take(ATTEMPT)).await? else {
        return Ok(start_again());
    };
    let Some(code) = form.take("code") else {
        return page(req, portal, &mut visitor, &view, Some(FieldError::CodeMissing), None).await;
    };
    let caller = visitor.caller(req);
    let problem = match portal.sign_up.try_code(&caller, &view.id, &device, &code).await? {
        CodeOutcome::SignedIn(signed_in) => return after_sign_in(req, portal, visitor, signed_in).await,
        CodeOutcome::Gone => return Ok(start_again()),
        CodeOutcome::Taken => return Ok(redirect("/sign-in").finish()),
        CodeOutcome::Wrong => FieldError::CodeWrong,
        CodeOutcome::Expired => FieldError::CodeExpired,
        CodeOutcome::UsedUp => FieldError::CodeUsedUp,
        CodeOutcome::Limited(wait) => FieldError::TooManyAttempts(seconds(wait)),
    };
    page(req, portal, &mut visitor, &view, Some(problem), None).await
}

pub(in crate::portal) async fn resend(req: HttpRequest, portal: Data<Portal>, form: Result<Form>) -> HttpResponse {
    resent(&req, &portal, form)
        .await
        .unwrap_or_else(|error| fault(&req, &error))
}

async fn resent(req: &HttpRequest, portal: &Portal, form: Result<Form>) -> Result<HttpResponse> {
    let Form(mut form) = form?;
    let mut visitor = Visitor::of(portal, req).await?;
    visitor.admit(portal, req, &mut form)?;
    let Some((view, device)) = view(portal, &visitor, form.take(ATTEMPT)).await? else {
        return Ok(start_again());
    };
    // the mail speaks the language of the page
    visitor.continuation(portal, req, view.continuation.as_deref()).await?;
    let caller = visitor.caller(req);
    let notice = match portal.sign_up.resend(&caller, &view.id, &device).await? {
        ResendOutcome::Sent => "sent",
        ResendOutcome::TooSoon => "too_soon",
        ResendOutcome::UsedUp => "used_up",
        ResendOutcome::Gone => return Ok(start_again()),
        ResendOutcome::Limited(wait) => {
            let problem = FieldError::TooManyAttempts(seconds(wait));
            return page(req, portal, &mut visitor, &view, Some(problem), None).await;
        }
    };
    let next = with_query("/sign-up/verify", [(ATTEMPT, view.id.as_str()), (NOTICE, notice)]);
    Ok(redirect(&next).finish())
}

async fn page(
    req: &HttpRequest,
    portal: &Portal,
    visitor: &mut Visitor,
    view: &SignUpView,
    error: Option<FieldError>,
    notice: Option<Notice>,
) -> Result<HttpResponse> {
    let waiting = visitor.continuation(portal, req, view.continuation.as_deref()).await?;
    let frame = visitor.frame(portal, req);
    let page = pages::VerifyEmail {
        f: &frame,
        continuation: view.continuation.as_deref(),
        attempt: view.id.as_str(),
        email: &view.email,
        error,
        notice,
        resend_in: seconds(view.resend_in),
    };
    let answer = Page::new(portal, visitor).in_flow(waiting.is_some());
    let answer = match error {
        None => answer,
        Some(FieldError::TooManyAttempts(wait)) => answer.too_many(wait.into()),
        Some(_) => answer.refused(),
    };
    Ok(answer.render(req, &page))
}

async fn view(portal: &Portal, visitor: &Visitor, id: Option<String>) -> Result<Option<(SignUpView, DeviceId)>> {
    let id = id.and_then(|id| id.parse::<SignUpId>().ok());
    let (Some(id), Some(on_device)) = (id, &visitor.on_device) else {
        return Ok(None);
    };
    let view = portal.sign_up.view(&id, &on_device.device).await?;
    Ok(view.map(|view| (view, on_device.device.clone())))
}

/// The attempt is over: somebody who is signed in by now goes to the account, anybody else begins anew.
fn start_again() -> HttpResponse {
    redirect("/sign-in?expired=1").finish()
}
