//! Owns who may call us as a server of the operator's: secret keys, their making, listing, revocation and recognition. Does not own
//! what they open. Entered by the Backend API (to authenticate) and the command line (to manage).

mod facts;
mod model;
mod service;
mod store;

pub use model::{CreatedSecretKey, SecretKey, SecretKeyPage};
pub use service::{Revoked, SecretKeys};
