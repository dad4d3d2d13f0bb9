//! What Galley's figures must be at least or at most, and what they are compared with.
//!
//! A comparison is made within each round, where everything ran directly after each other, and its median over the rounds is
//! judged. Invariant: a bar is a row of [`BARS`]; nothing else is judged.

use crate::figures::{Figures, name};
use crate::measure::median;
use crate::rounds::Outcomes;
use crate::target::Kind;

/// One bar.
pub struct Bar {
    workload: &'static str,
    figure: &'static str,
    against: Against,
    bound: Bound,
}

#[derive(Clone, Copy)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

#[derive(Clone, Copy)]
enum Against {
    /// The figure itself.
    Nothing,
    /// The same figure of one target.
    Target(Kind),
    /// The lowest of the peers'.
    BestPeer,
    /// 10 ms and five syncs of the disk in the same run.
    Disk,
}

use Against::{BestPeer, Disk, Nothing, Target};
use Bound::{AtLeast, AtMost};

const BARS: &[Bar] = &[
    bar("fanout", name::CPU_DELIVERY, Target(Kind::Relay), AtMost(1.0)),
    bar("fanout", name::P99, BestPeer, AtMost(0.5)),
    bar("busy", name::ACK_P99, Disk, AtMost(1.0)),
    bar("many", name::CPU_EDIT, Target(Kind::YSweet), AtMost(0.8)),
    bar("many", name::P99, BestPeer, AtMost(1.25)),
    bar("trace", name::RATE, Target(Kind::YWebsocket), AtLeast(2.5)),
    bar("idle", name::KIB_SOCKET, Target(Kind::Relay), AtMost(1.3)),
    bar("idle", name::IDLE_CPU, Nothing, AtMost(1.0)),
    bar("documents", name::COLD, Nothing, AtMost(1.0)),
    bar("documents", name::KIB_DOCUMENT, Nothing, AtMost(60.0)),
    bar("open", name::PAGE, Nothing, AtMost(15.0)),
    bar("open", name::OF_V1, Nothing, AtMost(0.6)),
    bar("storm", name::LAST_IN, Nothing, AtMost(15.0)),
];

const fn bar(workload: &'static str, figure: &'static str, against: Against, bound: Bound) -> Bar {
    Bar { workload, figure, against, bound }
}

/// A line for each bar of a workload: PASS, miss, or why it was not judged.
pub fn lines(workload: &str, outcomes: &Outcomes) -> Vec<String> {
    BARS.iter().filter(|bar| bar.workload == workload).map(|bar| bar.line(outcomes)).collect()
}

impl Bar {
    fn line(&self, outcomes: &Outcomes) -> String {
        let asked = match self.bound {
            AtMost(bound) => format!("at most {bound}"),
            AtLeast(bound) => format!("at least {bound}"),
        };
        let of = match self.against {
            Nothing => String::new(),
            Target(kind) => format!(" of {}'s", kind.label()),
            BestPeer => " of the best peer's".into(),
            Disk => " of 10 ms + 5 × fdatasync".into(),
        };
        let what = format!("{}: {} {asked}{of}", self.workload, self.figure);
        match self.measured(outcomes) {
            None => format!("- not judged: {what}"),
            Some(measured) => {
                let good = match self.bound {
                    AtMost(bound) => measured <= bound,
                    AtLeast(bound) => measured >= bound,
                };
                format!("- {}: {what}: {measured:.2}", if good { "PASS" } else { "miss" })
            }
        }
    }

    /// The median over the rounds in which both sides have a figure.
    fn measured(&self, outcomes: &Outcomes) -> Option<f64> {
        let of = |kind, round: usize| outcomes.get(&kind)?.get(round)?.as_ref().ok();
        let rounds = outcomes.get(&Kind::Galley)?.len();
        let each = |round| {
            let ours = of(Kind::Galley, round)?;
            let value = ours.get(self.figure)?;
            Some(value / self.measure(ours, |kind| of(kind, round)?.get(self.figure))?)
        };
        let all: Vec<f64> = (0..rounds).filter_map(each).collect();
        (!all.is_empty()).then(|| median(all))
    }

    fn measure(&self, ours: &Figures, theirs: impl Fn(Kind) -> Option<f64>) -> Option<f64> {
        match self.against {
            Nothing => Some(1.0),
            Target(kind) => theirs(kind),
            BestPeer => Kind::ALL.into_iter().filter(|kind| kind.is_peer()).filter_map(theirs).min_by(f64::total_cmp),
            Disk => Some(10.0 + 5.0 * ours.get(name::SYNC)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(of: &[(&'static str, f64)]) -> Result<Figures, String> {
        Ok(Figures(of.to_vec()))
    }

    #[test]
    fn lo11_ratios_are_those_of_the_same_round() {
        let round = |cpu| figures(&[(name::CPU_DELIVERY, cpu), (name::P99, cpu)]);
        let mut outcomes = Outcomes::new();
        // The machine was three times as slow in the second round: 0.9, 0.9, 2.0.
        outcomes.insert(Kind::Galley, vec![round(9.0), round(27.0), round(20.0)]);
        outcomes.insert(Kind::Relay, vec![round(10.0), round(30.0), round(10.0)]);
        let lines = lines("fanout", &outcomes);
        assert!(lines[0].starts_with("- PASS: fanout") && lines[0].ends_with(": 0.90"), "{lines:?}");
        assert!(lines[1].starts_with("- not judged"), "{lines:?}");
    }

    #[test]
    fn lo11_the_best_peer_is_the_lowest_that_ran() {
        let p99 = |value| vec![figures(&[(name::P99, value)])];
        let mut outcomes = Outcomes::new();
        outcomes.insert(Kind::Galley, p99(4.0));
        outcomes.insert(Kind::YSweet, p99(20.0));
        outcomes.insert(Kind::YWebsocket, p99(5.0));
        outcomes.insert(Kind::Hocuspocus, vec![Err("split".into())]);
        let lines = lines("many", &outcomes);
        assert!(lines[1].starts_with("- PASS") && lines[1].ends_with(": 0.80"), "{lines:?}");
    }
}
