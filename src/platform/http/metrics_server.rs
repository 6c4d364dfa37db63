//! The metrics, on a listener of their own: they are for whoever runs the server, not for the world.

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::{App, HttpResponse, HttpServer, web};

use super::in_progress::InProgress;
use super::listen::{ListenError, Listener};
use super::server::Bound;
use crate::kernel::error::Result;
use crate::platform::telemetry::Metrics;

/// The content type of Prometheus' text format.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Listens on `address` for `GET /metrics`. Needs a Tokio runtime.
///
/// # Errors
/// When the address cannot be listened on.
pub fn bind_metrics(address: SocketAddr, metrics: Arc<Metrics>) -> std::result::Result<Bound, ListenError> {
    let Listener { address, socket } = Listener::open(address)?;
    let metrics = web::Data::from(metrics);
    let app = move || {
        App::new()
            .app_data(metrics.clone())
            .route("/metrics", web::get().to(show))
    };
    let server = HttpServer::new(app)
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(socket)
        .map_err(|source| ListenError { address, source })?;
    // nobody waits for figures at the end
    Ok(Bound::new(server.run(), vec![address], None, InProgress::default()))
}

async fn show(metrics: web::Data<Metrics>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().content_type(TEXT_FORMAT).body(metrics.text()?))
}
