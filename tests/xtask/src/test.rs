//! `test` and `check`: steps that all run, whatever the ones before them did, and one summary at the end.
//!
//! Invariant: a failed step never hides a later one, and the exit code is zero only if every step succeeded.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::renderer::Renderer;
use crate::run::{listened, say, shown};
use crate::{build, load, node, project, tidy};

/// Everything, or the parts named: check, rust, torture, web, browser.
pub fn test(words: &[String]) -> Result<(), String> {
    let (parts, extra) = match words.iter().position(|word| word == "--") {
        Some(at) => (&words[..at], &words[at + 1..]),
        None => (words, [].as_slice()),
    };
    if let Some(unknown) = parts.iter().find(|part| !PARTS.contains(&part.as_str())) {
        return Err(format!("`test` has no part `{unknown}`; its parts are {}", PARTS.join(", ")));
    }
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|word| word == part);
    let mut steps = Steps::default();
    steps.run("front end build", |_| front_end());
    if wanted("check") {
        checks(&mut steps);
    }
    if wanted("rust") {
        steps.run("rust tests", |tally| {
            twice(tally, Runner::Cargo, |tally, more| {
                let mut command = project::cargo(&["test", "--workspace", "--no-fail-fast"]);
                counted(tally, Runner::Cargo, command.args(more))
            })
        });
        // What the browser gets first is built without them.
        steps.run("small renderer", |tally| {
            let arguments = ["test", "--package=render", "--no-default-features", "--no-fail-fast", "--test=native"];
            let more = ["--test=sanitise", "--test=map", "--test=splice"];
            counted(tally, Runner::Cargo, project::cargo(&arguments).args(more))
        });
    }
    if wanted("torture") {
        steps.run("torture, small", |tally| counted(tally, Runner::Torture, &mut build::small_torture()?));
        steps.run("load, small", |tally| counted(tally, Runner::Torture, &mut load::small()?));
    }
    if wanted("web") {
        steps.run("web tests", |tally| {
            counted(tally, Runner::Vitest, node::WEB.program("vitest/vitest.mjs").arg("run"))
        });
    }
    if wanted("browser") {
        let run = |tally: &mut Tally, arguments: &[String]| {
            let galley = if wanted("rust") { build::beside_tests()? } else { build::debug()? };
            counted(tally, Runner::Playwright, build::browser(&galley)?.arg("test").args(arguments))
        };
        if extra.is_empty() {
            let stories = ["--project=stories".into()];
            let screens = ["--project=screens".into(), "--workers=2".into()];
            for (name, words) in [("browser stories", stories.as_slice()), ("browser screens", &screens)] {
                steps.run(name, |tally| {
                    twice(tally, Runner::Playwright, |tally, more| run(tally, &[words, more].concat()))
                });
            }
        } else {
            steps.run("browser tests", |tally| run(tally, extra));
        }
    }
    steps.finish()
}

const PARTS: [&str; 5] = ["check", "rust", "torture", "web", "browser"];

/// Format, lints, tidy, types.
pub fn check() -> Result<(), String> {
    let mut steps = Steps::default();
    steps.run("front end build", |_| front_end());
    checks(&mut steps);
    steps.finish()
}

fn checks(steps: &mut Steps) {
    steps.run("format", |_| shown(&mut project::cargo(&["fmt", "--all", "--check"])));
    steps.run("tidy", |_| tidy::tidy());
    steps.run("types", |_| {
        node::BROWSER.install()?;
        shown(node::WEB.program("typescript/bin/tsc").arg("--noEmit"))?;
        shown(node::BROWSER.program("typescript/bin/tsc").arg("--noEmit"))
    });
    steps.run("bytes", |_| shown(node::node().args(["web/scripts/budgets.mjs", "web/dist"])));
    steps.run("lints", |_| {
        shown(&mut project::cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    });
}

/// The tests must see what people get: here a missing renderer is a failure.
fn front_end() -> Result<(), String> {
    match build::web()? {
        Renderer::Wasm => Ok(()),
        Renderer::None => Err("without the renderer for the browser the tests would test something else".into()),
    }
}

/// What failed runs once more, alone. What passes then is no ground to refuse a change, and is a fault all the same, of the
/// product or of the test: it is counted as unsteady and named at the end.
fn twice(
    tally: &mut Tally,
    runner: Runner,
    run: impl Fn(&mut Tally, &[String]) -> Result<(), String>,
) -> Result<(), String> {
    let Err(first) = run(tally, &[]) else { return Ok(()) };
    if tally.failed == 0 || tally.failed > UNSTEADY_MAX {
        return Err(first);
    }
    say("what failed runs once more, alone");
    let mut second = Tally::default();
    run(&mut second, &runner.only_failed(tally))?;
    if second.passed < tally.failed {
        return Err(first);
    }
    tally.unsteady = second.passed;
    tally.passed += second.passed;
    tally.failed = 0;
    Ok(())
}

/// More failures than this are not by chance.
const UNSTEADY_MAX: u64 = 3;

/// How many tests a run closed on, and the beginning of what it said about those that failed.
#[derive(Default, Debug, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
    unsteady: u64,
    /// Of the runner that must be told what to run again.
    names: Vec<String>,
    said: Vec<String>,
    saying: usize,
}

