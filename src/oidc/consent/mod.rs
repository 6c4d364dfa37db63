//! Owns what a person let an application have, remembered. Does not own the page that asks. Entered by `oidc::authorize`.

pub(super) mod store;
