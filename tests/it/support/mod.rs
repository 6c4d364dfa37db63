//! What every feature test needs: a server of its own and a browser.

mod browser;
mod databases;
mod server;

pub use browser::{Browser, Page};
pub use databases::Database;
pub use server::TestServer;
