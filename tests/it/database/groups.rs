//! Commands that share a transaction: one commit for many, each undone by itself, and nobody harmed by another's end.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, DbBackend};
use tokio::sync::Notify;
use tokio::time::timeout;
use vestibule::kernel::error::{Error, ErrorKind, Result};
use vestibule::platform::changes::Remembers;
use vestibule::platform::db::Db;

use super::count;
use crate::support::TestServer;

/// How long a step is waited for before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

async fn written(server: &TestServer, topic: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM changes WHERE topic LIKE '{topic}%'");
    count(server, &sql).await
}

/// A server with one writer, for the commands of one thread: which of them waits for which is then decided by the test.
async fn on_sqlite() -> Option<TestServer> {
    let server = TestServer::start().await;
    if server.app.cx.db.backend() == DbBackend::Sqlite {
        return Some(server);
    }
    server.stop().await;
    None
}

/// Polls it once.
async fn once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx))).await
}

/// Polls `command` until `is_reached`.
async fn drive<T>(command: &mut (impl Future<Output = T> + Unpin), is_reached: &AtomicBool) {
    let reached = async {
        while !is_reached.load(Ordering::SeqCst) {
            assert!(once(command).await.is_pending(), "it ended too early");
            tokio::task::yield_now().await;
        }
        // the step after it belongs to the command as well
        assert!(once(command).await.is_pending(), "it ended too early");
    };
    timeout(PATIENCE, reached).await.expect("the command gets there");
}

/// Writes, and comes to its end once `gate` is open.
async fn write(db: &Db, topic: &str, gate: &Notify, reached: &AtomicBool) -> Result<()> {
    db.write(|tx| async move {
        tx.changed(topic).await?;
        gate.notified().await;
        reached.store(true, Ordering::SeqCst);
        Ok(())
    })
    .await
}

/// Writes, and never comes to an end.
async fn write_and_stand(db: &Db, topic: &str, reached: &AtomicBool) -> Result<()> {
    db.write(|tx| async move {
        tx.changed(topic).await?;
        reached.store(true, Ordering::SeqCst);
        std::future::pending().await
    })
    .await
}