/// Lines kept of what is said about one failed test, and about all of a step's.
const LINES_A_FAILURE: usize = 16;
const LINES_A_STEP: usize = 80;

/// Whose closing lines are read.
#[derive(Clone, Copy)]
enum Runner {
    Cargo,
    Vitest,
    Playwright,
    Torture,
}

fn counted(tally: &mut Tally, runner: Runner, command: &mut Command) -> Result<(), String> {
    let result = listened(command, |line| tally.read(runner, line));
    if result.is_ok() && tally.passed == 0 { Err("no test ran".into()) } else { result }
}

impl Tally {
    fn read(&mut self, runner: Runner, line: &str) {
        let line = line.trim();
        if runner.begins_a_failure(line) {
            self.saying = LINES_A_FAILURE;
        }
        if self.saying > 0 && !line.is_empty() && self.said.len() < LINES_A_STEP {
            self.saying -= 1;
            self.said.push(line.to_owned());
        }
        if let (Runner::Cargo, Some(name)) = (runner, name_of_failed(line)) {
            self.names.push(name.to_owned());
        }
        let closing = match runner {
            Runner::Cargo => line.starts_with("test result:"),
            Runner::Vitest => line.starts_with("Tests "),
            Runner::Torture => line.split_once(" passed, ").is_some_and(|(number, _)| number.parse::<u64>().is_ok()),
            Runner::Playwright => line.split_once(' ').is_some_and(|(number, rest)| {
                number.parse::<u64>().is_ok() && (rest.starts_with("passed") || rest.starts_with("failed"))
            }),
        };
        if closing {
            self.passed += before(line, "passed");
            self.failed += before(line, "failed");
        }
    }
}

/// As the standard test runner says it.
fn name_of_failed(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?.strip_suffix(" ... FAILED")
}

impl Runner {
    /// What makes it run only what failed before.
    fn only_failed(self, tally: &Tally) -> Vec<String> {
        match self {
            Runner::Cargo => ["--", "--exact"].into_iter().map(String::from).chain(tally.names.clone()).collect(),
            _ => vec!["--last-failed".into()],
        }
    }

    /// Whether what follows is about one failed test.
    fn begins_a_failure(self, line: &str) -> bool {
        match self {
            Runner::Cargo => line.starts_with("---- ") && line.ends_with(" stdout ----"),
            Runner::Vitest => line.starts_with("FAIL "),
            Runner::Playwright => {
                line.split_once(") [").is_some_and(|(number, _)| number.parse::<u64>().is_ok()) && line.contains(" › ")
            }
            Runner::Torture => line.starts_with("FAILED, seed") || line.contains(" FAILED: "),
        }
    }
}

