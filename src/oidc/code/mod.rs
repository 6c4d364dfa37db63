//! Owns authorization codes: single use, short-lived, bound to a client, a redirect URI and a challenge (RFC 6749 section 4.1.2).
//! Does not own what they are exchanged for. Entered by `oidc::authorize` (to issue) and `oidc::token` (to redeem).

mod model;
pub(super) mod store;

pub(super) use model::{Code, NewCode, Redemption};
