//! Opening a data folder: lock it, look at its format, heal what a crash left, and never start empty.
//!
//! ```text
//! <data>/lock     held while open; says who holds it
//! <data>/creating there until the first start is done; a store beside it holds nothing that was acknowledged
//! <data>/restoring there until a restore is done; nothing opens a folder that has it
//! <data>/sealed   see `seal.rs`
//! <data>/format   the layout's number and the store's identity; written last, so its presence means "holds data"
//! <data>/store/   sled
//! <data>/blobs/   one folder a document
//! <data>/aside/   sled snapshots that could not be read, kept for whoever wants to look
//! ```
//! sled can be killed while it writes a start-up snapshot and then refuses to open for ever; the log itself is whole,
//! so the snapshot is moved away and the log read again. Invariant: once `format` exists, the store opens with the
//! identity that `format` names or not at all. Next: `sled.rs`.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::engine::{Engine, Panicked};
use super::format::FORMAT;
use super::seal;
use crate::OpenError;
use crate::blobs::{Blobs, sync_folder, write_synced};

const CACHE_BYTES: u64 = 64 << 20;
/// sled's own flusher also cleans segments; nothing is acknowledged by it.
const BACKGROUND_FLUSH_MS: u64 = 1000;
/// Under this key sled's default tree holds the store's identity.
const IDENTITY: &str = "identity";
/// The mark of a restore that is under way or was cut short.
pub(super) const RESTORING: &str = "restoring";

/// How long sled may keep its lock after it was dropped.
const LET_GO: Duration = Duration::from_secs(10);
/// How long a lock that is this process's own is waited for.
const FORKED: Duration = Duration::from_millis(500);
/// Between two looks whether it has let go.
const LOOK: Duration = Duration::from_millis(20);

/// An opened store.
pub(crate) struct Opened {
    pub db: Engine,
    /// Our own descriptor of sled's log file: fsync acts on the file, whoever wrote it.
    pub log: File,
}

/// The rest of the folder, which stays when the store is opened anew.
#[derive(Debug)]
pub(crate) struct Held {
    pub blobs: Blobs,
    /// Unlocks the folder when dropped.
    _lock: File,
}

impl Held {
    pub(super) fn new(blobs: Blobs, lock: File) -> Held {
        Held { blobs, _lock: lock }
    }
}

/// What has to be in a store that is opened.
#[derive(Clone, Copy)]
pub(super) enum Expected<'a> {
    /// Everything the folder of this mark has held.
    All(&'a Mark),
    /// Whatever is left.
    Remains,
}

/// What the file `format` says.
pub(super) struct Mark {
    format: u32,
    identity: Uuid,
}

pub(crate) fn open(dir: &Path) -> Result<(Opened, Held), OpenError> {
    if dir.join(RESTORING).exists() {
        return Err(OpenError::Unfinished { dir: dir.to_owned() });
    }
    open_any(dir)
}

/// Makes a store in a folder that is empty or not there, and marks it until [`restored`].
pub(crate) fn restore(dir: &Path) -> Result<(Opened, Held), OpenError> {
    let trouble = |error: io::Error| io_trouble(dir, &error);
    fs::create_dir_all(dir).map_err(trouble)?;
    if fs::read_dir(dir).map_err(trouble)?.next().is_some() {
        return Err(OpenError::NotEmpty { dir: dir.to_owned() });
    }
    write_synced(&dir.join(RESTORING), b"").and_then(|()| sync_folder(dir)).map_err(trouble)?;
    open_any(dir)
}

/// Takes the mark away: from now on the folder opens.
pub(crate) fn restored(dir: &Path) -> io::Result<()> {
    sync_folder(dir)?;
    fs::remove_file(dir.join(RESTORING))?;
    sync_folder(dir)
}

/// Empties a folder that [`restore`] made; the mark goes last.
pub(crate) fn abandon(dir: &Path) -> io::Result<()> {
    for file in fs::read_dir(dir)? {
        let file = file?;
        match file.file_type()?.is_dir() {
            true => fs::remove_dir_all(file.path())?,
            false if file.file_name() == RESTORING => {}
            false => fs::remove_file(file.path())?,
        }
    }
    fs::remove_file(dir.join(RESTORING))
}

fn open_any(dir: &Path) -> Result<(Opened, Held), OpenError> {
    // Looked at before anything is written: a newer folder stays untouched, lock file included.
    let mark = read_mark(dir)?;
    let trouble = |error: io::Error| io_trouble(dir, &error);
    fs::create_dir_all(dir).map_err(trouble)?;
    let lock = hold(dir)?;
    let store = dir.join("store");
    let db = match mark {
        Some(mark) => reopen(dir, &store, Expected::All(&mark))?,
        None => create(dir, &store)?,
    };
    let blobs = Blobs::open(dir.join("blobs")).map_err(trouble)?;
    let log = File::open(store.join("db")).map_err(trouble)?;
    Ok((Opened { db, log }, Held { blobs, _lock: lock }))
}

