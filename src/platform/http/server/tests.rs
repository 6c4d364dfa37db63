use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::*;
use crate::kernel::clock::{ManualClock, Timestamp};
use crate::kernel::error::Error;
use crate::platform::http::{Form, status_of};
use crate::platform::telemetry::Metrics;

fn settings(tls: &str, grace: u64) -> ServerSettings {
    let scheme = if tls == "off" { "http" } else { "https" };
    serde_json::from_value(json!({
        "public_url": format!("{scheme}://localhost:4000"),
        "frontend_host": "",
        "listen": ["127.0.0.1:0"],
        "trusted_proxies": [],
        "tls": { "mode": tls, "certificate_file": "", "key_file": "" },
        "client_request_timeout_seconds": 5,
        "keep_alive_seconds": 60,
        "shutdown_grace_seconds": grace,
        "body_limit_bytes": 1024,
    }))
    .expect("settings")
}

fn refusal(_: &HttpRequest, error: &Error) -> HttpResponse {
    HttpResponse::build(status_of(error)).body(error.code())
}

/// A running server, how to stop it, and what makes `/slow` go on.
struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
    reached: Arc<Notify>,
    go_on: Arc<Notify>,
}

fn start(tls: &str, certs: &Path) -> Running {
    start_with_grace(tls, certs, 1)
}

fn start_with_grace(tls: &str, certs: &Path, grace: u64) -> Running {
    let settings = settings(tls, grace);
    let clock = ManualClock::new(Timestamp::from_secs(1_800_000_000));
    let parts = Parts {
        rng: Rng::seeded(1),
        metrics: Metrics::new().expect("metrics").http,
        refusal,
        certificate: Certificate::load(&settings.tls, certs, &clock).expect("a certificate"),
    };
    let (reached, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (reaches, goes_on) = (reached.clone(), go_on.clone());
    let bound = bind(&settings, parts, move |config| {
        let (reaches, goes_on) = (reaches.clone(), goes_on.clone());
        let slow = move || {
            let (reaches, goes_on) = (reaches.clone(), goes_on.clone());
            async move {
                reaches.notify_one();
                goes_on.notified().await;
                "done"
            }
        };
        let form = |form: Result<Form, Error>| async move {
            match form {
                Ok(_) => HttpResponse::Ok().finish(),
                Err(error) => HttpResponse::build(status_of(&error)).body(error.code()),
            }
        };
        config
            .service(web::resource("/fast").route(web::get().to(|| async { "here" })))
            .route("/form", web::post().to(form))
            .route("/slow", web::get().to(slow));
    })
    .expect("a server");
    let address = bound.addresses()[0];
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(bound.run(async move {
        let _ = stopped.await;
    }));
    Running {
        address,
        stop,
        task,
        reached,
        go_on,
    }
}

/// Sends one request; the answer as text.
async fn ask(address: SocketAddr, method: Method, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test]
async fn it_answers_with_headers_and_words_refusals() {
    let server = start("off", Path::new("."));
    let fast = ask(server.address, Method::GET, "/fast", "").await;
    assert!(
        fast.starts_with("HTTP/1.1 200 ") && fast.ends_with("\r\n\r\nhere"),
        "{fast}"
    );
    assert!(
        fast.contains("x-request-id: ") && fast.contains("x-content-type-options: nosniff"),
        "{fast}"
    );
    let missing = ask(server.address, Method::GET, "/missing", "").await;
    assert!(
        missing.starts_with("HTTP/1.1 404 ") && missing.ends_with("not_found"),
        "{missing}"
    );
    let wrong = ask(server.address, Method::DELETE, "/fast", "").await;
    assert!(
        wrong.starts_with("HTTP/1.1 405 ") && wrong.ends_with("method_not_allowed"),
        "{wrong}"
    );
    let large = ask(
        server.address,
        Method::POST,
        "/form",
        &format!("a={}", "x".repeat(1023)),
    )
    .await;
    assert!(
        large.starts_with("HTTP/1.1 413 ") && large.ends_with("body_too_large"),
        "{large}"
    );
    let _ = server.stop.send(());
    server.task.await.expect("joined").expect("stopped");
}

#[tokio::test]
async fn a_request_in_progress_is_finished_before_the_end() {
    let server = start("off", Path::new("."));
    let slow = tokio::spawn(async move { ask(server.address, Method::GET, "/slow", "").await });
    server.reached.notified().await;
    let _ = server.stop.send(());
    // The listener closes as the first step of stopping.
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!server.task.is_finished());
    server.go_on.notify_one();
    let answer = slow.await.expect("joined");
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("done"),
        "{answer}"
    );
    server.task.await.expect("joined").expect("stopped");
}

