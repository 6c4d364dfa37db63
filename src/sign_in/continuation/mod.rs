//! Owns continuations: what waits while a person signs in, under a handle that is shown once, bound to one device, used once.
//! Does not own what the payload means: the owner of a kind writes it and reads it.

mod model;
mod service;
mod store;

pub use model::{Beginner, Continuation, Intent};
pub use service::Continuations;
pub use store::{consume, purge};
