//! Owns the userinfo endpoint: which claims an access token opens. Does not own the people they are about. Entered by `oidc::http`.

mod claims;
mod service;
mod store;

pub(super) use claims::CLAIMS;
pub use claims::Claims;