#[tokio::test]
async fn a_request_that_never_ends_has_its_grace_and_no_more() {
    let server = start("off", Path::new("."));
    let address = server.address;
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream
        .write_all(b"GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .expect("sent");
    server.reached.notified().await;
    let began = Instant::now();
    let _ = server.stop.send(());
    server.task.await.expect("joined").expect("stopped");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn over_tls_it_offers_http_2_and_1_1() {
    let certs = tempfile::tempdir().expect("a directory");
    let server = start("development", certs.path());
    let certificate = CertificateDer::from_pem_file(certs.path().join("development.pem")).expect("a certificate");
    for protocol in ["h2", "http/1.1"] {
        let (certificate, address) = (certificate.clone(), server.address);
        let connected = tokio::task::spawn_blocking(move || handshake(address, certificate, protocol)).await;
        let (connection, _) = connected.expect("joined");
        assert_eq!(connection.alpn_protocol(), Some(protocol.as_bytes()));
    }
    let _ = server.stop.send(());
    server.task.await.expect("joined").expect("stopped");
}

/// A browser keeps its connection for later, and must not keep a server from ending.
#[tokio::test]
async fn an_idle_http_2_connection_does_not_hold_the_end() {
    let certs = tempfile::tempdir().expect("a directory");
    let server = start_with_grace("development", certs.path(), 60);
    let certificate = CertificateDer::from_pem_file(certs.path().join("development.pem")).expect("a certificate");
    let address = server.address;
    let idle = tokio::task::spawn_blocking(move || {
        let (mut connection, mut stream) = handshake(address, certificate, "h2");
        // the preface with empty settings (RFC 9113 section 3.4), and the settings of the server
        let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
        connection.writer().write_all(preface).expect("sent");
        let mut settings = [0; 9];
        rustls::Stream::new(&mut connection, &mut stream)
            .read_exact(&mut settings)
            .expect("settings");
        assert_eq!(settings[3], 4, "a frame with settings");
        (connection, stream)
    });
    let idle = idle.await.expect("joined");
    let began = Instant::now();
    let _ = server.stop.send(());
    server.task.await.expect("joined").expect("stopped");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    drop(idle);
}

/// A connection after a TLS handshake that offers one protocol.
fn handshake(
    address: SocketAddr,
    certificate: CertificateDer<'static>,
    protocol: &str,
) -> (rustls::ClientConnection, std::net::TcpStream) {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate).expect("a root");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    // The certificate was made at the time of the test's clock.
    let mut config = rustls::ClientConfig::builder_with_details(provider, Arc::new(AtTestTime))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let name = ServerName::try_from("localhost").expect("a name");
    let mut connection = rustls::ClientConnection::new(Arc::new(config), name).expect("a connection");
    let mut stream = std::net::TcpStream::connect(address).expect("connected");
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).expect("a handshake");
    }
    (connection, stream)
}

#[derive(Debug)]
struct AtTestTime;

impl rustls::time_provider::TimeProvider for AtTestTime {
    fn current_time(&self) -> Option<rustls::pki_types::UnixTime> {
        Some(rustls::pki_types::UnixTime::since_unix_epoch(Duration::from_secs(
            1_800_000_000,
        )))
    }
}
