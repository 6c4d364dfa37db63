//! `vestibule serve`.

use clap::Args;

use super::failure::Failure;
use super::host::Stop;
use super::invocation::Invocation;
use crate::app::{self, Options, Server};

#[derive(Args)]
pub(super) struct Serve {
    /// Accept a changed server.public_url or frontend_host for good: tokens, accounts at applications and SDK keys that carry
    /// the old name stop working
    #[arg(long)]
    change_issuer: bool,
}

impl Serve {
    pub(super) async fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        let loaded = invocation.server_settings()?;
        let options = Options {
            change_issuer: self.change_issuer,
            ..invocation.options()
        };
        let app = app::open(&loaded.settings, loaded.environment, options).await?;
        let server = Server::bind(app, &loaded.settings)?;
        tracing::info!(
            version = env!("CARGO_PKG_VERSION"),
            environment = %loaded.environment,
            public_url = %loaded.settings.server.public_url,
            listen = ?server.addresses(),
            "ready"
        );
        Ok(server.run(told(invocation.take_stop())).await?)
    }
}

/// Resolves when the process is told to stop; never, where that can't be heard.
pub(super) async fn told(stop: Stop) {
    if let Err(error) = stop.await {
        tracing::error!("signals can't be listened for, so the server ends at once when it is told to stop: {error}");
        std::future::pending().await
    }
}
