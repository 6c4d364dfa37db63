//! Measures what an operation costs the server's processors, over real HTTP, for Vestibule, for the floor below which nobody gets,
//! and for a peer, in one run on one machine.

mod browser;
mod failure;
mod floor;
mod http;
mod machine;
mod measure;
mod options;
mod ours;
mod page;
mod password;
mod peer;
mod process;
mod provider;
mod scenarios;
mod table;

use std::process::ExitCode;
use std::time::Duration;

use failure::Failure;
use measure::{Cost, run};
use options::Options;
use ours::Installation;
use provider::Provider;
use scenarios::{Scenario, Target};
use table::{Fact, Row, Unit};

fn main() -> ExitCode {
    match Options::parse(std::env::args().skip(1)).and_then(|options| measure_all(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn measure_all(options: &Options) -> Result<(), Failure> {
    let data = tempfile::tempdir_in(&options.data)?;
    let directory = |name: &str| -> Result<_, Failure> {
        let directory = data.path().join(name);
        std::fs::create_dir(&directory)?;
        Ok(directory)
    };
    let installation = Installation::new(&options.vestibule, &directory("vestibule")?);
    let (mut ours, start) = installation.start()?;
    let mut floor = floor::start(&options.floor, &directory("floor")?, &ours)?;
    let peer_data = directory("peer")?;
    let peer = options
        .peer
        .as_ref()
        .map(|(node, folder)| peer::start(node, folder, &peer_data));
    let mut peer = peer.transpose()?;
    let peer_idle = peer.as_ref().map(|peer| peer.process.memory()).transpose()?;

    let mut rows = Vec::new();
    for scenario in scenarios::all().iter().filter(|scenario| options.wants(scenario.name)) {
        rows.push(Row {
            name: scenario.name,
            target: scenario.target,
            least_rate: scenario.least_rate,
            ours: measure(scenario, &mut ours)
                .map_err(|failure| eprintln!("{failure}"))
                .ok(),
            floor: measure(scenario, &mut floor)?,
            peer: peer.as_mut().map(|peer| measure(scenario, peer)).transpose()?,
        });
    }
    let after = ours.process.memory()?;
    if options.wants(password::NAME) {
        let floor = password::floor(&floor.process)?;
        said(password::NAME, "floor", &floor);
        let ours = password::ours(&installation, &ours.process)?;
        said(password::NAME, "Vestibule", &ours);
        rows.push(Row {
            name: password::NAME,
            target: Target::OfFloor(1.05),
            least_rate: None,
            ours: Some(ours),
            floor,
            peer: None,
        });
    }
    let millis = |took: Duration| took.as_secs_f64() * 1e3;
    let fact = |name, unit, ours, peer, target| Fact {
        name,
        ours,
        unit,
        peer,
        target,
    };
    let peer_start = peer.as_ref().map(|peer| millis(peer.process.took));
    let peer_after = peer.as_ref().map(|peer| peer.process.memory()).transpose()?;
    let facts = [
        fact("start to ready", Unit::Millis, millis(start.again), peer_start, 150.0),
        fact(
            "first start to ready, keys included",
            Unit::Millis,
            millis(start.first),
            None,
            1500.0,
        ),
        fact("memory idle", Unit::Megabytes, start.idle, peer_idle, 30.0),
        fact("memory after load", Unit::Megabytes, after, peer_after, 60.0),
    ];

    let table = format!("{}\n{}", machine::described(options)?, table::markdown(&rows, &facts));
    println!("{table}");
    if let Some(page) = &options.write {
        page::put(page, &table)?;
    }
    let missed_rows = rows.iter().filter(|row| row.is_missed()).map(|row| row.name);
    let missed_facts = facts.iter().filter(|fact| fact.is_missed()).map(|fact| fact.name);
    let missed: Vec<_> = missed_rows.chain(missed_facts).collect();
    if missed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("missed: {}", missed.join("; "))))
}

fn measure(scenario: &Scenario, provider: &mut Provider) -> Result<Cost, Failure> {
    let name = provider.name;
    let named = |failure| Failure::new(format!("{name}: {}: {failure}", scenario.name));
    let operations = (scenario.prepare)(provider, scenario.load.workers).map_err(named)?;
    let cost = run(&provider.process, operations, scenario.load.operations).map_err(named)?;
    said(scenario.name, name, &cost);
    Ok(cost)
}

/// Says how it goes, while it goes.
fn said(scenario: &str, provider: &str, cost: &Cost) {
    let Cost {
        cpu,
        rate,
        p50,
        p99,
        written,
    } = cost;
    eprintln!(
        "{scenario:<44} {provider:<14} {cpu:>7.1} µs CPU  {rate:>7.0}/s  p50 {p50:>6.2} ms  p99 {p99:>6.2} ms  {written:>7.0} bytes written"
    );
}
