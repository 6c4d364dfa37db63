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
    if let Some(session) = visitor.session() {
        portal
            .sessions
            .end(&session.device_id, &session.id, &session.user_id)
            .await?;
    }
    Ok(redirect("/signed-out").finish())
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
