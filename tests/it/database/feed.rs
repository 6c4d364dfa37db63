//! What is remembered of rows: forgotten at once where a command changed it, by the feed everywhere else, and not relied on
//! while the feed stands still.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sea_orm::ConnectionTrait;
use vestibule::identity::PersonName;
use vestibule::kernel::error::Error;
use vestibule::platform::changes::{Changes, Refresh, Remembers};
use vestibule::platform::db::purge_invalidations;

use super::count;
use crate::people::sign_up;
use crate::support::{TestServer, until};

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

    fn forget_all(&self) {
        self.forget("everything");
    }
}

impl Notes {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_forgets_here_at_once_and_elsewhere_by_the_feed_and_an_error_forgets_nothing() {
    let server = TestServer::start().await;
    let (here, there) = (Arc::new(Notes::default()), Arc::new(Notes::default()));
    let other = server.reopen().await;
    server.app.cx.db.remember(here.clone());
    other.cx.db.remember(there.clone());
    let feed = Changes::new(other.cx.db.clone(), Vec::new());
    feed.poll().await.expect("polls");
    assert_eq!(there.take(), ["everything"], "it is not known what was changed before");

    let db = &server.app.cx.db;
    db.write(|tx| async move {
        tx.forget("noted", "one").await?;
        tx.forget("noted", "two").await?;
        tx.forget("unheard of", "three").await
    })
    .await
    .expect("writes");
    assert_eq!(here.take(), ["one", "two"]);
    let refused: Result<(), Error> = db
        .write(|tx| async move {
            tx.forget("noted", "undone").await?;
            Err(Error::bad_input("no", "no"))
        })
        .await;
    refused.expect_err("refused");
    feed.poll().await.expect("polls");
    feed.poll().await.expect("polls");
    assert_eq!(there.take(), ["one", "two"], "each once");
    assert!(here.take().is_empty());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_commits_behind_newer_ones_is_still_read() {
    let server = TestServer::start().await;
    let notes = Arc::new(Notes::default());
    let db = &server.app.cx.db;
    db.remember(notes.clone());
    let at = server.now().millis();
    let insert = |id: i64, key: &'static str| async move {
        db.write(|tx| async move {
            let row = format!("INSERT INTO invalidations VALUES ({id}, 'noted', '{key}', {at})");
            tx.execute_unprepared(&row).await?;
            Ok(())
        })
        .await
        .expect("writes");
    };
    insert(100, "first").await;
    let feed = Changes::new(db.clone(), Vec::new());
    feed.poll().await.expect("polls");
    notes.take();
    insert(103, "newer").await;
    feed.poll().await.expect("polls");
    insert(102, "late").await;
    feed.poll().await.expect("polls");
    server.advance(31);
    feed.poll().await.expect("polls");
    assert_eq!(notes.take(), ["newer", "late"]);
    insert(101, "too late for any transaction").await;
    feed.poll().await.expect("polls");
    assert!(notes.take().is_empty());
    server.advance(301);
    feed.poll().await.expect("polls");
    assert_eq!(notes.take(), ["everything"], "rows may have been purged unread");
    server.stop().await;
}

/// Counts how often it is read anew; the first time it panics, the second it never ends.
#[derive(Default)]
struct Shaky(AtomicUsize);

#[async_trait::async_trait]
impl Refresh for Shaky {
    fn topic(&self) -> &'static str {
        "shaky"
    }

    async fn refresh(&self) -> Result<(), Error> {
        match self.0.fetch_add(1, Ordering::SeqCst) {
            0 => panic!("as told"),
            1 => std::future::pending().await,
            _ => Ok(()),
        }
    }
}

/// What hangs or panics in one reading does not keep the process out of date for good.
#[tokio::test(flavor = "multi_thread")]
async fn the_feed_is_read_on_after_a_reading_that_panics_and_one_that_hangs() {
    let server = TestServer::start().await;
    let db = server.app.cx.db.clone();
    db.write(|tx| async move { tx.changed("shaky").await })
        .await
        .expect("writes");
    let shaky = Arc::new(Shaky::default());
    server.advance(3);
    let feed = Changes::new(db.clone(), vec![shaky.clone()]);
    let running = tokio::spawn(async move { feed.run().await });
    let read = until(|| async { db.memory().is_current().then_some(()) }).await;
    assert!(read.is_some(), "read after {:?} tries", shaky.0);
    assert_eq!(shaky.0.load(Ordering::SeqCst), 3);
    running.abort();
    server.stop().await;
}

