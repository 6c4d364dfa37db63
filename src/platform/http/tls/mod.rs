//! Transport encryption: where the certificate comes from and how a new one is picked up.

mod certificate;
mod development;
mod files;
mod watch;

pub use certificate::{Certificate, TlsError};
