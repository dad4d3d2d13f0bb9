//! `fuzz`: every target under libFuzzer for its time, and what came of it into the report.
//!
//! Why: a fuzzer that takes ten flags to start is not run. Invariant: committed inputs are read and never written; what a
//! run finds worth keeping stays in `target/fuzz/corpus`, what it breaks in `tests/fuzz/artifacts`; rustup is asked to
//! fetch nothing. The properties are `tests/hostile`. Next: `fuzz/run.rs`, which watches one run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use crate::run::{answer, say, shown};
use crate::{build, project};

mod run;
mod words;

use run::{Budget, Outcome};
use words::Asked;
pub use words::duration;

/// Where `cargo install` puts cargo-fuzz: beside what it builds, not among a person's own programs.
const TOOLS: &str = "fuzz-tools";
const FOLDER: &str = "tests/fuzz";
/// As cargo-fuzz builds for it.
const HOST: &str = "x86_64-unknown-linux-gnu";

/// Runs the targets named, or all.
pub fn fuzz(arguments: &[String]) -> Result<(), String> {
    let asked = Asked::read(arguments)?;
    let all: Vec<String> = targets()?.into_iter().map(|target| target.name).collect();
    let names = asked.chosen(&all)?;
    build::web()?;
    compile(&names)?;
    if asked.minimise {
        return names.iter().try_for_each(|name| minimise(name));
    }
    let waiting = Mutex::new(names.iter());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..asked.jobs {
            scope.spawn(|| {
                while let Some(name) = next(&waiting) {
                    let outcome = run::run(&Place::of(name), asked.budget);
                    let mut done = done.lock().unwrap_or_else(|held| held.into_inner());
                    // At once: a run of two hours that is stopped has not been for nothing.
                    done.push(outcome.and_then(reported));
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_else(|held| held.into_inner()).into_iter().collect::<Result<Vec<_>, _>>()?;
    finish(&done)
}

fn next<'a>(waiting: &Mutex<std::slice::Iter<'a, String>>) -> Option<&'a String> {
    waiting.lock().unwrap_or_else(|held| held.into_inner()).next()
}

/// Where a target's things are.
pub struct Place {
    name: String,
    program: PathBuf,
    /// What this machine found worth keeping.
    own: PathBuf,
    /// What is committed.
    seeds: [PathBuf; 2],
    artifacts: PathBuf,
}

impl Place {
    fn of(name: &str) -> Place {
        let folder = project::root().join(FOLDER);
        Place {
            name: name.to_owned(),
            program: folder.join("target").join(HOST).join("release").join(name),
            own: project::target().join("fuzz/corpus").join(name),
            seeds: [folder.join("corpus").join(name), folder.join("crashers").join(name)],
            artifacts: folder.join("artifacts").join(name),
        }
    }

    fn make(&self) -> Result<(), String> {
        let trouble = |path: &Path, error| format!("{}: {error}", path.display());
        [&self.own, &self.artifacts]
            .into_iter()
            .try_for_each(|path| std::fs::create_dir_all(path).map_err(|error| trouble(path, error)))
    }
}

/// What the fuzzers' manifest says of one.
struct Target {
    name: String,
    needs_server: bool,
}

/// Every target in the fuzzers' manifest.
fn targets() -> Result<Vec<Target>, String> {
    let path = project::root().join(FOLDER).join("Cargo.toml");
    let manifest = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let bins = manifest.split("[[bin]]").skip(1);
    let target = |bin: &str| {
        let name = bin.split("name = \"").nth(1)?.split('"').next()?.to_owned();
        Some(Target { name, needs_server: bin.contains("required-features = [\"server\"]") })
    };
    Ok(bins.filter_map(target).collect())
}

/// Builds with the sanitizer: by cargo-fuzz, which is fetched if it is missing, with a nightly compiler, which is not.
fn compile(names: &[String]) -> Result<(), String> {
    if answer("rustup", &["run", "nightly", "rustc", "--version"]).is_none() {
        return Err("fuzzing needs a nightly compiler: rustup toolchain install nightly".into());
    }
    let tools = project::target().join(TOOLS);
    let fuzzer = tools.join("bin/cargo-fuzz");
    if !fuzzer.is_file() {
        say("installing cargo-fuzz (some minutes the first time)");
        shown(project::cargo(&["install", "cargo-fuzz", "--locked", "--root"]).arg(&tools))?;
    }
    let all = targets()?;
    let needs_server = |name: &String| all.iter().any(|target| target.needs_server && target.name == *name);
    // Without the server the others are built in a fraction of the time.
    let without = ["--no-default-features"].into_iter().filter(|_| !names.iter().any(needs_server));
    say(format_args!("building {}", names.join(", ")));
    let mut build = nightly(&fuzzer);
    build.args(["build", "--fuzz-dir"]).arg(project::root().join(FOLDER)).args(without);
    // One of them, or all there are in one go: what they share is compiled once either way.
    if let [name] = names {
        build.arg(name);
    }
    shown(&mut build)
}

/// cargo-fuzz with the nightly toolchain, whoever started us.
fn nightly(fuzzer: &Path) -> Command {
    let mut command = Command::new(fuzzer);
    command.arg("fuzz").current_dir(project::root().join(FOLDER));
    command.env_remove("CARGO").env_remove("RUSTC").env_remove("RUSTDOC").env_remove("CARGO_TARGET_DIR");
    command.env("RUSTUP_TOOLCHAIN", "nightly");
    // The release profile's own would take minutes a program.
    command.env("CARGO_PROFILE_RELEASE_LTO", "off");
    command
}

/// Makes the committed corpus the smallest one that reaches what it and this machine's reach together.
fn minimise(name: &str) -> Result<(), String> {
    let place = Place::of(name);
    place.make()?;
    let smallest = place.own.with_extension("smallest");
    std::fs::remove_dir_all(&smallest).ok();
    std::fs::create_dir_all(&smallest).map_err(|error| format!("{}: {error}", smallest.display()))?;
    say(format_args!("minimising the corpus of {name}"));
    let mut command = Command::new(&place.program);
    command.args(["-set_cover_merge=1", "-rss_limit_mb=1024", "-detect_leaks=0"]);
    run::quietly(command.arg(&smallest).arg(&place.seeds[0]).arg(&place.own))?;
    let committed = &place.seeds[0];
    std::fs::remove_dir_all(committed).ok();
    std::fs::rename(&smallest, committed).map_err(|error| format!("{}: {error}", committed.display()))
}

/// Prints what came of one run, and appends it to the report.
fn reported(outcome: Outcome) -> Result<Outcome, String> {
    println!("  {}", outcome.sentence());
    let mut note = project::cargo(&["run", "--quiet", "--package=torture", "--", "note"]);
    shown(note.args(outcome.words()).args(["--report", "tests/torture/REPORT.md"]))?;
    Ok(outcome)
}

/// What came of all of it.
fn finish(done: &[Outcome]) -> Result<(), String> {
    let findings: Vec<_> = done.iter().flat_map(|outcome| &outcome.findings).collect();
    for finding in &findings {
        println!("  FOUND {}", finding.display());
    }
    let minutes: f64 = done.iter().map(|outcome| outcome.cpu.as_secs_f64() / 60.0).sum();
    let inputs: u64 = done.iter().map(|outcome| outcome.inputs).sum();
    println!("\n{} targets, {inputs} inputs, {minutes:.1} CPU-minutes, {} findings", done.len(), findings.len());
    match findings.len() {
        0 => Ok(()),
        _ => {
            Err("copy each finding to tests/fuzz/crashers/<target>/, where it is a test, and mend what it breaks"
                .into())
        }
    }
}

/// What a target gets of a processor when nothing is said.
const USUAL: Duration = Duration::from_secs(300);
