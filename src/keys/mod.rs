//! Owns the key ring: making, publishing, rotating and retiring signing keys, each with one purpose, and signing and verifying
//! with them. Does not own what is signed: claims, lifetimes and audiences belong to the features. Entered by `oidc`, which
//! signs, verifies and publishes, and by the command line, which lists and rotates.

mod material;
mod model;
mod ring;
mod service;
mod store;
#[cfg(test)]
mod tests;

pub use model::{Algorithm, KeyInfo, KeyState, Purpose, Rotation};
pub use service::KeyRing;
