//! The addresses of this application.

use std::sync::Arc;
use std::time::Duration;

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use tokio::sync::Mutex;

use crate::failure::Failure;
use crate::oidc::{AuthorizationRequest, AuthorizationResponse, OidcError, PendingSignIn, RelyingParty, SignedIn};
use crate::pages;
use crate::session::{Store, random_id};

/// Names the session of a person who has signed in. Browsers share cookies among all ports of `localhost`, so the name must
/// not be one the provider uses. Served over `https`, it should be `Secure` and start with `__Host-`.
const SESSION_COOKIE: &str = "rp_session";

/// Names the browser that started a sign-in, so that nobody can finish theirs in someone else's.
const BROWSER_COOKIE: &str = "rp_browser";

const SESSION_LIFETIME: Duration = Duration::from_secs(8 * 60 * 60);
const SIGN_IN_LIFETIME: Duration = Duration::from_secs(10 * 60);
const MAX_SESSIONS: usize = 1_000;
const MAX_SIGN_INS: usize = 1_000;

/// A person's session; behind a lock of its own, so that two refreshes never use the same refresh token.
type Session = Arc<Mutex<SignedIn>>;

/// What all requests share.
pub struct Site {
    relying_party: RelyingParty,
    /// By `state` and browser.
    sign_ins: Store<(String, String), PendingSignIn>,
    sessions: Store<String, Session>,
}

impl Site {
    pub fn new(relying_party: RelyingParty) -> Self {
        Self {
            relying_party,
            sign_ins: Store::new(MAX_SIGN_INS, SIGN_IN_LIFETIME),
            sessions: Store::new(MAX_SESSIONS, SESSION_LIFETIME),
        }
    }

    pub fn base_url(&self) -> &str {
        &self.relying_party.config().base_url
    }

    fn session(&self, request: &HttpRequest) -> Option<Session> {
        self.sessions.get(&cookie_value(request, SESSION_COOKIE)?)
    }
}

/// Registers every address.
pub fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/", web::get().to(home))
        .route("/sign-in", web::post().to(sign_in))
        .route("/callback", web::get().to(callback))
        .route("/refresh", web::post().to(refresh))
        .route("/sign-out", web::post().to(sign_out))
        .route("/style.css", web::get().to(pages::stylesheet))
        .route("/icon.svg", web::get().to(pages::icon))
        .default_service(web::to(async || Err::<HttpResponse, _>(Failure::NotFound)));
}

async fn home(site: web::Data<Site>, request: HttpRequest) -> HttpResponse {
    match site.session(&request) {
        Some(session) => pages::signed_in(&*session.lock().await),
        None => pages::signed_out(site.relying_party.config()),
    }
}

async fn sign_in(site: web::Data<Site>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let AuthorizationRequest { url, state, pending } = site.relying_party.authorization_request().await?;
    // Kept if there is one, so that sign-ins in two tabs do not disturb each other.
    let browser = cookie_value(&request, BROWSER_COOKIE).unwrap_or_else(random_id);
    site.sign_ins.insert((state, browser.clone()), pending);
    Ok(see_other(url.as_str())
        .cookie(cookie(BROWSER_COOKIE, browser, SIGN_IN_LIFETIME))
        .finish())
}

async fn callback(site: web::Data<Site>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let answer = web::Query::<AuthorizationResponse>::from_query(request.query_string())
        .map_err(|_| Failure::MalformedAnswer)?
        .into_inner();
    // RFC 6749 section 10.12: `state` counts only in the browser it was made for, and only once.
    let pending = answer
        .state
        .clone()
        .zip(cookie_value(&request, BROWSER_COOKIE))
        .and_then(|key| site.sign_ins.remove(&key))
        .ok_or(Failure::UnknownSignIn)?;
    let signed_in = site.relying_party.finish_sign_in(pending, answer).await?;

    // Always a new name: one that was known before the sign-in must not become worth something by it.
    if let Some(old) = cookie_value(&request, SESSION_COOKIE) {
        site.sessions.remove(&old);
    }
    let id = random_id();
    site.sessions.insert(id.clone(), Arc::new(Mutex::new(signed_in)));
    tracing::info!("signed in");
    Ok(see_other("/")
        .cookie(cookie(SESSION_COOKIE, id, SESSION_LIFETIME))
        .finish())
}

async fn refresh(site: web::Data<Site>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let Some(session) = site.session(&request) else {
        return Ok(see_other("/").finish());
    };
    // On a task of its own: a browser that goes away must not stop us between the use of the old refresh token and the
    // arrival of the new one.
    let refreshed = actix_web::rt::spawn({
        let site = site.clone();
        async move { site.relying_party.refresh(&mut *session.lock().await).await }
    })
    .await
    .map_err(|_| Failure::Interrupted)?;
    if let Err(OidcError::SignInEnded) = refreshed {
        cookie_value(&request, SESSION_COOKIE).and_then(|id| site.sessions.remove(&id));
    }
    refreshed?;
    tracing::info!("refreshed");
    Ok(see_other("/").finish())
}

async fn sign_out(site: web::Data<Site>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let session = cookie_value(&request, SESSION_COOKIE).and_then(|id| site.sessions.remove(&id));
    let Some(session) = session else {
        return Ok(see_other("/").finish());
    };
    tracing::info!("signed out");
    // Our own session is over, whatever becomes of the provider's.
    let session = session.lock().await;
    if let Err(error) = site.relying_party.revoke(&session).await {
        tracing::warn!("the provider's tokens may go on: {error}");
    }
    let location = match site.relying_party.end_session_url(&session).await {
        Ok(Some(url)) => url.into(),
        Ok(None) => "/".to_owned(),
        Err(error) => {
            tracing::warn!("the provider's session may go on: {error}");
            "/".to_owned()
        }
    };
    let mut gone = cookie(SESSION_COOKIE, String::new(), Duration::ZERO);
    gone.make_removal();
    Ok(see_other(&location).cookie(gone).finish())
}

fn see_other(location: &str) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::SeeOther();
    response.append_header((header::LOCATION, location));
    response
}

fn cookie_value(request: &HttpRequest, name: &str) -> Option<String> {
    request.cookie(name).map(|cookie| cookie.value().to_owned())
}

/// `Lax` rather than `Strict`: the provider's redirect back to us comes from another site and needs the cookie.
fn cookie(name: &'static str, value: String, lifetime: Duration) -> Cookie<'static> {
    let lifetime = time::Duration::seconds(lifetime.as_secs().try_into().unwrap_or(i64::MAX));
    Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(lifetime)
        .finish()
}
