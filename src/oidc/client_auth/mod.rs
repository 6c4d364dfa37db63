//! Owns how a client proves who it is (RFC 6749 section 2.3): reading what it shows, secrets, assertions with what they use up, and the limit on failing.
//! Does not own which method an application is registered for. Entered by the endpoints that clients authenticate at.

mod assertion;
mod credentials;
mod failures;
#[cfg(any(test, feature = "fuzzing"))]
pub(super) mod fuzzing;
mod remote_keys;
mod service;
mod store;

#[cfg(test)]
pub(super) use assertion::testing;
pub use assertion::{Assertion, Rules as AssertionRules};
pub(super) use credentials::{AUTHENTICATION_METHODS, ClientCredentials};
pub(super) use remote_keys::RemoteKeys;
