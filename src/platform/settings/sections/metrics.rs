//! `[metrics]`: Prometheus metrics on a listener of their own.

use std::net::SocketAddr;

use serde::Deserialize;

use crate::platform::settings::values::optional_socket_address;
use crate::platform::settings::{Environment, Problem, Section};

/// The settings of `[metrics]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsSettings {
    /// The address of the listener; none: no listener.
    #[serde(deserialize_with = "optional_socket_address")]
    pub listen: Option<SocketAddr>,
}

impl Section for MetricsSettings {
    const NAME: &'static str = "metrics";

    fn validate(&self, _: Environment) -> Vec<Problem> {
        Vec::new()
    }
}
