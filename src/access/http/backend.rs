//! A route of the Backend API, and who takes it.

use std::future::{Ready, ready};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest, Route};

use crate::access::SecretKeys;
use crate::kernel::error::{Error, ErrorKind};
use crate::kernel::event::Actor;
use crate::platform::http::{ApiError, ClientIp};

/// A route that none but holders of a secret key take, and whose errors are worded as the Backend API does. Whatever else a request
/// brings, cookies above all, proves nothing here.
pub fn backend(route: Route) -> Route {
    route.wrap(from_fn(admit))
}

/// Who calls: the holder of a secret key.
#[derive(Clone, Debug)]
pub struct Caller(pub Actor);

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    /// None but [`backend`] lets anybody be known.
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = req.extensions().get::<Self>().cloned();
        ready(caller.ok_or_else(|| Error::internal("a route of the Backend API without its guard").into()))
    }
}

async fn admit(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match authenticate(req.request()).await {
        Ok(caller) => req.extensions_mut().insert(caller),
        Err(error) => {
            let answer = error.answer(req.request());
            return Ok(req.into_response(answer));
        }
    };
    let response = next.call(req).await?.map_into_boxed_body();
    let failed = response
        .response()
        .error()
        .and_then(|error| error.as_error::<ApiError>());
    let Some(answer) = failed.map(|error| error.answer(response.request())) else {
        return Ok(response);
    };
    Ok(response.into_response(answer))
}

async fn authenticate(req: &HttpRequest) -> Result<Caller, ApiError> {
    let presented = presented(req)?;
    let keys = req.app_data::<Data<SecretKeys>>();
    let keys = keys.ok_or_else(|| Error::internal("the routes have no secret keys"))?;
    let actor = keys.authenticate(presented, &ClientIp::of(req).limit_key()).await?;
    Ok(Caller(actor))
}

/// The one text of the scheme `Bearer`, whose name is not case-sensitive (RFC 9110 section 11.1).
fn presented(req: &HttpRequest) -> Result<&str, Error> {
    let mut values = req.headers().get_all(AUTHORIZATION);
    let Some(value) = values.next() else {
        return Err(stranger(
            "authorization_header_missing",
            "send a secret key: the header Authorization with Bearer and the key",
        ));
    };
    let text = value.to_str().ok().filter(|_| values.next().is_none());
    let credentials = text.and_then(|text| text.split_once(' '));
    let token = credentials.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    token.map(|(_, token)| token.trim()).ok_or_else(|| {
        stranger(
            "authorization_header_format_invalid",
            "the header Authorization must be given once, as Bearer and a secret key",
        )
    })
}

fn stranger(code: &'static str, public: &'static str) -> Error {
    Error::new(ErrorKind::Unauthenticated, code, public)
}
