//! Signing in with a password, from the sign-in page to the session: four requests of a browser that was never seen before.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::Failure;
use crate::browser::{Browser, Stop};
use crate::http::{Connection, Request};
use crate::measure::{Cost, Operation, run};
use crate::ours::{Installation, PASSWORD, submit};
use crate::process::Process;

/// The row's name.
pub const NAME: &str = "password sign-in, 4 requests";
/// Operations in a round.
const OPERATIONS: usize = 160;
/// As many at once as a small instance sees.
const WORKERS: usize = 8;
/// Sign-ins to one account from devices it does not know, before its limit.
const ACCOUNT_LIMIT: usize = 20;

/// What it costs ours.
pub fn ours(installation: &Installation, process: &Process) -> Result<Cost, Failure> {
    let people = (OPERATIONS * 4).div_ceil(ACCOUNT_LIMIT);
    for person in 0..people {
        installation.person(&email(person))?;
    }
    let operations = (0..WORKERS)
        .map(|_| -> Operation {
            let origin = process.origin();
            Box::new(move |connection| {
                static SIGN_INS: AtomicU32 = AtomicU32::new(0);
                let number = SIGN_INS.fetch_add(1, Ordering::Relaxed);
                let person = email(number as usize % people);
                let [_, a, b, c] = number.to_be_bytes();
                let mut browser = Browser::default();
                // limits count by address too
                browser.forwarded_for = Some(format!("10.{a}.{b}.{c}"));
                sign_in(&mut browser, connection, &origin, &person)
            })
        })
        .collect();
    run(process, operations, OPERATIONS)
}

fn email(person: usize) -> String {
    format!("person-{person}@example.com")
}

fn sign_in(browser: &mut Browser, connection: &mut Connection, origin: &str, email: &str) -> Result<(), Failure> {
    let page = browser.send(connection, Request::get("/sign-in"))?.expect(200)?;
    let next = submit(
        browser,
        connection,
        origin,
        &page.body,
        "/sign-in",
        ("identifier", email),
    )?;
    let Stop::Page(page) = browser.follow(connection, origin, &next)? else {
        return Err(Failure::new("no page that asks for the password"));
    };
    let next = submit(
        browser,
        connection,
        origin,
        &page.body,
        "/sign-in/password",
        ("password", PASSWORD),
    )?;
    if next != "/account" {
        return Err(Failure::new(format!("signing in led to {next}")));
    }
    Ok(())
}

/// What one hash costs the floor.
pub fn floor(process: &Process) -> Result<Cost, Failure> {
    let operations = (0..WORKERS)
        .map(|_| -> Operation {
            let request = Request::post("/sign-in", &[("password", PASSWORD)]);
            Box::new(move |connection| connection.send(&request)?.expect(204).map(drop))
        })
        .collect();
    run(process, operations, OPERATIONS)
}
