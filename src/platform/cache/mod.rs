//! Owns what this process remembers of the database: which caches there are, how they forget, and whether the feed that tells
//! them of other processes can be relied on. Does not own the feed (`changes`), nor what is remembered. Entered by the services
//! that read the same rows again and again.
//!
//! The contract: a command that changes a row calls `tx.forget(topic, key)` in the same transaction. After the commit this process
//! forgets at once, before the command returns; every other process by the change feed, within a second. What was read before a
//! key was forgotten is never remembered after it.

mod map;
mod memory;

pub use map::{Cache, Ticket};
pub use memory::{Memory, Remembers};
