//! A server of its own for every test, with a clock that stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use vestibule::app::settings::{self, Settings};
use vestibule::app::{App, OpenError, Options, Server, open};
use vestibule::kernel::clock::{Clock, ManualClock, Timestamp};
use vestibule::kernel::rng::Rng;
use vestibule::platform::changes::Changes;
use vestibule::platform::jobs::Worker;
use vestibule::platform::schedule::Schedule;
use vestibule::platform::settings::{Environment, LoadArgs};

use super::{Browser, Database};

/// 2026-03-14T09:26:53Z.
const START: i64 = 1_773_480_413;

static STARTS: AtomicU64 = AtomicU64::new(1);

/// A running server.
pub struct TestServer {
    pub url: String,
    pub app: App,
    pub clock: ManualClock,
    pub changes: Arc<Changes>,
    pub worker: Arc<Worker>,
    pub schedule: Arc<Schedule>,
    pub dir: TempDir,
    overrides: Vec<(String, String)>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl TestServer {
    /// Starts a server with the settings of development and cheap hashing.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same with some settings changed.
    pub async fn start_with(changes: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let database = Database::create(dir.path()).await;
        let port = free_port();
        let url = format!("http://localhost:{port}");
        let mut overrides: Vec<(String, String)> = [
            ("server.public_url", url.as_str()),
            ("server.listen", &format!("127.0.0.1:{port}")),
            ("metrics.listen", ""),
            ("database.url", &database.url),
            ("database.max_connections", "4"),
            ("data.dir", &dir.path().display().to_string()),
            ("passwords.memory_kib", "64"),
            ("passwords.iterations", "1"),
            ("log.level", "error"),
        ]
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
        for (key, value) in changes {
            overrides.retain(|(known, _)| known != key);
            overrides.push(((*key).to_owned(), (*value).to_owned()));
        }
        let clock = ManualClock::new(Timestamp::from_secs(START));
        Self::run(url, overrides, clock, dir).await
    }

    async fn run(url: String, overrides: Vec<(String, String)>, clock: ManualClock, dir: TempDir) -> Self {
        let settings = load(overrides.clone());
        let options = Options {
            clock: Arc::new(clock.clone()),
            // never the same twice, or a restarted server would draw the ids of the one before
            rng: Rng::seeded(STARTS.fetch_add(1, Ordering::Relaxed)),
            ..Options::default()
        };
        let app = open(&settings, Environment::Development, options)
            .await
            .expect("the instance opens");
        let server = Server::bind(app.clone(), &settings).expect("the address is free");
        let (changes, worker, schedule) = (server.changes(), server.worker(), server.schedule());
        // from here on what is remembered is answered from, until the clock moves on without a reading
        changes.poll().await.expect("the feed is read");
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            server
                .answer(async {
                    let _ = stopped.await;
                })
                .await
                .expect("the server runs");
        });
        Self {
            url,
            app,
            clock,
            changes,
            worker,
            schedule,
            dir,
            overrides,
            stop: Some(stop),
            task,
        }
    }

    /// Stops the server and starts it again on the same data; the clock goes on.
    pub async fn restart(self) -> Self {
        let (url, overrides, clock) = (self.url.clone(), self.overrides.clone(), self.clock.clone());
        let dir = self.stop().await;
        Self::run(url, overrides, clock, dir).await
    }

    /// Opens the same instance once more, as a command or another node does.
    pub async fn reopen(&self) -> App {
        self.try_reopen().await.expect("opens again")
    }

    /// The same, for when it should not open.
    pub async fn try_reopen(&self) -> Result<App, OpenError> {
        self.try_reopen_with(self.overrides.clone()).await
    }

    /// The same under another `server.public_url`.
    pub async fn try_reopen_as(&self, public_url: &str) -> Result<App, OpenError> {
        let mut overrides = self.overrides.clone();
        overrides.retain(|(key, _)| key != "server.public_url");
        overrides.push(("server.public_url".to_owned(), public_url.to_owned()));
        self.try_reopen_with(overrides).await
    }

    async fn try_reopen_with(&self, overrides: Vec<(String, String)>) -> Result<App, OpenError> {
        let options = Options {
            clock: Arc::new(self.clock.clone()),
            rng: Rng::system(),
            ..Options::default()
        };
        open(&load(overrides), Environment::Development, options).await
    }

    /// A browser that has never been here.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// The present moment of the server.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the server's clock.
    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Delivers what is queued, and returns the newest mail to an address.
    pub async fn mail_to(&self, address: &str) -> Option<vestibule::platform::mail::Received> {
        self.worker.run_due().await.expect("jobs run");
        let inbox = self.app.inbox.as_ref().expect("development has an inbox");
        inbox.list().into_iter().find(|received| received.mail.to == address)
    }

    /// The newest code mailed to an address.
    pub async fn code_for(&self, address: &str) -> String {
        let received = self.mail_to(address).await.expect("a mail came");
        received
            .mail
            .text
            .lines()
            .map(str::trim)
            .find(|line| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit()))
            .expect("a code is in it")
            .to_owned()
    }

    /// Stops the server as a signal would.
    pub async fn stop(mut self) -> TempDir {
        drop(self.stop.take());
        (&mut self.task).await.expect("the server ends");
        self.dir
    }
}

fn load(overrides: Vec<(String, String)>) -> Settings {
    let args = LoadArgs {
        environment: None,
        default_environment: Environment::Development,
        config_dir: None,
        variables: Vec::new(),
        overrides,
    };
    settings::load(&args).expect("the settings are right").settings
}

/// A port that nobody listens on, below those that the system gives to outgoing connections, so that none of these takes it
/// before the server does. No two tests of a process get the same.
pub fn free_port() -> u16 {
    const FIRST: u32 = 10_000;
    const COUNT: u32 = 20_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + (std::process::id().wrapping_mul(97).wrapping_add(next)) % COUNT;
        let port = u16::try_from(port).expect("below 30,000");
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
