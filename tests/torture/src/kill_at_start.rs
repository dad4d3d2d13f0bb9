//! TO3: `kill -9` while the server starts, several times in a row: it starts the next time, and everything is there.
//!
//! A folder is filled once; each case hurts a copy of it. Some cases begin with nothing, where the very first start is killed.
//! Next: `storage/src/sled/open.rs`, which heals what such a kill leaves.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use peer::Person;

use crate::rng::Rng;
use crate::run::{Run, Skipped, Tally};
use crate::server::{self, Server};
use crate::writers::{Acked, Crowd, Pace};

/// Documents and how long each is: 200 MB on the disk.
const STORE: (u64, usize) = (160, 500_000);
const STORE_SMALL: (u64, usize) = (4, 60_000);
/// People who write before the folder's server is killed.
const WRITERS: usize = 8;
/// How long they do.
const WRITTEN: Duration = Duration::from_secs(5);
const WRITTEN_SMALL: Duration = Duration::from_millis(300);
/// Most kills before a start is left alone.
const IN_A_ROW: u64 = 4;
/// Cases in a hundred that begin with an empty folder.
const FROM_NOTHING: u64 = 15;
/// Long texts that are looked at after each case; acked edits are looked at all.
const LOOKED_AT: usize = 5;

/// What must be there.
struct Filled {
    texts: Vec<(String, u64)>,
    acked: Acked,
    starts: Starts,
}

/// How long starts take here.
#[derive(Clone, Copy)]
struct Starts {
    /// On an empty folder.
    empty: Duration,
    /// After a kill: the whole log is read.
    first: Duration,
    /// When the one before got far enough.
    next: Duration,
}

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    let whole = run.folder("kill-at-start");
    let filled = match fill(run, &whole) {
        Ok(filled) => filled,
        Err(why) => {
            tally.failed(run.seed(), why);
            return Ok(());
        }
    };
    let (mut kills, mut early, mut halves, mut slowest) = (0, 0, 0, Duration::ZERO);
    while let Some(seed) = run.next() {
        let mut rng = Rng::new(seed);
        let data = run.folder(&format!("kill-at-start-{seed}"));
        let from_nothing = rng.chance(FROM_NOTHING);
        if !from_nothing {
            copy(&whole, &data).map_err(|error| Skipped(format!("the folder cannot be copied: {error}")))?;
        }
        let Starts { empty, first, next } = filled.starts;
        let mut within = if from_nothing { empty } else { first };
        for _ in 0..rng.between(1, IN_A_ROW) {
            let after = within.mul_f64(rng.between(0, 1_100) as f64 / 1_000.0);
            let in_time = killed_after(&run.galley, &data, after);
            within = if in_time { within } else { next };
            early += u64::from(in_time);
            halves += u64::from(has_half_a_snapshot(&data));
            kills += 1;
        }
        match Server::start(&run.galley, &data) {
            Err(why) => tally.failed(seed, format!("after kills at the start it does not start: {why}")),
            Ok(server) if from_nothing => {
                let person = server.person("ada");
                let document = person.document("first");
                if person.text(&document) != "first" {
                    tally.failed(seed, "a folder whose first start was killed does not keep a text");
                }
                tally.case(1);
            }
            Ok(server) => {
                slowest = slowest.max(server.ready);
                let looked = look(&server.person("ada"), &filled, &mut rng, |why| tally.failed(seed, why));
                tally.case(looked);
            }
        }
        fs::remove_dir_all(&data).ok();
    }
    tally.figure("kills", format!("{kills}, {early} of them before it listened"));
    tally.figure("half-written sled snapshots left", halves.to_string());
    tally.figure("slowest start", format!("{} ms", slowest.as_millis()));
    tally.figure("store", format!("{} MB", size(&whole) / 1_000_000));
    Ok(())
}

/// Fills a folder and kills the server that did.
fn fill(run: &Run, data: &Path) -> Result<Filled, String> {
    let (documents, length) = if run.small { STORE_SMALL } else { STORE };
    let server = Server::start(&run.galley, data)?;
    let empty = server.ready;
    let person = server.person("ada");
    let mut texts = Vec::new();
    for number in 0..documents {
        let text = text(run.seed().wrapping_add(number), length);
        texts.push((person.document(&text), hash(&text)));
    }
    let mut acked = Acked::default();
    let crowd =
        Crowd::start(&person, acked.document(&person, usize::MAX), WRITERS, &run.seed().to_string(), Pace::Hurried);
    std::thread::sleep(if run.small { WRITTEN_SMALL } else { WRITTEN });
    server.kill();
    acked.add(crowd.end());
    // How long a start takes is measured on a copy: the first one after a kill does the most.
    let measured = run.folder("kill-at-start-measured");
    copy(data, &measured).map_err(|error| format!("the folder cannot be copied: {error}"))?;
    let ready = || Server::start(&run.galley, &measured).map(|server| server.ready);
    let (first, next) = (ready()?, ready()?);
    fs::remove_dir_all(&measured).ok();
    Ok(Filled { texts, acked, starts: Starts { empty, first, next } })
}

/// Starts it and kills it; whether that was before it listened.
fn killed_after(galley: &Path, data: &Path, after: Duration) -> bool {
    let mut command: Command = server::command(galley, data);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = command.spawn().expect("the server that just ran can be started");
    std::thread::sleep(after);
    process.kill().ok();
    let said = process.wait_with_output().map(|output| output.stdout).unwrap_or_default();
    !String::from_utf8_lossy(&said).contains("listening on ")
}

/// What made sled refuse to open for ever, before the store looked for it.
fn has_half_a_snapshot(data: &Path) -> bool {
    let files = fs::read_dir(data.join("store")).into_iter().flatten().flatten();
    files.map(|file| file.path()).any(|path| path.extension().is_some_and(|extension| extension == "generating"))
}

/// Looks for every acked edit and at some of the texts; how many of both.
fn look(person: &Person, filled: &Filled, rng: &mut Rng, mut failed: impl FnMut(String)) -> u64 {
    filled.acked.missing(person).into_iter().for_each(|edit| failed(format!("{edit} was acked and is gone")));
    for _ in 0..LOOKED_AT {
        let (document, expected) = &filled.texts[rng.below(filled.texts.len() as u64) as usize];
        if hash(&person.text(document)) != *expected {
            failed(format!("the text of {document} is another one"));
        }
    }
    (filled.acked.len() + LOOKED_AT) as u64
}

fn text(seed: u64, length: usize) -> String {
    let mut rng = Rng::new(seed);
    let mut text = String::with_capacity(length + 80);
    while text.len() < length {
        text.push_str(&format!("{:x} {:x}\n", rng.next(), rng.next()));
    }
    text
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Files and folders; sockets stay where they are.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(
            |entry| {
                if entry.path().is_dir() { size(&entry.path()) } else { entry.metadata().map_or(0, |file| file.len()) }
            },
        )
        .sum()
}
