//! The peer: npm's `oidc-provider` with an adapter for SQLite.

use std::path::Path;
use std::process::Command;

use crate::Failure;
use crate::browser::{Browser, Stop};
use crate::http::Connection;
use crate::process::Process;
use crate::provider::{Client, Clients, DISCOVERY, Paths, Provider};

const PORT: u16 = 4813;

/// Starts the peer in `folder` with `node`, and `data` for its database.
pub fn start(node: &Path, folder: &Path, data: &Path) -> Result<Provider, Failure> {
    let mut command = Command::new(node);
    command.arg(folder.join("server.mjs")).arg(PORT.to_string()).arg(data);
    command.env("NODE_ENV", "production");
    let process = Process::start(command, PORT, DISCOVERY, &data.join("log"))?;
    let client = |id| Client::new(id, "a-secret-of-the-peer-that-is-long-enough");
    Ok(Provider {
        name: "oidc-provider",
        paths: Paths::discover(&process)?,
        process,
        clients: Clients {
            people_es256: client("people-es256"),
            people_rs256: client("people-rs256"),
            machine_opaque: Ok(client("machine-opaque")),
            machine_es256: Ok(client("machine-es256")),
            machine_rs256: Ok(client("machine-rs256")),
        },
        browser: Browser::default(),
        sign_in: |_: &mut Browser, _: &mut Connection, _: &str, stop: Stop| stop.elsewhere(),
    })
}
