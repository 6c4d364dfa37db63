//! Vestibule: sign-in for your app, single sign-on for your customers, in one self-hosted binary.
//!
//! The order of this list is the order of the layers: a module uses only modules above it. `docs/architecture.md` draws
//! the house.

pub mod identity;
pub mod kernel;
pub mod keys;
pub mod platform;
pub mod session;
pub mod sign_in;
