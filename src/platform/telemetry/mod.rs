//! Owns what the process tells about itself: the log and the metrics. Does not own what is said; each room says it. Entered by
//! `app` and the command line, and by `platform::http` for its counts.

mod line;
mod log;
mod metrics;

pub use log::{LogError, init};
pub use metrics::{HttpMetrics, Metrics};
