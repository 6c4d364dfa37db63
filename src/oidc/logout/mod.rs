//! Owns the end session endpoint (OpenID Connect RP-Initiated Logout). Does not own sessions. Entered by `oidc::http` and, for the
//! page that asks, by `portal`.

mod check;
mod confirm;
mod request;
mod service;

pub use confirm::LogoutView;
pub use request::LogoutRequest;
pub use service::LoggedOut;
