//! Owns the token endpoint: the grants of authorization code and refresh token, and the answer. Does not own who asks, nor what
//! tokens say and open. Entered by `oidc::http`.

mod issue;
mod redeem;
mod refresh;
mod request;
mod service;

pub use issue::TokenResponse;
pub(super) use request::GRANT_TYPES;
pub use request::TokenRequest;
