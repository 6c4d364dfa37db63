//! What is counted, for Prometheus.

use std::time::Duration;

use prometheus::{Encoder, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};

use crate::kernel::error::{Error, Result};

/// From half a millisecond (a token check) to ten seconds (a client's patience).
const SECONDS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// The counts of one process. There is no global one: each test has its own.
pub struct Metrics {
    registry: Registry,
    /// The counts of answered requests.
    pub http: HttpMetrics,
}

impl Metrics {
    /// All counts at zero.
    ///
    /// # Errors
    /// When a name is not one or is taken, which is a defect.
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let http = HttpMetrics::new(&registry)?;
        Ok(Self { registry, http })
    }

    /// Where a room registers counts of its own.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// All counts in Prometheus' text format, version 0.0.4.
    ///
    /// # Errors
    /// Internal, when a count cannot be written.
    pub fn text(&self) -> Result<String> {
        let mut text = Vec::new();
        TextEncoder::new()
            .encode(&self.registry.gather(), &mut text)
            .map_err(Error::internal)?;
        String::from_utf8(text).map_err(Error::internal)
    }
}

/// The counts of answered requests.
#[derive(Clone)]
pub struct HttpMetrics {
    requests: IntCounterVec,
    duration: HistogramVec,
}

impl HttpMetrics {
    fn new(registry: &Registry) -> prometheus::Result<Self> {
        let requests = IntCounterVec::new(
            Opts::new("vestibule_http_requests_total", "Answered requests."),
            &["method", "route", "status"],
        )?;
        let duration = HistogramVec::new(
            HistogramOpts::new(
                "vestibule_http_request_duration_seconds",
                "Time from a request's head to its answer's.",
            )
            .buckets(SECONDS.to_vec()),
            &["method", "route"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(duration.clone()))?;
        Ok(Self { requests, duration })
    }

    /// Counts one. `method` and `route` come from fixed sets: each pair makes a series that is kept.
    pub fn observe(&self, method: &str, route: &str, status: u16, took: Duration) {
        let status = status.to_string();
        self.requests.with_label_values(&[method, route, &status]).inc();
        self.duration
            .with_label_values(&[method, route])
            .observe(took.as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_counts_of_its_own() {
        let (one, other) = (Metrics::new().expect("metrics"), Metrics::new().expect("metrics"));
        one.http.observe("GET", "/x", 200, Duration::from_millis(3));
        let text = one.text().expect("text");
        assert!(
            text.contains(r#"vestibule_http_requests_total{method="GET",route="/x",status="200"} 1"#),
            "{text}"
        );
        assert!(
            text.contains(r#"route="/x",le="0.0025"} 0"#) && text.contains(r#"route="/x",le="0.005"} 1"#),
            "{text}"
        );
        assert_eq!(other.text().expect("text"), "");
    }
}
