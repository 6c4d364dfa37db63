//! The floor: what nobody can do without.

use std::path::Path;
use std::process::Command;

use crate::Failure;
use crate::browser::{Browser, Stop};
use crate::http::{Answer, Connection, Request};
use crate::process::Process;
use crate::provider::{Client, Clients, DISCOVERY, Paths, Provider};

const PORT: u16 = 4812;

/// Starts the floor at `program`, with `data` for its database, serving the documents that `ours` serves.
pub fn start(program: &Path, data: &Path, ours: &Provider) -> Result<Provider, Failure> {
    let mut connection = ours.process.connect()?;
    let mut document = |path: &str| -> Result<Answer, Failure> { connection.send(&Request::get(path))?.expect(200) };
    let metadata = document(DISCOVERY)?
        .body
        .replace(&ours.process.origin(), &format!("http://localhost:{PORT}"));
    std::fs::write(data.join("metadata.json"), metadata)?;
    std::fs::write(data.join("jwks.json"), document(&ours.paths.jwks)?.body)?;
    let mut command = Command::new(program);
    command.arg(PORT.to_string()).arg(data);
    let process = Process::start(command, PORT, DISCOVERY, &data.join("log"))?;
    let client = |id| Client::new(id, "a-secret-of-the-floor");
    Ok(Provider {
        name: "floor",
        paths: Paths::discover(&process)?,
        process,
        clients: Clients {
            people_es256: client("es256"),
            people_rs256: client("rs256"),
            machine_opaque: Ok(client("opaque")),
            machine_es256: Ok(client("es256")),
            machine_rs256: Ok(client("rs256")),
        },
        browser: Browser::default(),
        sign_in: |_: &mut Browser, _: &mut Connection, _: &str, stop: Stop| stop.elsewhere(),
    })
}
