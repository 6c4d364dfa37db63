//! HTTP/1 as bytes: what no library would send, and the answer to it.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// No answer of the server takes longer: bodies have ten seconds, and everything here is sent at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends `bytes` on a connection of their own and reads the first answer; none where the server closed without one.
///
/// # Panics
/// Where the server does not end the exchange in time.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> Option<Answer> {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.expect("the server listens");
        let (mut read, mut write) = stream.split();
        let mut received = Vec::new();
        // a server that has answered need not read the rest, so that neither end of the exchange may wait for the other
        let sending = async {
            let _ = write.write_all(bytes).await;
        };
        let receiving = async {
            let mut chunk = [0; 16 * 1024];
            while !is_whole(&received) {
                match read.read(&mut chunk).await {
                    Ok(0) | Err(_) => break,
                    Ok(count) => received.extend_from_slice(&chunk[..count]),
                }
            }
        };
        tokio::pin!(sending);
        tokio::pin!(receiving);
        tokio::select! {
            () = &mut receiving => {}
            () = &mut sending => receiving.await,
        }
        parse(&received)
    };
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(300)]);
    tokio::time::timeout(PATIENCE, exchange)
        .await
        .unwrap_or_else(|_| panic!("no end of the answer to {shown:?}"))
}

/// Whether the first answer is there to its announced end.
fn is_whole(received: &[u8]) -> bool {
    parse(received).is_some_and(|answer| {
        let length = answer.header("content-length").and_then(|length| length.parse().ok());
        length.is_some_and(|length: usize| answer.body.len() >= length) || answer.status == 204
    })
}

fn parse(received: &[u8]) -> Option<Answer> {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&received[..end]).expect("the head of an answer is ASCII");
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(':').expect("a header has a name"))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let mut answer = Answer {
        status,
        headers,
        body: received[end + 4..].to_vec(),
    };
    // a continued request is answered twice; the second answer is the one that counts
    if answer.status == 100 {
        return parse(&answer.body);
    }
    if answer
        .header("transfer-encoding")
        .is_some_and(|coding| coding == "chunked")
    {
        answer.body = dechunked(&answer.body);
    }
    Some(answer)
}

fn dechunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(at) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = std::str::from_utf8(&rest[..at]).ok();
        let Some(size) = size.and_then(|size| usize::from_str_radix(size, 16).ok()) else {
            break;
        };
        let from = at + 2;
        let Some(chunk) = rest.get(from..from + size).filter(|chunk| !chunk.is_empty()) else {
            break;
        };
        body.extend_from_slice(chunk);
        rest = rest.get(from + size + 2..).unwrap_or_default();
    }
    body
}
