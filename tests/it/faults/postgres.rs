//! A PostgreSQL server of a test's own, which it may kill.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::support::{free_port, until};

/// The server, with the durability that it has by default.
pub struct Cluster {
    programs: PathBuf,
    home: TempDir,
    port: u16,
    server: Child,
}

impl Cluster {
    /// Makes one where the tests run on PostgreSQL, so that its programs are there.
    pub async fn start() -> Option<Self> {
        std::env::var_os("VESTIBULE_TEST_POSTGRES_URL")?;
        let programs = programs();
        let home = tempfile::tempdir().expect("a directory");
        if is_root() {
            succeeds(Command::new("chown").arg("postgres").arg(home.path()));
        }
        let data = home.path().join("data");
        succeeds(as_user(&programs.join("initdb")).arg("--pgdata").arg(&data).args([
            "--username=vestibule",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]));
        let port = free_port();
        let cluster = Self {
            server: spawn(&programs, home.path(), port),
            programs,
            home,
            port,
        };
        cluster.wait().await;
        Some(cluster)
    }

    /// The value of `database.url`.
    pub fn url(&self) -> String {
        format!("postgres://vestibule@127.0.0.1:{}/postgres", self.port)
    }

    /// Kills its first process; the others see that and end by themselves.
    pub fn kill(&mut self) {
        self.server.kill().expect("it was running");
        self.server.wait().expect("it ends");
    }

    /// Stops it in good order, as for an upgrade: open connections are closed.
    pub fn stop(&mut self) {
        signal(&self.server, "-INT");
        self.server.wait().expect("it ends");
    }

    /// Starts it again on its data.
    pub async fn start_again(&mut self) {
        let mut tries = 0;
        loop {
            self.server = spawn(&self.programs, self.home.path(), self.port);
            if self.wait_or_end().await {
                return;
            }
            // processes of the one that was killed are still ending
            tries += 1;
            assert!(tries < 100, "PostgreSQL does not start again");
        }
    }

    async fn wait(&self) {
        assert!(until(|| self.is_ready()).await.is_some(), "PostgreSQL did not start");
    }

    /// Whether it answers before it ends.
    async fn wait_or_end(&mut self) -> bool {
        for _ in 0..600 {
            if self.is_ready().await.is_some() {
                return true;
            }
            if self.server.try_wait().expect("a child").is_some() {
                return false;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        false
    }

    async fn is_ready(&self) -> Option<()> {
        let asked = Command::new(self.programs.join("pg_isready"))
            .args(["--quiet", "--host=127.0.0.1", &format!("--port={}", self.port)])
            .status();
        asked.is_ok_and(|status| status.success()).then_some(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        signal(&self.server, "-QUIT");
        // it may have ended before
        let _ = self.server.wait();
    }
}

fn spawn(programs: &Path, home: &Path, port: u16) -> Child {
    as_user(&programs.join("postgres"))
        .arg("-D")
        .arg(home.join("data"))
        .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-k"])
        .arg(home)
        .args(["-c", "max_connections=100"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("PostgreSQL starts")
}

/// PostgreSQL refuses to run as root. `setpriv` becomes the program, so that its process is the server's.
fn as_user(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--reset-env"])
        .arg(program);
    command
}

pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    id.stdout.trim_ascii() == b"0"
}

/// Debian keeps the server's programs off the PATH, one folder a version: the newest is taken.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let folders = versions.filter_map(|version| Some(version.ok()?.path().join("bin")));
    folders
        .filter(|folder| folder.join("initdb").exists())
        .max()
        .unwrap_or_default()
}

fn signal(child: &Child, signal: &str) {
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .stderr(Stdio::null())
        .status();
    sent.expect("kill runs");
}

fn succeeds(command: &mut Command) {
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
