//! The smallest HTTP/1.1 client that measures fairly: one kept connection, blocking, so that it takes little of the cores it shares
//! with the server.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::Failure;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A kept connection.
pub struct Connection {
    stream: TcpStream,
    host: String,
    received: Vec<u8>,
}

/// An answer.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The lines of the head after the first, with their line ends.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The value of a header, by its name in lower case.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.head.lines().filter_map(move |line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// Where a redirect leads.
    pub fn location(&self) -> Result<&str, Failure> {
        self.header("location")
            .next()
            .ok_or_else(|| Failure::new(format!("no redirect: {} {}", self.status, self.body)))
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<serde_json::Value, Failure> {
        serde_json::from_str(&self.body)
            .map_err(|error| Failure::new(format!("{error}: {} {}", self.status, self.body)))
    }

    /// The answer, where its status is `status`.
    pub fn expect(self, status: u16) -> Result<Self, Failure> {
        if self.status == status {
            return Ok(self);
        }
        Err(Failure::new(format!(
            "{} instead of {status}: {}\n{}",
            self.status, self.head, self.body
        )))
    }
}

/// A request without its host, ready to be sent any number of times.
pub struct Request {
    line: String,
    headers: String,
    body: String,
}

impl Request {
    /// A GET.
    pub fn get(path: &str) -> Self {
        Self {
            line: format!("GET {path} HTTP/1.1"),
            headers: String::new(),
            body: String::new(),
        }
    }

    /// A POST of a form.
    pub fn post(path: &str, form: &[(&str, &str)]) -> Self {
        let body = encode(form);
        Self {
            line: format!("POST {path} HTTP/1.1"),
            headers: format!(
                "content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n",
                body.len()
            ),
            body,
        }
    }

    /// The same with one more header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        // writing to a string does not fail
        let _ = write!(self.headers, "{name}: {value}\r\n");
        self
    }
}

impl Connection {
    /// A connection to `address`; `host` is what the requests name.
    pub fn open(address: SocketAddr, host: &str) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream,
            host: host.to_owned(),
            received: Vec::with_capacity(16 * 1024),
        })
    }

    /// Sends a request and reads the whole answer.
    pub fn send(&mut self, request: &Request) -> Result<Answer, Failure> {
        let Request { line, headers, body } = request;
        let message = format!("{line}\r\nhost: {}\r\n{headers}\r\n{body}", self.host);
        self.stream.write_all(message.as_bytes())?;
        self.received.clear();
        let end = loop {
            if let Some(at) = find(&self.received, b"\r\n\r\n") {
                break at + 4;
            }
            self.read_more()?;
        };
        let text = std::str::from_utf8(&self.received[..end]).map_err(Failure::new)?;
        let (first, head) = text.split_once("\r\n").unwrap_or((text, ""));
        let status = first.get(9..12).and_then(|code| code.parse().ok());
        let mut answer = Answer {
            status: status.ok_or_else(|| Failure::new(format!("not HTTP: {first}")))?,
            head: head.to_owned(),
            body: String::new(),
        };
        let length: usize = match answer.header("content-length").next() {
            Some(length) => length.parse().map_err(Failure::new)?,
            None if answer.status == 204 || answer.status == 304 => 0,
            None => return Err(Failure::new(format!("an answer without a length: {}", answer.head))),
        };
        while self.received.len() < end + length {
            self.read_more()?;
        }
        answer.body = String::from_utf8_lossy(&self.received[end..end + length]).into_owned();
        Ok(answer)
    }

    fn read_more(&mut self) -> Result<(), Failure> {
        let filled = self.received.len();
        self.received.resize(filled + 8 * 1024, 0);
        let read = self.stream.read(&mut self.received[filled..])?;
        self.received.truncate(filled + read);
        if read == 0 {
            return Err(Failure::new("the server closed the connection"));
        }
        Ok(())
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// Pairs as `application/x-www-form-urlencoded`.
pub fn encode(pairs: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        escape(&mut out, name);
        out.push('=');
        escape(&mut out, value);
    }
    out
}

fn escape(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte.into());
        } else {
            // writing to a string does not fail
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

/// The value of a parameter in the query of `url`; our values need no decoding.
pub fn parameter<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = url.split_once('?')?;
    let query = query.split('#').next().unwrap_or(query);
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}
