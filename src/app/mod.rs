//! The only place that knows everyone: settings, the order in which things open, routes, jobs and shutdown.

mod master_key;
mod open;
mod serve;
pub mod settings;

pub use open::{App, OpenError, Options, open, open_database};
pub use serve::{ServeError, Server};
