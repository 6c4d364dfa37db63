//! Owns grants: one authorization of an application by a person in a session, on which codes and tokens live and die. Does not own
//! those. Entered by `oidc::authorize` (to create), `oidc::token` and `oidc::userinfo` (to see whether it stands).

mod model;
pub(super) mod store;

pub(super) use model::{Grant, NewGrant, Revocation, Standing};
