//! Owns the token endpoint: client authentication, the grants of authorization code and refresh token, and the answer. Does
//! not own what tokens say and open. Entered by `oidc::http`.

mod client_auth;
mod issue;
mod redeem;
mod refresh;
mod request;
mod service;

pub(super) use client_auth::AUTHENTICATION_METHODS;
pub use issue::TokenResponse;
pub(super) use request::GRANT_TYPES;
pub use request::TokenRequest;