/// The database that answers after a failure may be another, whose log lacks rows: their ids are given again, and so are versions.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_reading_that_failed_everything_is_read_anew() {
    let server = TestServer::start().await;
    let (notes, shaky) = (Arc::new(Notes::default()), Arc::new(Shaky(AtomicUsize::new(2))));
    let db = &server.app.cx.db;
    db.remember(notes.clone());
    let execute = |sql: &'static str| {
        db.write(move |tx| async move {
            tx.execute_unprepared(sql).await?;
            Ok(())
        })
    };
    db.write(|tx| async move { tx.changed("shaky").await })
        .await
        .expect("writes");
    let feed = Changes::new(db.clone(), vec![shaky.clone()]);
    feed.poll().await.expect("polls");
    feed.poll().await.expect("polls");
    assert_eq!(
        (notes.take(), shaky.0.load(Ordering::SeqCst)),
        (vec!["everything".to_owned()], 3)
    );
    execute("ALTER TABLE invalidations RENAME TO elsewhere")
        .await
        .expect("renames");
    feed.poll().await.expect_err("there is no log");
    execute("ALTER TABLE elsewhere RENAME TO invalidations")
        .await
        .expect("renames");
    feed.poll().await.expect("polls");
    assert_eq!(
        (notes.take(), shaky.0.load(Ordering::SeqCst)),
        (vec!["everything".to_owned()], 4)
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_rows_of_the_log_are_purged_in_batches_and_ids_never_come_again() {
    let server = TestServer::start().await;
    let db = &server.app.cx.db;
    let forget = async || {
        db.write(|tx| async move { tx.forget("noted", "key").await })
            .await
            .expect("writes");
    };
    for _ in 0..5 {
        forget().await;
    }
    let newest = count(&server, "SELECT MAX(id) FROM invalidations").await;
    let purge = async |limit| {
        let before = server.now() - Duration::from_secs(600);
        db.write(|tx| async move { purge_invalidations(&tx, before, limit).await })
            .await
            .expect("purges")
    };
    assert_eq!(purge(100).await, 0, "none is old");
    server.advance(601);
    assert_eq!((purge(3).await, purge(100).await, purge(100).await), (3, 2, 0));
    forget().await;
    assert!(count(&server, "SELECT MIN(id) FROM invalidations").await > newest);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_remembered_until_any_process_changes_them_and_while_the_feed_is_read() {
    let server = TestServer::start().await;
    sign_up(&server, &mut server.browser(), "ada@example.com").await;
    let accounts = &server.app.accounts;
    let ada = accounts
        .find_by_email(&"ada@example.com".parse().expect("an address"))
        .await
        .expect("reads")
        .expect("Ada");
    let name = || async {
        accounts
            .find(&ada.id)
            .await
            .expect("reads")
            .expect("Ada")
            .first_name
            .clone()
    };
    let (id, db) = (ada.id.as_str(), &server.app.cx.db);
    let rename_unseen = |name: &'static str| async move {
        db.write(|tx| async move {
            tx.execute_unprepared(&format!("UPDATE users SET first_name = '{name}' WHERE id = '{id}'"))
                .await?;
            Ok(())
        })
        .await
        .expect("writes");
    };
    rename_unseen("Unseen").await;
    assert_eq!(name().await, ada.first_name, "from memory");
    let parsed = |name| PersonName::parse(Some(name), None).expect("a name");
    accounts.rename(&ada.id, &parsed("Here")).await.expect("renames");
    assert_eq!(name().await.as_deref(), Some("Here"), "at once");

    let other = server.reopen().await;
    other.accounts.rename(&ada.id, &parsed("There")).await.expect("renames");
    assert_eq!(name().await.as_deref(), Some("Here"), "not told yet");
    server.changes.poll().await.expect("polls");
    assert_eq!(name().await.as_deref(), Some("There"));

    rename_unseen("Stale").await;
    assert_eq!(name().await.as_deref(), Some("There"));
    server.clock.advance(Duration::from_millis(2001));
    assert_eq!(name().await.as_deref(), Some("Stale"), "a stale feed is not relied on");
    server.stop().await;
}
