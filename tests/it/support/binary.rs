//! The real program as a process of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::{Browser, Database, free_port};

const PROGRAM: &str = env!("CARGO_BIN_EXE_vestibule");
/// How long a condition is waited for before the test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs a command to its end in `dir`, with settings as `--set` arguments after its own.
pub fn run(dir: &Path, settings: &[String], arguments: &[&str]) -> Output {
    command("development", dir, settings, arguments)
        .output()
        .expect("the program runs")
}

fn command(environment: &str, dir: &Path, settings: &[String], arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .current_dir(dir)
        .env_clear()
        .args(["--env", environment])
        .args(arguments);
    for setting in settings {
        command.args(["--set", setting]);
    }
    command
}

/// A server that runs.
pub struct Binary {
    pub url: String,
    pub dir: TempDir,
    pub settings: Vec<String>,
    environment: &'static str,
    log: PathBuf,
    process: Process,
}

/// A process beside the one that a test is about; it ends with the test.
pub struct Node {
    pub url: String,
    _process: Process,
}

/// A process that does not outlive the test, however it ends.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // it has ended already where all went well
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Binary {
    /// Starts `serve` with some settings beside those of development; `{port}` in them is the port.
    pub async fn serve(scheme: &str, more: &[&str]) -> Self {
        Self::serve_as("development", scheme, more).await
    }

    /// The same in another environment.
    pub async fn serve_as(environment: &'static str, scheme: &str, more: &[&str]) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let database = Database::create(dir.path()).await;
        Self::serve_on(environment, scheme, dir, &database.url, more).await
    }

    /// The same in a directory and on a database that are there already.
    pub async fn serve_on(
        environment: &'static str,
        scheme: &str,
        dir: TempDir,
        database: &str,
        more: &[&str],
    ) -> Self {
        let port = free_port();
        let url = format!("{scheme}://localhost:{port}");
        let mut settings = vec![
            format!("server.public_url={url}"),
            format!("server.listen=127.0.0.1:{port}"),
            "metrics.listen=".to_owned(),
            format!("database.url={database}"),
            "passwords.memory_kib=64".to_owned(),
            "passwords.iterations=1".to_owned(),
        ];
        settings.extend(more.iter().map(|setting| (*setting).to_owned()));
        Self::start(environment, url, dir, settings).await
    }

    /// Starts an instance that is in `dir` already, at its own address.
    pub async fn serve_at(url: &str, dir: TempDir, settings: Vec<String>) -> Self {
        Self::start("development", url.to_owned(), dir, settings).await
    }

    async fn start(environment: &'static str, url: String, dir: TempDir, settings: Vec<String>) -> Self {
        let log = dir.path().join("log");
        let process = start(environment, dir.path(), &settings, &log);
        let binary = Self {
            url,
            dir,
            settings,
            environment,
            log,
            process,
        };
        binary.wait_until_ready().await;
        binary
    }

    async fn wait_until_ready(&self) {
        if until(|| self.ready()).await.is_none() {
            panic!("not ready: {}", self.log());
        }
    }

    /// Something where it answers that it is ready.
    pub async fn ready(&self) -> Option<()> {
        let answer = self
            .browser()
            .request(reqwest::Method::GET, "/readyz")
            .send()
            .await
            .ok()?;
        answer.status().is_success().then_some(())
    }

    /// Another process on the same instance, at an address of its own.
    pub async fn beside(&self) -> Node {
        let port = free_port();
        let mut settings = self.settings.clone();
        settings.retain(|setting| !setting.starts_with("server.listen="));
        settings.push(format!("server.listen=127.0.0.1:{port}"));
        let log = self.dir.path().join(format!("log.{port}"));
        let node = Node {
            url: format!("http://localhost:{port}"),
            _process: start(self.environment, self.dir.path(), &settings, &log),
        };
        let browser = Browser::new(&node.url);
        let is_ready = || async {
            let answer = browser.request(reqwest::Method::GET, "/readyz").send().await.ok()?;
            answer.status().is_success().then_some(())
        };
        if until(is_ready).await.is_none() {
            panic!("not ready: {}", std::fs::read_to_string(&log).unwrap_or_default());
        }
        node
    }

    /// Ends it as a loss of power does: without a word.
    pub fn kill(&mut self) {
        self.process.0.kill().expect("it was running");
        self.process.0.wait().expect("it ends");
    }

    /// Starts it again after a kill, on the same data.
    pub async fn start_again(&mut self) {
        self.process = start(self.environment, self.dir.path(), &self.settings, &self.log);
        self.wait_until_ready().await;
    }

    pub fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// Runs another command on the same instance.
    pub fn run(&self, arguments: &[&str]) -> Output {
        run(self.dir.path(), &self.settings, arguments)
    }

    /// What was logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("a log")
    }

    /// Stops it as an operator does, and gives its exit code and the log.
    pub fn stop(mut self) -> (Option<i32>, String, TempDir) {
        let pid = self.process.0.id().to_string();
        let signal = Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        assert!(signal.success());
        let status = self.process.0.wait().expect("it ends");
        let log = self.log();
        (status.code(), log, self.dir)
    }
}

fn start(environment: &str, dir: &Path, settings: &[String], log: &Path) -> Process {
    let log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(log)
        .expect("a log");
    let child = command(environment, dir, settings, &["serve"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn();
    Process(child.expect("the program starts"))
}

/// Asks again and again until there is an answer, for as long as anybody would wait.
pub async fn until<T, Fut: Future<Output = Option<T>>>(ask: impl Fn() -> Fut) -> Option<T> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while tokio::time::Instant::now() < deadline {
        if let Some(answer) = ask().await {
            return Some(answer);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    None
}
