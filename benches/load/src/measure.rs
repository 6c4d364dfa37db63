//! Closed-loop workers: each sends its next request when the last one is answered.

use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::Failure;
use crate::http::Connection;
use crate::process::Process;

/// The operation of one worker, which keeps what it needs for the next.
pub type Operation = Box<dyn FnMut(&mut Connection) -> Result<(), Failure> + Send>;

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Load {
    /// Workers, each with a connection.
    pub workers: usize,
    /// Operations of all workers together.
    pub operations: usize,
}

/// A round ends after this long, whatever is left.
const ROUND: Duration = Duration::from_secs(20);

/// Rounds; the one with the least processor time counts, because what disturbs a machine only ever adds.
pub const ROUNDS: usize = 3;

/// What operations cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Processor time of the server for each, in microseconds.
    pub cpu: f64,
    /// Operations a second.
    pub rate: f64,
    /// The time of the median, in milliseconds.
    pub p50: f64,
    /// The time that one in a hundred exceeds, in milliseconds.
    pub p99: f64,
    /// Bytes handed to the disk for each.
    pub written: f64,
}

/// Runs the operations, one for each worker, and says what they cost.
pub fn run(server: &Process, operations: Vec<Operation>, count: usize) -> Result<Cost, Failure> {
    let (each, mut workers) = ((count / operations.len()).max(1), operations);
    round(server, &mut workers, (each / 10).max(1))?;
    let mut best: Option<Cost> = None;
    for _ in 0..ROUNDS {
        let cost = round(server, &mut workers, each)?;
        if best.is_none_or(|best| cost.cpu < best.cpu) {
            best = Some(cost);
        }
    }
    best.ok_or_else(|| Failure::new("nothing was measured"))
}

fn round(server: &Process, workers: &mut [Operation], each: usize) -> Result<Cost, Failure> {
    // new connections, because those of workers who were done early may have been closed for idleness
    let connections: Vec<_> = workers.iter().map(|_| server.connect()).collect::<Result<_, _>>()?;
    let (start, failed) = (Barrier::new(workers.len() + 1), Mutex::new(None));
    let mut times: Vec<Duration> = Vec::with_capacity(workers.len() * each);
    let (cpu, written) = (server.cpu_micros()?, server.written()?);
    let mut began = Instant::now();
    thread::scope(|scope| -> Result<(), Failure> {
        let running: Vec<_> = workers
            .iter_mut()
            .zip(connections)
            .map(|(operation, mut connection)| {
                let (start, failed) = (&start, &failed);
                scope.spawn(move || {
                    let mut times = Vec::with_capacity(each);
                    start.wait();
                    let began = Instant::now();
                    while times.len() < each && began.elapsed() < ROUND {
                        let sent = Instant::now();
                        if let Err(failure) = operation(&mut connection) {
                            *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
                            break;
                        }
                        times.push(sent.elapsed());
                    }
                    times
                })
            })
            .collect();
        began = Instant::now();
        start.wait();
        for worker in running {
            times.extend(worker.join().map_err(|_| Failure::new("a worker panicked"))?);
        }
        Ok(())
    })?;
    let took = began.elapsed();
    if let Some(failure) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(failure);
    }
    times.sort_unstable();
    let count = times.len() as f64;
    let millis = |share: f64| times[(((count - 1.0) * share) as usize).min(times.len() - 1)].as_secs_f64() * 1e3;
    Ok(Cost {
        cpu: (server.cpu_micros()? - cpu) as f64 / count,
        rate: count / took.as_secs_f64(),
        p50: millis(0.5),
        p99: millis(0.99),
        written: (server.written()? - written) as f64 / count,
    })
}
