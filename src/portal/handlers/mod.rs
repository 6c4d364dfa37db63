//! One file a page: reads the request, calls a service, fills the page's context.

pub(super) mod account;
pub(super) mod applications;
pub(super) mod asset;
pub(super) mod choose;
pub(super) mod consent;
pub(super) mod dev_inbox;
pub(super) mod home;
pub(super) mod logout;
pub(super) mod sign_in;
pub(super) mod sign_out;
pub(super) mod sign_up;
pub(super) mod verify;

use actix_web::{HttpRequest, HttpResponse};

use super::answer::{onward, redirect};
use super::state::Portal;
use super::visitor::Visitor;
use crate::kernel::error::{Error, Result};
use crate::kernel::id::SessionId;
use crate::kernel::web_url::with_query;
use crate::platform::http::Params;
use crate::sign_in::SignedIn;

/// The form field and the query parameter that carry a continuation's handle.
const CONTINUE: &str = "continue";

/// `path` with the handle of what waits, where there is one.
fn onwards(path: &str, handle: Option<&str>) -> String {
    with_query(path, handle.map(|handle| (CONTINUE, handle)))
}

/// The session that a form of ours names.
fn session(form: &mut Params) -> Result<SessionId> {
    form.require("session")?
        .parse()
        .map_err(|_| Error::bad_input("invalid_request", "session is not one of this page"))
}

/// Seconds, for a page.
fn seconds(wait: std::time::Duration) -> u32 {
    let rounded_up = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    u32::try_from(rounded_up).unwrap_or(u32::MAX)
}

/// Where a person goes after signing in: on with what waits, else to the account.
async fn after_sign_in(
    req: &HttpRequest,
    portal: &Portal,
    mut visitor: Visitor,
    signed_in: SignedIn,
) -> Result<HttpResponse> {
    let handle = signed_in.continuation.as_deref();
    let waiting = visitor.continuation(portal, req, handle).await?;
    let target = match (waiting, handle) {
        (Some(waiting), Some(handle)) => portal.continuations.resume_path(&waiting, handle),
        _ => None,
    };
    let visitor = visitor.with_secret(&signed_in.device_secret);
    let mut response = match target {
        // from there it may go on to an application
        Some(target) => onward(req, &target),
        None => redirect("/account").finish(),
    };
    visitor.take_cookie(portal, &mut response);
    Ok(response)
}
