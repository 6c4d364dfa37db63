//! Running an instance: listeners, the change feed and the job worker, until it is told to stop.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{Data, ServiceConfig};

use super::open::App;
use super::retention::Retention;
use super::settings::Settings;
use crate::kernel::error::Result;
use crate::keys::ScheduledRotation;
use crate::oidc;
use crate::platform::changes::{Changes, Refresh};
use crate::platform::db::Db;
use crate::platform::http::{Bound, Certificate, ListenError, Parts, TlsError, bind, bind_metrics, health};
use crate::platform::jobs::Worker;
use crate::platform::mail::Deliver;
use crate::platform::schedule::{Schedule, Task};
use crate::platform::telemetry::Metrics;
use crate::portal::{self, Portal};

/// Where development certificates are made.
const DEVELOPMENT_CERTIFICATES: &str = "certs";

/// How long the database may take to be closed; folding SQLite's log into its file is a matter of moments.
const CLOSING: Duration = Duration::from_secs(10);

/// Why a server does not start or run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An address can't be listened on.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// There is no usable certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The metrics could not be set up.
    #[error(transparent)]
    Metrics(#[from] prometheus::Error),
    /// Its threads could not be started.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// An instance that listens and answers once it runs.
pub struct Server {
    app: App,
    main: Bound,
    metrics: Option<Bound>,
    changes: Arc<Changes>,
    worker: Arc<Worker>,
    schedule: Arc<Schedule>,
}

struct DatabaseAnswers(Db);

#[async_trait::async_trait]
impl health::Readiness for DatabaseAnswers {
    async fn check(&self) -> Result<()> {
        self.0.ping().await
    }
}

impl Server {
    /// Listens on the configured addresses.
    ///
    /// # Errors
    /// [`ServeError`].
    pub fn bind(app: App, settings: &Settings) -> Result<Self, ServeError> {
        let metrics = Arc::new(Metrics::new()?);
        let cx = app.cx.clone();
        cx.db.counts().register(metrics.registry())?;
        let certificate = Certificate::load(&settings.server.tls, Path::new(DEVELOPMENT_CERTIFICATES), &*cx.clock)?;
        let parts = Parts {
            rng: cx.rng.clone(),
            metrics: metrics.http.clone(),
            refusal: oidc::refusal,
            certificate,
        };
        let main = bind(&settings.server, parts, routes(&app))?;
        let metrics = settings
            .metrics
            .listen
            .map(|address| bind_metrics(address, metrics))
            .transpose()?;
        let remembered: Vec<Arc<dyn Refresh>> = vec![
            Arc::new(cx.instance.clone()),
            Arc::new(app.keys.clone()),
            Arc::new(app.applications.clone()),
        ];
        let worker = Worker::new(
            cx.db.clone(),
            Arc::clone(&cx.clock),
            &cx.rng,
            cx.wake.clone(),
            vec![Arc::new(Deliver(cx.clone()))],
        );
        let tasks: Vec<Arc<dyn Task>> = vec![
            Arc::new(Retention(cx.clone())),
            Arc::new(ScheduledRotation::new(app.keys.clone(), settings.keys.rotation)),
        ];
        let schedule = Schedule::new(cx.db.clone(), Arc::clone(&cx.clock), &cx.rng, tasks);
        Ok(Self {
            app,
            main,
            metrics,
            changes: Arc::new(Changes::new(cx.db.clone(), remembered)),
            worker: Arc::new(worker),
            schedule: Arc::new(schedule),
        })
    }

    /// The addresses it listens on.
    pub fn addresses(&self) -> &[SocketAddr] {
        self.main.addresses()
    }

    /// The change feed, for tests that do not wait for its poller.
    pub fn changes(&self) -> Arc<Changes> {
        Arc::clone(&self.changes)
    }

    /// The job worker, for tests that do not wait for its timer.
    pub fn worker(&self) -> Arc<Worker> {
        Arc::clone(&self.worker)
    }

    /// The recurring work, for tests that do not wait for its timer.
    pub fn schedule(&self) -> Arc<Schedule> {
        Arc::clone(&self.schedule)
    }

    /// Answers requests, follows changes and works off jobs until `stop` resolves; then finishes what is in progress and closes
    /// the database.
    ///
    /// # Errors
    /// [`ServeError`].
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), ServeError> {
        let (changes, worker, schedule) = (self.changes(), self.worker(), self.schedule());
        let background = [
            tokio::spawn(async move { changes.run().await }),
            tokio::spawn(async move { worker.run_forever().await }),
            tokio::spawn(async move { schedule.run_forever().await }),
        ];
        let db = self.app.cx.db.clone();
        let ended = self.answer(stop).await;
        for task in background {
            // a job that is cut off keeps its lease until it runs out, and is then done again
            task.abort();
        }
        // the driver waits for connections that a database that is away never gives back
        match tokio::time::timeout(CLOSING, db.close()).await {
            Ok(Ok(())) => {}
            Ok(Err(cause)) => tracing::warn!(%cause, "the database was not closed in good order"),
            Err(_) => tracing::warn!("the database was not closed in good order: it does not answer"),
        }
        ended
    }

    /// Answers requests until `stop` resolves, and does nothing in the background: for tests, which drive the change feed and
    /// the jobs themselves.
    ///
    /// # Errors
    /// [`ServeError`].
    pub async fn answer(self, stop: impl Future<Output = ()>) -> Result<(), ServeError> {
        let (stop_metrics, metrics_stopped) = tokio::sync::oneshot::channel::<()>();
        let metrics = self.metrics.map(|metrics| {
            tokio::spawn(metrics.run(async {
                // resolves when the sender is used or dropped, either of which means the end
                let _ = metrics_stopped.await;
            }))
        });
        let ended = self.main.run(stop).await;
        drop(stop_metrics);
        if let Some(metrics) = metrics {
            // its own errors at the end change nothing
            let _ = metrics.await;
        }
        ended.map_err(ServeError::from)
    }
}

/// Every route of the server, from each feature's own list.
pub fn routes(app: &App) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    let readiness = Arc::new(DatabaseAnswers(app.cx.db.clone()));
    let (provider, secret_keys) = (app.provider.clone(), app.secret_keys.clone());
    let portal = Portal::new(portal::Parts {
        cx: app.cx.clone(),
        accounts: app.accounts.clone(),
        sessions: app.sessions.clone(),
        continuations: app.continuations.clone(),
        provider: app.provider.clone(),
        inbox: app.inbox.clone(),
    });
    move |config| {
        health::configure(config, readiness.clone());
        config.app_data(Data::new(secret_keys.clone()));
        oidc::backend_routes(config, provider.clone());
        oidc::routes(config, provider.clone());
        portal::routes(config, portal.clone());
    }
}
