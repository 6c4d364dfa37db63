//! `/consent`: what an application wants to know, and whether it may.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::sign_in::SWITCH;
use super::{CONTINUE, onwards, session};
use crate::kernel::error::{Error, Result};
use crate::kernel::web_url::with_query;
use crate::oidc::{AUTHORIZE_RESUME, AskedScope};
use crate::platform::http::{Form, Params};
use crate::portal::answer::{Page, fault, go_on, redirect};
use crate::portal::pages::{self, Shared};
use crate::portal::{Portal, Visitor};

pub(in crate::portal) async fn show(req: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    shown(&req, &portal).await.unwrap_or_else(|error| fault(&req, &error))
}

async fn shown(req: &HttpRequest, portal: &Portal) -> Result<HttpResponse> {
    let handle = Params::of(req)?.require(CONTINUE)?;
    let mut visitor = Visitor::of(portal, req).await?;
    let view = match &visitor.on_device {
        Some(on_device) => portal.provider.consent_view(&handle, on_device).await?,
        None => None,
    };
    let Some(view) = view else {
        // whoever resumes the request knows what is in the way
        return Ok(redirect(&onwards(AUTHORIZE_RESUME, Some(&handle))).finish());
    };
    visitor.speak(req, view.lang);
    let (before, asked): (Vec<AskedScope>, Vec<AskedScope>) =
        view.scopes.iter().partition(|scope| scope.allowed_before);
    let shared = |scopes: Vec<AskedScope>| scopes.into_iter().map(|scope| scope.value.into()).collect();
    let (before, asked): (Vec<Shared>, Vec<Shared>) = (shared(before), shared(asked));
    let switch_url = with_query("/sign-in", [(CONTINUE, handle.as_str()), (SWITCH, "1")]);
    let frame = visitor.frame(portal, req);
    let page = pages::Consent {
        f: &frame,
        continuation: Some(&handle),
        session: view.session.as_str(),
        app_name: &view.app_name,
        user_name: view.user_name.as_deref(),
        email: view.email.as_deref().unwrap_or_default(),
        phone: view.phone.as_deref(),
        asked: &asked,
        before: &before,
        redirect_host: &view.redirect_host,
        switch_url: &switch_url,
    };
    Ok(Page::new(portal, &visitor).in_flow(true).render(req, &page))
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
    let handle = form.require(CONTINUE)?;
    // what follows speaks the language of the page
    visitor.continuation(portal, req, Some(&handle)).await?;
    let allow = match form.take("decision").as_deref() {
        Some("allow") => true,
        Some("deny") => false,
        _ => return Err(Error::bad_input("invalid_request", "decision must be allow or deny")),
    };
    let session = session(&mut form)?;
    let Some(on_device) = &visitor.on_device else {
        return Err(Error::not_found());
    };
    let next = portal
        .provider
        .answer_consent(&handle, on_device, &session, allow)
        .await?;
    Ok(go_on(req, &next))
}
