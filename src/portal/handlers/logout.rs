//! `/oauth/logout/confirm`: an application asks for a sign-out without saying whose, so the person is asked.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{CONTINUE, session};
use crate::kernel::error::Result;
use crate::oidc::{LOGOUT_CONFIRM, SIGNED_OUT};
use crate::platform::http::{Form, Params};
use crate::portal::answer::{Page, fault, go_on, redirect};
use crate::portal::{Portal, Visitor, pages};

pub(in crate::portal) async fn show(req: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    shown(&req, &portal).await.unwrap_or_else(|error| fault(&req, &error))
}

async fn shown(req: &HttpRequest, portal: &Portal) -> Result<HttpResponse> {
    let handle = Params::of(req)?.require(CONTINUE)?;
    let visitor = Visitor::of(portal, req).await?;
    let view = match &visitor.on_device {
        Some(on_device) => portal.provider.logout_view(&handle, on_device).await?,
        None => None,
    };
    let Some(view) = view else {
        // the request is over, or nobody is signed in: either way there is nothing to ask
        return Ok(redirect(SIGNED_OUT).finish());
    };
    let frame = visitor.frame(portal, req);
    let page = pages::SignOut {
        f: &frame,
        continuation: Some(&handle),
        action: LOGOUT_CONFIRM,
        session: Some(view.session.as_str()),
        app_name: view.app_name.as_deref(),
        email: view.email.as_deref(),
        stay_url: "/account",
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
    let visitor = Visitor::of(portal, req).await?;
    visitor.admit(portal, req, &mut form)?;
    let handle = form.require(CONTINUE)?;
    let asked = session(&mut form)?;
    let Some(on_device) = &visitor.on_device else {
        return Ok(redirect(SIGNED_OUT).finish());
    };
    let secret = visitor.secret.hash();
    let out = portal
        .provider
        .confirm_logout(&handle, on_device, &secret, &asked)
        .await?;
    let mut response = go_on(req, &out.step);
    if let Some(secret) = out.device_secret {
        visitor.with_secret(&secret).take_cookie(portal, &mut response);
    }
    Ok(response)
}
