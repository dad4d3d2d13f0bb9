//! Rounds of workloads against targets, in an order drawn anew each time.
//!
//! Invariant: in a round every workload runs against all targets directly after each other, so that what the machine does
//! besides is the same for all; a round that was begun is ended.

use std::collections::BTreeMap;
use std::time::Instant;

use tokio::task::LocalSet;

use crate::figures::Figures;
use crate::measure::median;
use crate::peers::installed;
use crate::results::{self, How};
use crate::target::{DOOR, Kind, LIFTED, Setting};
use crate::workload::{Prepared, Size, Takes, WORKLOADS, Workload};
use crate::{Cli, Error, bars};

/// What each target gave in each round: figures, or why there are none.
pub type Outcomes = BTreeMap<Kind, Vec<Result<Figures, String>>>;

/// How many workloads failed.
pub fn run(cli: &Cli) -> Result<usize, Error> {
    let workloads = chosen(&cli.workloads)?;
    let (kinds, missing) = targets(cli)?;
    let galley = match &cli.galley {
        Some(path) => path.clone(),
        None => std::env::current_exe()?.with_file_name("galley"),
    };
    if !galley.is_file() {
        return Err(format!("{} is not there: `cargo xtask load` builds it", galley.display()).into());
    }
    // Peers run in folders of their own.
    let peers = cli.peers.as_ref().map(std::path::absolute).transpose()?.unwrap_or_default();
    let setting = Setting { galley, limits: [LIFTED, DOOR].concat(), peers };
    let prepared = Prepared::for_all(&workloads, setting, cli.paper.as_deref(), cli.small)?;
    let seed = cli.seed.unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().0 >> 32);
    println!("limits lifted: {} {}\nseed {seed}", LIFTED.join(" "), DOOR.join(" "));
    let pairs = if cli.small { 1 } else { cli.pairs };
    let mut order = Order(seed);
    let mut all: Vec<Outcomes> = workloads.iter().map(|_| Outcomes::new()).collect();
    let begun = Instant::now();
    for round in 0..pairs {
        for (workload, outcomes) in workloads.iter().zip(&mut all) {
            let late = cli.budget.is_some_and(|budget| begun.elapsed() > budget);
            if round > 0 && late {
                continue;
            }
            println!("\n{}, round {}: {}", workload.name, round + 1, workload.what);
            for kind in order.shuffled(&kinds) {
                if workload.takes(kind) == Takes::Always || (round == 0 && workload.takes(kind) == Takes::Once) {
                    let outcome = once(workload, kind, size(cli, workload), &prepared)?;
                    println!("  {:<12} {}", kind.name(), told(&outcome));
                    outcomes.entry(kind).or_default().push(outcome);
                }
            }
        }
    }
    let measured: Vec<(&Workload, &Outcomes)> = workloads.iter().copied().zip(&all).collect();
    let failed = tell(&measured);
    if let Some(path) = cli.results.as_deref().filter(|_| !cli.is_changed()) {
        let history = cli.paper.as_deref().and_then(|paper| paper.file_stem()?.to_str()).unwrap_or("seph-blog1");
        let how = How { seed, missing, history: history.trim_end_matches(".json").to_owned() };
        results::write(path, &measured, &how)?;
        println!("\nthe tables are in {}", path.display());
    }
    println!("\n{} passed, {failed} failed", workloads.len() - failed);
    Ok(failed)
}

/// Prints medians and bars; how many workloads lost something of Galley's or the relay's.
fn tell(measured: &[(&Workload, &Outcomes)]) -> usize {
    for (workload, outcomes) in measured {
        println!("\n{}: medians", workload.name);
        for (kind, outcomes) in *outcomes {
            println!("  {:<12} {}", kind.name(), shown(&medians(outcomes)));
        }
        bars::lines(workload.name, outcomes).iter().for_each(|line| println!("  {line}"));
    }
    let lost = |(_, outcomes): &&(&Workload, &Outcomes)| {
        let own = outcomes.iter().filter(|(kind, _)| !kind.is_peer());
        own.flat_map(|(_, outcomes)| outcomes).any(Result::is_err)
    };
    measured.iter().filter(lost).count()
}

