//! What is over goes, what is not stays, table by table.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use vestibule::kernel::clock::Clock;

use crate::support::{RelyingParty, TestServer};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

async fn execute(server: &TestServer, statements: &[String]) {
    let statements = &statements;
    server
        .app
        .cx
        .db
        .write(|tx| async move {
            for statement in statements.iter() {
                tx.execute_unprepared(statement).await?;
            }
            Ok(())
        })
        .await
        .expect("writes");
}

async fn ids(server: &TestServer, table: &str, key: &str) -> Vec<String> {
    let db = server.app.cx.db.reader();
    let backend: DbBackend = db.get_database_backend();
    let statement = Statement::from_string(backend, format!("SELECT {key} AS id FROM {table} ORDER BY 1"));
    let rows = db.query_all_raw(statement).await.expect("reads");
    rows.iter().map(|row| row.try_get("", "id").expect("a text")).collect()
}

async fn run(server: &TestServer) {
    // the schedule looks once an hour
    server.advance(3600);
    let done = server.schedule.run_due().await.expect("runs");
    assert!(done.contains(&"retention"), "{done:?}");
}

/// The statement that adds a row to `table`.
fn insert(table: &str, columns: &[(&str, String)]) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let values: Vec<&str> = columns.iter().map(|(_, value)| value.as_str()).collect();
    format!(
        "INSERT INTO {table} ({}) VALUES ({})",
        names.join(", "),
        values.join(", ")
    )
}

fn text(value: &str) -> String {
    format!("'{value}'")
}

/// 32 bytes that begin with `tag`, as both databases read them.
fn bytes(server: &TestServer, tag: u32) -> String {
    let hex = format!("{tag:08x}{}", "00".repeat(28));
    match server.app.cx.db.backend() {
        DbBackend::Postgres => format!("'\\x{hex}'"),
        _ => format!("X'{hex}'"),
    }
}

fn device(server: &TestServer, id: &str, tag: u32, seen: i64) -> String {
    insert(
        "devices",
        &[
            ("id", text(id)),
            ("secret_hash", bytes(server, tag)),
            ("created_at", seen.to_string()),
            ("last_seen_at", seen.to_string()),
        ],
    )
}

fn session(id: &str, device: &str, idle: i64, absolute: i64, ended: Option<i64>) -> String {
    insert(
        "sessions",
        &[
            ("id", text(id)),
            ("device_id", text(device)),
            ("user_id", text("user_1")),
            ("status", text(if ended.is_some() { "ended" } else { "active" })),
            ("created_at", "0".to_owned()),
            ("last_active_at", "0".to_owned()),
            ("idle_expires_at", idle.to_string()),
            ("expires_at", absolute.to_string()),
            ("ended_at", ended.map_or("NULL".to_owned(), |at| at.to_string())),
        ],
    )
}

