//! A server that is measured, as a process: started, waited for, asked what it used, ended.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::Failure;
use crate::http::{Connection, Request};

/// Microseconds in a tick of `/proc/PID/stat`, which Linux fixes for programs at a hundredth of a second.
const TICK: u64 = 10_000;

/// How long a server may take to answer for the first time.
const START: Duration = Duration::from_secs(60);

/// A running server; it ends with this value.
pub struct Process {
    child: Child,
    address: SocketAddr,
    host: String,
    /// From its start to the first 200.
    pub took: Duration,
}

impl Process {
    /// Starts `command` and waits until `path` answers 200 on `port`. What it says on standard error goes to `log`.
    pub fn start(mut command: Command, port: u16, path: &str, log: &Path) -> Result<Self, Failure> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let host = format!("localhost:{port}");
        let request = Request::get(path);
        let began = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(log)?)
            .spawn()
            .map_err(|error| Failure::new(format!("{}: {error}", command.get_program().display())))?;
        loop {
            let answer = Connection::open(address, &host).map(|mut connection| connection.send(&request));
            if matches!(answer, Ok(Ok(answer)) if answer.status == 200) {
                break;
            }
            if let Some(status) = child.try_wait()? {
                return Err(Failure::new(format!("{status}: {}", fs::read_to_string(log)?)));
            }
            if began.elapsed() > START {
                child.kill()?;
                return Err(Failure::new(format!("not ready: {}", fs::read_to_string(log)?)));
            }
            sleep(Duration::from_millis(1));
        }
        Ok(Self {
            child,
            address,
            host,
            took: began.elapsed(),
        })
    }

    /// A new connection.
    pub fn connect(&self) -> Result<Connection, Failure> {
        Ok(Connection::open(self.address, &self.host)?)
    }

    /// The origin that clients name.
    pub fn origin(&self) -> String {
        format!("http://{}", self.host)
    }

    /// Processor time used so far, user and system, in microseconds. The kernel adds up what ran to the nanosecond, so that only
    /// the answer is rounded to ticks.
    pub fn cpu_micros(&self) -> Result<u64, Failure> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // the second field, the name, may hold spaces; it ends at the last bracket
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok());
        let used = ticks(11).zip(ticks(12)).map(|(user, system)| (user + system) * TICK);
        used.ok_or_else(|| Failure::new("/proc/PID/stat is not understood"))
    }

    /// Bytes written to files so far, or what is to be written.
    pub fn written(&self) -> Result<u64, Failure> {
        let io = fs::read_to_string(format!("/proc/{}/io", self.child.id()))?;
        let found = io.lines().find_map(|line| line.strip_prefix("write_bytes: "));
        found
            .and_then(|bytes| bytes.parse().ok())
            .ok_or_else(|| Failure::new("/proc/PID/io is not understood"))
    }

    /// Resident memory, in megabytes of a million bytes.
    pub fn memory(&self) -> Result<f64, Failure> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let found = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: f64 = found
            .and_then(|line| line.split_whitespace().next())
            .and_then(|kib| kib.parse().ok())
            .ok_or_else(|| Failure::new("/proc/PID/status is not understood"))?;
        Ok(kib * 1024.0 / 1e6)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // it may have ended by itself, which the measurement has said by then
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
