//! `/choose-account`: which of those who are signed in goes on to the application.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::sign_in::SWITCH;
use super::{CONTINUE, onwards, session};
use crate::kernel::error::{Error, Result};
use crate::kernel::web_url::with_query;
use crate::oidc::{AUTHORIZE_RESUME, ChooseView};
use crate::platform::http::{Form, Params};
use crate::portal::answer::{Page, fault, onward, redirect};
use crate::portal::pages::{self, AccountChoice};
use crate::portal::{Portal, Visitor};

pub(in crate::portal) async fn show(req: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    shown(&req, &portal).await.unwrap_or_else(|error| fault(&req, &error))
}

async fn shown(req: &HttpRequest, portal: &Portal) -> Result<HttpResponse> {
    let handle = Params::of(req)?.require(CONTINUE)?;
    let mut visitor = Visitor::of(portal, req).await?;
    let view = match &visitor.on_device {
        Some(on_device) => portal.provider.choose_view(&handle, on_device).await?,
        None => None,
    };
    let Some(view) = view else {
        // whoever resumes the request knows what is in the way
        return Ok(redirect(&onwards(AUTHORIZE_RESUME, Some(&handle))).finish());
    };
    visitor.speak(req, view.lang);
    let accounts = choices(&view);
    let switch_url = with_query("/sign-in", [(CONTINUE, handle.as_str()), (SWITCH, "1")]);
    let frame = visitor.frame(portal, req);
    let page = pages::ChooseAccount {
        f: &frame,
        continuation: Some(&handle),
        app_name: Some(&view.app_name),
        accounts: &accounts,
        switch_url: &switch_url,
    };
    Ok(Page::new(portal, &visitor).in_flow(true).render(req, &page))
}

fn choices(view: &ChooseView) -> Vec<AccountChoice<'_>> {
    view.accounts
        .iter()
        .map(|account| AccountChoice {
            session: account.session.as_str(),
            name: account.name.as_deref(),
            email: account.email.as_deref().unwrap_or_default(),
        })
        .collect()
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
    let session = session(&mut form)?;
    let Some(on_device) = &visitor.on_device else {
        return Err(Error::not_found());
    };
    let next = portal.provider.choose(&handle, on_device, &session).await?;
    Ok(onward(req, &next))
}