/// Opens the store of a folder this process holds, after it had filled the disk and was let go of.
pub(crate) fn again(dir: &Path) -> Result<Opened, OpenError> {
    let mark = read_mark(dir)?.ok_or_else(|| corrupt(dir, "the file `format` is gone"))?;
    let store = dir.join("store");
    let log = File::open(store.join("db")).map_err(|error| io_trouble(dir, &error))?;
    forget_cached(&log).map_err(|error| io_trouble(dir, &error))?;
    Ok(Opened { db: reopen(dir, &store, Expected::All(&mark))?, log })
}

/// Pages that could not be written may look clean and be gone after a power cut: what is read next comes from the disk.
fn forget_cached(log: &File) -> io::Result<()> {
    log.sync_all()?;
    #[cfg(target_os = "linux")]
    rustix::fs::fadvise(log, 0, None, rustix::fs::Advice::DontNeed)?;
    Ok(())
}

/// What the disk of the folder has left for this process; `None` where the system cannot say.
pub(crate) fn free_bytes(dir: &Path) -> io::Result<Option<u64>> {
    #[cfg(unix)]
    {
        let found = rustix::fs::statvfs(dir)?;
        Ok(Some(found.f_bavail.saturating_mul(found.f_frsize)))
    }
    #[cfg(not(unix))]
    {
        let _ = dir;
        Ok(None)
    }
}

fn hold(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join("lock");
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    let mut file = options.open(&path).map_err(|error| io_trouble(dir, &error))?;
    held(dir, &mut file)?;
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(|error| io_trouble(dir, &error))?;
    Ok(file)
}

/// Another process that holds it is told at once. Ours may only seem to: a child has our descriptors from its fork to its exec.
pub(super) fn held(dir: &Path, file: &mut File) -> Result<(), OpenError> {
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(io_trouble(dir, &error)),
            Err(TryLockError::WouldBlock) => {}
        }
        let mut process = String::new();
        // Only decorates the sentence.
        let _ = file.rewind().and_then(|()| file.read_to_string(&mut process));
        let process = process.trim();
        if process != std::process::id().to_string() || begun.elapsed() > FORKED {
            let holder = if process.is_empty() { String::new() } else { format!(" (process {process})") };
            return Err(OpenError::Locked { dir: dir.to_owned(), holder });
        }
        std::thread::sleep(LOOK);
    }
}

/// Seals a store of which every handle is gone: sled opens it once more, which leaves a snapshot that covers all of its log.
pub(crate) fn seal(dir: &Path) -> Result<(), OpenError> {
    let store = dir.join("store");
    drop(attempt(&store).map_err(|refusal| refusal.told(dir))?);
    // Its threads are done once its lock is free.
    let log = File::open(store.join("db")).map_err(|error| io_trouble(dir, &error))?;
    let begun = Instant::now();
    while log.try_lock().is_err() {
        if begun.elapsed() > LET_GO {
            return Err(Refusal::Locked.told(dir));
        }
        std::thread::sleep(LOOK);
    }
    snapshots(&store)
        .and_then(|snapshots| seal::write(dir, &store, &snapshots))
        .map_err(|error| io_trouble(dir, &error))
}

