//! `/sign-out` ends the current session; `/signed-out` says so.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::kernel::error::Result;
use crate::platform::http::Form;
use crate::portal::answer::{Page, fault, redirect};
use crate::portal::{Portal, Visitor, pages};

pub(in crate::portal) async fn submit(req: HttpRequest, portal: Data<Portal>, form: Result<Form>) -> HttpResponse {
    submitted(&req, &portal, form)
        .await
        .unwrap_or_else(|error| fault(&req, &error))
}

async fn submitted(req: &HttpRequest, portal: &Portal, form: Result<Form>) -> Result<HttpResponse> {
    let Form(mut form) = form?;
    let visitor = Visitor::of(portal, req).await?;
    visitor.admit(portal, req, &mut form)?;
    let mut response = redirect("/signed-out").finish();
    if let Some(session) = visitor.session()
        && let Some(secret) = portal.sessions.end(session, &visitor.secret.hash()).await?
    {
        visitor.with_secret(&secret).take_cookie(portal, &mut response);
    }
    Ok(response)
}

pub(in crate::portal) async fn show(req: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    match Visitor::of(&portal, &req).await {
        Ok(visitor) => {
            let frame = visitor.frame(&portal, &req);
            let page = pages::SignedOut {
                f: &frame,
                sign_in_url: "/sign-in",
            };
            Page::new(&portal, &visitor).render(&req, &page)
        }
        Err(error) => fault(&req, &error),
    }
}
