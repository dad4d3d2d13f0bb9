//! TO21: calls that fail: the n-th call of each kind that a real server makes on its folder gets an error, and nothing is said
//! that is not so.
//!
//! A seed names a cell of a grid: which call, which error, the n-th of a thread, once or from then on. Each case copies a
//! furnished folder, starts the server under `strace`, lets people work, ends it, and opens what is left; where no n-th call was
//! made there is no case. Invariant: whatever a client was told is kept is there after a clean start. Next: `furnished.rs` for
//! the folder, `inside.rs` for who looks.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use peer::{Peer, new_doc};
use tokio::time::timeout;
use uuid::Uuid;

use crate::furnished::{self, Furnished, Size, copy, place, words};
use crate::inside::{Inside, Promise};
use crate::power_cut::record;
use crate::rng::Rng;
use crate::run::{Run, Skipped, Tally};
use crate::server::{self, Server};
use crate::writers;

/// A call, and what it gets instead of being made.
struct Kind {
    call: &'static str,
    error: &'static str,
    on: On,
}

/// Which calls of that name.
#[derive(PartialEq)]
enum On {
    /// The server makes it on its folder only.
    All,
    /// Those on paths of the folder: others are on sockets and libraries.
    Folder,
}

const fn kind(call: &'static str, error: &'static str, on: On) -> Kind {
    Kind { call, error, on }
}

/// No `pread64`: sled makes those, and Galley has read the same bytes a moment before, with `read`.
const KINDS: &[Kind] = &[
    kind("pwrite64", "EIO", On::All),
    kind("pwrite64", "ENOSPC", On::All),
    kind("pwrite64", INTERRUPTED, On::All),
    kind("write", "EIO", On::Folder),
    kind("write", "ENOSPC", On::Folder),
    kind("fdatasync", "EIO", On::All),
    kind("fdatasync", "ENOSPC", On::All),
    kind("fdatasync", INTERRUPTED, On::All),
    kind("fsync", "EIO", On::All),
    kind("sync_file_range", "EIO", On::All),
    kind("ftruncate", "EIO", On::All),
    kind("openat", "EMFILE", On::Folder),
    kind("openat", "EIO", On::Folder),
    kind("openat", INTERRUPTED, On::Folder),
    kind("read", "EIO", On::Folder),
    kind("lseek", "EIO", On::Folder),
    kind("statx", "EIO", On::Folder),
    kind("getdents64", "EIO", On::Folder),
    kind("flock", "ENOLCK", On::Folder),
    kind("statfs", "EIO", On::Folder),
    kind("rename", "EIO", On::All),
    kind("rename", "ENOSPC", On::All),
    kind("mkdir", "ENOSPC", On::All),
    kind("unlink", "EIO", On::All),
    kind("rmdir", "EIO", On::All),
];
/// Once is an interruption; for ever is none.
const INTERRUPTED: &str = "EINTR";
/// The 1st to so many-th call of a kind.
const NTH: u64 = 50;
/// The small run has no time for calls that are rarely made.
const NTH_SMALL: u64 = 3;
/// Once and from then on.
const WAYS: u64 = 2;
const GRID: u64 = KINDS.len() as u64 * NTH * WAYS;
/// Shares no factor with the grid, so that seeds in a row are different calls and all of them are the grid.
const STRIDE: u64 = 1_009;
/// Where so many cells in vain were no further than this one, it is not tried: fewer such calls are made.
const VAIN: usize = 3;
/// Files a start makes, beside those that are there.
const MADE: [&str; 7] = ["format", "format.new", "sealed", "sealed.new", "key", "key.new", "creating"];
/// Edits somebody sends in one case.
const EDITS: usize = 12;
/// Patience with a server that may be failing.
const ANSWER: Duration = Duration::from_secs(15);
const STOP: Duration = Duration::from_secs(20);
/// Each so many-th folder is opened by a real server afterwards.
const SERVED: u64 = 17;
/// Servers at once for each core: most of a case is waiting.
const AT_ONCE: usize = 2;

