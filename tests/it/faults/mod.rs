//! What goes wrong around the server: it is killed, its database goes away, its disk is full, its clock jumps.
//!
//! Everything here speaks HTTP alone, and is judged by what clients were told. The long forms are ignored unless asked for:
//! `make faults` runs them.

mod check;
mod clock;
mod disk;
mod journal;
mod load;
mod outage;
mod postgres;
mod setting;

use std::io::Write;

use vestibule::kernel::rng::Rng;

use crate::support::Binary;
use check::check;
use journal::Journal;
use load::work_until;
use setting::Setting;

const SEED: u64 = 9_110;

/// Kills the server again and again amid `writes` acknowledged writes each time, and checks all of them after each.
async fn kill_repeatedly(kills: u32, writes: u32) {
    let rng = Rng::seeded(SEED);
    let mut setting = Setting::start().await;
    let (mut kept, mut acknowledged) = (Journal::default(), 0);
    for _ in 0..kills {
        // the moment is drawn: a kill that always came after the same write would always meet the same step
        let moment = writes + rng.below(writes / 10);
        let mut journal = work_until(&mut setting, moment as usize, &rng, |setting| setting.server.kill()).await;
        setting.server.start_again().await;
        acknowledged += journal.acknowledged;
        journal.add(kept);
        kept = check(&setting, journal, &rng).await;
    }
    report(&format!(
        "{kills} kills, {acknowledged} acknowledged writes, none lost, nothing worked twice"
    ));
    end(setting.server);
}

fn end(server: Binary) {
    let (status, log, _) = server.stop();
    assert_eq!(status, Some(0), "{log}");
}

fn report(text: &str) {
    let mut error = std::io::stderr();
    writeln!(error, "{text}").expect("standard error is open");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_loses_nothing_that_was_acknowledged_and_nothing_works_twice() {
    kill_repeatedly(1, 300).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the long form, a minute or more: make faults"]
async fn ten_kills_amid_ten_thousand_acknowledged_writes_lose_nothing() {
    kill_repeatedly(10, 1000).await;
}
