//! Owns recurring work: when it is due, and that one process at a time does it, across nodes and restarts. Does not own the
//! work itself. Entered by `app`, which names the tasks.

mod runner;
mod store;
#[cfg(test)]
mod tests;

pub use runner::{Schedule, Task};
