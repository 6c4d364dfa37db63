//! Vestibule: set up with its command line, used through its pages.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::Failure;
use crate::browser::{Browser, Stop, hidden};
use crate::http::{Connection, Request};
use crate::process::Process;
use crate::provider::{Client, Clients, Paths, Provider, REDIRECT_URI};

const PORT: u16 = 4811;
const EMAIL: &str = "ada@example.com";
/// The password of everybody.
pub const PASSWORD: &str = "correct horse battery staple";
/// When the server is ready.
const READY: &str = "/readyz";
/// Starts with existing data; the fastest counts.
const STARTS: usize = 5;

/// An installed Vestibule and its data.
pub struct Installation {
    program: PathBuf,
    data: PathBuf,
}

/// What starting it took, and the memory it then had.
pub struct Start {
    /// With an empty data directory: schema, settings and keys are made.
    pub first: Duration,
    /// With data.
    pub again: Duration,
    /// In megabytes, before any request.
    pub idle: f64,
}

impl Installation {
    /// `program` with its data in the directory `data`, which is empty.
    pub fn new(program: &Path, data: &Path) -> Self {
        Self {
            program: program.to_owned(),
            data: data.to_owned(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["--env", "development"]).args(arguments);
        for setting in [
            format!("server.public_url=http://localhost:{PORT}"),
            format!("server.listen=127.0.0.1:{PORT}"),
            // the limits count by address, and everything here comes from one
            "server.trusted_proxies=127.0.0.1/32".to_owned(),
            "metrics.listen=".to_owned(),
            format!("data.dir={}", self.data.display()),
        ] {
            command.args(["--set", &setting]);
        }
        command
    }

    fn serve(&self) -> Result<Process, Failure> {
        Process::start(self.command(&["serve"]), PORT, READY, &self.data.join("log"))
    }

    /// Runs a command that prints JSON.
    fn run(&self, arguments: &[&str]) -> Result<serde_json::Value, Failure> {
        let output = self.command(arguments).stdin(Stdio::null()).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Failure::new(format!("vestibule {}: {said}", arguments.join(" "))));
        }
        serde_json::from_slice(&output.stdout).map_err(Failure::new)
    }

    fn client(&self, arguments: &[&str]) -> Result<Client, Failure> {
        let created = self.run(&[&["apps", "create", "--json", "--name", "bench"], arguments].concat())?;
        let text = |name: &str| created[name].as_str().unwrap_or_default().to_owned();
        Ok(Client::new(&text("client_id"), &text("client_secret")))
    }

    /// Registers somebody with [`PASSWORD`].
    pub fn person(&self, email: &str) -> Result<(), Failure> {
        let file = self.data.join("password");
        std::fs::write(&file, PASSWORD)?;
        let file = file.display().to_string();
        self.run(&["users", "create", "--json", "--email", email, "--password-file", &file])?;
        Ok(())
    }

    fn clients(&self) -> Result<Clients, Failure> {
        let people = |algorithm| self.client(&["--redirect-uri", REDIRECT_URI, "--id-token-alg", algorithm]);
        let machine = |format: &[&str]| {
            let fixed = ["--grant-type", "client_credentials", "--scope", "reports"];
            self.client(&[&fixed, format].concat())
        };
        Ok(Clients {
            people_es256: people("ES256")?,
            people_rs256: people("RS256")?,
            machine_opaque: machine(&[]),
            machine_es256: machine(&["--access-token-format", "jwt", "--access-token-alg", "ES256"]),
            machine_rs256: machine(&["--access-token-format", "jwt", "--access-token-alg", "RS256"]),
        })
    }

    /// Sets it up, starts it a few times, and leaves it running.
    pub fn start(&self) -> Result<(Provider, Start), Failure> {
        let first = self.serve()?.took;
        self.person(EMAIL)?;
        let clients = self.clients()?;
        let mut process = self.serve()?;
        let mut again = process.took;
        for _ in 1..STARTS {
            drop(process);
            process = self.serve()?;
            again = again.min(process.took);
        }
        let start = Start {
            first,
            again,
            idle: process.memory()?,
        };
        let provider = Provider {
            name: "Vestibule",
            paths: Paths::discover(&process)?,
            process,
            clients,
            browser: Browser::default(),
            sign_in: pass_pages,
        };
        Ok((provider, start))
    }
}

/// Signs in and consents, as far as the pages ask for it.
fn pass_pages(
    browser: &mut Browser,
    connection: &mut Connection,
    origin: &str,
    mut stop: Stop,
) -> Result<String, Failure> {
    loop {
        let page = match stop {
            Stop::Elsewhere(url) => return Ok(url),
            Stop::Page(page) => page.body,
        };
        let (action, answer) = if page.contains("action=\"/consent\"") {
            ("/consent", ("decision", "allow"))
        } else if page.contains("action=\"/sign-in/password\"") {
            ("/sign-in/password", ("password", PASSWORD))
        } else if page.contains("action=\"/sign-in\"") {
            ("/sign-in", ("identifier", EMAIL))
        } else {
            return Err(Failure::new(format!("an unexpected page: {page}")));
        };
        let next = submit(browser, connection, origin, &page, action, answer)?;
        stop = browser.follow(connection, origin, &next)?;
    }
}

/// Submits the form of `page` with one field filled in; answers with where that leads.
pub fn submit(
    browser: &mut Browser,
    connection: &mut Connection,
    origin: &str,
    page: &str,
    action: &str,
    filled: (&str, &str),
) -> Result<String, Failure> {
    let fields = hidden(page);
    let mut form: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    form.push(filled);
    let answer = browser.send(connection, Request::post(action, &form).with("origin", origin))?;
    match onward(&answer.body) {
        Some(next) => Ok(next),
        None => answer.location().map(str::to_owned),
    }
}

/// Where a page leads that does nothing but send the browser on, so that no policy on a form's target holds for what follows.
fn onward(page: &str) -> Option<String> {
    let (_, link) = page.split_once("id=\"onward\" href=\"")?;
    let (target, _) = link.split_once('"')?;
    Some(target.replace("&#38;", "&").replace("&amp;", "&"))
}
