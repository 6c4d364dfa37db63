//! Owns refresh tokens: what they say, and the rules of their rotation. They are not stored: each names its grant, whose row knows
//! where its generations are. Does not own the grant. Entered by `oidc::token` (to issue and use), and by whoever is shown one.

mod model;
mod rotation;
mod service;

pub(super) use model::RefreshToken;
pub(super) use rotation::{Family, Fate, Rotations};
