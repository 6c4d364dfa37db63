//! The figures as a table in Markdown.

use crate::measure::Cost;
use crate::scenarios::Target;

/// What disturbs a machine may add this share to a time before it counts as missed.
const NOISE: f64 = 1.3;

/// One operation: ours, the floor's, the peer's.
pub struct Row {
    pub name: &'static str,
    pub target: Target,
    /// How many a second it must do at least; `None` where nothing is said of it.
    pub least_rate: Option<f64>,
    /// None where it could not be measured.
    pub ours: Option<Cost>,
    pub floor: Cost,
    pub peer: Option<Cost>,
}

/// How a figure stands to its target.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Met,
    WithinNoise,
    Missed,
    NotMeasured,
}

impl Verdict {
    /// Of a figure that is `share` of the most that is allowed, when noise may have added up to `noise` to it.
    fn of(share: f64, noise: f64) -> Self {
        if share <= 1.0 {
            Self::Met
        } else if share <= noise {
            Self::WithinNoise
        } else {
            Self::Missed
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::WithinNoise => "within the noise",
            Self::Missed => "missed",
            Self::NotMeasured => "not measured",
        }
    }
}

impl Row {
    fn allowed(&self) -> f64 {
        match self.target {
            Target::Cpu(micros) => micros,
            Target::OfFloor(times) => times * self.floor.cpu,
        }
    }

    fn verdict(&self) -> Verdict {
        let Some(ours) = self.ours else {
            return Verdict::NotMeasured;
        };
        let cost = Verdict::of(ours.cpu / self.allowed(), NOISE);
        let rate = self.least_rate.map(|least| Verdict::of(least / ours.rate, NOISE));
        match rate {
            Some(rate) if cost == Verdict::Met || rate == Verdict::Missed => rate,
            _ => cost,
        }
    }

    /// Whether a target is missed by more than noise explains, or nothing could be measured.
    pub fn is_missed(&self) -> bool {
        matches!(self.verdict(), Verdict::Missed | Verdict::NotMeasured)
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
        let rate = self.least_rate.map(|least| format!(", ≥ {least:.0} a second"));
        format!(
            "| {name} {ours} {:.0} | {of_floor} | {cpu} | {p99} | {} | ≤ {:.0}{} | {} |\n",
            floor.cpu,
            of_ours.unwrap_or_default(),
            self.allowed(),
            rate.unwrap_or_default(),
            self.verdict().as_str(),
        )
    }
}

/// A figure of the process, rather than of an operation.
pub struct Fact {
    pub name: &'static str,
    pub ours: f64,
    pub unit: Unit,
    pub peer: Option<f64>,
    pub target: f64,
}

/// What a fact is counted in.
#[derive(Clone, Copy)]
pub enum Unit {
    /// Milliseconds, to which other work on the machine adds.
    Millis,
    /// Megabytes, to which it adds nothing.
    Megabytes,
}

impl Unit {
    fn as_str(self) -> &'static str {
        match self {
            Self::Millis => "ms",
            Self::Megabytes => "MB",
        }
    }

    fn noise(self) -> f64 {
        match self {
            Self::Millis => NOISE,
            Self::Megabytes => 1.0,
        }
    }
}

impl Fact {
    fn verdict(&self) -> Verdict {
        Verdict::of(self.ours / self.target, self.unit.noise())
    }

    /// Whether the target is missed by more than noise explains.
    pub fn is_missed(&self) -> bool {
        self.verdict() == Verdict::Missed
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
        let (unit, verdict) = (unit.as_str(), self.verdict().as_str());
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
