//! Owns background work: the `jobs` table, leases, retries and the worker. Does not own what the work is: features hand
//! [`Handler`]s to the [`Worker`] in `app.rs`. Entered by services (to enqueue, in their transaction) and by `app.rs`.

mod model;
mod store;
mod worker;

pub use model::{Handler, JobError, NewJob};
pub use store::{enqueue, purge};
pub use worker::{Wake, Worker};