#[tokio::test]
async fn commands_that_wait_for_each_other_share_a_commit_and_one_failure_undoes_only_itself() {
    let server = TestServer::start().await;
    let db = &server.app.cx.db;
    let (before, gate) = (db.counts().commits.get(), &Notify::new());
    let first = db.write(|tx| async move {
        tx.changed("shared.first").await?;
        gate.notified().await;
        Ok(())
    });
    let others = join_all((0..40).map(|n| async move {
        let topic = &format!("shared.{n}");
        db.write(|tx| async move {
            tx.changed(topic).await?;
            if n == 7 {
                return Err(Error::bad_input("seven", "seven"));
            }
            Ok(())
        })
        .await
    }));
    let open = async {
        // everybody has been polled once by now, and waits
        tokio::task::yield_now().await;
        gate.notify_one();
    };
    let (first, others, ()) = tokio::join!(first, others, open);
    first.expect("writes");
    for (n, outcome) in others.into_iter().enumerate() {
        match n {
            7 => assert_eq!(outcome.expect_err("refused").kind(), ErrorKind::BadInput),
            _ => outcome.expect("writes"),
        }
    }
    assert_eq!(written(&server, "shared.").await, 40);
    assert_eq!(written(&server, "shared.7").await, 0);
    let commits = db.counts().commits.get() - before;
    if db.backend() == DbBackend::Sqlite {
        assert_eq!(commits, 1);
    }
    let server = server.restart().await;
    assert_eq!(
        written(&server, "shared.").await,
        40,
        "acknowledged is there after a start"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_take_far_fewer_commits_and_no_group_is_larger_than_64() {
    let server = TestServer::start().await;
    let db = server.app.cx.db.clone();
    let before = db.counts().commits.get();
    let commands = (0..256).map(|_| {
        let db = db.clone();
        tokio::spawn(async move { db.write(|tx| async move { tx.changed("many").await }).await })
    });
    for outcome in join_all(commands).await {
        outcome.expect("joins").expect("writes");
    }
    assert_eq!(
        count(&server, "SELECT version FROM changes WHERE topic = 'many'").await,
        256
    );
    let commits = db.counts().commits.get() - before;
    if db.backend() == DbBackend::Sqlite {
        assert!((4..128).contains(&commits), "{commits}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_waiter_that_goes_away_leaves_nobody_waiting() {
    let Some(server) = on_sqlite().await else { return };
    let db = &server.app.cx.db;
    let (gate, reached, never) = (Notify::new(), AtomicBool::new(false), AtomicBool::new(false));
    let mut first = Box::pin(write(db, "left.first", &gate, &reached));
    {
        let mut waiter = Box::pin(write(db, "left.waiter", &gate, &never));
        assert!(once(&mut first).await.is_pending());
        assert!(once(&mut waiter).await.is_pending());
        gate.notify_one();
        drive(&mut first, &reached).await;
        assert!(!never.load(Ordering::SeqCst), "it has the lane, and has not used it");
    }
    timeout(PATIENCE, first)
        .await
        .expect("the group is committed")
        .expect("writes");
    assert_eq!(written(&server, "left.").await, 1);
    server.stop().await;
}

/// While one command stands still (another process holds SQLite's lock), the others do not pile up without end.
#[tokio::test]
async fn who_finds_too_many_waiting_or_waits_too_long_is_refused_for_now() {
    let Some(server) = on_sqlite().await else { return };
    let db = &server.app.cx.db;
    let (gate, reached, never) = (Notify::new(), AtomicBool::new(false), AtomicBool::new(false));
    let mut first = Box::pin(write_and_stand(db, "crowd.first", &reached));
    drive(&mut first, &reached).await;
    let mut waiters: Vec<_> = (0..1024).map(|_| Box::pin(write(db, "crowd", &gate, &never))).collect();
    for waiter in &mut waiters {
        assert!(once(waiter).await.is_pending());
    }
    let is_busy = |outcome: Result<()>| matches!(outcome.expect_err("refused").kind(), ErrorKind::Busy { .. });
    let refused = once(&mut Box::pin(write(db, "crowd.late", &gate, &never))).await;
    let Poll::Ready(refused) = refused else {
        panic!("it waits");
    };
    assert!(is_busy(refused));
    for outcome in timeout(PATIENCE, join_all(waiters)).await.expect("all are answered") {
        assert!(is_busy(outcome));
    }
    drop(first);
    let after = db.write(|tx| async move { tx.changed("crowd.after").await });
    timeout(PATIENCE, after).await.expect("in time").expect("writes");
    assert_eq!(written(&server, "crowd").await, 1);
    server.stop().await;
}

#[tokio::test]
async fn a_command_that_is_dropped_while_it_runs_undoes_only_itself() {
    let Some(server) = on_sqlite().await else { return };
    let db = &server.app.cx.db;
    let (gate, done, inside) = (Notify::new(), AtomicBool::new(false), AtomicBool::new(false));
    let mut first = Box::pin(write(db, "dropped.first", &gate, &done));
    {
        let mut second = Box::pin(write_and_stand(db, "dropped.second", &inside));
        assert!(once(&mut first).await.is_pending());
        assert!(once(&mut second).await.is_pending());
        gate.notify_one();
        drive(&mut first, &done).await;
        drive(&mut second, &inside).await;
        assert!(once(&mut first).await.is_pending(), "nobody is told before the commit");
    }
    timeout(PATIENCE, first)
        .await
        .expect("the group is committed")
        .expect("writes");
    assert_eq!(written(&server, "dropped.first").await, 1);
    assert_eq!(written(&server, "dropped.second").await, 0);

    // the first of a group, with others behind it
    inside.store(false, Ordering::SeqCst);
    let mut alone = Box::pin(write_and_stand(db, "dropped.third", &inside));
    drive(&mut alone, &inside).await;
    let mut next = Box::pin(write(db, "dropped.next", &gate, &done));
    assert!(once(&mut next).await.is_pending());
    drop(alone);
    gate.notify_one();
    timeout(PATIENCE, next).await.expect("it is its turn").expect("writes");
    assert_eq!(written(&server, "dropped.third").await, 0);
    assert_eq!(written(&server, "dropped.next").await, 1);
    server.stop().await;
}

#[tokio::test]
async fn who_goes_away_while_waiting_for_the_commit_harms_nobody_and_is_committed() {
    let Some(server) = on_sqlite().await else { return };
    let db = &server.app.cx.db;
    let (gate, done, unseen) = (Notify::new(), AtomicBool::new(false), AtomicBool::new(false));
    let mut first = Box::pin(write(db, "gone.first", &gate, &done));
    let mut second = Box::pin(write(db, "gone.second", &gate, &unseen));
    assert!(once(&mut first).await.is_pending());
    assert!(once(&mut second).await.is_pending());
    gate.notify_one();
    drive(&mut first, &done).await;
    drop(first);
    gate.notify_one();
    timeout(PATIENCE, second)
        .await
        .expect("the group is committed")
        .expect("writes");
    assert_eq!(written(&server, "gone.").await, 2);
    server.stop().await;
}

/// Notes what it was told to forget.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Remembers for Notes {
    fn topic(&self) -> &'static str {
        "noted"
    }

    fn forget(&self, key: &str) {
        self.0.lock().expect("not poisoned").push(key.to_owned());
    }

    fn forget_all(&self) {}
}

/// A client may hang up at any moment.
#[tokio::test]
async fn wherever_a_command_is_dropped_it_is_whole_or_not_there_and_what_it_changed_is_forgotten() {
    let server = TestServer::start().await;
    let db = &server.app.cx.db;
    let notes = Arc::new(Notes::default());
    db.remember(notes.clone());
    let mut ended = 0;
    for polls in 0..60 {
        let key = &format!("cut.{polls}");
        let mut command = Box::pin(db.write(|tx| async move {
            tx.changed(key).await?;
            tx.forget("noted", key).await?;
            tx.changed(&format!("{key}.too")).await
        }));
        for _ in 0..polls {
            if let Poll::Ready(outcome) = once(&mut command).await {
                outcome.expect("writes");
                ended += 1;
                break;
            }
            // the database answers from a thread of its own
            tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_micros(300)))
                .await
                .expect("waits");
        }
    }
    assert!(ended > 0, "some got to their end");
    // comes after whatever is still under way
    timeout(PATIENCE, db.write(|tx| async move { tx.changed("after").await }))
        .await
        .expect("the lane is free")
        .expect("writes");
    for n in 0..60 {
        let rows = written(&server, &format!("cut.{n}.")).await + count_exactly(&server, &format!("cut.{n}")).await;
        let told = notes.0.lock().expect("not poisoned").contains(&format!("cut.{n}"));
        assert!(
            (rows == 2 && told) || (rows == 0 && !told),
            "{n}: {rows} rows, forgotten: {told}"
        );
    }
    server.stop().await;
}

