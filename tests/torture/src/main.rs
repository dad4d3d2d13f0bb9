//! `cargo xtask torture`: does what breaks other servers to a real one, and looks whether anything acked is lost.
//!
//! Every test is a row of [`TESTS`]: it takes cases from its [`Run`] until the count or the budget is used up, each case from
//! one seed, and gives a [`Tally`]. `report.rs` appends what came of it to `tests/torture/REPORT.md`, where figures add up over
//! runs. Invariant: the server is the `galley` binary people run, in a process of its own, and everything stays on loopback;
//! a test that cannot run here says why and counts nothing. Next: `run.rs`, then any test, `kill9.rs` first.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;

mod backup;
mod bitrot;
mod converge;
mod disk_full;
mod drain;
mod flood;
mod furnished;
mod idle;
mod inside;
mod io_fail;
mod kill9;
mod kill_at_start;
mod meeting;
mod mixed;
mod net;
mod node;
mod power_cut;
mod report;
mod rng;
mod run;
mod schedules;
mod server;
mod slow;
mod storm;
mod sync_order;
mod tabs;
mod writers;

use run::{Run, Skipped, Tally};

/// One way to hurt a server.
pub struct Test {
    /// As typed.
    name: &'static str,
    /// What one case is, in the plural.
    cases: &'static str,
    /// Cases an accumulated report aims at.
    aim: u64,
    /// Cases in the small run that is part of the tests.
    small: u64,
    /// Share of a common budget.
    weight: u32,
    run: fn(&mut Run, &mut Tally) -> Result<(), Skipped>,
}

/// Every test, in the order they run.
const TESTS: &[Test] = &[
    Test { name: "kill9", cases: "kills", aim: 1_000, small: 3, weight: 4, run: kill9::run },
    Test { name: "kill-at-start", cases: "chains of kills", aim: 1_000, small: 2, weight: 4, run: kill_at_start::run },
    Test { name: "drain", cases: "restarts", aim: 100, small: 2, weight: 2, run: drain::run },
    Test { name: "disk-full", cases: "disks", aim: 50, small: 2, weight: 2, run: disk_full::run },
    Test { name: "idle", cases: "idle sockets", aim: 10_000, small: 100, weight: 1, run: idle::run },
    Test { name: "sync-order", cases: "traces of 500 edits", aim: 20, small: 1, weight: 1, run: sync_order::run },
    Test { name: "slow", cases: "meetings with stuck readers", aim: 20, small: 1, weight: 2, run: slow::run },
    Test { name: "flood", cases: "meetings beside a flood", aim: 130, small: 4, weight: 2, run: flood::run },
    Test { name: "storm", cases: "restarts under everybody", aim: 20, small: 1, weight: 2, run: storm::run },
    Test { name: "converge", cases: "schedules", aim: 100_000, small: 100, weight: 2, run: converge::run },
    Test { name: "net", cases: "meetings on a bad network", aim: 200, small: 1, weight: 4, run: net::run },
    Test { name: "mixed", cases: "schedules with Yjs", aim: 10_000, small: 30, weight: 2, run: mixed::run },
    Test { name: "backup", cases: "backups under load", aim: 100, small: 1, weight: 1, run: backup::run },
    Test { name: "power-cut", cases: "cuts", aim: 10_000, small: 60, weight: 3, run: power_cut::run },
    Test { name: "io-fail", cases: "failing calls", aim: 400, small: 4, weight: 3, run: io_fail::run },
    Test { name: "bitrot", cases: "damaged folders", aim: 10_000, small: 40, weight: 2, run: bitrot::run },
];

#[derive(Parser)]
#[command(name = "torture", about = "Does what breaks other servers to Galley, and counts what is lost.")]
#[command(args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    word: Option<Word>,
    /// Tests by name; all of them if none is named.
    tests: Vec<String>,
    /// How long all of them may take together, like 20m, 90s or 2h; without it each runs its aim.
    #[arg(long, value_parser = duration)]
    budget: Option<Duration>,
    /// Cases of each test; with a budget, whichever ends first.
    #[arg(long)]
    count: Option<u64>,
    /// Repeats a run.
    #[arg(long)]
    seed: Option<u64>,
    /// A few cases of each, reported as tests are and not recorded.
    #[arg(long)]
    small: bool,
    /// The server to hurt; the one beside this program if not named.
    #[arg(long)]
    galley: Option<PathBuf>,
    /// Where rows are appended.
    #[arg(long)]
    report: Option<PathBuf>,
}

/// What is not a test.
#[derive(clap::Subcommand)]
enum Word {
    /// Appends a row about a run that another command made: autobahn, fuzz, xss.
    Note(report::Note),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    peer::commit();
    let result = match &cli.word {
        Some(Word::Note(note)) => report::append(&note.report, &[report::Row::noted(note)], TESTS).map(|()| 0),
        None => torture(&cli),
    };
    match result {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("torture: {sentence}");
            ExitCode::from(2)
        }
    }
}

/// How many tests failed.
fn torture(cli: &Cli) -> Result<usize, String> {
    let tests = chosen(&cli.tests)?;
    let galley = server::binary(cli.galley.as_deref())?;
    let weights: u32 = tests.iter().map(|test| test.weight).sum();
    let (mut rows, mut passed, mut failed) = (Vec::new(), 0, 0);
    for test in tests {
        let seed = cli.seed.unwrap_or_else(rng::fresh);
        let count = if cli.small { Some(test.small) } else { cli.count.or(cli.budget.is_none().then_some(test.aim)) };
        let budget = cli.budget.map(|whole| whole * test.weight / weights.max(1));
        println!("torture: {} (seed {seed})", test.name);
        let begun = Instant::now();
        let whole = cli.count.is_none() && budget.is_none() && !cli.small;
        let mut run = Run::new(seed, count, budget, galley.clone(), cli.small)?.whole(whole);
        let mut tally = Tally::default();
        let skipped = (test.run)(&mut run, &mut tally).err();
        tally.print(test, &skipped, begun.elapsed());
        match skipped {
            Some(_) => {}
            None if tally.is_good() => passed += 1,
            None => failed += 1,
        }
        if !cli.small && tally.cases > 0 {
            rows.push(report::Row::of(test, seed, begun.elapsed(), &tally));
        }
    }
    if let Some(path) = cli.report.as_deref().filter(|_| !rows.is_empty()) {
        report::append(path, &rows, TESTS)?;
        println!("{} rows are in {}", rows.len(), path.display());
    }
    println!("\n{passed} passed, {failed} failed");
    Ok(failed)
}

fn chosen(names: &[String]) -> Result<Vec<&'static Test>, String> {
    if names.is_empty() {
        return Ok(TESTS.iter().collect());
    }
    let known = || TESTS.iter().map(|test| test.name).collect::<Vec<_>>().join(", ");
    let find = |name: &String| {
        TESTS
            .iter()
            .find(|test| test.name == name)
            .ok_or_else(|| format!("there is no test {name}; there are {}", known()))
    };
    names.iter().map(find).collect()
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write it like 20m, 90s or 2h".to_owned();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return Err(wrong()),
    };
    Ok(Duration::from_secs(number * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_are_read() {
        assert_eq!(duration("20m"), Ok(Duration::from_secs(1_200)));
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert!(duration("20").is_err() && duration("m").is_err() && duration("2d").is_err());
    }

    #[test]
    fn an_unknown_test_is_named() {
        assert!(chosen(&["kill8".into()]).is_err_and(|why| why.contains("kill8")));
    }
}
