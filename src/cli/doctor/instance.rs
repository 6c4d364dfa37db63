//! The database, and what the instance in it needs.

use std::time::Duration;

use super::finding::Finding;
use super::store;
use crate::app::settings::Settings;
use crate::app::{self, App, OpenError, Options};
use crate::cli::failure::words;
use crate::cli::output::count;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::keys::{Algorithm, KeyInfo, KeyState, Purpose};
use crate::platform::db::{Db, Schema};
use crate::platform::instance::OpenError as InstanceError;
use crate::platform::seal;
use crate::platform::settings::Loaded;

const DATABASE: &str = "database";
const NAMES: &str = "fixed names";
const MASTER_KEY: &str = "master key";

/// How far two clocks may be apart.
const SKEW: Duration = Duration::from_secs(5 * 60);

/// Looks at the database from the outside in; what can't be reached hides what lies behind it.
pub(super) async fn examine(loaded: &Loaded<Settings>, options: Options, now: Timestamp) -> Vec<Finding> {
    let settings = &loaded.settings;
    // opening it would make it
    if let Some(file) = settings.database.url.sqlite_file(&settings.data.dir)
        && !file.exists()
    {
        let found = format!("{} is not there yet: the first start makes it", file.display());
        return vec![Finding::ok(DATABASE, found)];
    }
    let db = match app::open_database(settings, loaded.environment, &options).await {
        Ok((db, _)) => db,
        Err(error) => return vec![unreachable(&error)],
    };
    let mut findings = Vec::new();
    if look(&db, &mut findings).await {
        match app::open(settings, loaded.environment, options).await {
            Ok(app) => inside(&app, now, &mut findings).await,
            Err(error) => findings.push(unopened(&error)),
        }
    }
    // a failure to close changes nothing that was found
    let _ = db.close().await;
    findings
}

fn unreachable(error: &OpenError) -> Finding {
    let cause = match error {
        OpenError::Other(error) => words(error),
        told => told.to_string(),
    };
    let advice = "look at database.url, the server's log, and the rights of the user that runs this";
    Finding::fail(DATABASE, format!("it can't be reached: {cause}"), advice)
}

/// Says whether there is an instance to look into.
async fn look(db: &Db, findings: &mut Vec<Finding>) -> bool {
    let schema = match db.schema().await {
        Ok(schema) => schema,
        Err(error) => {
            findings.push(unreachable(&OpenError::Other(error)));
            return false;
        }
    };
    let is_current = schema.problem.is_none() && schema.pending.is_empty();
    findings.push(judge(&schema));
    if !is_current {
        return false;
    }
    match store::was_started(db.reader()).await {
        Ok(was_started) => was_started,
        Err(error) => {
            findings.push(unreachable(&OpenError::Other(error)));
            false
        }
    }
}

fn judge(schema: &Schema) -> Finding {
    let advice = "back the database up, stop the server, then run `vestibule migrate up`";
    match (&schema.problem, schema.pending.len()) {
        // the problem says what to do, too
        (Some(problem), _) => Finding::fail(
            DATABASE,
            problem.to_string(),
            "start nothing on it before that is mended",
        ),
        (None, 0) => {
            let applied = count(schema.applied.len(), "migration");
            Finding::ok(
                DATABASE,
                format!("it answers, and its schema is up to date ({applied})"),
            )
        }
        (None, _) if schema.applied.is_empty() => Finding::ok(DATABASE, "it is empty: the first start fills it"),
        (None, pending) => Finding::warn(
            DATABASE,
            format!("its schema lacks {}", count(pending, "migration")),
            advice,
        ),
    }
}

fn unopened(error: &OpenError) -> Finding {
    match error {
        OpenError::Instance(InstanceError::NameChanged { .. }) => {
            let advice = "set server.public_url and server.frontend_host back";
            Finding::fail(NAMES, error.to_string(), advice)
        }
        OpenError::Other(error) if is_other_key(error) => {
            Finding::fail(MASTER_KEY, words(error), "restore the key from where you keep its copy")
        }
        OpenError::Other(error) => Finding::fail("instance", words(error), "see the cause"),
        told => Finding::fail("instance", told.to_string(), "see the cause"),
    }
}