async fn count_exactly(server: &TestServer, topic: &str) -> i64 {
    count(server, &format!("SELECT COUNT(*) FROM changes WHERE topic = '{topic}'")).await
}

#[tokio::test]
async fn where_sqlite_ends_the_transaction_by_itself_nobody_is_acknowledged_and_all_run_again() {
    let Some(server) = on_sqlite().await else { return };
    let db = &server.app.cx.db;
    let (gate, ran) = (&Notify::new(), &AtomicUsize::new(0));
    let good = |topic: &'static str| {
        db.write(move |tx| async move {
            ran.fetch_add(1, Ordering::SeqCst);
            tx.changed(topic).await
        })
    };
    let first = db.write(|tx| async move {
        ran.fetch_add(1, Ordering::SeqCst);
        tx.changed("poison.first").await?;
        if ran.load(Ordering::SeqCst) == 1 {
            gate.notified().await;
        }
        Ok(())
    });
    let guilty = db.write(|tx| async move {
        tx.changed("poison.guilty").await?;
        let ends = "INSERT OR ROLLBACK INTO changes (topic, version) VALUES ('poison.guilty', 1)";
        tx.execute_unprepared(ends).await.expect_err("a duplicate");
        // it would be committed by itself
        tx.changed("poison.too").await
    });
    let open = async {
        tokio::task::yield_now().await;
        gate.notify_one();
    };
    let (first, second, guilty, third, ()) = timeout(PATIENCE, async {
        tokio::join!(first, good("poison.second"), guilty, good("poison.third"), open)
    })
    .await
    .expect("all come to an end");
    first.expect("writes");
    second.expect("writes");
    third.expect("writes");
    assert_eq!(guilty.expect_err("refused").kind(), ErrorKind::Internal);
    for topic in ["first", "second", "third"] {
        let version = format!("SELECT version FROM changes WHERE topic = 'poison.{topic}'");
        assert_eq!(count(&server, &version).await, 1, "{topic}, exactly once");
    }
    assert_eq!(written(&server, "poison.").await, 3);
    assert!(ran.load(Ordering::SeqCst) > 3, "somebody had to run again");
    server.stop().await;
}

#[tokio::test]
async fn a_command_can_not_end_the_transaction_that_it_shares() {
    let server = TestServer::start().await;
    let db = &server.app.cx.db;
    for control in [
        "ROLLBACK",
        " commit;",
        "RELEASE command",
        "SAVEPOINT mine",
        "begin",
        "END",
    ] {
        let outcome = db
            .write(|tx| async move {
                tx.changed("control").await?;
                tx.execute_unprepared(control).await.expect_err("refused");
                tx.changed("control").await
            })
            .await;
        outcome.expect("goes on");
    }
    assert_eq!(
        count(&server, "SELECT version FROM changes WHERE topic = 'control'").await,
        12
    );
    server.stop().await;
}
