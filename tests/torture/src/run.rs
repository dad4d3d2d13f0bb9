//! What a test is given and what it gives back.
//!
//! Invariant: a case is named by its seed alone, so `--seed S --count 1` repeats the case that failed.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Test;

/// A test's allowance: seeds to take cases from, a server to hurt, a folder to do it in.
pub struct Run {
    first: u64,
    taken: u64,
    count: Option<u64>,
    until: Option<Instant>,
    /// Nobody said how many cases or how long.
    whole: bool,
    /// The `galley` binary.
    pub galley: PathBuf,
    /// Whether this is the small run that is part of the tests: fewer clients, shorter waits, the same checks.
    pub small: bool,
    scratch: TempDir,
}

impl Run {
    pub(crate) fn new(
        seed: u64,
        count: Option<u64>,
        budget: Option<Duration>,
        galley: PathBuf,
        small: bool,
    ) -> Result<Run, String> {
        let scratch = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
        let until = budget.map(|budget| Instant::now() + budget);
        Ok(Run { first: seed, taken: 0, count, until, whole: false, galley, small, scratch })
    }

    /// The seed of the next case; `None` when count or budget is used up.
    pub fn next(&mut self) -> Option<u64> {
        let counted_out = self.count.is_some_and(|count| self.taken >= count);
        // One case is always run: a budget that is too small for it still says something.
        let timed_out = self.taken > 0 && self.until.is_some_and(|until| Instant::now() >= until);
        if counted_out || timed_out {
            return None;
        }
        self.taken += 1;
        Some(self.first.wrapping_add(self.taken - 1))
    }

    /// The whole of a test, whatever that is.
    pub(crate) fn whole(mut self, whole: bool) -> Run {
        self.whole = whole;
        self
    }

    /// The test has a plan of so many seeds: each has its turn, unless somebody said how many cases.
    pub fn plan(&mut self, seeds: u64) {
        if self.whole {
            self.count = Some(seeds);
        }
    }

    /// The seed made no case: another takes its place, unless all have their turn.
    pub fn pass(&mut self) {
        if !self.whole {
            self.count = self.count.map(|count| count + 1);
        }
    }

    /// The first case's seed.
    pub fn seed(&self) -> u64 {
        self.first
    }

    /// A folder of this run, gone with it.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// Where every folder of this run is.
    pub fn scratch(&self) -> &Path {
        self.scratch.path()
    }
}

/// What came of it. `cases` says how much was tried, `checked` how many promises were looked at.
#[derive(Debug, Default)]
pub struct Tally {
    /// Cases that ran to their end.
    pub cases: u64,
    /// Promises looked at: acked edits searched for, images opened, syscalls read.
    pub checked: u64,
    /// Each failure: its seed and a sentence.
    pub failures: Vec<(u64, String)>,
    /// Figures worth keeping: (name, value with unit), such as `("slowest start", "412 ms")`.
    pub figures: Vec<(&'static str, String)>,
}

/// Why a test cannot run here: a sentence.
#[derive(Debug)]
pub struct Skipped(pub String);

impl Tally {
    /// A case that ended, and what it looked at.
    pub fn case(&mut self, checked: u64) {
        self.cases += 1;
        self.checked += checked;
    }

    /// A promise that was broken.
    pub fn failed(&mut self, seed: u64, why: impl Into<String>) {
        let why = why.into();
        println!("  FAILED, seed {seed}: {why}");
        self.failures.push((seed, why));
    }

    /// A figure for the report.
    pub fn figure(&mut self, name: &'static str, value: impl Into<String>) {
        self.figures.push((name, value.into()));
    }

    pub(crate) fn is_good(&self) -> bool {
        self.failures.is_empty() && self.cases > 0
    }

    pub(crate) fn print(&self, test: &Test, skipped: &Option<Skipped>, took: Duration) {
        let seconds = took.as_secs_f64();
        if let Some(Skipped(why)) = skipped {
            return println!("  {}: not run: {why}", test.name);
        }
        let Tally { cases, checked, failures, figures } = self;
        let words = figures.iter().map(|(name, value)| format!(", {name} {value}")).collect::<String>();
        println!(
            "  {}: {cases} {}, {checked} checked, {} failed, {seconds:.1} s{words}",
            test.name,
            test.cases,
            failures.len()
        );
    }
}
