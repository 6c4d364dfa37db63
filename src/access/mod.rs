//! Owns who may call us as a server of the operator's: secret keys, their making, listing, revocation and recognition, and the door of
//! the Backend API. Does not own what is behind it. Entered by the Backend API (to authenticate) and the command line (to manage).

mod facts;
mod http;
mod model;
mod service;
mod store;

pub use http::{Caller, backend};
pub use model::{CreatedSecretKey, SecretKey, SecretKeyPage};
pub use service::{Revoked, SecretKeys};
