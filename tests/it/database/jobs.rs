//! Jobs: retries, leases, and what a handler's end means.

use super::*;

/// Fails as often as it is told, then succeeds.
struct Flaky {
    failures: AtomicUsize,
    runs: AtomicUsize,
    error: JobError,
}

#[async_trait::async_trait]
impl Handler for Flaky {
    fn kind(&self) -> &'static str {
        "test.flaky"
    }

    async fn run(&self, _payload: &str) -> Result<(), JobError> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        let left = self.failures.load(Ordering::SeqCst);
        if left == 0 {
            return Ok(());
        }
        self.failures.store(left - 1, Ordering::SeqCst);
        Err(self.error.clone())
    }
}

async fn with_job(server: &TestServer, failures: usize, error: JobError) -> (Arc<Flaky>, Worker) {
    let cx = &server.app.cx;
    let handler = Arc::new(Flaky {
        failures: AtomicUsize::new(failures),
        runs: AtomicUsize::new(0),
        error,
    });
    let job = &NewJob::draw("test.flaky", &(), cx.now(), &cx.rng).expect("serialises");
    let worker = Worker::new(
        cx.db.clone(),
        Arc::new(server.clock.clone()),
        &cx.rng,
        Wake::default(),
        vec![handler.clone() as Arc<dyn Handler>],
    );
    cx.db
        .write(|tx| async move { enqueue(&tx, job).await })
        .await
        .expect("enqueues");
    (handler, worker)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_job_is_tried_again_later_and_a_hopeless_one_is_set_aside() {
    let server = TestServer::start().await;
    let (handler, worker) = with_job(&server, 2, JobError::Retry("not yet".into())).await;
    for expected in [1, 2, 3] {
        worker.run_due().await.expect("runs");
        assert_eq!(handler.runs.load(Ordering::SeqCst), expected);
        worker.run_due().await.expect("runs");
        assert_eq!(handler.runs.load(Ordering::SeqCst), expected, "not before its time");
        server.advance(60);
    }
    assert_eq!(count(&server, "SELECT COUNT(*) FROM jobs").await, 0);

    let (handler, worker) = with_job(&server, 9, JobError::Fail("never".into())).await;
    worker.run_due().await.expect("runs");
    server.advance(7 * 24 * 3600);
    worker.run_due().await.expect("runs");
    assert_eq!(handler.runs.load(Ordering::SeqCst), 1);
    assert_eq!(
        count(&server, "SELECT COUNT(*) FROM jobs WHERE state = 'dead'").await,
        1
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_never_run_the_same_job_side_by_side() {
    let server = TestServer::start().await;
    let (first, worker) = with_job(&server, 0, JobError::Fail(String::new())).await;
    let others: Vec<_> = (0..4)
        .map(|_| {
            Worker::new(
                server.app.cx.db.clone(),
                Arc::new(server.clock.clone()),
                &server.app.cx.rng,
                Wake::default(),
                vec![first.clone() as Arc<dyn Handler>],
            )
        })
        .collect();
    let mut all: Vec<_> = others.iter().map(Worker::run_due).collect();
    all.push(worker.run_due());
    futures_util::future::join_all(all).await;
    assert_eq!(first.runs.load(Ordering::SeqCst), 1);
    server.stop().await;
}

/// Waits until it is let go, and then says that it failed.
struct Slow {
    runs: AtomicUsize,
    started: tokio::sync::Notify,
    let_go: tokio::sync::Notify,
}

#[async_trait::async_trait]
impl Handler for Slow {
    fn kind(&self) -> &'static str {
        "test.slow"
    }

    async fn run(&self, _payload: &str) -> Result<(), JobError> {
        if self.runs.fetch_add(1, Ordering::SeqCst) > 0 {
            return Ok(());
        }
        self.started.notify_one();
        self.let_go.notified().await;
        Err(JobError::Retry("too late".into()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_ran_out_is_taken_over_and_its_holder_speaks_no_more() {
    let server = TestServer::start().await;
    let cx = &server.app.cx;
    let handler = Arc::new(Slow {
        runs: AtomicUsize::new(0),
        started: tokio::sync::Notify::new(),
        let_go: tokio::sync::Notify::new(),
    });
    let worker = || {
        let handlers = vec![handler.clone() as Arc<dyn Handler>];
        Worker::new(
            cx.db.clone(),
            Arc::new(server.clock.clone()),
            &cx.rng,
            Wake::default(),
            handlers,
        )
    };
    let job = &NewJob::draw("test.slow", &(), cx.now(), &cx.rng).expect("serialises");
    cx.db
        .write(|tx| async move { enqueue(&tx, job).await })
        .await
        .expect("enqueues");
    let other = &NewJob::draw("test.unknown", &(), cx.now(), &cx.rng).expect("serialises");
    cx.db
        .write(|tx| async move { enqueue(&tx, other).await })
        .await
        .expect("enqueues");
    let (first, second) = (worker(), worker());
    let first = tokio::spawn(async move { first.run_due().await });
    handler.started.notified().await;
    assert_eq!(second.run_due().await.expect("runs"), 0, "the lease holds");
    server.advance(121);
    assert_eq!(second.run_due().await.expect("runs"), 1, "taken over");
    handler.let_go.notify_one();
    first.await.expect("joins").expect("runs");
    assert_eq!(handler.runs.load(Ordering::SeqCst), 2);
    assert_eq!(
        count(&server, "SELECT COUNT(*) FROM jobs WHERE kind = 'test.slow'").await,
        0,
        "done stays done"
    );
    let waits = "SELECT COUNT(*) FROM jobs WHERE kind = 'test.unknown' AND state = 'ready' AND attempts = 0";
    assert_eq!(
        count(&server, waits).await,
        1,
        "a kind nobody here knows waits for somebody who does"
    );
    server.stop().await;
}

/// Panics, as only a defect does.
struct Panics;

#[async_trait::async_trait]
impl Handler for Panics {
    fn kind(&self) -> &'static str {
        "test.panics"
    }

    async fn run(&self, _payload: &str) -> Result<(), JobError> {
        panic!("a defect")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_panics_does_not_take_the_worker_with_it() {
    let server = TestServer::start().await;
    let cx = &server.app.cx;
    let handlers = vec![Arc::new(Panics) as Arc<dyn Handler>];
    let worker = Worker::new(
        cx.db.clone(),
        Arc::new(server.clock.clone()),
        &cx.rng,
        Wake::default(),
        handlers,
    );
    let job = &NewJob::draw("test.panics", &(), cx.now(), &cx.rng).expect("serialises");
    cx.db
        .write(|tx| async move { enqueue(&tx, job).await })
        .await
        .expect("enqueues");
    assert_eq!(worker.run_due().await.expect("the worker lives"), 1);
    let waits = "SELECT COUNT(*) FROM jobs WHERE state = 'ready' AND attempts = 1 AND last_error = 'panicked'";
    assert_eq!(count(&server, waits).await, 1);
    server.stop().await;
}
