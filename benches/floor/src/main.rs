//! `floor PORT DIRECTORY`: serves `metadata.json` and `jwks.json` of the directory, and beside them the bare work of each operation:
//! one parse of the request, one transaction of one statement, one signature, one answer. No rules, no checks but the client's secret
//! and that the database agrees; nobody can do with less.

mod handlers;
mod sign;
mod store;

use std::path::PathBuf;
use std::{env, fs, io};

use actix_web::web::{self, Bytes, Data, get, post, resource};
use actix_web::{App, HttpServer};

use handlers::Floor;
use sign::Signer;
use store::Store;

#[actix_web::main]
async fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let usage = || io::Error::other("usage: floor PORT DIRECTORY");
    let port: u16 = arguments.next().and_then(|port| port.parse().ok()).ok_or_else(usage)?;
    let directory: PathBuf = arguments.next().ok_or_else(usage)?.into();
    let document = |name: &str| fs::read(directory.join(name)).map(Bytes::from);
    let floor = Data::new(Floor {
        metadata: document("metadata.json")?,
        jwks: document("jwks.json")?,
        signer: Signer::new().map_err(io::Error::other)?,
        store: Store::open(&directory.join("floor.db")).map_err(io::Error::other)?,
    });
    HttpServer::new(move || {
        App::new()
            .app_data(floor.clone())
            .service(resource("/.well-known/openid-configuration").route(get().to(handlers::metadata)))
            .service(resource("/oauth/jwks").route(get().to(handlers::jwks)))
            .service(resource("/oauth/authorize").route(get().to(handlers::authorize)))
            .service(resource("/oauth/token").route(post().to(handlers::token)))
            .service(resource("/oauth/introspect").route(post().to(handlers::introspect)))
            .service(resource("/oauth/userinfo").route(get().to(handlers::userinfo)))
            .service(resource("/sign-in").route(post().to(handlers::sign_in)))
            .default_service(web::to(actix_web::HttpResponse::NotFound))
    })
    .bind(("127.0.0.1", port))?
    .run()
    .await
}
