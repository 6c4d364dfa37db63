//! Owns the connections, the one way to write (`Db::write`), the outbox rows, the rows of the change feed and the state of the
//! schema. Does not own any feature's tables. Entered by every `store.rs` (with a connection) and every `service.rs` (with
//! `Db::write`).

pub mod backup;
mod connect;
mod counts;
mod error;
mod invalidations;
mod lane;
mod migrate;
mod outbox;
mod purge;
#[cfg(test)]
pub(crate) mod testing;
mod tx;
mod unstoppable;
mod write;

pub use connect::{Backend, Db, DbOptions};
pub use counts::Counts;
pub(in crate::platform) use invalidations::Invalidation;
pub use invalidations::purge_invalidations;
pub use migrate::{Schema, SchemaProblem};
pub use outbox::PersonKey;
pub use purge::delete_some;
pub use tx::Tx;
