//! What orchestrators ask: does the process live, and can it serve.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, HttpResponseBuilder};
use async_trait::async_trait;

use super::status;
use crate::kernel::error::{Error, Result};

/// An orchestrator that waits longer takes us for dead.
const PATIENCE: Duration = Duration::from_secs(1);

const LIVE: &str = "/livez";
const READY: &str = "/readyz";

/// Asked every few seconds, for ever.
pub(super) const PROBES: [&str; 2] = [LIVE, READY];

/// What must work before requests can be served, such as the database.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Tries it.
    ///
    /// # Errors
    /// What does not work. The log gets it, the orchestrator learns only that something does not.
    async fn check(&self) -> Result<()>;
}

/// Registers `/livez`, which always answers 200, and `/readyz`, which answers 503 unless the check passes within a second.
pub fn configure(config: &mut ServiceConfig, readiness: Arc<dyn Readiness>) {
    config
        .service(
            web::resource(LIVE)
                .route(web::get().to(live))
                .route(web::head().to(live)),
        )
        .service(
            web::resource(READY)
                .app_data(web::Data::from(readiness))
                .route(web::get().to(ready))
                .route(web::head().to(ready)),
        );
}

async fn live() -> HttpResponse {
    answer(StatusCode::OK, "ok\n")
}

async fn ready(readiness: web::Data<dyn Readiness>) -> HttpResponse {
    let outcome = match tokio::time::timeout(PATIENCE, readiness.check()).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Error::busy(PATIENCE, "the readiness check took longer than a second")),
    };
    match outcome {
        Ok(()) => answer(StatusCode::OK, "ready\n"),
        Err(error) => {
            status::log(&error);
            answer(StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
    }
}

fn answer(status: StatusCode, text: &'static str) -> HttpResponse {
    HttpResponseBuilder::new(status)
        .content_type("text/plain; charset=utf-8")
        .body(text)
}

#[cfg(test)]
mod tests {
    use actix_web::App;
    use actix_web::test::{TestRequest, call_and_read_body, call_service, init_service};

    use super::*;

    enum Store {
        Works,
        Fails,
        Hangs,
    }

    #[async_trait]
    impl Readiness for Store {
        async fn check(&self) -> Result<()> {
            match self {
                Self::Works => Ok(()),
                Self::Fails => Err(Error::internal("/dev/sda1 is gone")),
                Self::Hangs => std::future::pending().await,
            }
        }
    }

    async fn ask(store: Store, path: &str) -> (u16, String) {
        let store: Arc<dyn Readiness> = Arc::new(store);
        let app = init_service(App::new().configure(|config| configure(config, store))).await;
        let status = call_service(&app, TestRequest::get().uri(path).to_request())
            .await
            .status();
        let body = call_and_read_body(&app, TestRequest::get().uri(path).to_request()).await;
        (status.as_u16(), String::from_utf8_lossy(&body).into_owned())
    }

    #[actix_web::test]
    async fn ready_means_that_the_check_passes_in_time() {
        assert_eq!(ask(Store::Works, "/readyz").await, (200, "ready\n".into()));
        assert_eq!(ask(Store::Fails, "/readyz").await, (503, "not ready\n".into()));
        assert_eq!(ask(Store::Hangs, "/readyz").await, (503, "not ready\n".into()));
    }

    #[actix_web::test]
    async fn alive_asks_nothing_else() {
        assert_eq!(ask(Store::Hangs, "/livez").await, (200, "ok\n".into()));
    }
}
