//! What every feature test needs: a server of its own and a browser.

mod binary;
mod browser;
mod client_key;
mod databases;
mod relying_party;
mod server;

pub use binary::{Binary, run, until};
pub use browser::{Browser, Page};
pub use client_key::ClientKey;
pub use databases::Database;
pub use relying_party::{AFTER_LOGOUT, CALLBACK, RelyingParty, VERIFIER, answer, claims, header, redemption, value};
pub use server::{TestServer, free_port};
