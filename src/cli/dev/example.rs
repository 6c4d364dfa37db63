//! The example application beside a development server: registered once, run as a child.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::cli::failure::Failure;
use crate::kernel::event::Actor;
use crate::kernel::web_url::WebOrigin;
use crate::oidc::{Applications, AuthMethod, Registration};

const CLIENT_ID: &str = "example-relying-party";

/// Between a signal that ends the example and the same signal's arrival here.
const SIGNAL_ON_ITS_WAY: Duration = Duration::from_millis(300);

/// Where it is reached.
fn origin(port: u16) -> String {
    format!("http://localhost:{port}")
}

/// Registers the example, unless it is known already.
pub(super) async fn register(applications: &Applications, port: u16) -> Result<(), Failure> {
    if applications.find(CLIENT_ID).await?.is_some() {
        return Ok(());
    }
    let origin = origin(port);
    let new = Registration {
        authentication: AuthMethod::None,
        post_logout_redirect_uris: vec![format!("{origin}/")],
        ..Registration::new("Example application", vec![format!("{origin}/callback")])
    };
    applications.create_as(CLIENT_ID, new, Actor::Operator).await?;
    Ok(())
}

/// The running example; dies with us.
pub(super) struct Example {
    child: Child,
    port: u16,
}

impl Example {
    /// Starts the program. It inherits the environment but for our own settings, which are none of its business.
    pub(super) fn start<'a>(
        program: &Path,
        port: u16,
        issuer: &WebOrigin,
        variables: impl Iterator<Item = &'a OsStr>,
    ) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        for name in variables.filter(|name| name.as_encoded_bytes().starts_with(b"VESTIBULE_")) {
            command.env_remove(name);
        }
        let child = command
            .env("ISSUER", issuer.as_str())
            .env("CLIENT_ID", CLIENT_ID)
            .env("LISTEN_PORT", port.to_string())
            .env_remove("CLIENT_SECRET")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        child.map(|child| Self { child, port }).map_err(|error| {
            Failure::new(format!(
                "the example application {} can't be started: {error}; build it first, or leave --example out",
                program.display()
            ))
        })
    }

    /// Where it is reached.
    pub(super) fn origin(&self) -> String {
        origin(self.port)
    }

    /// Ends it and waits until it is gone.
    pub(super) async fn stop(&mut self) {
        // it may have ended by itself in this moment, which is as well
        let _ = self.child.kill().await;
    }
}

/// Resolves when the example has ended by itself, with how it did; never, where there is none.
pub(super) async fn ended(example: &mut Option<Example>) -> String {
    let Some(Example { child, .. }) = example else {
        return std::future::pending().await;
    };
    let how = child.wait().await;
    // the Ctrl-C that ended it reaches us too, and then nobody is to hear of this
    tokio::time::sleep(SIGNAL_ON_ITS_WAY).await;
    match how {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    }
}
