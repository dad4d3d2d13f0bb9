//! Runs `galley backup`: takes the bytes from a running server, or from the folder itself, and keeps them.
//!
//! Invariant: under the name that was asked for there is a finished backup, or what was there before. The bytes are checked as
//! they are written, fsynced, and get their name last; one from which something is missing replaces nothing. Next: `backup.rs`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use storage::{OpenError, Storage};

use super::{Ended, LOOK, PATIENCE, Progress, beside_a_copy, failed, read_key};
use crate::admin::socket::{Answering, begin};
use crate::admin::{Order, Reply};
use crate::backup::{self, Whole};
use crate::config::{Backup, Target};
use crate::verify::Finding;

/// `galley backup`.
pub fn backup(asked: &Backup) -> Ended {
    let begun = Instant::now();
    let mut progress = Progress::default();
    let taken = match &asked.to {
        Target::Output => take(&asked.data, &mut io::stdout().lock(), &asked.scratch, &mut progress),
        Target::New(path) if path.exists() => {
            Err(format!("{} is there already; name another file, or replace it with --force", path.display()))
        }
        Target::New(path) | Target::Replaced(path) => keep(&asked.data, path, &mut progress),
    };
    progress.done();
    let whole = match taken {
        Ok(whole) => whole,
        Err(why) => return failed(&format!("{why}. There is no backup.")),
    };
    let Whole { bytes, hash, records, streams, blobs, missing } = whole;
    let said = format!(
        "Backed up {records} records, {streams} texts and notes, {blobs} files and versions: {bytes} bytes in {:.1} s, \
         BLAKE3 {hash}",
        begun.elapsed().as_secs_f64()
    );
    match asked.to {
        Target::Output => eprintln!("{said}"),
        _ => println!("{said}"),
    }
    for Finding { place, what } in &missing {
        eprintln!("{place}: {what}");
    }
    if missing.is_empty() {
        return Ended::Good;
    }
    failed(&format!(
        "{} could not be read and {} not in this backup; all else is, and it can be restored. Keep your older backups: they may \
         hold what is missing.",
        things(missing.len()),
        if missing.len() == 1 { "is" } else { "are" }
    ))
}

fn things(count: usize) -> String {
    if count == 1 { "1 thing".into() } else { format!("{count} things") }
}

/// Under another name until it is whole.
fn keep(data: &Path, path: &Path, progress: &mut Progress) -> Result<Whole, String> {
    let unfinished = unfinished(path);
    let kept = create(&unfinished).map_err(|error| format!("{} cannot be written: {error}", unfinished.display()));
    let kept = kept.and_then(|mut file| {
        let whole = take(data, &mut BufWriter::new(&mut file), &beside(path), progress)?;
        if !whole.missing.is_empty() && path.exists() {
            let Finding { place, what } = &whole.missing[0];
            return Err(format!(
                "{} could not be read ({place}: {what}), so {} was left as it was: name another file for what is left",
                things(whole.missing.len()),
                path.display()
            ));
        }
        name(&file, &unfinished, path).map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
        Ok(whole)
    });
    if kept.is_err() {
        // The error that was met is the one to tell.
        let _ = fs::remove_file(&unfinished);
    }
    kept
}

/// A folder with room for about as much as the backup takes.
fn beside(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_owned()
}

fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.unfinished", std::process::id()));
    path.with_file_name(name)
}

