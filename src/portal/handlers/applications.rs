//! `/account/applications`: what a person lets use the account, and taking that away.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::kernel::error::{Error, Result};
use crate::kernel::id::ApplicationId;
use crate::kernel::web_url::with_query;
use crate::oidc::ConnectedApplication;
use crate::platform::http::{Form, Params};
use crate::portal::answer::{Page, fault, redirect};
use crate::portal::pages::{self, Connected, Moment, Notice};
use crate::portal::{Portal, Visitor};

const PATH: &str = "/account/applications";
/// The last application of the part before.
const AFTER: &str = "after";
/// Carries through a redirect that an application has lost its access.
const REMOVED: &str = "removed";
/// How many are shown at once.
const PAGE: u64 = 20;

pub(in crate::portal) async fn show(req: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    shown(&req, &portal).await.unwrap_or_else(|error| fault(&req, &error))
}

async fn shown(req: &HttpRequest, portal: &Portal) -> Result<HttpResponse> {
    let mut query = Params::of(req)?;
    let after = query.take(AFTER).map(application).transpose()?;
    let visitor = Visitor::of(portal, req).await?;
    let Some(session) = visitor.session() else {
        return Ok(redirect("/sign-in").finish());
    };
    let user = portal.accounts.find(&session.user_id).await?;
    let email = user.and_then(|user| user.address().map(str::to_owned));
    let page = portal
        .provider
        .connected(&session.user_id, after.as_ref(), PAGE)
        .await?;
    let applications: Vec<Connected> = page.applications.into_iter().map(connected).collect();
    let next_url = page.next.map(|next| with_query(PATH, [(AFTER, next.as_str())]));
    let frame = visitor.frame(portal, req);
    let page = pages::Applications {
        f: &frame,
        email: email.as_deref().unwrap_or_default(),
        applications: &applications,
        next_url: next_url.as_deref(),
        notice: query.take(REMOVED).map(|_| Notice::AccessRemoved),
    };
    Ok(Page::new(portal, &visitor).render(req, &page))
}

fn connected(application: ConnectedApplication) -> Connected {
    Connected {
        id: application.id.to_string(),
        name: application.name,
        shared: application.scope.values().map(Into::into).collect(),
        since: Moment::utc(application.since),
        last_used: application.last_used.map(Moment::utc),
    }
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
    let id = application(form.require("application")?)?;
    portal.provider.revoke_for(&session.user_id, &id).await?;
    Ok(redirect(&with_query(PATH, [(REMOVED, "1")])).finish())
}

fn application(text: String) -> Result<ApplicationId> {
    text.try_into()
        .map_err(|_| Error::bad_input("invalid_request", "this names no application"))
}
