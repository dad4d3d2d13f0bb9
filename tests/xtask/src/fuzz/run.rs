//! One target under libFuzzer: started, watched until its budget is used up, and its closing figures read.
//!
//! Invariant: the CPU time counted is the program's own; on a busy machine the wall says nothing about how much was tried.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::Place;
use crate::run::say;

/// Memory of one run; a target that needs more has a hole.
const RSS_MB: u32 = 512;
/// What one input may take by the clock on the wall: only what never ends takes that long, also on a busy machine. What is
/// merely slow the target finds itself, by the time of the processor (`tests/fuzz/target.rs`).
const INPUT_SECONDS: u32 = 120;
/// How often the clock of a run is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// The longest input; each target's own limit is below it.
const BYTES_MAX: u32 = 16_384;

/// How much a target gets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Budget {
    /// By the clock on the wall.
    Wall(Duration),
    /// By what the program itself used.
    Cpu(Duration),
}

/// What came of one run.
pub struct Outcome {
    pub name: String,
    pub inputs: u64,
    pub cpu: Duration,
    pub rss_mb: u64,
    pub slowest_ms: u64,
    pub kept: u64,
    pub findings: Vec<PathBuf>,
}

impl Outcome {
    fn per_second(&self) -> f64 {
        self.inputs as f64 / self.cpu.as_secs_f64().max(0.001)
    }

    /// For people.
    pub fn sentence(&self) -> String {
        let Outcome { name, inputs, cpu, rss_mb, slowest_ms, kept, findings, .. } = self;
        format!(
            "{name}: {inputs} inputs in {:.0} CPU-seconds ({:.0}/s), {kept} kept, slowest {slowest_ms} ms, {rss_mb} MB, {} findings",
            cpu.as_secs_f64(),
            self.per_second(),
            findings.len()
        )
    }

    /// For `torture note`.
    pub fn words(&self) -> Vec<String> {
        let mut words = vec![
            "--test=fuzz".to_owned(),
            format!("--cases={}", self.inputs),
            format!("--failed={}", self.findings.len()),
            format!("--seconds={}", self.cpu.as_secs()),
        ];
        let figures = [
            ("target", self.name.clone()),
            ("inputs a CPU-second", format!("{:.0}", self.per_second())),
            ("slowest", format!("{} ms", self.slowest_ms)),
            ("memory", format!("{} MB", self.rss_mb)),
        ];
        words.extend(figures.into_iter().map(|(name, value)| format!("--figure={name} {value}")));
        words
    }
}

/// Runs one target until its budget is used up or it found something.
pub fn run(place: &Place, budget: Budget) -> Result<Outcome, String> {
    place.make()?;
    let before = findings(place);
    say(format_args!("fuzzing {}", place.name));
    let begun = Instant::now();
    let mut child = command(place).spawn().map_err(|error| format!("{}: {error}", place.program.display()))?;
    let output = child.stderr.take().ok_or("its output was asked for")?;
    let reader = std::thread::spawn(move || Closing::read(BufReader::new(output)));
    let cpu = watch(&mut child, begun, budget)?;
    let closing = reader.join().map_err(|_| "the reader of a run's output panicked")?;
    let found: Vec<PathBuf> = findings(place).into_iter().filter(|path| !before.contains(path)).collect();
    if closing.inputs == 0 && found.is_empty() {
        return Err(format!("{} did not run:\n{}", place.name, closing.tail.join("\n")));
    }
    if !found.is_empty() {
        println!("{}", closing.tail.join("\n"));
    }
    Ok(Outcome {
        name: place.name.clone(),
        inputs: closing.inputs,
        cpu,
        rss_mb: closing.rss_mb,
        slowest_ms: closing.slowest_ms,
        kept: closing.kept,
        findings: found,
    })
}

