//! Owns applications: OAuth clients, what is registered of them, their secrets and their addresses. Does not own what people grant
//! them, nor how they prove who they are at an endpoint. Entered by the protocol's endpoints (to find), and by the command line and
//! the Backend API (to manage).

mod changes;
mod client_keys;
#[cfg(any(test, feature = "fuzzing"))]
pub(super) mod fuzzing;
mod kinds;
mod listing;
mod manage;
mod model;
mod redirect_uri;
mod registration;
mod scope_tokens;
mod secret;
mod service;
mod store;
mod successor;

pub use changes::Changes;
pub(super) use changes::Difference;
pub use client_keys::{AssertionAlgorithm, ClientKeys, Verdict};
pub use kinds::{AccessTokenFormat, AuthMethod, GrantType, GrantTypes, Profile};
pub use listing::{ApplicationFilter, ApplicationOrder, ApplicationSlice};
pub use manage::ApplicationRef;
pub use model::{Application, ApplicationPage, CreatedApplication};
pub(super) use redirect_uri::shown_host;
pub use registration::Registration;
pub use scope_tokens::ScopeTokens;
pub use secret::ClientSecret;
pub use service::Applications;
pub use successor::{ChangedApplication, NewSecret};
