//! Owns the connections, the one way to write (`Db::write`), the outbox rows, the change feed's versions and the state of the
//! schema. Does not own any feature's tables. Entered by every `store.rs` (with a connection) and every `service.rs` (with
//! `Db::write`).

mod connect;
mod error;
mod migrate;
mod outbox;
mod tx;
mod write;

pub use connect::{Backend, Db, DbOptions};
pub use migrate::{Schema, SchemaProblem};
pub use outbox::PersonKey;
pub use tx::Tx;
