//! Runs `galley verify`, `backup`, `restore` and `doctor`.
//!
//! Invariant: exit code 0 says that all is well, 1 that it is not, 2 that nobody could look; what went wrong is one
//! sentence on standard error, or JSON where that was asked for. Next: `verify.rs`, `backup.rs`, `doctor.rs`.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use storage::{OpenError, Storage};
use uuid::Uuid;

use crate::config::{Looked, Print, Verify};
use crate::verify::{self, Finding, Report};

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
    let looked = match &asked.what {
        Looked::Data(data) => look_at_data(data, &asked.scratch),
        Looked::File(file) => Err(format!("there are no backups yet: {}", file.display())),
    };
    let (report, ended) = match looked {
        Ok(report) if report.ok => (report, Ended::Good),
        Ok(report) => (report, Ended::Bad),
        Err(why) => (Report::unseen("everything", why), Ended::Blind),
    };
    show(&report, ended, asked.print);
    ended
}

fn look_at_data(data: &Path, scratch: &Path) -> Result<Report, String> {
    if !data.join("format").exists() && !data.join("store").exists() {
        return Err(format!(
            "no server has run in {}; name the data folder with --data or GALLEY_DATA",
            data.display()
        ));
    }
    let copy = scratch.join(format!("galley-verify-{}", Uuid::new_v4()));
    fs::create_dir_all(&copy).map_err(|error| format!("no room to look in {}: {error}", scratch.display()))?;
    // What sled says on its way through a damaged store is said again, better, in the report.
    std::panic::set_hook(Box::new(|_| {}));
    let looked = look_at_copy(data, &copy);
    drop(std::panic::take_hook());
    let removed = fs::remove_dir_all(&copy);
    if let Err(error) = removed {
        eprintln!("galley: {} could not be removed: {error}", copy.display());
    }
    looked
}

fn look_at_copy(data: &Path, copy: &Path) -> Result<Report, String> {
    let storage = match Storage::examine(data, copy) {
        Ok(storage) => storage,
        Err(OpenError::Corrupt { reason, .. }) => return Ok(Report::unseen("store", reason)),
        Err(error) => return Err(error.to_string()),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let report = match runtime.block_on(storage.cut()) {
        Ok(cut) => verify::cut(&cut, read_key(data), |_| {}),
        Err(error) => Report::unseen("store", error.to_string()),
    };
    // A copy is thrown away: how closing it goes is of no interest.
    let _ = runtime.block_on(storage.close());
    Ok(report)
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
