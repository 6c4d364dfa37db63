//! A name for one request, which the log and the error page share.

use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::sync::{Mutex, PoisonError};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::kernel::rng::Rng;

/// The header that carries the id to the caller. What a caller sends under this name is ignored: a stranger must not be able to
/// write into our log the id of another request.
pub const HEADER: &str = "x-request-id";

/// The id of the request in hand: 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId([u8; 16]);

impl RequestId {
    fn new(drawn: [u8; 8]) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut digits = [0; 16];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(drawn) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        Self(digits)
    }

    /// The id that `edge` gave to `req`; dashes where a request did not come through it.
    pub fn of(req: &HttpRequest) -> Self {
        req.extensions().get().copied().unwrap_or(Self([b'-'; 16]))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Draws ids, the randomness for many at once: a draw costs more than all else that an id takes.
///
/// They are random rather than counted, so that nobody learns from two of them how much was asked in between.
pub(super) struct RequestIds {
    rng: Rng,
    drawn: Mutex<Drawn>,
}

struct Drawn {
    bytes: [u8; 512],
    used: usize,
}

impl RequestIds {
    pub(super) fn new(rng: Rng) -> Self {
        let bytes = rng.bytes();
        Self {
            rng,
            drawn: Mutex::new(Drawn { bytes, used: 0 }),
        }
    }

    /// A fresh id.
    pub(super) fn draw(&self) -> RequestId {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.used == drawn.bytes.len() {
            drawn.bytes = self.rng.bytes();
            drawn.used = 0;
        }
        let mut next = [0; 8];
        next.copy_from_slice(&drawn.bytes[drawn.used..drawn.used + 8]);
        drawn.used += 8;
        RequestId::new(next)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn an_id_has_16_digits_and_does_not_repeat() {
        let ids = RequestIds::new(Rng::seeded(1));
        let drawn: HashSet<String> = (0..1000).map(|_| ids.draw().as_str().to_owned()).collect();
        assert_eq!(drawn.len(), 1000);
        for id in drawn {
            assert!(id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
        }
        assert_eq!(
            RequestId::new([0, 1, 0xab, 0xff, 0x10, 0, 0, 9]).as_str(),
            "0001abff10000009"
        );
    }
}
