//! Owns how a request comes in and an answer goes out, whatever the surface: the listeners and their TLS, request ids, client
//! addresses, security headers, strict parameters and JSON, the proofs that a form is ours, the device cookie, and the statuses of
//! errors. Does not own any route but the operations', nor what a surface's errors look like, but for the Backend API, which features share.
//! Entered by every `http`
//! room, by `portal`, and by `app`, which binds the server.

mod api_error;
mod body;
mod client_ip;
mod cookies;
mod csp;
mod csrf;
mod edge;
mod form;
mod headers;
pub mod health;
mod json_fields;
mod in_progress;
mod listen;
mod metrics_server;
mod origin;
mod params;
mod request_id;
mod server;
mod slice;
mod status;
mod stop;
mod tls;

#[cfg(any(test, feature = "fuzzing"))]
mod fuzzing;

pub use api_error::ApiError;
pub use body::{BodyLimit, read as read_body};
pub use client_ip::ClientIp;
pub use cookies::{DeviceCookie, DeviceSecret};
pub use csp::Csp;
pub use csrf::Csrf;
pub use edge::Refusal;
pub use form::Form;
#[cfg(any(test, feature = "fuzzing"))]
pub use fuzzing::{FuzzTarget, TARGETS as FUZZ_TARGETS};
pub use headers::KEEP_OPENER;
pub use json_fields::JsonFields;
pub use listen::ListenError;
pub use metrics_server::bind_metrics;
pub use origin::require_own_origin;
pub use params::Params;
pub use request_id::RequestId;
pub use server::{Bound, Parts, bind};
pub use slice::Slice;
pub use status::{log, retry_after_seconds, status_of};
pub use stop::stop_signal;
pub use tls::{Certificate, TlsError};