fn person() -> String {
    insert(
        "users",
        &[
            ("id", text("user_1")),
            ("created_at", "0".to_owned()),
            ("updated_at", "0".to_owned()),
        ],
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_and_devices_go_90_days_after_their_end() {
    let server = TestServer::start().await;
    let now = server.now().millis() + HOUR;
    let (due, not_yet, later) = (now - 90 * DAY, now - 90 * DAY + 1, now + DAY);
    let rows = [
        person(),
        device(&server, "a_due", 1, due),
        device(&server, "b_not_yet", 2, not_yet),
        device(&server, "c_with_session", 3, due),
        device(&server, "d_with_old_sessions", 4, due),
        session("a_signed_out", "d_with_old_sessions", later, later, Some(due)),
        session("b_idle", "d_with_old_sessions", due, later, None),
        session("c_run_out", "d_with_old_sessions", later, due, None),
        session("d_signed_out_later", "c_with_session", later, later, Some(not_yet)),
        session("e_idle_later", "c_with_session", not_yet, later, None),
        session("f_run_out_later", "c_with_session", later, not_yet, None),
        session("g_alive", "c_with_session", later, later, None),
        insert(
            "session_proofs",
            &[
                ("id", text("proof")),
                ("session_id", text("a_signed_out")),
                ("strategy", text("password")),
                ("proven_at", "0".to_owned()),
            ],
        ),
    ];
    execute(&server, &rows).await;
    run(&server).await;
    assert_eq!(
        ids(&server, "sessions", "id").await,
        ["d_signed_out_later", "e_idle_later", "f_run_out_later", "g_alive"]
    );
    assert!(ids(&server, "session_proofs", "id").await.is_empty());
    assert_eq!(ids(&server, "devices", "id").await, ["b_not_yet", "c_with_session"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_continuations_mails_jobs_and_limits_go_when_their_days_are_over() {
    let server = TestServer::start().await;
    let now = server.now().millis() + HOUR;
    let mut rows = vec![device(&server, "device", 9, now)];
    for (tag, id, later) in [(1, "a_due", 0), (2, "b_not_yet", 1)] {
        let at = |days: i64| (now - days * DAY + later).to_string();
        let blob = bytes(&server, 0);
        rows.push(insert(
            "attempts",
            &[
                ("id", text(id)),
                ("kind", text("sign_in")),
                ("device_id", text("device")),
                ("status", text("complete")),
                ("sealed_payload", blob.clone()),
                ("code_tries", "0".to_owned()),
                ("codes_sent", "0".to_owned()),
                ("created_at", "0".to_owned()),
                ("expires_at", at(1)),
            ],
        ));
        rows.push(insert(
            "continuations",
            &[
                ("handle_hash", bytes(&server, tag)),
                ("kind", text(id)),
                ("sealed_payload", blob.clone()),
                ("requested_at", "0".to_owned()),
                ("expires_at", at(1)),
            ],
        ));
        rows.push(insert(
            "mails",
            &[
                ("id", text(id)),
                ("template", text("code")),
                ("sealed", blob),
                ("created_at", at(3)),
            ],
        ));
        for state in ["dead", "ready"] {
            rows.push(insert(
                "jobs",
                &[
                    ("id", text(&format!("{id}_{state}"))),
                    ("kind", text("of the future")),
                    ("payload", text("{}")),
                    ("state", text(state)),
                    ("run_at", at(30)),
                    ("attempts", "12".to_owned()),
                    ("max_attempts", "12".to_owned()),
                    ("created_at", "0".to_owned()),
                ],
            ));
        }
        rows.push(insert(
            "rate_limits",
            &[("bucket", text(id)), ("theoretical_arrival_at", at(1))],
        ));
    }
    execute(&server, &rows).await;
    run(&server).await;
    let left: BTreeMap<&str, Vec<String>> = BTreeMap::from([
        ("attempts", ids(&server, "attempts", "id").await),
        ("continuations", ids(&server, "continuations", "kind").await),
        ("mails", ids(&server, "mails", "id").await),
        ("rate_limits", ids(&server, "rate_limits", "bucket").await),
    ]);
    for (table, left) in left {
        assert_eq!(left, ["b_not_yet"], "{table}");
    }
    assert_eq!(
        ids(&server, "jobs", "id").await,
        ["a_due_ready", "b_not_yet_dead", "b_not_yet_ready"]
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_issued_goes_when_nothing_of_it_can_be_used() {
    let server = TestServer::start().await;
    RelyingParty::register(&server).await;
    let application = text(&ids(&server, "applications", "id").await[0]);
    let kept: Vec<String> = ids(&server, "application_secrets", "id").await;
    assert_eq!(kept.len(), 1, "without an end it has no end");
    let now = server.now().millis() + HOUR;
    let mut rows = vec![person()];
    for (tag, id, later) in [(1, "a_due", 0), (2, "b_not_yet", 1)] {
        let at = |days: i64| (now - days * DAY + later).to_string();
        rows.push(insert(
            "grants",
            &[
                ("id", text(id)),
                ("application_id", application.clone()),
                ("user_id", text("user_1")),
                ("session_id", text("gone")),
                ("scope", text("openid")),
                ("offline", "FALSE".to_owned()),
                ("auth_time", "0".to_owned()),
                ("amr", text("pwd")),
                ("code_hash", bytes(&server, tag)),
                ("code_expires_at", "0".to_owned()),
                ("refresh_generation", "0".to_owned()),
                ("rotations", text("")),
                ("created_at", "0".to_owned()),
                ("expires_at", at(7)),
            ],
        ));
        rows.push(insert(
            "revoked_tokens",
            &[("token_id", bytes(&server, tag)), ("expires_at", at(1))],
        ));
        rows.push(insert(
            "used_assertions",
            &[
                ("application_id", application.clone()),
                ("jti_hash", bytes(&server, tag)),
                ("expires_at", at(1)),
            ],
        ));
        rows.push(insert(
            "application_secrets",
            &[
                ("id", text(id)),
                ("application_id", application.clone()),
                ("secret_hash", bytes(&server, tag)),
                ("hint", text("")),
                ("created_at", "0".to_owned()),
                ("expires_at", at(30)),
            ],
        ));
    }
    execute(&server, &rows).await;
    run(&server).await;
    assert_eq!(ids(&server, "grants", "id").await, ["b_not_yet"]);
    let not_yet = (now - DAY + 1).to_string();
    for table in ["revoked_tokens", "used_assertions"] {
        let left = ids(&server, table, "CAST(expires_at AS TEXT)").await;
        assert_eq!(left, [not_yet.as_str()], "{table}");
    }
    let secrets = ids(&server, "application_secrets", "id").await;
    assert_eq!(secrets, ["b_not_yet", kept[0].as_str()]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_one_part_goes_in_one_run_and_events_stay() {
    let server = TestServer::start().await;
    let rows: Vec<String> = (0..1200)
        .map(|n| {
            let bucket = text(&format!("bucket{n}"));
            insert(
                "rate_limits",
                &[("bucket", bucket), ("theoretical_arrival_at", "0".to_owned())],
            )
        })
        .chain([insert(
            "events",
            &[
                ("id", text("event")),
                ("kind", text("key.rotated")),
                ("subject", text("key")),
                ("actor", text("system")),
                ("payload", bytes(&server, 0)),
                ("created_at", "0".to_owned()),
            ],
        )])
        .collect();
    execute(&server, &rows).await;
    run(&server).await;
    assert!(ids(&server, "rate_limits", "bucket").await.is_empty());
    assert_eq!(ids(&server, "events", "id").await, ["event"]);
    server.stop().await;
}

/// What would have to be read row by row grows with the instance, however little is due.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_found_by_an_index() {
    let server = TestServer::start().await;
    let db = server.app.cx.db.reader();
    if db.get_database_backend() != DbBackend::Sqlite {
        server.stop().await;
        return;
    }
    for due in [
        "continuations WHERE expires_at <= 0",
        "attempts WHERE expires_at <= 0",
        "sessions WHERE ended_at <= 0",
        "sessions WHERE idle_expires_at <= 0",
        "sessions WHERE expires_at <= 0",
        "devices WHERE last_seen_at <= 0 AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.device_id = devices.id)",
        "grants WHERE expires_at <= 0",
        "revoked_tokens WHERE expires_at <= 0",
        "used_assertions WHERE expires_at <= 0",
        "application_secrets WHERE expires_at <= 0",
        "mails WHERE created_at <= 0",
        "jobs WHERE state = 'dead' AND run_at <= 0",
        "rate_limits WHERE theoretical_arrival_at <= 0",
    ] {
        let sql = format!("EXPLAIN QUERY PLAN SELECT 1 FROM {due} LIMIT 500");
        let plan = db
            .query_all_raw(Statement::from_string(DbBackend::Sqlite, sql))
            .await
            .expect("plans");
        for row in plan {
            let detail: String = row.try_get("", "detail").expect("a text");
            assert!(!detail.starts_with("SCAN"), "{due}: {detail}");
        }
    }
    server.stop().await;
}

/// Nothing grows that nobody has thought of: the page names every table, in one of its two lists and once.
#[tokio::test(flavor = "multi_thread")]
async fn every_table_is_on_the_page_and_nothing_else() {
    let server = TestServer::start().await;
    let db = server.app.cx.db.reader();
    let backend = db.get_database_backend();
    let query = match backend {
        DbBackend::Sqlite => "SELECT name AS id FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        _ => "SELECT table_name::text AS id FROM information_schema.tables WHERE table_schema = 'public'",
    };
    let rows = db.query_all_raw(Statement::from_string(backend, query)).await;
    let rows = rows.expect("reads");
    let tables: BTreeSet<String> = rows.iter().map(|row| row.try_get("", "id").expect("a name")).collect();
    let page = include_str!("../../docs/retention.md");
    let cells = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split(" |").next());
    let named: Vec<String> = cells
        .flat_map(|cell| cell.split(", "))
        .map(|name| name.trim_matches('`').to_owned())
        .collect();
    let once: BTreeSet<String> = named.iter().cloned().collect();
    assert_eq!(once.len(), named.len(), "{named:?}: each once");
    assert_eq!(once, tables);
    server.stop().await;
}

/// The log of what processes must forget goes an hour after its commit; whoever has not read it for five minutes forgets everything.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_to_be_forgotten_goes_after_an_hour() {
    let server = TestServer::start().await;
    let now = server.clock.now().millis();
    let row = |key: &str, age: i64| {
        let at = (now + HOUR - age).to_string();
        insert(
            "invalidations",
            &[("topic", text("users")), ("key", text(key)), ("created_at", at)],
        )
    };
    execute(&server, &[row("old", HOUR + 1), row("young", HOUR)]).await;
    run(&server).await;
    let left = ids(&server, "invalidations", "key").await;
    assert!(
        !left.contains(&"old".to_owned()) && left.contains(&"young".to_owned()),
        "{left:?}"
    );
    server.stop().await;
}

/// One table that can't be cleaned does not let those after it grow.
#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_fails_stops_none_behind_it() {
    let server = TestServer::start().await;
    let row = |key: &str| {
        insert(
            "invalidations",
            &[
                ("topic", text("users")),
                ("key", text(key)),
                ("created_at", "0".to_owned()),
            ],
        )
    };
    execute(
        &server,
        &[row("old"), "ALTER TABLE attempts RENAME TO elsewhere".to_owned()],
    )
    .await;
    run(&server).await;
    assert!(!ids(&server, "invalidations", "key").await.contains(&"old".to_owned()));
    execute(&server, &["ALTER TABLE elsewhere RENAME TO attempts".to_owned()]).await;
    server.stop().await;
}
