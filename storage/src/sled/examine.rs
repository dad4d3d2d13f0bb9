//! Looking into a data folder without changing it: sled cannot read without writing, so it is given a copy of the store.
//!
//! Invariant: nothing in the folder changes, and whoever else would open it is kept out meanwhile. Next: `open.rs`.

use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use super::open::{Expected, Held, Opened, RESTORING, corrupt, held, io_trouble, read_mark, reopen};
use super::seal;
use crate::OpenError;
use crate::blobs::Blobs;

/// What a disk gives back or not.
const BLOCK_BYTES: usize = 4 << 10;

/// Opens a copy of the store, made in the empty folder `scratch`, and the blobs where they are. Nothing in `dir` changes.
pub(crate) fn examine(dir: &Path, scratch: &Path) -> Result<(Opened, Held), OpenError> {
    let lock = held_to_look(dir)?;
    let mark = read_mark(dir)?.ok_or_else(|| corrupt(dir, "the file `format` is missing"))?;
    // The copy has no seal of its own; what is copied is looked at where it lies.
    if let Err(reason) = seal::check(dir, &dir.join("store")).map_err(|error| corrupt(dir, &error.to_string()))? {
        return Err(corrupt(dir, &reason));
    }
    open_copy(dir, scratch, lock, Expected::All(&mark), |from, to| fs::copy(from, to).map(drop))
}

/// The same of a damaged store: whatever can be read of it is copied, and sled takes what it can of that. What a newer Galley
/// wrote is left to that one.
pub(crate) fn rescue(dir: &Path, scratch: &Path) -> Result<(Opened, Held), OpenError> {
    let lock = held_to_look(dir)?;
    if let Err(newer @ OpenError::Newer { .. }) = read_mark(dir) {
        return Err(newer);
    }
    open_copy(dir, scratch, lock, Expected::Remains, copy_readable)
}

fn held_to_look(dir: &Path) -> Result<File, OpenError> {
    if dir.join(RESTORING).exists() {
        return Err(OpenError::Unfinished { dir: dir.to_owned() });
    }
    look(dir)
}

fn open_copy(
    dir: &Path,
    scratch: &Path,
    lock: File,
    expected: Expected,
    copy: impl Fn(&Path, &Path) -> io::Result<()>,
) -> Result<(Opened, Held), OpenError> {
    let trouble = |error: io::Error| io_trouble(scratch, &error);
    let store = scratch.join("store");
    fs::create_dir_all(&store).map_err(trouble)?;
    let unreadable = |error: io::Error| corrupt(dir, &format!("store cannot be read: {error}"));
    for file in fs::read_dir(dir.join("store")).map_err(unreadable)? {
        let file = file.map_err(trouble)?;
        if file.file_type().map_err(trouble)?.is_file() {
            copy(&file.path(), &store.join(file.file_name())).map_err(trouble)?;
        }
    }
    let db = reopen(scratch, &store, expected).map_err(|error| error.about(dir))?;
    let log = File::open(store.join("db")).map_err(trouble)?;
    Ok((Opened { db, log }, Held::new(Blobs::at(dir.join("blobs")), lock)))
}

/// What the disk does not give back is zeros in the copy, which no checksum takes for data.
fn copy_readable(from: &Path, to: &Path) -> io::Result<()> {
    let (mut from, mut to) = (File::open(from)?, File::create(to)?);
    let length = from.metadata()?.len();
    let mut block = [0; BLOCK_BYTES];
    for at in (0..length).step_by(BLOCK_BYTES) {
        let here = &mut block[..(length - at).min(BLOCK_BYTES as u64) as usize];
        if from.seek(io::SeekFrom::Start(at)).and_then(|_| from.read_exact(here)).is_err() {
            here.fill(0);
        }
        to.write_all(here)?;
    }
    Ok(())
}

/// Holds the folder without writing into it.
fn look(dir: &Path) -> Result<File, OpenError> {
    // Whoever opens this folder makes the first of these, so where that is missing nobody has it.
    let mut names = ["lock", "format", "store/db"].iter().map(|name| File::open(dir.join(name)));
    let is_missing =
        |opened: &io::Result<File>| opened.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    let opened = names.find(|opened| !is_missing(opened)).ok_or_else(|| corrupt(dir, "there is no store in it"))?;
    let mut lock = opened.map_err(|error| io_trouble(dir, &error))?;
    held(dir, &mut lock)?;
    Ok(lock)
}
