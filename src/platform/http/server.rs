//! The web server: its listeners, its limits, and how it ends.

use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::{Server, ServiceRequest};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, PayloadConfig, ServiceConfig};
use actix_web::{App, HttpRequest, HttpServer};

use super::body::BodyLimit;
use super::edge::{Edge, Refusal};
use super::in_progress::InProgress;
use super::listen::{ListenError, Listener};
use super::tls::Certificate;
use crate::kernel::rng::Rng;
use crate::platform::settings::sections::ServerSettings;
use crate::platform::telemetry::HttpMetrics;

/// A server that listens but answers nothing before it runs. Connections that arrive meanwhile wait.
pub struct Bound {
    server: Server,
    addresses: Vec<SocketAddr>,
    certificate: Option<Arc<Certificate>>,
    in_progress: InProgress,
}

/// What a server is made of beside its settings and its routes.
pub struct Parts {
    /// For request ids.
    pub rng: Rng,
    /// Where requests are counted.
    pub metrics: HttpMetrics,
    /// Words what no route answers: 404 and 405.
    pub refusal: Refusal,
    /// Makes the listeners speak TLS.
    pub certificate: Option<Arc<Certificate>>,
}

/// Listens on the addresses of `settings`. Around every request stands what `edge` describes. Bodies are limited for
/// `read_body` and `Form`, and for the extractors of actix that heed `PayloadConfig`. Needs a Tokio runtime.
///
/// `configure` registers the routes, once for every worker, of which there are as many as processor cores. It does so by
/// `web::resource(path).route(…)`: a bare `route(path, …)` answers another method with 404 instead of 405.
///
/// # Errors
/// When an address cannot be listened on. `[::1]` is left out, with a warning, where the machine has no IPv6.
pub fn bind<C>(settings: &ServerSettings, parts: Parts, configure: C) -> Result<Bound, ListenError>
where
    C: Fn(&mut ServiceConfig) + Clone + Send + 'static,
{
    let edge = Arc::new(Edge::new(
        &settings.public_url,
        settings.trusted_proxies.clone(),
        parts.rng,
        parts.metrics,
        parts.refusal,
    ));
    let in_progress = edge.in_progress().clone();
    let body_limit = BodyLimit {
        bytes: settings.body_limit_bytes,
        time: settings.client_request_timeout,
    };
    let app = move || {
        let (around, fallback) = (edge.clone(), edge.clone());
        App::new()
            .app_data(body_limit)
            .app_data(PayloadConfig::new(body_limit.bytes))
            .configure(configure.clone())
            .default_service(web::to(move |req: HttpRequest| {
                let answer = fallback.not_found(&req);
                async move { answer }
            }))
            .wrap(from_fn(move |req: ServiceRequest, next: Next<BoxBody>| {
                around.clone().around(req, next)
            }))
    };
    let mut server = HttpServer::new(app)
        .disable_signals()
        .tcp_nodelay(true)
        .keep_alive(settings.keep_alive)
        .client_request_timeout(settings.client_request_timeout)
        .shutdown_timeout(settings.shutdown_grace.as_secs());
    let mut addresses = Vec::new();
    for Listener { address, socket } in Listener::open_all(&settings.listen)? {
        let listening = match &parts.certificate {
            Some(certificate) => server.listen_rustls_0_23(socket, certificate.server_config()),
            None => server.listen(socket),
        };
        server = listening.map_err(|source| ListenError { address, source })?;
        addresses.push(address);
    }
    Ok(Bound::new(server.run(), addresses, parts.certificate, in_progress))
}

impl Bound {
    pub(super) fn new(
        server: Server,
        addresses: Vec<SocketAddr>,
        certificate: Option<Arc<Certificate>>,
        in_progress: InProgress,
    ) -> Self {
        Self {
            server,
            addresses,
            certificate,
            in_progress,
        }
    }

    /// The addresses it listens on, with the ports that the system chose where 0 was asked for.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Answers requests until `stop` resolves, then takes no new connections and gives the requests in progress the grace of the
    /// settings; connections on which nothing happens are not waited for. Changed certificate files are picked up meanwhile.
    ///
    /// # Errors
    /// When the server cannot start its threads.
    pub async fn run(mut self, stop: impl Future<Output = ()>) -> io::Result<()> {
        let watch = async {
            match self.certificate {
                Some(certificate) => certificate.watch().await,
                None => pending().await,
            }
        };
        tokio::select! {
            ended = &mut self.server => return ended,
            () = watch => {}
            () = stop => {}
        }
        // The wish to stop is sent at once; the server has to be polled to fulfil it.
        drop(self.server.handle().stop(true));
        // it would wait for HTTP/2 connections too that a browser keeps for later (RFC 9113 section 9.1)
        tokio::select! {
            ended = &mut self.server => ended,
            () = self.in_progress.quiet() => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
