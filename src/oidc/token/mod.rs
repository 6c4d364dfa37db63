//! Owns the token endpoint: the grants of authorization code, refresh token and client credentials, and the answer. Does not own who asks, nor what
//! tokens say and open. Entered by `oidc::http`.

mod client_credentials;
mod issue;
mod redeem;
mod refresh;
mod request;
mod service;

pub(super) use issue::BEARER;
pub use issue::TokenResponse;
pub(super) use request::GRANT_TYPES;
pub use request::TokenRequest;