/// How cases ended.
#[derive(Default)]
struct Ends {
    /// For each kind, how far the cells were whose call was never made.
    vain: Vec<Vec<u64>>,
    /// The server said why it would not start.
    refused: u64,
    acks: u64,
}

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    record::possible()?;
    run.plan(GRID);
    let furnished = match Furnished::new(
        run,
        "furnished",
        &Size { documents: 1, edits: if run.small { 5 } else { 30 }, text: 3_000 },
    ) {
        Ok(furnished) => furnished,
        Err(why) => {
            tally.failed(run.seed(), why);
            return Ok(());
        }
    };
    // Clients panic when their server is gone, as it should be here at times.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let workers = AT_ONCE * std::thread::available_parallelism().map_or(2, usize::from);
    let places: Vec<_> = (0..workers).map(|worker| place(run, &format!("io-{worker}"))).collect();
    let galley = run.galley.clone();
    let ends = Ends { vain: KINDS.iter().map(|_| Vec::new()).collect(), refused: 0, acks: 0 };
    let shared = Mutex::new(Shared { run, tally, ends });
    std::thread::scope(|scope| {
        for place in &places {
            let (shared, furnished, galley) = (&shared, &furnished, &galley);
            scope.spawn(move || {
                while let Some((seed, fault)) = next(shared) {
                    let case = Case { seed, place, furnished, galley, fault: &fault };
                    let outcome = catch_unwind(AssertUnwindSafe(|| case.run()));
                    let outcome = outcome.unwrap_or_else(|panic| Err(format!("the judge panicked: {}", told(&*panic))));
                    let Ok(mut shared) = shared.lock() else { return };
                    shared.took(seed, &fault, outcome, furnished.promises.len() as u64);
                }
                fs::remove_dir_all(place).ok();
            });
        }
    });
    std::panic::set_hook(hook);
    let Shared { tally, ends, .. } = shared.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    tally.figure("starts refused", ends.refused.to_string());
    tally.figure("acks", ends.acks.to_string());
    Ok(())
}

struct Shared<'a> {
    run: &'a mut Run,
    tally: &'a mut Tally,
    ends: Ends,
}

/// The next cell that may be a case.
fn next(shared: &Mutex<Shared>) -> Option<(u64, Fault)> {
    let mut shared = shared.lock().ok()?;
    loop {
        let seed = shared.run.next()?;
        let fault = Fault::of(seed);
        let in_vain = shared.ends.vain[fault.kind].iter().filter(|nth| **nth <= fault.nth).count() >= VAIN;
        let is_rare = shared.run.small && fault.nth > NTH_SMALL;
        match fault.is_sense() && !in_vain && !is_rare {
            true => return Some((seed, fault)),
            false => shared.run.pass(),
        }
    }
}

impl Shared<'_> {
    fn took(&mut self, seed: u64, fault: &Fault, outcome: Result<End, String>, promises: u64) {
        match outcome {
            Ok(End::InVain) => {
                self.ends.vain[fault.kind].push(fault.nth);
                return self.run.pass();
            }
            Ok(End::Refused) => self.ends.refused += 1,
            Ok(End::Served { acks }) => self.ends.acks += acks,
            Err(ref why) => self.tally.failed(seed, format!("{fault}: {why}")),
        }
        let acks = if let Ok(End::Served { acks }) = outcome { acks } else { 0 };
        self.tally.case(promises + acks);
    }
}

fn told(panic: &dyn std::any::Any) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

struct Case<'a> {
    seed: u64,
    place: &'a Path,
    furnished: &'a Furnished,
    galley: &'a Path,
    fault: &'a Fault,
}

/// How a case ended, if well.
enum End {
    /// No call was made to fail.
    InVain,
    /// The server said why it would not start.
    Refused,
    /// It started, and this many things were acked.
    Served { acks: u64 },
}

/// A cell of the grid.
struct Fault {
    kind: usize,
    nth: u64,
    way: u64,
}

impl Fault {
    fn of(seed: u64) -> Fault {
        let (cell, kinds) = (seed % GRID * STRIDE % GRID, KINDS.len() as u64);
        Fault { kind: (cell % kinds) as usize, way: cell / kinds % WAYS, nth: cell / kinds / WAYS + 1 }
    }

    fn is_sense(&self) -> bool {
        self.way == 0 || KINDS[self.kind].error != INTERRUPTED
    }

    /// As strace takes it: `7` for the seventh of each thread, `7+` for it and all after.
    fn when(&self) -> String {
        format!("{}{}", self.nth, if self.way == 0 { "" } else { "+" })
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Kind { call, error, .. } = KINDS[self.kind];
        write!(f, "{call} {error} {}", self.when())
    }
}

