//! The program on a database, with people and an application.

use reqwest::Method;
use tempfile::TempDir;

use super::load::{Gone, OFFLINE, send};
use crate::support::{Binary, Browser, CALLBACK, Database, Page, RelyingParty};

const PASSWORD: &str = "correct horse battery";
/// How many people there are; workers share them.
const PEOPLE: usize = 4;

pub struct Setting {
    pub server: Binary,
    client_id: String,
    secret: String,
}

impl Setting {
    /// On a database of its own, of the kind that the tests run on.
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let database = Database::create(dir.path()).await;
        Self::start_on(dir, &database.url).await
    }

    /// On a database that is there.
    pub async fn start_on(dir: TempDir, database: &str) -> Self {
        // every sign-in comes from an address of its own
        let more = ["server.trusted_proxies=127.0.0.0/8", "log.level=warn"];
        let server = Binary::serve_on("development", "http", dir, database, &more).await;
        let password = server.dir.path().join("password");
        std::fs::write(&password, PASSWORD).expect("a file");
        for number in 0..PEOPLE {
            let file = password.to_str().expect("UTF-8");
            let made = server.run(&["users", "create", "--email", &address(number), "--password-file", file]);
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        }
        let created = server.run(&[
            "apps",
            "create",
            "--name",
            "Notes",
            "--redirect-uri",
            CALLBACK,
            "--json",
        ]);
        let created: serde_json::Value = serde_json::from_slice(&created.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&created.stderr)));
        let text = |name: &str| created[name].as_str().expect("a text").to_owned();
        // at once, or a token that was rotated would be good for a while and nothing could be told
        let set = server.run(&["instance", "set", "tokens.refresh_grace_seconds", "0"]);
        assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
        let mut setting = Self {
            client_id: text("client_id"),
            secret: text("client_secret"),
            server,
        };
        // the process at work learns what the commands changed; a new one knows it from the beginning
        setting.server.kill();
        setting.server.start_again().await;
        setting
    }

    /// The application.
    pub fn rp(&self) -> RelyingParty {
        RelyingParty {
            client_id: self.client_id.clone(),
            secret: Some(self.secret.clone()),
        }
    }

    /// A person who is signed in and allowed the application what it asks, and their address.
    pub async fn signed_in(&self, number: usize) -> (Browser, String) {
        let address = address(number % PEOPLE);
        let mut browser = self.server.browser();
        let ip = format!("198.19.0.{}", number + 1);
        let done = begin_sign_in(&mut browser, &address, &ip).await;
        let done = done.unwrap_or_else(|Gone| panic!("the server is there: {}", self.server.log()));
        assert_eq!(done.location(), Some("/account"), "{}", done.body);
        self.rp().code(&mut browser, OFFLINE).await;
        (browser, address)
    }
}

fn address(number: usize) -> String {
    format!("person{number}@example.com")
}

/// Signs in from an address of the network; the answer to the password.
pub async fn begin_sign_in(browser: &mut Browser, address: &str, ip: &str) -> Result<Page, Gone> {
    let started = submit(browser, "/sign-in", "/sign-in", ip, ("identifier", address)).await?;
    let next = started.location().unwrap_or_else(|| panic!("not started: {started:?}"));
    submit(browser, next, "/sign-in/password", ip, ("password", PASSWORD)).await
}

async fn submit(browser: &mut Browser, page: &str, action: &str, ip: &str, field: (&str, &str)) -> Result<Page, Gone> {
    let opening = browser.request(Method::GET, page);
    let hidden = send(browser, opening).await?.hidden();
    let mut fields: Vec<(&str, &str)> = hidden
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    fields.push(field);
    let request = browser.form(action, &fields).header("x-forwarded-for", ip);
    send(browser, request).await
}
