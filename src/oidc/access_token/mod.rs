//! Owns access tokens: writing them, opaque or as JWTs, telling of a presented one what it opens now, and which were revoked before
//! their time. They are not stored: each names the grant or the application it lives and dies with. Does not own what they open.
//! Entered by `oidc::token` (to issue), `oidc::revocation` and every endpoint that is shown one.

#[cfg(any(test, feature = "fuzzing"))]
pub(super) mod fuzzing;
mod jwt;
mod model;
mod service;
pub(super) mod store;

pub(super) use model::{Access, Holder, NewAccessToken, expiry};
