//! What `docs/limits.md` says: that each row is held by a test, and the rows that no other test holds.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{RelyingParty, TestServer};

/// Longer than any time in which the servers of these tests give up.
const PATIENCE: Duration = Duration::from_secs(30);

const PAGE: &str = include_str!("../../docs/limits.md");

/// The cells of every row of every table.
fn rows() -> Vec<Vec<&'static str>> {
    let rows: Vec<Vec<&str>> = PAGE
        .lines()
        .filter(|line| line.starts_with('|') && !line.starts_with("| limit ") && !line.starts_with("| ---"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() > 20, "the tables were found");
    rows
}

fn sources(directory: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(directory).expect("lists") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(std::fs::read_to_string(path).expect("reads"));
        }
    }
}

fn code(directories: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for directory in directories {
        sources(&root.join(directory), &mut found);
    }
    found
}

#[test]
fn every_row_names_a_test_that_is_there() {
    let code = code(&["src", "tests/it"]);
    for row in rows() {
        assert_eq!(row.len(), 6, "{row:?}");
        let name = row[5].trim_matches('`');
        let declared = format!("fn {name}(");
        let is_test = code.iter().any(|file| {
            file.find(&declared)
                .is_some_and(|at| file[..at].trim_end_matches("async ").trim_end().ends_with(']'))
        });
        assert!(is_test, "{}: there is no test {name}", row[0]);
    }
}

/// The numbers in a piece of Rust, in their order.
fn numbers(code: &str) -> Vec<u64> {
    code.split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

/// The counted limits of one file: the name, how many at once, and the seconds in which one more is allowed.
fn counted(file: &str) -> Vec<(&str, u64, u64)> {
    if !file.contains("limits::") || !file.contains("Rule") {
        return Vec::new();
    }
    let mut found = Vec::new();
    // the constructor that features share, and the type itself, each with where it ends
    for (start, end) in [("= rule(\"", ");"), ("name: \"", "};")] {
        for (at, _) in file.match_indices(start) {
            let (name, rest) = file[at + start.len()..].split_once('"').expect("a name");
            let rest = rest.split(end).next().expect("an end");
            assert!(
                rest.contains("from_secs") || end == ");",
                "{name} is counted in seconds"
            );
            let [burst, every] = numbers(rest)[..] else {
                panic!("{name}: {rest}");
            };
            found.push((name, burst, every));
        }
    }
    found
}

/// What `20, then one every 3 min` and `20, then one a minute` say, in seconds.
fn window(text: &str) -> Option<(u64, u64)> {
    let (burst, every) = text.split_once(", then one ")?;
    let seconds = match every.split_once(' ')? {
        ("a", "minute") => 60,
        ("every", span) => match span.split_once(' ')? {
            (number, "s") => number.parse().ok()?,
            (number, "min") => number.parse::<u64>().ok()? * 60,
            _ => return None,
        },
        _ => return None,
    };
    Some((burst.parse().ok()?, seconds))
}

#[test]
fn every_counted_limit_has_a_row_that_says_how_much() {
    let documented: BTreeMap<&str, &str> = rows().iter().map(|row| (row[0].trim_matches('`'), row[3])).collect();
    let code = code(&["src"]);
    let rules: Vec<_> = code.iter().flat_map(|file| counted(file)).collect();
    for &(name, burst, every) in &rules {
        let said = documented.get(name);
        let said = said.unwrap_or_else(|| panic!("{name} is not in docs/limits.md"));
        assert_eq!(
            window(said),
            Some((burst, every)),
            "{name}: docs/limits.md says {said:?}"
        );
    }
    let rows = documented
        .values()
        .filter(|window| window.contains(", then one "))
        .count();
    assert_eq!(rows, rules.len(), "each row of a counted limit is one of {rules:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_large_is_refused() {
    let server = TestServer::start().await;
    let browser = server.browser();
    for (size, refused) in [(65_536, false), (65_537, true)] {
        let request = browser
            .request(Method::POST, "/sign-in")
            .header("origin", &server.url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body("x".repeat(size));
        let status = request.send().await.expect("answers").status();
        assert_eq!(status == StatusCode::PAYLOAD_TOO_LARGE, refused, "{size}: {status}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_parameters_than_any_form_has_are_refused() {
    let server = TestServer::start().await;
    let browser = server.browser();
    let answer = async |count: usize| {
        let fields: Vec<(String, &str)> = (0..count).map(|n| (format!("p{n}"), "v")).collect();
        let request = browser.request(Method::POST, "/oauth/token").form(&fields);
        let answer = request.send().await.expect("answers");
        let status = answer.status();
        (status, answer.text().await.expect("a body"))
    };
    let (_, enough) = answer(64).await;
    assert!(!enough.contains("parameters"), "{enough}");
    let (status, refused) = answer(65).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(
        refused.contains("invalid_request") && refused.contains("parameters"),
        "{refused}"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_request_that_is_too_long_is_refused() {
    let server = TestServer::start().await;
    let rp = RelyingParty::register(&server).await;
    let right = rp.authorize(&[]);
    let mut browser = server.browser();
    assert!(browser.get(&right).await.location().is_some());
    let long = format!("{right}&x={}", "x".repeat(16 * 1024));
    let many: String = (0..65).map(|n| format!("&p{n}=v")).collect();
    for request in [long, format!("{right}{many}")] {
        let page = browser.get(&request).await;
        assert_eq!((page.status, page.location()), (StatusCode::BAD_REQUEST, None));
    }
    server.stop().await;
}

/// Speaks to the server as no client would, and reads until the server closes the connection.
async fn raw(server: &TestServer, request: &[u8]) -> String {
    let address = server
        .url
        .trim_start_matches("http://")
        .replace("localhost", "127.0.0.1");
    let mut stream = TcpStream::connect(address).await.expect("connects");
    // a server that has refused may close before all is sent
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let _ = tokio::time::timeout(PATIENCE, read).await.expect("the server closes");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_never_ends_is_given_up() {
    let server = TestServer::start_with(&[("server.client_request_timeout_seconds", "1")]).await;
    let answer = raw(&server, b"GET /sign-in HTTP/1.1\r\nHost: local").await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_without_end_is_refused() {
    let server = TestServer::start().await;
    let line = format!("X-Long: {}\r\n", "x".repeat(1000));
    let request = format!("GET /sign-in HTTP/1.1\r\nHost: localhost\r\n{}", line.repeat(90));
    let whole = raw(&server, format!("{request}Connection: close\r\n\r\n").as_bytes()).await;
    assert!(whole.starts_with("HTTP/1.1 200"), "{}", &whole[..whole.len().min(100)]);
    // never finished: whoever waited for the end would wait for ever
    let endless = raw(&server, request.repeat(4).as_bytes()).await;
    assert!(endless.is_empty() || endless.starts_with("HTTP/1.1 4"), "{endless}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_is_closed() {
    let server = TestServer::start_with(&[("server.keep_alive_seconds", "1")]).await;
    // ends when the server closes
    let answer = raw(&server, b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server.stop().await;
}
