//! Vestibule: sign-in for your app, single sign-on for your customers, in one self-hosted binary.
//!
//! The order of this list is the order of the layers: a module uses only modules above it. `docs/architecture.md` draws
//! the house.

pub mod kernel;
pub mod platform;
pub mod keys;
pub mod identity;
pub mod session;
pub mod sign_in;
pub mod access;
pub mod oidc;
pub mod portal;
pub mod app;
pub mod cli;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
