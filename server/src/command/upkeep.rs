//! Runs `galley verify`, `backup`, `restore` and `doctor`.
//!
//! A running server is asked over its socket and does the reading itself; without one the command opens the folder.
//! Invariant: exit code 0 says that all is well, 1 that it is not, 2 that nobody could look; what went wrong is one
//! sentence on standard error, or JSON where that was asked for. Next: `verify.rs`, `backup.rs`, `command/kept.rs`.

use std::fs::{self, File};
use std::io::{self, BufReader, IsTerminal};
use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use storage::{OpenError, Storage};
use uuid::Uuid;

use crate::admin::socket::begin;
use crate::admin::{Order, Reply};
use crate::backup;
use crate::config::{Doctor, Looked, Print, Restore, Verify};
use crate::doctor::{self, Check};
use crate::verify::{self, Finding, Report};

mod kept;

pub use kept::backup;

/// Between two looks at how far it is.
const TELL: Duration = Duration::from_millis(500);
/// A server that stops holds the folder a little longer than its socket.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two looks whether the folder is free.
const LOOK: Duration = Duration::from_millis(50);

/// How it ended: the process's exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All is well.
    Good,
    /// It is not.
    Bad,
    /// Nobody could look.
    Blind,
}

impl Ended {
    /// For the shell.
    pub fn code(self) -> u8 {
        match self {
            Ended::Good => 0,
            Ended::Bad => 1,
            Ended::Blind => 2,
        }
    }
}

/// `galley verify`.
pub fn verify(asked: &Verify) -> Ended {
    let mut progress = Progress::default();
    let looked = match &asked.what {
        Looked::Data(data) => look_at_data(data, &asked.scratch, &mut progress),
        Looked::File(file) => match File::open(file) {
            Ok(input) => backup::verify(BufReader::new(input)),
            Err(error) => Err(format!("{} cannot be opened: {error}", file.display())),
        },
    };
    progress.done();
    let (report, ended) = match looked {
        Ok(report) if report.ok => (report, Ended::Good),
        Ok(report) => (report, Ended::Bad),
        Err(why) => (Report::unseen("everything", why), Ended::Blind),
    };
    show(&report, ended, asked.print);
    ended
}

/// `galley restore`.
pub fn restore(asked: &Restore) -> Ended {
    let Restore { file, data } = asked;
    let mut progress = Progress::default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.to_string()),
    };
    let restored = runtime.block_on(backup::restore::restore(file, data, |far| progress.tell(far)));
    progress.done();
    match restored {
        Ok(whole) => {
            let backup::Whole { records, streams, blobs, missing, .. } = whole;
            println!(
                "Restored {records} records, {streams} texts and notes, {blobs} files and versions into {}. Start \
                 `galley serve` on it; tabs that are open bring back what they wrote since the backup.",
                data.display()
            );
            for Finding { place, what } in &missing {
                eprintln!("{place} was not readable when this backup was made: {what}");
            }
            Ended::Good
        }
        Err(error) => failed(&format!("{error}. Nothing was restored.")),
    }
}

/// `galley doctor`.
pub fn doctor(asked: &Doctor) -> Ended {
    let Some(findings) = doctor::examine(asked) else {
        eprintln!("galley: {} is not there; name the data folder with --data or GALLEY_DATA", asked.data.display());
        return Ended::Blind;
    };
    match asked.print {
        Print::Programs => {
            let json = serde_json::to_string_pretty(&findings).expect("findings have no maps and no failing fields");
            println!("{json}");
        }
        Print::People => findings.checks.iter().for_each(|Check { name, state, said }| {
            let state = format!("{state:?}").to_lowercase();
            println!("{state:<8} {name:<12} {said}");
        }),
    }
    if findings.ok { Ended::Good } else { Ended::Bad }
}

fn failed(why: &str) -> Ended {
    eprintln!("galley: {why}");
    Ended::Bad
}

fn look_at_data(data: &Path, scratch: &Path, progress: &mut Progress) -> Result<Report, String> {
    let begun = Instant::now();
    loop {
        match ask_to_look(data, progress)? {
            Some(report) => return Ok(report),
            None => match look_offline(data, scratch, progress) {
                Err(Unseen::Held(_)) if begun.elapsed() < PATIENCE => std::thread::sleep(LOOK),
                Err(Unseen::Held(why) | Unseen::Other(why)) => return Err(why),
                Ok(report) => return Ok(report),
            },
        }
    }
}

