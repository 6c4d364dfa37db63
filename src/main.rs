//! The program: everything is in the library, so that tests can run it too.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    // Refused only where one is installed already, and nothing has run yet that could have.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    vestibule::cli::run().await
}
