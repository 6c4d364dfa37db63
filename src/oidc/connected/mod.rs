//! Owns the list of applications that a person lets use the account, put together from what was allowed and what was granted. Does
//! not own either: access is taken away by `oidc::grant`. Entered by `portal`.

mod service;
mod store;

pub use service::{ConnectedApplication, ConnectedPage};
