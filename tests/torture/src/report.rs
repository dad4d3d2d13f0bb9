//! `REPORT.md`: one row a run, and sums that anybody can add up again.
//!
//! Invariant: rows are only ever appended; the sums above them are computed from the rows and nothing else.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::Test;
use crate::run::Tally;

const HEAD: &str = "\
# What Galley was put through

Written by `cargo xtask torture`; every run appends a row. \"Checked\" counts promises that were looked at (acked edits searched
for, images opened, calls read), \"failed\" those that were broken. A seed repeats its run: `cargo xtask torture NAME --seed S`.
";
const SUMS: &str = "| test | cases | of what | aim | checked | failed |\n|---|---|---|---|---|---|\n";
const FUZZED: &str = "| target | inputs | CPU-minutes | findings |\n|---|---|---|---|\n";
const ROWS: &str = "| date | commit | machine | test | seed | cases | checked | failed | time | figures |\n|---|---|---|---|---|---|---|---|---|---|\n";

/// How much of a failure's sentence a row holds.
const BRIEF_CHARS: usize = 240;

/// One run of one test.
pub struct Row {
    test: String,
    cases: u64,
    checked: u64,
    failed: u64,
    line: String,
}

impl Row {
    /// From what came of it.
    pub fn of(test: &Test, seed: u64, took: Duration, tally: &Tally) -> Row {
        let (cases, checked, failed) = (tally.cases, tally.checked, tally.failures.len() as u64);
        let date = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M");
        let figures: Vec<_> = tally.figures.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let failures: Vec<_> =
            tally.failures.iter().take(3).map(|(seed, why)| format!("seed {seed}: {}", brief(why))).collect();
        let words = [figures, failures].concat().join("; ").replace('|', "/").replace('\n', " ");
        let line = format!(
            "| {date} | {} | {} | {} | {seed} | {cases} | {checked} | {failed} | {:.0} s | {words} |",
            peer::commit(),
            machine(),
            test.name,
            took.as_secs_f64()
        );
        Row { test: test.name.to_owned(), cases, checked, failed, line }
    }

    /// Of a run that another command made and counted.
    pub fn noted(note: &Note) -> Row {
        let words = note.figures.join("; ").replace('|', "/").replace('\n', " ");
        let date = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M");
        let (cases, checked, failed) = (note.cases, note.checked.unwrap_or(note.cases), note.failed);
        let line = format!(
            "| {date} | {} | {} | {} | {} | {cases} | {checked} | {failed} | {} s | {words} |",
            peer::commit(),
            machine(),
            note.test,
            note.seed,
            note.seconds
        );
        Row { test: note.test.clone(), cases, checked, failed, line }
    }

    /// Of a fuzzer: its target, and its time in seconds, which is CPU time.
    fn fuzzed(&self) -> Option<(&str, u64)> {
        let mut cells = self.line.trim().trim_matches('|').rsplit('|').map(str::trim);
        let target = cells.next()?.strip_prefix("target ")?.split(';').next()?;
        Some((target, cells.next()?.strip_suffix(" s")?.parse().ok()?))
    }

    fn parse(line: &str) -> Option<Row> {
        let cells: Vec<_> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        let [_, _, _, test, _, cases, checked, failed, ..] = cells.as_slice() else { return None };
        Some(Row {
            test: (*test).to_owned(),
            cases: cases.parse().ok()?,
            checked: checked.parse().ok()?,
            failed: failed.parse().ok()?,
            line: line.to_owned(),
        })
    }
}

/// What another command put Galley through; its rows stand beside ours.
pub struct Elsewhere {
    /// As it is noted.
    pub name: &'static str,
    /// What one case is, in the plural.
    pub cases: &'static str,
    /// Cases an accumulated report aims at.
    pub aim: u64,
}

/// Every one of them.
pub const ELSEWHERE: &[Elsewhere] = &[
    Elsewhere { name: "autobahn", cases: "protocol cases", aim: 300 },
    Elsewhere { name: "fuzz", cases: "inputs", aim: 1_000_000_000 },
    Elsewhere { name: "xss", cases: "vectors in sinks", aim: 24_000 },
];

/// One run of such a command, as it is typed after `note`.
#[derive(clap::Args, Debug)]
pub struct Note {
    /// Which: autobahn, fuzz, xss.
    #[arg(long, value_parser = elsewhere)]
    test: String,
    /// Cases that ran to their end.
    #[arg(long)]
    cases: u64,
    /// Promises looked at; one a case if not said.
    #[arg(long)]
    checked: Option<u64>,
    /// Promises broken.
    #[arg(long)]
    failed: u64,
    /// What repeats the run, if anything does.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How long it took.
    #[arg(long, default_value_t = 0)]
    seconds: u64,
    /// A figure worth keeping, such as "non-strict 7"; may be repeated.
    #[arg(long = "figure")]
    figures: Vec<String>,
    /// Where the row is appended.
    #[arg(long, default_value = "tests/torture/REPORT.md")]
    pub report: std::path::PathBuf,
}

fn elsewhere(name: &str) -> Result<String, String> {
    let known = || ELSEWHERE.iter().map(|test| test.name).collect::<Vec<_>>().join(", ");
    match ELSEWHERE.iter().any(|test| test.name == name) {
        true => Ok(name.to_owned()),
        false => Err(format!("rows are noted for {}", known())),
    }
}

