//! Owns the token endpoint: client authentication, the grants of authorization code and refresh token, and the tokens. Does not own
//! what the tokens open. Entered by `oidc::http`; `oidc::userinfo` reads the rows of access tokens.

mod client_auth;
mod issue;
mod redeem;
mod refresh;
mod request;
mod rotation;
mod service;
mod store;

pub(super) use client_auth::AUTHENTICATION_METHODS;
pub use issue::TokenResponse;
pub(super) use request::GRANT_TYPES;
pub use request::TokenRequest;
