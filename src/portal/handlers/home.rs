//! `/`: to the account, or to signing in.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::portal::answer::{fault, redirect};
use crate::portal::{Portal, Visitor};

pub(in crate::portal) async fn show(req: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    match Visitor::of(&portal, &req).await {
        Ok(visitor) if visitor.session().is_some() => redirect("/account").finish(),
        Ok(_) => redirect("/sign-in").finish(),
        Err(error) => fault(&req, &error),
    }
}
