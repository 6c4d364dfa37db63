//! A new password while somebody signs in by the old one.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::sync::Notify;
use vestibule::platform::db::Db;

use super::*;
use crate::support::until;

/// Whether a statement waits for a row that another transaction holds.
async fn somebody_waits(db: &Db) -> Option<()> {
    let waiting = Statement::from_string(DbBackend::Postgres, "SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1");
    let row = db.reader().query_one_raw(waiting).await.expect("answers");
    row.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_admitted_by_a_password_that_is_just_being_replaced_stays_outside() {
    let server = TestServer::start().await;
    sign_up(&server, &mut server.browser(), ADA).await;
    let db = &server.app.cx.db;
    if db.backend() == DbBackend::Sqlite {
        // one command at a time: there is no between
        server.stop().await;
        return;
    }
    let (held, go_on) = (&Notify::new(), &Notify::new());
    let replace = db.write(|tx| async move {
        let sql = "UPDATE users SET password_hash = NULL";
        tx.execute_unprepared(sql).await?;
        held.notify_one();
        go_on.notified().await;
        Ok(())
    });
    let signing_in = async {
        held.notified().await;
        let mut browser = server.browser();
        try_password(&mut browser, ADA, PASSWORD).await
    };
    let release = async {
        let waits = until(|| somebody_waits(db)).await;
        go_on.notify_one();
        waits
    };
    let (replaced, page, waited) = tokio::join!(replace, signing_in, release);
    replaced.expect("writes");
    waited.expect("the sign-in waits for the person's row");
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
    server.stop().await;
}
