//! Owns grants: one authorization of an application by a person in a session, with its code (single use, short-lived, bound to a
//! client, a redirect URI and a challenge), on which tokens live and die. Does not own the tokens, which are not stored. Entered
//! by `oidc::authorize` (to create), `oidc::token` (to redeem and refresh) and whoever must know whether one stands.

mod code;
mod list;
mod memory;
mod model;
mod revoke;
mod service;
pub(super) mod store;

pub(super) use code::{Code, NewCode, Redemption};
pub use list::{GrantFilter, GrantPage, GrantView};
pub(super) use memory::Grants;
pub(super) use model::{Grant, NewGrant, Revocation, Standing};
