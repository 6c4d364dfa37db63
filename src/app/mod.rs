//! The only place that knows everyone: settings, the order in which things open, routes, jobs and shutdown.

mod master_key;
mod open;
mod retention;
mod serve;
pub mod settings;

pub use open::{App, OpenError, Options, open, open_database, open_sealer};
pub use serve::{ServeError, Server, routes};
