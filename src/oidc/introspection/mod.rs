//! Owns introspection (RFC 7662): telling a resource server what a token is worth now. Does not own the tokens. Entered by
//! `oidc::http`.

mod model;
mod service;

pub use model::Introspection;
