//! Owns the settings of the instance (what a product owner changes without a restart) and its two fixed names. Does not own
//! process settings: ports, database and keys are in `platform::settings`. Entered by services, which read the current
//! values, and by the command line, which changes them.

mod model;
mod service;
mod store;

pub use model::{InstanceSettings, Names, SignUpMode};
pub use service::{Instance, OpenError};