fn command(place: &Place) -> Command {
    let mut command = Command::new(&place.program);
    command.args([
        format!("-artifact_prefix={}/", place.artifacts.display()),
        format!("-rss_limit_mb={RSS_MB}"),
        format!("-timeout={INPUT_SECONDS}"),
        format!("-max_len={BYTES_MAX}"),
        "-print_final_stats=1".to_owned(),
        "-len_control=20".to_owned(),
        // Naming each function it reaches takes more than reaching it.
        "-print_funcs=0".to_owned(),
    ]);
    command.arg(&place.own).args(place.seeds.iter().filter(|folder| folder.is_dir()));
    command.env("ASAN_OPTIONS", "detect_odr_violation=0:allocator_may_return_null=1");
    // Stores that live for one input need not reach a disk.
    if Path::new("/dev/shm").is_dir() {
        command.env("TMPDIR", "/dev/shm");
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Waits for the end, or brings it about; the CPU time used.
fn watch(child: &mut Child, begun: Instant, budget: Budget) -> Result<Duration, String> {
    let mut cpu = Duration::ZERO;
    let mut told = false;
    loop {
        cpu = used(child.id()).unwrap_or(cpu).max(cpu);
        if child.try_wait().map_err(|error| error.to_string())?.is_some() {
            // Where the system does not tell, the wall has to do.
            return Ok(if cpu.is_zero() { begun.elapsed() } else { cpu });
        }
        let over = match budget {
            Budget::Wall(wall) => begun.elapsed() >= wall,
            Budget::Cpu(limit) => used(child.id()).map_or(begun.elapsed(), |_| cpu) >= limit,
        };
        if over && !told {
            // It ends by itself, with its figures.
            Command::new("kill").args(["-INT", &child.id().to_string()]).status().ok();
            told = true;
        }
        std::thread::sleep(LOOK);
    }
}

/// User and system time of a process, as Linux tells it.
fn used(process: u32) -> Option<Duration> {
    const TICKS_PER_SECOND: u64 = 100;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name may hold anything, and ends at the last parenthesis.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND))
}

fn findings(place: &Place) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(&place.artifacts).into_iter().flatten().flatten();
    let broken = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        ["crash-", "timeout-", "oom-", "leak-"].iter().any(|kind| name.starts_with(kind))
    };
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(broken).collect();
    found.sort();
    found
}

/// What libFuzzer says at the end.
#[derive(Debug, Default, PartialEq)]
struct Closing {
    inputs: u64,
    kept: u64,
    rss_mb: u64,
    /// As the target says.
    slowest_ms: u64,
    /// The last lines, for whoever must see why.
    tail: Vec<String>,
}

impl Closing {
    fn read(output: impl BufRead) -> Closing {
        const TAIL: usize = 60;
        let mut closing = Closing::default();
        for line in output.split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            let figure = |name: &str| line.strip_prefix(name)?.trim().parse::<u64>().ok();
            if let Some(inputs) = figure("stat::number_of_executed_units:") {
                closing.inputs = inputs;
            } else if let Some(kept) = figure("stat::new_units_added:") {
                closing.kept = kept;
            } else if let Some(rss) = figure("stat::peak_rss_mb:") {
                closing.rss_mb = rss;
            } else if let Some(slowest) = figure("slowest so far, in ms:") {
                closing.slowest_ms = slowest;
            }
            if closing.tail.len() == TAIL {
                closing.tail.remove(0);
            }
            closing.tail.push(line);
        }
        closing
    }
}

/// Runs with nothing shown unless it fails.
pub fn quietly(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_figures_are_read() {
        let said = "#2 INITED\nstat::number_of_executed_units: 1234\nstat::average_exec_per_sec:     12\n\
                    stat::new_units_added:          7\nslowest so far, in ms: 12\nslowest so far, in ms: 31\nstat::peak_rss_mb: 99\n";
        let closing = Closing::read(said.as_bytes());
        assert_eq!((closing.inputs, closing.kept, closing.rss_mb, closing.slowest_ms), (1_234, 7, 99, 31));
        assert_eq!(closing.tail.len(), 7);
    }
}