/// Reads the report, adds the rows and writes it anew.
pub fn append(path: &Path, new: &[Row], tests: &[Test]) -> Result<(), String> {
    let trouble = |error: std::io::Error| format!("{}: {error}", path.display());
    let old = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(trouble(error)),
    };
    let old: Vec<Row> = old.lines().filter_map(Row::parse).collect();
    let rows: Vec<&Row> = old.iter().chain(new).collect();
    fs::write(path, text(&rows, tests)).map_err(trouble)
}

fn text(rows: &[&Row], tests: &[Test]) -> String {
    let mut text = format!("{HEAD}\n## Sums\n\n{SUMS}");
    let ours = tests.iter().map(|test| (test.name, test.cases, test.aim));
    for (name, of_what, aim) in ours.chain(ELSEWHERE.iter().map(|test| (test.name, test.cases, test.aim))) {
        let of = rows.iter().filter(|row| row.test == name);
        let sum = of.fold([0, 0, 0], |sum, row| [sum[0] + row.cases, sum[1] + row.checked, sum[2] + row.failed]);
        let [cases, checked, failed] = sum;
        writeln!(text, "| {name} | {cases} | {of_what} | {aim} | {checked} | {failed} |")
            .expect("text takes everything");
    }
    text.push_str(&fuzzed(rows));
    write!(text, "\n## Runs\n\n{ROWS}").expect("text takes everything");
    for row in rows {
        writeln!(text, "{}", row.line).expect("text takes everything");
    }
    text
}

/// What fuzzers tried, by target.
fn fuzzed(rows: &[&Row]) -> String {
    let mut sums: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
    for (row, (target, seconds)) in rows.iter().filter_map(|row| Some((row, row.fuzzed()?))) {
        let sum = sums.entry(target).or_default();
        *sum = [sum[0] + row.cases, sum[1] + seconds, sum[2] + row.failed];
    }
    if sums.is_empty() {
        return String::new();
    }
    let mut text = format!("\n## Fuzzing\n\n{FUZZED}");
    for (target, [inputs, seconds, findings]) in sums {
        writeln!(text, "| {target} | {inputs} | {:.1} | {findings} |", seconds as f64 / 60.0)
            .expect("text takes everything");
    }
    text
}

/// The beginning of it, without where this machine keeps other people's sources.
fn brief(why: &str) -> String {
    let own = |word: &str| match word.split_once("/registry/src/").and_then(|(_, rest)| rest.split_once('/')) {
        Some((_, source)) => source.to_owned(),
        None => word.to_owned(),
    };
    let words: Vec<_> = why.split_whitespace().map(own).collect();
    words.join(" ").chars().take(BRIEF_CHARS).collect()
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{} {}, {cores} cores", std::env::consts::OS, std::env::consts::ARCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_no_folder_of_this_machine() {
        let why = format!(
            "panicked at /home/x/.cargo/registry/src/index-1949/sled-0.34.7/src/a.rs:1:2:\n{}",
            "y ".repeat(500)
        );
        assert!(brief(&why).starts_with("panicked at sled-0.34.7/src/a.rs:1:2: y y"));
        assert_eq!(brief(&why).chars().count(), BRIEF_CHARS);
    }

    #[test]
    fn rows_add_up_over_runs() {
        let test = Test { name: "kill9", cases: "kills", aim: 10, small: 1, weight: 1, run: |_, _| Ok(()) };
        let row = |cases| {
            let tally = Tally { cases, checked: 10 * cases, failures: vec![(7, "a | b".into())], ..Tally::default() };
            Row::of(&test, 3, Duration::from_secs(2), &tally)
        };
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("REPORT.md");
        append(&path, &[row(3)], std::slice::from_ref(&test)).expect("written");
        append(&path, &[row(4)], std::slice::from_ref(&test)).expect("written");
        let text = fs::read_to_string(&path).expect("there");
        assert!(text.contains("| kill9 | 7 | kills | 10 | 70 | 2 |"), "{text}");
        assert_eq!(text.lines().filter(|line| line.contains("seed 7: a / b")).count(), 2, "{text}");
    }

    #[test]
    fn what_other_commands_note_adds_up_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let report = folder.path().join("REPORT.md");
        let note = Note {
            test: elsewhere("fuzz").expect("known"),
            cases: 1_000,
            checked: None,
            failed: 0,
            seed: 0,
            seconds: 60,
            figures: vec!["target gate".into(), "memory 1 | 2".into()],
            report: report.clone(),
        };
        append(&report, &[Row::noted(&note)], &[]).expect("written");
        append(&report, &[Row::noted(&note)], &[]).expect("written");
        let text = fs::read_to_string(&report).expect("there");
        assert!(text.contains("| fuzz | 2000 | inputs | 1000000000 | 2000 | 0 |"), "{text}");
        assert_eq!(text.lines().filter(|line| line.contains("target gate; memory 1 / 2")).count(), 2, "{text}");
        assert!(text.contains("| gate | 2000 | 2.0 | 0 |"), "{text}");
        assert!(elsewhere("fuss").is_err_and(|why| why.contains("fuzz")));
    }
}