fn remove_unfinished_snapshots(store: &Path) -> io::Result<()> {
    for path in snapshots(store)? {
        if path.extension().is_some_and(|extension| extension == "generating") {
            tracing::warn!(path = %path.display(), "removing a sled snapshot that a crash left unfinished");
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// A folder that has held data must still hold it: its identity came back, or the log lost its beginning.
pub(super) fn reopen(dir: &Path, store: &Path, expected: Expected) -> Result<Engine, OpenError> {
    let log = store.join("db");
    if !log.is_file() {
        return Err(corrupt(dir, "store/db is missing although the folder has held data"));
    }
    // Before sled: it zeroes what it takes for the torn end of a log.
    if let Err(reason) = seal::check(dir, store).map_err(|error| io_trouble(dir, &error))? {
        return Err(corrupt(dir, &reason));
    }
    seal::take_off(dir).map_err(|error| io_trouble(dir, &error))?;
    // What a killed process wrote and never synced is about to be read, and taken for durable.
    File::open(&log)
        .and_then(|log| log.sync_all())
        .and_then(|()| remove_unfinished_snapshots(store))
        .and_then(|()| remove_if_there(&dir.join("creating")))
        .and_then(|()| seal::read_ahead(store, &snapshots(store)?))
        .map_err(|error| io_trouble(dir, &error))?;
    let db = open_healing(dir, store, expected)?;
    let Expected::All(mark) = expected else { return Ok(db) };
    let identity = db.get(IDENTITY).map_err(|error| refused(dir, &error))?;
    if identity.as_deref() == Some(mark.identity.as_bytes()) {
        return Ok(db);
    }
    let reason = "the log in store/ is not this folder's own, or lost its beginning";
    Err(corrupt(dir, reason))
}

/// Opens sled; if its snapshot is unreadable, moves it aside and lets sled read the whole log.
fn open_healing(dir: &Path, store: &Path, expected: Expected) -> Result<Engine, OpenError> {
    let trouble = |error: io::Error| io_trouble(dir, &error);
    let reason = match attempt(store) {
        Ok(db) => return Ok(db),
        Err(Refusal::Damaged(reason)) => reason,
        Err(refusal) => return Err(refusal.told(dir)),
    };
    let reached = newest_snapshot(store).map_err(trouble)?;
    let aside = move_snapshots_aside(dir, store).map_err(trouble)?;
    let Some(aside) = aside else { return Err(corrupt(dir, &reason)) };
    tracing::warn!(%reason, aside = %aside.display(), "sled's snapshot is damaged: moved it aside, reading the whole log");
    let db = attempt(store).map_err(|refusal| refusal.told(dir))?;
    // The log was synced before each snapshot of it was made, so it reaches at least as far.
    if matches!(expected, Expected::All(_)) && newest_snapshot(store).map_err(trouble)? < reached {
        drop(db);
        // The next start must not take the shorter log for the whole.
        bring_back(store, &aside).map_err(trouble)?;
        return Err(corrupt(dir, "the log in store/ ends before its last snapshot did"));
    }
    Ok(db)
}

enum Refusal {
    Locked,
    Damaged(String),
    Io(io::Error),
}

impl Refusal {
    fn told(self, dir: &Path) -> OpenError {
        match self {
            Refusal::Locked => OpenError::Locked { dir: dir.to_owned(), holder: String::new() },
            Refusal::Damaged(reason) => corrupt(dir, &reason),
            Refusal::Io(error) => io_trouble(dir, &error),
        }
    }
}

/// Opens sled. The folder is ours, so whoever still holds sled's own lock is a thread of a store that was dropped here.
fn attempt(store: &Path) -> Result<Engine, Refusal> {
    let until = Instant::now() + LET_GO;
    loop {
        match attempt_once(store) {
            Err(Refusal::Locked) if Instant::now() < until => std::thread::sleep(LOOK),
            outcome => return outcome,
        }
    }
}

fn attempt_once(store: &Path) -> Result<Engine, Refusal> {
    let config = sled::Config::new()
        .path(store)
        .mode(sled::Mode::LowSpace)
        .cache_capacity(CACHE_BYTES)
        .flush_every_ms(Some(BACKGROUND_FLUSH_MS));
    match Engine::open(&config) {
        Ok(Ok(db)) => Ok(db),
        Ok(Err(sled::Error::Io(error))) => Err(match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => Refusal::Damaged(error.to_string()),
            // sled wraps the lock's refusal into this sentence and keeps nothing else of it.
            _ if error.to_string().starts_with("could not acquire lock") => Refusal::Locked,
            _ => Refusal::Io(error),
        }),
        Ok(Err(error)) => Err(Refusal::Damaged(error.to_string())),
        Err(Panicked::Io(error)) => Err(Refusal::Io(error)),
        Err(Panicked::Damage) => Err(Refusal::Damaged("sled panicked while reading it".into())),
    }
}

/// Where to, or `None` if there are none.
fn move_snapshots_aside(dir: &Path, store: &Path) -> io::Result<Option<PathBuf>> {
    let snapshots = snapshots(store)?;
    if snapshots.is_empty() {
        return Ok(None);
    }
    let parent = dir.join("aside");
    fs::create_dir_all(&parent)?;
    let free = (1..).map(|number| parent.join(number.to_string())).find(|path| !path.exists());
    let aside = free.unwrap_or(parent);
    fs::create_dir_all(&aside)?;
    for path in snapshots {
        if let Some(name) = path.file_name() {
            fs::rename(&path, aside.join(name))?;
        }
    }
    Ok(Some(aside))
}

/// Puts snapshots that were moved aside in the place of those made since.
fn bring_back(store: &Path, aside: &Path) -> io::Result<()> {
    for made in snapshots(store)? {
        fs::remove_file(made)?;
    }
    for kept in snapshots(aside)? {
        fs::rename(&kept, store.join(kept.file_name().unwrap_or_default()))?;
    }
    sync_folder(store)
}

fn snapshots(store: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for file in fs::read_dir(store)? {
        let file = file?;
        if file.file_name().to_string_lossy().starts_with("snap.") {
            found.push(file.path());
        }
    }
    Ok(found)
}

/// How far into the log the newest snapshot reaches: sled names it so.
fn newest_snapshot(store: &Path) -> io::Result<Option<u64>> {
    let reach = |path: &PathBuf| u64::from_str_radix(path.extension()?.to_str()?, 16).ok();
    Ok(snapshots(store)?.iter().filter_map(reach).max())
}

/// First start: make the store, give it its identity, sync every file and folder, and only then write `format`.
fn create(dir: &Path, store: &Path) -> Result<Engine, OpenError> {
    let trouble = |error: io::Error| io_trouble(dir, &error);
    let creating = dir.join("creating");
    if store.exists() && !creating.exists() {
        return Err(corrupt(dir, "the file `format` is missing beside a store"));
    }
    write_synced(&creating, b"")
        .and_then(|()| sync_folder(dir))
        .and_then(|()| if store.exists() { fs::remove_dir_all(store) } else { Ok(()) })
        .and_then(|()| fs::create_dir_all(store))
        .map_err(trouble)?;
    let db = attempt(store).map_err(|refusal| refusal.told(dir))?;
    let identity = Uuid::new_v4();
    db.insert(IDENTITY, identity.as_bytes()).and_then(|_| db.flush()).map_err(|error| refused(dir, &error))?;
    sync_all(dir, store, identity).and_then(|()| remove_if_there(&creating)).map_err(trouble)?;
    Ok(db)
}

fn sync_all(dir: &Path, store: &Path, identity: Uuid) -> io::Result<()> {
    for file in fs::read_dir(store)? {
        File::open(file?.path())?.sync_all()?;
    }
    sync_folder(store)?;
    sync_folder(dir)?;
    let unfinished = dir.join("format.new");
    write_synced(&unfinished, format!("galley data format {FORMAT}\n{identity}\n").as_bytes())?;
    fs::rename(&unfinished, dir.join("format"))?;
    sync_folder(dir)?;
    // The folder's own name, so that it is there after a power cut.
    match dir.canonicalize()?.parent() {
        Some(parent) => sync_folder(parent),
        None => Ok(()),
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

pub(super) fn read_mark(dir: &Path) -> Result<Option<Mark>, OpenError> {
    let text = match fs::read_to_string(dir.join("format")) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_trouble(dir, &error)),
    };
    let mark = parse_mark(&text).ok_or_else(|| corrupt(dir, "the file `format` is unreadable"))?;
    if mark.format > u32::from(FORMAT) {
        return Err(OpenError::Newer { dir: dir.to_owned(), found: mark.format, known: u32::from(FORMAT) });
    }
    Ok(Some(mark))
}

/// What the file `format` says.
pub(crate) fn format_of(dir: &Path) -> Result<Option<u32>, OpenError> {
    Ok(read_mark(dir)?.map(|mark| mark.format))
}

fn parse_mark(text: &str) -> Option<Mark> {
    let mut lines = text.lines();
    let format = lines.next()?.strip_prefix("galley data format ")?.parse().ok()?;
    // A newer format may say anything after its number.
    let identity = lines.next().and_then(|line| Uuid::parse_str(line).ok());
    let identity = if format > u32::from(FORMAT) { identity.unwrap_or_default() } else { identity? };
    Some(Mark { format, identity })
}

pub(super) fn corrupt(dir: &Path, reason: &str) -> OpenError {
    OpenError::Corrupt { dir: dir.to_owned(), reason: reason.to_owned() }
}

/// What sled says once it is open: the disk's answer, or that what it read is damaged.
pub(crate) fn refused(dir: &Path, error: &sled::Error) -> OpenError {
    match error {
        sled::Error::Io(error) => io_trouble(dir, error),
        error => corrupt(dir, &error.to_string()),
    }
}

pub(crate) fn io_trouble(dir: &Path, error: &io::Error) -> OpenError {
    use io::ErrorKind::{
        AlreadyExists, IsADirectory, NotADirectory, NotFound, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem,
        StorageFull,
    };
    let (dir, reason) = (dir.to_owned(), error.to_string());
    match error.kind() {
        StorageFull | QuotaExceeded => OpenError::Full { dir },
        PermissionDenied | ReadOnlyFilesystem | NotADirectory | IsADirectory | AlreadyExists | NotFound => {
            OpenError::Unwritable { dir, reason }
        }
        _ => OpenError::Failed { dir, reason },
    }
}