/// It holds everybody's texts and the key: nobody else may read it.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn name(file: &File, unfinished: &Path, path: &Path) -> io::Result<()> {
    file.sync_all()?;
    fs::rename(unfinished, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// From whoever has the folder.
fn take(data: &Path, out: &mut impl Write, scratch: &Path, progress: &mut Progress) -> Result<Whole, String> {
    let begun = Instant::now();
    let silent = |error| format!("a server runs on this data folder and does not answer: {error}");
    loop {
        if let Some(answering) = begin(data, &Order::Backup).map_err(silent)? {
            return take_from_server(answering, out, progress);
        }
        match open(data) {
            Err(OpenError::Locked { .. }) if begun.elapsed() < PATIENCE => std::thread::sleep(LOOK),
            Err(
                why @ (OpenError::Corrupt { .. }
                | OpenError::Failed { .. }
                | OpenError::Full { .. }
                | OpenError::Unwritable { .. }),
            ) => {
                let taken = beside_a_copy(scratch, |copy| take_from_copy(data, &why, out, copy, progress));
                return taken.map_err(|error| format!("no room for a copy in {}: {error}", scratch.display()))?;
            }
            Err(error) => return Err(error.to_string()),
            Ok(None) => {
                return Err(format!("no server has run in {}; name the data folder with --data", data.display()));
            }
            Ok(Some(storage)) => return take_from_folder(&storage, data, Vec::new(), out, progress),
        }
    }
}

fn open(data: &Path) -> Result<Option<Storage>, OpenError> {
    let has_run = ["format", "store"].iter().any(|name| data.join(name).exists());
    if has_run { Storage::open(data).map(Some) } else { Ok(None) }
}

/// Of a store that does not open: all of it where only writing is in the way, else what is left.
fn take_from_copy(
    data: &Path,
    why: &OpenError,
    out: &mut impl Write,
    copy: &Path,
    progress: &mut Progress,
) -> Result<Whole, String> {
    if matches!(why, OpenError::Full { .. } | OpenError::Unwritable { .. })
        && let Ok(storage) = Storage::examine(data, &copy.join("whole"))
    {
        return take_from_folder(&storage, data, Vec::new(), out, progress);
    }
    let reason = match why {
        OpenError::Corrupt { reason, .. } | OpenError::Failed { reason, .. } => reason.clone(),
        other => other.to_string(),
    };
    let storage = Storage::rescue(data, &copy.join("rest")).map_err(|error| error.to_string())?;
    let what = format!("{reason}; what was written last may be missing, whatever it belongs to");
    take_from_folder(&storage, data, vec![Finding { place: "store".into(), what }], out, progress)
}

fn take_from_folder(
    storage: &Storage,
    data: &Path,
    lost: Vec<Finding>,
    out: &mut impl Write,
    progress: &mut Progress,
) -> Result<Whole, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let cut = runtime.block_on(storage.cut()).map_err(|error| error.to_string())?;
    if !lost.is_empty() && cut.records().is_empty() {
        return Err("nothing in the store can be read".into());
    }
    let far = |far: &str| {
        progress.tell(far);
        Ok(())
    };
    let written = backup::write(&cut, read_key(data), lost, out, far);
    let written = written.map_err(|error| format!("the backup cannot be written: {error}"))?;
    drop(cut);
    // It was only read: that it is closed badly takes nothing from the backup.
    let _ = runtime.block_on(storage.close());
    written
}

fn take_from_server(mut answering: Answering, out: &mut impl Write, progress: &mut Progress) -> Result<Whole, String> {
    match answering.reply(|far| progress.tell(far)).map_err(|error| format!("the server did not answer: {error}"))? {
        Reply::Backup => {}
        Reply::Refused(why) => return Err(why),
        other => return Err(format!("the server answered something else: {other:?}")),
    }
    let mut copied = Copied { from: answering, to: out, bytes: 0, progress };
    let whole = backup::check(&mut copied).map_err(|flaw| flaw.to_string())?;
    copied.to.flush().map_err(|error| format!("the backup cannot be written: {error}"))?;
    Ok(whole)
}

/// Writes down whatever is read.
struct Copied<'a, R, W> {
    from: R,
    to: &'a mut W,
    bytes: u64,
    progress: &'a mut Progress,
}

impl<R: Read, W: Write> Read for Copied<'_, R, W> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(bytes)?;
        self.to.write_all(&bytes[..read])?;
        self.bytes += read as u64;
        self.progress.tell(&format!("{} MB", self.bytes >> 20));
        Ok(read)
    }
}
