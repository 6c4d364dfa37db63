//! A small web application that signs its people in with OpenID Connect.
//!
//! `oidc` is what to copy into your own application; `routes` shows how the steps hang together.

mod config;
mod failure;
mod guard;
mod http_client;
mod oidc;
mod pages;
mod routes;
mod session;

use std::error::Error;
use std::io::{self, IsTerminal};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::process::ExitCode;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use tracing_subscriber::EnvFilter;

use config::Config;
use oidc::RelyingParty;
use routes::Site;

/// Seconds that requests in flight may take to finish after SIGTERM.
const SHUTDOWN_TIMEOUT: u64 = 5;

#[actix_web::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .map_err(|_| "another TLS crypto provider is already installed")?;
    let config = Config::from_env()?;
    let listeners = listen(config.port).map_err(|error| format!("cannot listen on port {}: {error}", config.port))?;
    tracing::info!("{} signs people in at {}", config.base_url, config.issuer.as_str());
    let site = web::Data::new(Site::new(RelyingParty::new(config)?));

    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(site.clone())
            .wrap(from_fn(guard::same_origin))
            .wrap(guard::headers())
            .configure(routes::configure)
    })
    .workers(2)
    .shutdown_timeout(SHUTDOWN_TIMEOUT);
    for listener in listeners {
        server = server.listen(listener)?;
    }
    // Until SIGTERM or SIGINT.
    server.run().await?;
    tracing::info!("stopped");
    Ok(())
}

/// Browsers try either loopback address for `localhost`, so we answer on both; a machine without IPv6 has only one. A port
/// taken on one of them is an error: half of the requests would reach someone else.
fn listen(port: u16) -> io::Result<Vec<TcpListener>> {
    let mut listeners = vec![TcpListener::bind((Ipv4Addr::LOCALHOST, port))?];
    match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
        Ok(listener) => listeners.push(listener),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
        Err(error) => tracing::warn!("not listening on [::1]: {error}"),
    }
    Ok(listeners)
}
