//! TO21: calls that fail: the n-th write, sync, open or rename of a real server gets an error, and nothing is said that is not so.
//!
//! Each case copies a furnished folder, starts the server under `strace` with one kind of call failing from one moment on or
//! once, lets people work, ends it, and opens what is left. Invariant: whatever a client was told is kept is there after a
//! clean start. Next: `furnished.rs` for the folder, `inside.rs` for who looks.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
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

/// Calls and what each gets instead of being made. `open` fails for want of descriptors too.
const KINDS: &[(&str, &str)] = &[
    ("pwrite64", "EIO"),
    ("pwrite64", "ENOSPC"),
    ("pwrite64", "EINTR"),
    ("fdatasync", "EIO"),
    ("fdatasync", "EINTR"),
    ("fsync", "EIO"),
    ("sync_file_range", "EIO"),
    ("openat", "EMFILE"),
    ("openat", "EIO"),
    ("openat", "EINTR"),
    ("rename", "EIO"),
    ("ftruncate", "EIO"),
    ("mkdir", "ENOSPC"),
    ("unlink", "EIO"),
];
/// Edits somebody sends in one case.
const EDITS: usize = 12;
/// Patience with a server that may be failing.
const ANSWER: Duration = Duration::from_secs(15);
const STOP: Duration = Duration::from_secs(20);
/// Each so many-th folder is opened by a real server afterwards.
const SERVED: u64 = 20;
/// Servers at once for each core: most of a case is waiting.
const AT_ONCE: usize = 2;

/// How cases ended.
#[derive(Default)]
struct Ends {
    /// A call was made to fail.
    hit: u64,
    /// The server said why it would not start.
    refused: u64,
    acks: u64,
}

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    record::possible()?;
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
    let shared = Mutex::new((run, tally, Ends::default()));
    std::thread::scope(|scope| {
        for place in &places {
            let (shared, furnished, galley) = (&shared, &furnished, &galley);
            scope.spawn(move || {
                while let Some(seed) = shared.lock().ok().and_then(|mut shared| shared.0.next()) {
                    let mut ends = Ends::default();
                    let case = Case { seed, place, furnished, galley };
                    let outcome = catch_unwind(AssertUnwindSafe(|| case.run(&mut ends)));
                    let Ok(mut shared) = shared.lock() else { return };
                    shared.1.case(ends.acks + furnished.promises.len() as u64);
                    shared.2.hit += ends.hit;
                    shared.2.refused += ends.refused;
                    shared.2.acks += ends.acks;
                    match outcome {
                        Ok(Ok(())) => {}
                        Ok(Err(why)) => shared.1.failed(seed, why),
                        Err(panic) => shared.1.failed(seed, format!("the judge panicked: {}", told(&*panic))),
                    }
                }
                fs::remove_dir_all(place).ok();
            });
        }
    });
    std::panic::set_hook(hook);
    let (_, tally, ends) = shared.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    tally.figure("calls made to fail in", format!("{} cases", ends.hit));
    tally.figure("starts refused", ends.refused.to_string());
    tally.figure("acks", ends.acks.to_string());
    Ok(())
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
}

/// Which calls fail.
struct Fault {
    call: &'static str,
    error: &'static str,
    /// As strace takes it: `7` for the seventh of each thread, `7+` for it and all after.
    when: String,
}

impl Fault {
    fn any(rng: &mut Rng) -> Fault {
        let (call, error) = KINDS[rng.below(KINDS.len() as u64) as usize];
        // Each thread counts its own, so most of them early; what interrupts for ever is no fault of a disk.
        let nth = if rng.chance(70) { rng.between(1, 12) } else { rng.between(1, 100) };
        let after = if error != "EINTR" && rng.chance(40) { "+" } else { "" };
        // The first are the program's own libraries.
        let nth = if call == "openat" { nth + 8 } else { nth };
        Fault { call, error, when: format!("{nth}{after}") }
    }
}

impl Case<'_> {
    fn run(&self, ends: &mut Ends) -> Result<(), String> {
        let (data, traced, mut rng) = (self.place.join("data"), self.place.join("trace"), Rng::new(self.seed));
        copy(&self.furnished.data, &data).map_err(|error| format!("the folder could not be copied: {error}"))?;
        let fault = Fault::any(&mut rng);
        let named = format!("{} {} {}", fault.call, fault.error, fault.when);
        let told = |why: String| format!("{named}: {why}");
        let mut promises = self.furnished.promises.clone();
        match Server::run(&mut self.command(&data, &traced, &fault)) {
            Err(why) if why.contains("panicked") => return Err(told(why)),
            Err(_) => ends.refused += 1,
            Ok(server) => {
                let acked = self.work(&server, &mut rng);
                ends.acks += acked.len() as u64;
                promises.extend(acked);
                let said = server.said();
                // How it ends is not the question; waiting for a drain each time would take hours.
                match rng.chance(25) {
                    true => _ = server.terminate(STOP),
                    false => server.kill(),
                }
                let said = said.lock().map(|said| String::from_utf8_lossy(&said).into_owned()).unwrap_or_default();
                if let Some(line) = said.lines().find(|line| line.contains("panicked")) {
                    return Err(told(line.to_owned()));
                }
            }
        }
        ends.hit += u64::from(fs::read(&traced).is_ok_and(|text| text.windows(10).any(|ten| ten == b"(INJECTED)")));
        self.kept(&data, &promises).map_err(told)
    }

    fn command(&self, data: &Path, traced: &Path, fault: &Fault) -> Command {
        let serve = server::command(self.galley, data);
        let mut command = Command::new("strace");
        command.args(["-D", "-f", "--seccomp-bpf", "-s", "8", "-e", &format!("trace={}", fault.call), "-e"]);
        command.arg(format!("inject={}:error={}:when={}", fault.call, fault.error, fault.when));
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
