//! Owns the claims about a person: which there are, what opens them, how a request names them one by one, and what they say.
//! Does not own the people. Entered by `oidc::authorize` (what is asked for), `oidc::userinfo` and `oidc::id_token` (what is told).

mod acr;
mod person;
mod request;
mod standard;

pub(super) use acr::Acr;
pub use person::Claims;
pub(super) use request::{AskedClaims, ClaimsRequest};
pub(super) use standard::STANDARD;
