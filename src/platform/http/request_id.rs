//! A name for one request, which the log and the error page share.

use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::kernel::rng::Rng;

/// The header that carries the id to the caller. What a caller sends under this name is ignored: a stranger must not be able to
/// write into our log the id of another request.
pub const HEADER: &str = "x-request-id";

/// The id of the request in hand: 16 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// A fresh id.
    pub fn draw(rng: &Rng) -> Self {
        Self(format!("{:016x}", u64::from_be_bytes(rng.bytes())).into())
    }

    /// The id that `edge` gave to `req`; `-` where a request did not come through it.
    pub fn of(req: &HttpRequest) -> Self {
        req.extensions().get().cloned().unwrap_or_else(|| Self("-".into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromRequest for RequestId {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(req)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_16_digits_and_does_not_repeat() {
        let rng = Rng::seeded(1);
        let id = RequestId::draw(&rng);
        assert_eq!(id.as_str().len(), 16);
        assert!(id.as_str().bytes().all(|b| b.is_ascii_hexdigit()));
        assert_ne!(id, RequestId::draw(&rng));
    }
}