impl Case<'_> {
    fn run(&self) -> Result<End, String> {
        let (data, traced, mut rng) = (self.place.join("data"), self.place.join("trace"), Rng::new(self.seed));
        copy(&self.furnished.data, &data).map_err(|error| format!("the folder could not be copied: {error}"))?;
        let mut promises = self.furnished.promises.clone();
        let end = match Server::run(&mut self.command(&data, &traced)) {
            Err(why) => refused(&why).map(|()| End::Refused)?,
            Ok(server) => {
                let acked = self.work(&server, &mut rng);
                let acks = acked.len() as u64;
                promises.extend(acked);
                let (said, pid) = (server.said(), server.pid());
                // How it ends is not the question; waiting for a drain each time would take hours.
                match rng.chance(25) {
                    true => _ = server.terminate(STOP),
                    false => server.kill(),
                }
                let said = said.lock().map(|said| String::from_utf8_lossy(&said).into_owned()).unwrap_or_default();
                if let Some(line) = said.lines().find(|line| line.contains("panicked")) {
                    return Err(line.to_owned());
                }
                match record::whole(&traced, pid)?.windows(10).any(|ten| ten == b"(INJECTED)") {
                    true => End::Served { acks },
                    false => return Ok(End::InVain),
                }
            }
        };
        self.kept(&data, &promises).map(|()| end)
    }

    fn command(&self, data: &Path, traced: &Path) -> Command {
        let (serve, Kind { call, error, on }) = (server::command(self.galley, data), &KINDS[self.fault.kind]);
        let mut command = Command::new("strace");
        command.args(["-D", "-f", "--seccomp-bpf", "-s", "8", "-e", &format!("trace={call}"), "-e"]);
        command.arg(format!("inject={call}:error={error}:when={}", self.fault.when()));
        for path in paths(data).iter().filter(|_| *on == On::Folder) {
            command.arg("-P").arg(path);
        }
        command.arg("-o").arg(traced).arg(serve.get_program()).args(serve.get_args());
        command.args(["--limit", "compact_entries=10"]);
        command
    }

    /// Edits, a document, a note, a file; what was said to be kept.
    fn work(&self, server: &Server, rng: &mut Rng) -> Vec<Promise> {
        let ada = self.furnished.ada(server);
        let document = self.furnished.documents[0];
        let mut kept = Vec::new();
        let all = async {
            let Ok(mut peer) = Peer::open(&ada, &document.to_string(), true, new_doc()).await else { return };
            for number in 0..EDITS {
                let edit = format!("<case.{number}>");
                peer.insert(0, &edit).await;
                let sent = peer.sent;
                if !peer.wait(|peer| peer.acked >= sent).await {
                    return;
                }
                if peer.nacks.iter().all(|(refused, _)| *refused != sent) {
                    kept.push(Promise::Words(document, edit));
                }
            }
        };
        writers::runtime().block_on(async { timeout(ANSWER, all).await.ok() });
        let (text, body, content) = (words(rng, 500), format!("note {:016x}", rng.next()), words(rng, 9_000));
        // Whoever asks a server that is gone panics; that is no answer.
        let mut ask =
            |ask: &dyn Fn() -> Option<Promise>| kept.extend(catch_unwind(AssertUnwindSafe(ask)).ok().flatten());
        ask(&|| furnished::noted(&ada, document, &body));
        ask(&|| furnished::kept(&ada, document, &content));
        ask(&|| {
            let answer = ada.send("POST", "/api/documents", Some(serde_json::json!({"text": text})));
            let id: Option<Uuid> = answer.json()["id"].as_str().and_then(|id| id.parse().ok());
            id.filter(|_| answer.status == 201).map(|id| Promise::Words(id, text.clone()))
        });
        kept
    }

    /// A clean start has all of it.
    fn kept(&self, data: &Path, promises: &[Promise]) -> Result<(), String> {
        if self.seed.is_multiple_of(SERVED) {
            let server = Server::start(self.galley, data).map_err(|why| format!("it does not start again: {why}"))?;
            server.terminate(STOP).ok_or("the server that started again did not stop")?;
        }
        let mut inside = Inside::open(data).map_err(|why| format!("it does not open again: {why}"))?;
        promises.iter().try_for_each(|promise| inside.keeps(promise))
    }
}

/// A sentence and exit code 1, and no panic.
fn refused(why: &str) -> Result<(), String> {
    let is_told = why.contains("(exit status: 1)") && why.contains("\ngalley: ") && !why.contains("panicked");
    if is_told { Ok(()) } else { Err(why.to_owned()) }
}

/// What is in a folder, and what a start makes there.
fn paths(data: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = MADE.iter().map(|name| data.join(name)).collect();
    let mut folders = vec![data.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder).into_iter().flatten().flatten().map(|file| file.path()) {
            folders.extend(path.is_dir().then(|| path.clone()));
            paths.extend((!MADE.iter().any(|name| path.ends_with(name))).then_some(path));
        }
        paths.push(folder);
    }
    paths
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn to21_seeds_in_a_row_are_the_whole_grid() {
        let cells = |seeds: std::ops::Range<u64>| {
            seeds.map(Fault::of).map(|fault| (fault.kind, fault.nth, fault.way)).collect::<BTreeSet<_>>()
        };
        let all = cells(7..7 + GRID);
        assert_eq!(all.len() as u64, GRID);
        assert!(all.iter().all(|(_, nth, _)| (1..=NTH).contains(nth)));
        assert_eq!(all, cells(u64::MAX - GRID..u64::MAX));
    }
}
