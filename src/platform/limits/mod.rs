//! Owns rate limits that hold across nodes and restarts: one row a bucket, by the generic cell rate algorithm. Does not own
//! which limits there are: each feature names its own [`Rule`]s. Entered by services, inside their transactions.

mod model;
mod store;

pub use model::{Bucket, Rule};
pub use store::{forgive, give_back, purge, take};
