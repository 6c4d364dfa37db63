//! The one way to write, the outbox, the change feed, jobs, limits and the schema, on both databases.

mod coherence;
mod feed;
mod groups;
mod jobs;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Statement};
use vestibule::kernel::error::{Error, ErrorKind};
use vestibule::kernel::secret::SecretKey;
use vestibule::platform::changes::{Changes, Refresh};
use vestibule::platform::db::SchemaProblem;
use vestibule::platform::jobs::{Handler, JobError, NewJob, Wake, Worker, enqueue};
use vestibule::platform::limits::{Bucket, Rule, forgive, take};

use crate::people::sign_up;
use crate::support::TestServer;

async fn count(server: &TestServer, sql: &str) -> i64 {
    let db = server.app.cx.db.reader();
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .expect("the query works")
        .expect("a row");
    row.try_get_by_index::<i64>(0).expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_undoes_the_whole_command() {
    let server = TestServer::start().await;
    let db = &server.app.cx.db;
    let outcome: Result<(), Error> = db
        .write(|tx| async move {
            tx.changed("undone").await?;
            Err(Error::bad_input("no", "no"))
        })
        .await;
    assert_eq!(outcome.expect_err("refused").kind(), ErrorKind::BadInput);
    assert_eq!(
        count(&server, "SELECT COUNT(*) FROM changes WHERE topic = 'undone'").await,
        0
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_runs_commands_at_read_committed_however_the_server_is_set_up() {
    let server = TestServer::start().await;
    let db = &server.app.cx.db;
    if db.backend() == DbBackend::Postgres {
        let asked = Statement::from_string(DbBackend::Postgres, "SHOW transaction_isolation");
        let asked = &asked;
        let level = db
            .write(|tx| async move { Ok(tx.query_one_raw(asked.clone()).await?) })
            .await;
        let row = level.expect("answers").expect("a row");
        assert_eq!(row.try_get_by_index::<String>(0).expect("a text"), "read committed");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_that_outlives_its_command_commits_nothing() {
    let server = TestServer::start().await;
    let kept = Arc::new(std::sync::Mutex::new(None));
    let keep = &kept;
    let outcome = server
        .app
        .cx
        .db
        .write(|tx| async move {
            tx.changed("kept").await?;
            *keep.lock().expect("not poisoned") = Some(tx.clone());
            Ok(())
        })
        .await;
    assert_eq!(outcome.expect_err("refused").kind(), ErrorKind::Internal);
    drop(kept.lock().expect("not poisoned").take());
    assert_eq!(
        count(&server, "SELECT COUNT(*) FROM changes WHERE topic = 'kept'").await,
        0
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn racers_all_get_through_and_nothing_is_lost() {
    let server = TestServer::start().await;
    let db = server.app.cx.db.clone();
    let racers = (0..32).map(|_| {
        let db = db.clone();
        tokio::spawn(async move { db.write(|tx| async move { tx.changed("raced").await }).await })
    });
    for racer in futures_util::future::join_all(racers).await {
        racer.expect("joins").expect("gets through");
    }
    assert_eq!(
        count(&server, "SELECT version FROM changes WHERE topic = 'raced'").await,
        32
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_sealed_and_wait_for_their_number() {
    let server = TestServer::start().await;
    sign_up(&server, &mut server.browser(), "ada@example.com").await;
    let events = entity::event::Entity::find()
        .all(server.app.cx.db.reader())
        .await
        .expect("reads");
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert!(
        kinds.contains(&"user.created") && kinds.contains(&"session.created"),
        "{kinds:?}"
    );
    for event in &events {
        assert_eq!(event.seq, None);
        assert!(event.id.starts_with("evt_"));
        let payload = String::from_utf8_lossy(&event.payload);
        assert!(
            !payload.contains("ada@example.com") && !payload.contains("user_"),
            "the payload is sealed"
        );
    }
    let personal = events
        .iter()
        .find(|event| event.kind == "user.created")
        .expect("it is there");
    assert_eq!(personal.person_id.as_deref(), Some(personal.subject.as_str()));
    assert_eq!(count(&server, "SELECT COUNT(*) FROM person_keys").await, 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_are_sealed_in_the_queue_and_gone_after_delivery() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let fields = [("email", "ada@example.com"), ("password", "correct horse battery")];
    let started = browser.submit("/sign-up", "/sign-up", &fields).await;
    browser
        .submit("/sign-in", "/sign-in", &[("identifier", "ada@example.com")])
        .await;
    let db = server.app.cx.db.reader();
    let mails = entity::mail::Entity::find().all(db).await.expect("reads");
    let attempts = entity::attempt::Entity::find().all(db).await.expect("reads");
    assert_eq!((mails.len(), attempts.len()), (1, 2), "{:?}", started.location());
    let sealed = mails.iter().map(|mail| &mail.sealed);
    for sealed in sealed.chain(attempts.iter().map(|attempt| &attempt.sealed_payload)) {
        let text = String::from_utf8_lossy(sealed);
        assert!(
            !text.contains("ada@example.com") && !text.contains("argon2id"),
            "{text}"
        );
    }
    server.worker.run_due().await.expect("jobs run");
    assert!(server.mail_to("ada@example.com").await.is_some());
    assert_eq!(count(&server, "SELECT COUNT(*) FROM mails").await, 0);
    assert_eq!(count(&server, "SELECT COUNT(*) FROM jobs").await, 0);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_fills_drains_and_forgives_and_racers_do_not_share_a_place() {
    let server = TestServer::start().await;
    let rule = Rule {
        name: "test",
        burst: 5,
        every: Duration::from_secs(10),
    };
    let bucket = Bucket::new(rule, &SecretKey::new([7; 32]), &["somebody"]);
    let db = server.app.cx.db.clone();
    let start = server.now();
    let take_at = |seconds: u64| {
        let (db, bucket) = (db.clone(), bucket.clone());
        async move {
            let bucket = &bucket;
            let now = start + Duration::from_secs(seconds);
            db.write(|tx| async move { take(&tx, bucket, now).await })
                .await
                .expect("works")
        }
    };
    let racers = futures_util::future::join_all((0..20).map(|_| take_at(0))).await;
    assert_eq!(racers.iter().filter(|outcome| outcome.is_none()).count(), 5);
    assert_eq!(take_at(0).await, Some(Duration::from_secs(10)));
    assert_eq!(take_at(4).await, Some(Duration::from_secs(6)));
    assert_eq!(take_at(10).await, None);
    assert!(take_at(10).await.is_some());
    let bucket = &bucket;
    db.write(|tx| async move { forgive(&tx, bucket).await })
        .await
        .expect("works");
    assert_eq!(take_at(10).await, None);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_changes_are_seen_by_the_feed() {
    let server = TestServer::start().await;
    server.changes.poll().await.expect("polls");
    let cli = server.reopen().await;
    cli.cx
        .instance
        .set("branding.name", "Acme", server.now())
        .await
        .expect("sets");
    server.changes.poll().await.expect("polls");
    assert_eq!(server.app.cx.instance.settings().branding.name, "Acme");
    assert!(server.browser().get("/sign-in").await.body.contains("Acme"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_schema_and_a_gap_are_refused() {
    let server = TestServer::start().await;
    let db = &server.app.cx.db;
    assert_eq!(db.schema().await.expect("reads").problem, None);
    db.write(|tx| async move {
        tx.execute_unprepared(
            "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000000_future', 0)",
        )
        .await?;
        Ok(())
    })
    .await
    .expect("writes");
    let schema = db.schema().await.expect("reads");
    assert!(
        matches!(schema.problem, Some(SchemaProblem::Newer { .. })),
        "{schema:?}"
    );
    let refused = server.try_reopen().await.err().expect("refused").to_string();
    assert!(refused.contains("newer version"), "{refused}");
    db.write(|tx| async move {
        tx.execute_unprepared("DELETE FROM seaql_migrations WHERE version LIKE '%create_platform'")
            .await?;
        Ok(())
    })
    .await
    .expect("writes");
    assert!(matches!(
        db.schema().await.expect("reads").problem,
        Some(SchemaProblem::Dirty { .. })
    ));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fixed_names_can_not_drift() {
    let server = TestServer::start().await;
    let refused = server
        .try_reopen_as("http://localhost:1")
        .await
        .err()
        .expect("refused")
        .to_string();
    assert!(refused.contains("--change-issuer"), "{refused}");
    server.stop().await;
}

/// Counts how often it was asked to read itself anew, and fails where it is told to.
struct Remembers {
    topic: &'static str,
    asked: AtomicUsize,
    fails: bool,
}

#[async_trait::async_trait]
impl Refresh for Remembers {
    fn topic(&self) -> &'static str {
        self.topic
    }

    async fn refresh(&self) -> Result<(), Error> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.fails {
            Err(Error::internal("unreadable"))
        } else {
            Ok(())
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_can_not_be_read_keeps_no_other_out_of_date() {
    let server = TestServer::start().await;
    let db = server.app.cx.db.clone();
    let remembers = |topic, fails| {
        Arc::new(Remembers {
            topic,
            asked: AtomicUsize::new(0),
            fails,
        })
    };
    let (stuck, fine) = (remembers("a.stuck", true), remembers("b.fine", false));
    let feed = Changes::new(db.clone(), vec![stuck.clone() as Arc<dyn Refresh>, fine.clone()]);
    db.write(|tx| async move {
        tx.changed("a.stuck").await?;
        tx.changed("b.fine").await
    })
    .await
    .expect("writes");
    feed.poll().await.expect("polls");
    feed.poll().await.expect("polls");
    assert_eq!(fine.asked.load(Ordering::SeqCst), 1, "once for its one change");
    assert_eq!(stuck.asked.load(Ordering::SeqCst), 2, "asked again until it works");
    server.stop().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_database_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let server = TestServer::start().await;
    for entry in std::fs::read_dir(server.dir.path()).expect("a directory") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("metadata").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}: {mode:o}", entry.file_name());
    }
    server.stop().await;
}

/// A lock that was not to be had in time and a statement that took too long pass, like a database that is away.
#[tokio::test(flavor = "multi_thread")]
async fn what_postgresql_refuses_for_now_is_busy() {
    let server = TestServer::start().await;
    let db = &server.app.cx.db;
    if db.reader().get_database_backend() == DbBackend::Postgres {
        for (state, passes) in [
            ("55P03", true),
            ("57014", true),
            ("57P01", true),
            ("53300", true),
            ("22012", false),
        ] {
            let sql = &format!("DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$");
            let outcome: Result<(), Error> = db
                .write(|tx| async move {
                    tx.execute_unprepared(sql).await?;
                    Ok(())
                })
                .await;
            let kind = outcome.expect_err("refused").kind();
            assert_eq!(matches!(kind, ErrorKind::Busy { .. }), passes, "{state}: {kind:?}");
        }
    }
    server.stop().await;
}