fn once(workload: &Workload, kind: Kind, size: Size, prepared: &Prepared) -> Result<Result<Figures, String>, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let set = LocalSet::new();
    let run = set.run_until(workload.run(kind, size, prepared));
    Ok(runtime.block_on(run).map_err(|error| error.to_string()))
}

fn size(cli: &Cli, workload: &Workload) -> Size {
    let own = if cli.small { workload.small } else { workload.full };
    Size {
        documents: cli.documents.unwrap_or(own.documents),
        clients: cli.clients.unwrap_or(own.clients),
        writers: cli.writers.unwrap_or(own.writers),
        rate: cli.rate.unwrap_or(own.rate),
        seconds: cli.seconds.unwrap_or(own.seconds),
    }
}

/// The middle of each figure over the rounds that have it.
pub fn medians(outcomes: &[Result<Figures, String>]) -> Figures {
    let good = || outcomes.iter().flatten();
    let mut medians = Figures::default();
    for (name, _) in good().flat_map(|figures| &figures.0) {
        if medians.get(name).is_none() {
            medians.add(name, median(good().filter_map(|figures| figures.get(name)).collect()));
        }
    }
    medians
}

fn told(outcome: &Result<Figures, String>) -> String {
    match outcome {
        Ok(figures) => shown(figures),
        Err(why) => format!("FAILED: {why}"),
    }
}

fn shown(figures: &Figures) -> String {
    figures.0.iter().map(|(name, value)| format!("{name} {}", number(*value))).collect::<Vec<_>>().join(", ")
}

/// Three digits that say something.
pub fn number(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn chosen(names: &[String]) -> Result<Vec<&'static Workload>, Error> {
    if names.is_empty() {
        return Ok(WORKLOADS.iter().collect());
    }
    let known = || WORKLOADS.iter().map(|workload| workload.name).collect::<Vec<_>>().join(", ");
    let find = |name: &String| {
        let found = WORKLOADS.iter().find(|workload| workload.name == name);
        found.ok_or_else(|| format!("there is no workload {name}; there are {}", known()).into())
    };
    names.iter().map(find).collect()
}

/// Who takes part, and a sentence for each who cannot.
fn targets(cli: &Cli) -> Result<(Vec<Kind>, Vec<String>), Error> {
    let known = || Kind::ALL.map(Kind::name).join(", ");
    if let Some(unknown) = cli.only.iter().find(|name| Kind::ALL.iter().all(|kind| kind.name() != *name)) {
        return Err(format!("there is no target {unknown}; there are {}", known()).into());
    }
    let wanted = |kind: &Kind| cli.only.is_empty() || cli.only.iter().any(|name| kind.name() == name);
    let (mut there, mut missing) = (Vec::new(), Vec::new());
    for kind in Kind::ALL.into_iter().filter(wanted) {
        let why = match (kind.is_peer(), &cli.peers) {
            (false, _) => None,
            (true, None) => Some(format!("{} was not asked for", kind.label())),
            (true, Some(peers)) => installed(kind, &std::path::absolute(peers)?).err(),
        };
        match why {
            None => there.push(kind),
            Some(why) => missing.push(why),
        }
    }
    Ok((there, missing))
}

/// Orders drawn from a seed.
struct Order(u64);

impl Order {
    fn shuffled(&mut self, kinds: &[Kind]) -> Vec<Kind> {
        let mut kinds = kinds.to_vec();
        for at in (1..kinds.len()).rev() {
            kinds.swap(at, (self.next() % (at as u64 + 1)) as usize);
        }
        kinds
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_workload_is_named() {
        assert!(chosen(&["fanin".into()]).is_err_and(|why| why.to_string().contains("fanin")));
    }

    #[test]
    fn a_round_that_failed_counts_for_nothing() {
        let good = |value| Ok(Figures(vec![("x", value)]));
        let rounds = [good(1.0), Err("no".into()), good(3.0), good(2.0)];
        assert_eq!(medians(&rounds).get("x"), Some(2.0));
        assert_eq!(medians(&[Err("no".into())]).get("x"), None);
    }
}