/// The number that stands before a word.
fn before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> =
        line.split(|c: char| c.is_whitespace() || c == ';' || c == ',').filter(|w| !w.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

#[derive(Default)]
struct Steps {
    done: Vec<Step>,
    tally: Tally,
}

struct Step {
    name: &'static str,
    took: Duration,
    tally: Tally,
    failure: Option<String>,
}

impl Steps {
    fn run(&mut self, name: &'static str, step: impl FnOnce(&mut Tally) -> Result<(), String>) {
        println!();
        say(format_args!("==== {name}"));
        let started = Instant::now();
        let mut tally = Tally::default();
        let failure = step(&mut tally).err();
        if let Some(sentence) = &failure {
            say(format_args!("{name} FAILED: {sentence}"));
        }
        self.tally.passed += tally.passed;
        self.tally.failed += tally.failed;
        self.done.push(Step { name, took: started.elapsed(), tally, failure });
    }

    /// The summary, closing on the number of tests.
    fn finish(self) -> Result<(), String> {
        println!();
        for step in &self.done {
            let verdict = if step.failure.is_some() { "FAILED" } else { "ok" };
            let Tally { passed, failed, unsteady, .. } = step.tally;
            let tests =
                if passed + failed == 0 { String::new() } else { format!("   {passed} passed, {failed} failed") };
            let again = if unsteady == 0 { String::new() } else { format!(", {unsteady} only at the second try") };
            println!("{verdict:>6}  {:<16} {:>6.1} s{tests}{again}", step.name, step.took.as_secs_f64());
        }
        let all: Duration = self.done.iter().map(|step| step.took).sum();
        println!("{:>6}  {:<16} {:>6.1} s\n", "", "together", all.as_secs_f64());
        // The end of a log is what people see first.
        for step in self.done.iter().filter(|step| !step.tally.said.is_empty()) {
            println!("{}:\n  {}\n", step.name, step.tally.said.join("\n  "));
        }
        if self.tally.passed + self.tally.failed > 0 {
            println!("{} passed, {} failed", self.tally.passed, self.tally.failed);
        }
        let failed: Vec<_> = self.done.iter().filter(|step| step.failure.is_some()).map(|step| step.name).collect();
        if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Runner, Steps, Tally, twice};

    fn read(runner: Runner, output: &str) -> Tally {
        let mut tally = Tally::default();
        output.lines().for_each(|line| tally.read(runner, line));
        tally
    }

    fn tally(runner: Runner, output: &str) -> (u64, u64) {
        let Tally { passed, failed, .. } = read(runner, output);
        (passed, failed)
    }

    #[test]
    fn what_failed_is_kept_for_the_end() {
        let playwright = "  ✘  3 [stories] › a.spec.ts:9:1 › it works (2s)\n\n  1) [stories] › a.spec.ts:9:1 › it works ──\n\n    Error: no\n";
        assert_eq!(
            read(Runner::Playwright, playwright).said,
            ["1) [stories] › a.spec.ts:9:1 › it works ──", "Error: no"]
        );
        let cargo = "test a ... FAILED\n\nfailures:\n\n---- a stdout ----\nthread 'a' panicked at x.rs:1:2:\nno\n";
        assert_eq!(read(Runner::Cargo, cargo).said.len(), 3);
        assert!(read(Runner::Cargo, &cargo.repeat(99)).said.len() <= super::LINES_A_STEP);
    }

    #[test]
    fn closing_lines_are_counted() {
        let cargo =
            "test a ... ok\ntest result: ok. 3 passed; 0 failed; 1 ignored\ntest result: FAILED. 1 passed; 2 failed;";
        assert_eq!(tally(Runner::Cargo, cargo), (4, 2));
        let vitest = " Test Files  2 passed (2)\n      Tests  1 failed | 12 passed (13)";
        assert_eq!(tally(Runner::Vitest, vitest), (12, 1));
        assert_eq!(tally(Runner::Playwright, "  1 failed\n    [x] › a.spec.ts\n  7 passed (1.2m)"), (7, 1));
        assert_eq!(tally(Runner::Playwright, "said 3 passed"), (0, 0));
        assert_eq!(tally(Runner::Torture, "  kill9: 3 kills, 9 checked, 0 failed\n\n12 passed, 1 failed"), (12, 1));
    }

    #[test]
    fn what_passes_at_the_second_try_is_unsteady() {
        let playwright = |second: &'static str| {
            move |tally: &mut Tally, more: &[String]| {
                let said =
                    if more.is_empty() { "  1 failed\n    [x] › a.spec.ts\n  7 passed (1.2m)" } else { second };
                said.lines().for_each(|line| tally.read(Runner::Playwright, line));
                if tally.failed == 0 { Ok(()) } else { Err("failed".into()) }
            }
        };
        let mut tally = Tally::default();
        assert_eq!(twice(&mut tally, Runner::Playwright, playwright("  1 passed (2s)")), Ok(()));
        assert_eq!((tally.passed, tally.failed, tally.unsteady), (8, 0, 1));
        let mut tally = Tally::default();
        assert!(twice(&mut tally, Runner::Playwright, playwright("  1 failed")).is_err());
        assert_eq!((tally.passed, tally.failed, tally.unsteady), (7, 1, 0));
    }

    #[test]
    fn what_did_not_run_again_stays_failed() {
        let cargo = |tally: &mut Tally, more: &[String]| {
            let said = match more {
                [] => "test a::b ... FAILED\ntest result: FAILED. 1 passed; 1 failed;",
                [_, exact, name] if exact == "--exact" && name == "a::b" => "test result: ok. 0 passed; 0 failed;",
                _ => panic!("{more:?}"),
            };
            said.lines().for_each(|line| tally.read(Runner::Cargo, line));
            if tally.failed == 0 { Ok(()) } else { Err("failed".into()) }
        };
        assert!(twice(&mut Tally::default(), Runner::Cargo, cargo).is_err());
    }

    #[test]
    fn a_failed_step_hides_no_later_one_and_fails_the_run() {
        let mut steps = Steps::default();
        let mut ran = false;
        steps.run("first", |_| Err("broken".into()));
        steps.run("second", |_| {
            ran = true;
            Ok(())
        });
        assert!(ran);
        assert_eq!(steps.finish(), Err("failed: first".into()));
    }
}
