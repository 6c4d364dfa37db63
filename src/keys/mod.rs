//! Owns the key ring: making, publishing, rotating, retiring and revoking signing keys, each with one purpose, and signing and
//! verifying with them. Does not own what is signed: claims, lifetimes and audiences belong to the features. Entered by `oidc`, which
//! signs, verifies and publishes, and by the command line, which lists, rotates and revokes.

#[cfg(any(test, feature = "fuzzing"))]
mod fuzzing;
mod material;
mod model;
mod revoke;
mod ring;
mod schedule;
mod service;
mod store;
#[cfg(test)]
mod tests;

#[cfg(any(test, feature = "fuzzing"))]
pub use fuzzing::TARGETS as FUZZ_TARGETS;
pub use model::{Algorithm, KeyInfo, KeyState, Purpose, Revocation, Rotation};
pub use schedule::ScheduledRotation;
pub use service::KeyRing;
