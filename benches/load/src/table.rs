//! The figures as a table in Markdown.

use crate::measure::Cost;
use crate::scenarios::Target;

/// What disturbs a machine may add this share to a target before a row counts as missed.
const NOISE: f64 = 1.3;

/// One operation: ours, the floor's, the peer's.
pub struct Row {
    pub name: &'static str,
    pub target: Target,
    /// None where it could not be measured.
    pub ours: Option<Cost>,
    pub floor: Cost,
    pub peer: Option<Cost>,
}

impl Row {
    fn allowed(&self) -> f64 {
        match self.target {
            Target::Cpu(micros) => micros,
            Target::OfFloor(times) => times * self.floor.cpu,
        }
    }

    fn verdict(&self) -> &'static str {
        match self.ours.map(|ours| ours.cpu / self.allowed()) {
            None => "not measured",
            Some(share) if share <= 1.0 => "met",
            Some(share) if share <= NOISE => "within the noise",
            Some(_) => "missed",
        }
    }

    /// Whether the target is missed by more than noise explains, or nothing could be measured.
    pub fn is_missed(&self) -> bool {
        self.ours.is_none_or(|ours| ours.cpu > self.allowed() * NOISE)
    }

    fn markdown(&self) -> String {
        let Self {
            name,
            ours,
            floor,
            peer,
            ..
        } = self;
        let ours = ours.map_or_else(
            || "| | | | |".to_owned(),
            |Cost {
                 cpu, rate, p50, p99, ..
             }| format!("| **{cpu:.0}** | {rate:.0} | {p50:.2} | {p99:.2} |"),
        );
        let of_floor = self
            .ours
            .map(|ours| format!("{:.1}", ours.cpu / floor.cpu))
            .unwrap_or_default();
        let (cpu, p99) = match peer {
            Some(peer) => (format!("{:.0}", peer.cpu), format!("{:.1}", peer.p99)),
            None => Default::default(),
        };
        let of_ours = self
            .ours
            .zip(*peer)
            .map(|(ours, peer)| format!("{:.1}", peer.cpu / ours.cpu));
        format!(
            "| {name} {ours} {:.0} | {of_floor} | {cpu} | {p99} | {} | ≤ {:.0} | {} |\n",
            floor.cpu,
            of_ours.unwrap_or_default(),
            self.allowed(),
            self.verdict(),
        )
    }
}

/// A figure of the process, rather than of an operation.
pub struct Fact {
    pub name: &'static str,
    pub ours: f64,
    pub unit: &'static str,
    pub peer: Option<f64>,
    pub target: f64,
}

impl Fact {
    /// Whether the target is missed by more than noise explains.
    pub fn is_missed(&self) -> bool {
        self.ours > self.target * NOISE
    }

    fn markdown(&self) -> String {
        let Self {
            name,
            ours,
            unit,
            peer,
            target,
        } = self;
        let peer = peer.map(|peer| format!("{peer:.0}")).unwrap_or_default();
        let verdict = match ours / target {
            share if share <= 1.0 => "met",
            share if share <= NOISE => "within the noise",
            _ => "missed",
        };
        format!("| {name}, {unit} | **{ours:.0}** | {peer} | ≤ {target:.0} | {verdict} |\n")
    }
}

/// Both tables.
pub fn markdown(rows: &[Row], facts: &[Fact]) -> String {
    let mut out = String::from(
        "| operation | CPU µs | a second | p50 ms | p99 ms | floor: CPU µs | ours ÷ floor | oidc-provider: CPU µs | p99 ms | peer ÷ ours | target | |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n",
    );
    out.extend(rows.iter().map(Row::markdown));
    out.push_str("\n| process | ours | oidc-provider | target | |\n|---|--:|--:|--:|---|\n");
    out.extend(facts.iter().map(Fact::markdown));
    out
}
