//! Owns access tokens: writing them, and telling of a presented one what it opens now. They are not stored: each names the grant it
//! lives and dies with. Does not own what they open. Entered by `oidc::token` (to issue) and by every endpoint that is shown one.

mod model;
mod service;

pub(super) use model::expiry;