fn is_other_key(error: &Error) -> bool {
    let cause = error.cause().and_then(|cause| cause.downcast_ref::<seal::OpenError>());
    matches!(cause, Some(seal::OpenError::OtherKey))
}

async fn inside(app: &App, now: Timestamp, findings: &mut Vec<Finding>) {
    let names = app.cx.instance.names();
    let frontend_host = &names.frontend_host;
    let same = format!("{} and {frontend_host}, as at the first start", names.public_url);
    findings.push(Finding::ok(NAMES, same));
    findings.push(Finding::ok(MASTER_KEY, "it opens the signing keys"));
    findings.push(signing_keys(&app.keys.list(), now));
    let db = app.cx.db.reader();
    findings.extend(answer("clock", store::newest_event(db).await, |newest| {
        clock(newest, now)
    }));
    findings.extend(answer("operator", store::has_operator(db).await, operator));
    let _ = app.cx.db.close().await;
}

fn answer<T>(check: &'static str, read: Result<T>, judge: impl Fn(T) -> Finding) -> Option<Finding> {
    Some(match read {
        Ok(value) => judge(value),
        Err(error) => Finding::fail(check, words(&error), "look at the database"),
    })
}

/// Whether keys can be rotated without a wait.
fn signing_keys(keys: &[KeyInfo], now: Timestamp) -> Finding {
    const CHECK: &str = "signing keys";
    let mut young = Vec::new();
    for &purpose in Purpose::ALL {
        for &algorithm in Algorithm::ALL {
            let next = keys
                .iter()
                .find(|key| (key.purpose, key.algorithm, key.state) == (purpose, algorithm, KeyState::Next));
            match next {
                None => {
                    return Finding::fail(
                        CHECK,
                        format!("there is no next {purpose} key for {algorithm}"),
                        "start the server, which makes what is missing",
                    );
                }
                Some(next) if next.promotable_at() > now => young.push(next.promotable_at()),
                Some(_) => {}
            }
        }
    }
    Finding::ok(
        CHECK,
        match young.into_iter().max() {
            None => "each has a next one, ready to take over".to_owned(),
            Some(at) => format!("each has a next one, all of them ready to take over from {at} on"),
        },
    )
}

fn clock(newest: Option<Timestamp>, now: Timestamp) -> Finding {
    const CHECK: &str = "clock";
    match newest {
        Some(newest) if newest > now + SKEW => Finding::fail(
            CHECK,
            format!("it is {now} here, but something in the database happened at {newest}"),
            "set the clock and keep it set (NTP): lifetimes of codes, tokens and sessions hang on it",
        ),
        _ => Finding::ok(CHECK, format!("it is {now}, after everything in the database")),
    }
}

fn operator(exists: bool) -> Finding {
    const CHECK: &str = "operator";
    if exists {
        return Finding::ok(CHECK, "there is one");
    }
    Finding::warn(
        CHECK,
        "nobody operates this instance",
        "vestibule users grant-operator EMAIL_OR_ID",
    )
}

#[cfg(test)]
mod tests {
    use super::super::finding::Grade;
    use super::*;

    #[test]
    fn a_clock_behind_the_database_is_found() {
        let now = Timestamp::from_secs(1_000_000);
        assert_eq!(clock(None, now).result, Grade::Ok);
        assert_eq!(clock(Some(now + SKEW), now).result, Grade::Ok);
        assert_eq!(clock(Some(now + SKEW * 2), now).result, Grade::Fail);
    }

    #[test]
    fn a_schema_that_is_behind_is_a_warning_and_a_newer_one_a_failure() {
        use crate::platform::db::SchemaProblem;
        let mut schema = Schema {
            applied: vec!["a".into()],
            pending: Vec::new(),
            problem: None,
        };
        assert_eq!(judge(&schema).result, Grade::Ok);
        schema.pending.push("b".into());
        assert_eq!(judge(&schema).result, Grade::Warn);
        schema.problem = Some(SchemaProblem::Newer { newest: "c".into() });
        assert_eq!(judge(&schema).result, Grade::Fail);
    }

    #[test]
    fn a_missing_next_key_is_found() {
        assert_eq!(signing_keys(&[], Timestamp::from_secs(1)).result, Grade::Fail);
    }
}