/// `None`: no server runs on this folder.
fn ask_to_look(data: &Path, progress: &mut Progress) -> Result<Option<Report>, String> {
    let silent = |error| format!("a server runs on this data folder and does not answer: {error}");
    let Some(mut answering) = begin(data, &Order::Verify).map_err(silent)? else { return Ok(None) };
    match answering.reply(|far| progress.tell(far)).map_err(silent)? {
        Reply::Report(report) => Ok(Some(*report)),
        Reply::Refused(why) => Err(why),
        other => Err(format!("the server answered something else: {other:?}")),
    }
}

/// Why a folder was not looked at.
enum Unseen {
    /// Somebody has it.
    Held(String),
    /// For another reason.
    Other(String),
}

fn look_offline(data: &Path, scratch: &Path, progress: &mut Progress) -> Result<Report, Unseen> {
    if !data.join("format").exists() && !data.join("store").exists() {
        let sentence =
            format!("no server has run in {}; name the data folder with --data or GALLEY_DATA", data.display());
        return Err(Unseen::Other(sentence));
    }
    let looked = beside_a_copy(scratch, |copy| look_at_copy(data, copy, progress));
    looked.unwrap_or_else(|error| Err(Unseen::Other(format!("no room to look in {}: {error}", scratch.display()))))
}

/// Gives a folder for a copy of a store, which is removed afterwards. It will hold everybody's texts: nobody else may look.
fn beside_a_copy<T>(scratch: &Path, work: impl FnOnce(&Path) -> T) -> io::Result<T> {
    let copy = scratch.join(format!(".galley-copy-{}", Uuid::new_v4()));
    let mut folder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(&copy)?;
    // What sled says on its way through a damaged store is said again, better, in what comes of this.
    std::panic::set_hook(Box::new(|_| {}));
    let done = work(&copy);
    drop(std::panic::take_hook());
    if let Err(error) = fs::remove_dir_all(&copy) {
        eprintln!("galley: {} could not be removed: {error}", copy.display());
    }
    Ok(done)
}

fn look_at_copy(data: &Path, copy: &Path, progress: &mut Progress) -> Result<Report, Unseen> {
    let storage = match Storage::examine(data, copy) {
        Ok(storage) => storage,
        Err(OpenError::Corrupt { reason, .. }) => return Ok(Report::unseen("store", reason)),
        Err(error @ OpenError::Locked { .. }) => return Err(Unseen::Held(error.to_string())),
        Err(error) => return Err(Unseen::Other(error.to_string())),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Unseen::Other(error.to_string()))?;
    let far = |far: &str| {
        progress.tell(far);
        Ok(())
    };
    let report = match runtime.block_on(storage.cut()) {
        Ok(cut) => verify::cut(&cut, read_key(data), far).map_err(Unseen::Other),
        Err(error) => Ok(Report::unseen("store", error.to_string())),
    };
    // A copy is thrown away: how closing it goes is of no interest.
    let _ = runtime.block_on(storage.close());
    report
}

/// The key beside a store.
pub fn read_key(data: &Path) -> Result<Bytes, String> {
    fs::read(data.join("key")).map(Bytes::from).map_err(|error| format!("cannot be read: {error}"))
}

fn show(report: &Report, ended: Ended, print: Print) {
    if print == Print::Programs {
        let json = serde_json::to_string_pretty(report).expect("reports have no maps and no failing fields");
        return println!("{json}");
    }
    for Finding { place, what } in &report.problems {
        println!("{place}: {what}");
    }
    for Finding { place, what } in &report.remarks {
        println!("{place}: {what} (harmless)");
    }
    let Report { documents, records, updates, blobs, contents, .. } = report;
    let seen = format!("{documents} documents, {records} records, {updates} updates, {blobs} files and versions");
    match ended {
        Ended::Good => println!("All is well: {seen}. Contents {contents}"),
        Ended::Bad => println!("{} problems. Looked at {seen}.", report.problems.len()),
        Ended::Blind => println!("Nothing was looked at."),
    }
}

/// How far it is, for somebody who watches.
#[derive(Default)]
struct Progress {
    last: Option<Instant>,
}

impl Progress {
    fn tell(&mut self, far: &str) {
        if self.last.is_some_and(|last| last.elapsed() < TELL) || !std::io::stderr().is_terminal() {
            return;
        }
        self.last = Some(Instant::now());
        eprint!("\r\x1b[K{far}");
    }

    fn done(&self) {
        if self.last.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}
