//! What a properly closed store looked like, so that damage to the end of its log is not taken for a crash.
//!
//! ```text
//! <data>/sealed   there only while the store is closed
//! ```
//! sled reads the end of its log up to the first message that is not whole, and zeroes the rest: after a crash that is right,
//! after a flipped bit it would lose what comes behind it without a word. So a store is closed with a fresh snapshot, which
//! covers the log, and a seal over what the next start reads: the snapshot and the segments at its end. Damage anywhere else is
//! found where it is read, by checksum, and names what it hurts. Invariants: a start looks before sled touches anything; the
//! seal is durably gone before sled writes. Next: `open.rs`.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::blobs::{sync_folder, write_synced};

const NAME: &str = "sealed";
const FIRST_LINE: &str = "galley sealed log 1";
/// sled's default, which we keep.
const SEGMENT_BYTES: u64 = 512 << 10;
/// checksum 4, lsn 8, stable lsn 8
const HEADER_BYTES: usize = 20;
/// sled stores its numbers so.
const MASK: u64 = 0x7fff_ffff_ffff_ffff;

/// What is in the file.
#[derive(Debug, PartialEq, Eq)]
struct Seal {
    /// Bytes of the log.
    length: u64,
    /// Of the whole log.
    log: String,
    /// File name and hash of sled's snapshot.
    snapshot: Option<(String, String)>,
    /// Offset and hash of each segment that a start reads.
    tail: Vec<(u64, String)>,
}

/// Writes the seal of a store that nobody has open.
pub(super) fn write(dir: &Path, store: &Path, snapshots: &[PathBuf]) -> io::Result<()> {
    let log = File::open(store.join("db"))?;
    log.sync_all()?;
    for snapshot in snapshots {
        File::open(snapshot)?.sync_all()?;
    }
    sync_folder(store)?;
    let seal = Seal::of(store, snapshots)?;
    let unfinished = dir.join("sealed.new");
    write_synced(&unfinished, seal.text().as_bytes())?;
    fs::rename(&unfinished, dir.join(NAME))?;
    sync_folder(dir)
}

/// What is wrong with the store, if it was sealed and is not what it was. Changes nothing.
pub(super) fn check(dir: &Path, store: &Path) -> io::Result<Result<(), String>> {
    let text = match fs::read(dir.join(NAME)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Ok(())),
        text => text?,
    };
    let Some(seal) = std::str::from_utf8(&text).ok().and_then(Seal::parse) else {
        return Ok(Err("the file `sealed` is damaged; if store/ is whole, remove that file and start again".into()));
    };
    seal.broken(store).map(|broken| broken.map_or(Ok(()), Err))
}

/// Takes the seal off, durably: what follows changes the log.
pub(super) fn take_off(dir: &Path) -> io::Result<()> {
    match fs::remove_file(dir.join(NAME)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.and_then(|()| sync_folder(dir)),
    }
}

/// Reads what sled is about to read. It takes a header it cannot read for a segment that is not in use, and then cuts off what
/// came later; so the disk must have said no before, or have the bytes at hand.
pub(super) fn read_ahead(store: &Path, snapshots: &[PathBuf]) -> io::Result<()> {
    for snapshot in snapshots {
        fs::read(snapshot)?;
    }
    let log = File::open(store.join("db"))?;
    let length = log.metadata()?.len();
    let mut bytes = vec![0; SEGMENT_BYTES as usize];
    for offset in tail(&log, length, reach(snapshots.iter().max()))? {
        let here = SEGMENT_BYTES.min(length - offset) as usize;
        read(&log, offset, &mut bytes[..here])?;
    }
    Ok(())
}

/// Offsets of the segments a start reads after a snapshot that reaches so far: as sled does, from the one it ends in.
fn tail(log: &File, length: u64, reach: u64) -> io::Result<Vec<u64>> {
    let mut tail = Vec::new();
    for offset in (0..length).step_by(SEGMENT_BYTES as usize) {
        let begun = lsn(log, offset, length)?.filter(|lsn| *lsn >= reach / SEGMENT_BYTES * SEGMENT_BYTES);
        tail.extend(begun.map(|_| offset));
    }
    Ok(tail)
}

/// How far into the log a snapshot reaches: sled names it so.
fn reach(snapshot: Option<&PathBuf>) -> u64 {
    snapshot.and_then(|path| u64::from_str_radix(path.extension()?.to_str()?, 16).ok()).unwrap_or(0)
}

impl Seal {
    fn of(store: &Path, snapshots: &[PathBuf]) -> io::Result<Seal> {
        let path = store.join("db");
        let log = File::open(&path)?;
        let length = log.metadata()?.len();
        let newest = snapshots.iter().max();
        let tail = tail(&log, length, reach(newest))?;
        let tail = tail.into_iter().map(|offset| Ok((offset, segment(&log, offset, length)?)));
        let tail = tail.collect::<io::Result<Vec<_>>>()?;
        let snapshot = newest.map(|path| Ok::<_, io::Error>((name(path), hash(path)?))).transpose()?;
        Ok(Seal { length, log: hash(&path)?, snapshot, tail })
    }

    fn broken(&self, store: &Path) -> io::Result<Option<String>> {
        let path = store.join("db");
        let log = File::open(&path)?;
        let length = log.metadata()?.len();
        // A longer one is one that sled made shorter when the power went: what was cut off is there again, and unused.
        if length < self.length {
            return Ok(Some(format!("store/db has {length} bytes and had {} when it was closed", self.length)));
        }
        for (offset, sealed) in &self.tail {
            if segment(&log, *offset, self.length)? != *sealed {
                return Ok(Some(format!("store/db is not what it was when it was closed, near byte {offset}")));
            }
        }
        let whole = match &self.snapshot {
            Some((name, sealed)) => match hash(&store.join(name)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => false,
                found => found? == *sealed,
            },
            None => true,
        };
        // Without its snapshot sled reads all of the log, so all of it must be whole.
        if !whole && hash(&path)? != self.log {
            return Ok(Some("store/db and sled's snapshot of it are not what they were when they were closed".into()));
        }
        Ok(None)
    }

    fn text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\nlog {} {}\n", self.length, self.log);
        if let Some((name, hash)) = &self.snapshot {
            text += &format!("snapshot {name} {hash}\n");
        }
        for (offset, hash) in &self.tail {
            text += &format!("tail {offset} {hash}\n");
        }
        let check = blake3::hash(text.as_bytes()).to_hex();
        text + &format!("check {check}\n")
    }

    fn parse(text: &str) -> Option<Seal> {
        let (body, check) = text.split_at_checked(text.rfind("check ")?)?;
        if check != format!("check {}\n", blake3::hash(body.as_bytes()).to_hex()) {
            return None;
        }
        let mut lines = body.lines();
        lines.next().filter(|line| *line == FIRST_LINE)?;
        let mut seal = Seal { length: 0, log: String::new(), snapshot: None, tail: Vec::new() };
        for line in lines {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["log", length, hash] => (seal.length, seal.log) = (length.parse().ok()?, hash.to_owned()),
                ["snapshot", name, hash] => seal.snapshot = Some((name.to_owned(), hash.to_owned())),
                ["tail", offset, hash] => seal.tail.push((offset.parse().ok()?, hash.to_owned())),
                _ => return None,
            }
        }
        Some(seal)
    }
}

/// The number a segment begins with; `None` for one that is not in use.
fn lsn(log: &File, offset: u64, length: u64) -> io::Result<Option<u64>> {
    if length - offset < HEADER_BYTES as u64 {
        return Ok(None);
    }
    let mut header = [0; HEADER_BYTES];
    read(log, offset, &mut header)?;
    let lsn: [u8; 8] = header[4..12].try_into().expect("eight bytes");
    let lsn = u64::from_le_bytes(lsn) ^ MASK;
    // A segment that was let go of holds no number that belongs there; hashing one too many hurts nobody.
    Ok((lsn >= offset && lsn.is_multiple_of(SEGMENT_BYTES)).then_some(lsn))
}

fn segment(log: &File, offset: u64, length: u64) -> io::Result<String> {
    let bytes = SEGMENT_BYTES.min(length.saturating_sub(offset));
    let mut segment = vec![0; bytes as usize];
    read(log, offset, &mut segment)?;
    Ok(blake3::hash(&segment).to_hex().to_string())
}

fn read(mut log: &File, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
    log.seek(SeekFrom::Start(offset))?;
    log.read_exact(bytes)
}

fn hash(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn st32_a_seal_is_read_as_it_was_written_or_not_at_all() {
        let (tail, snapshot) = (vec![(0, "a".into()), (524_288, "b".into())], Some(("snap.1".into(), "c".into())));
        let seal = Seal { length: 7, log: "d".into(), snapshot, tail };
        let text = seal.text();
        assert_eq!(Seal::parse(&text), Some(seal));
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            assert_eq!(std::str::from_utf8(&bytes).ok().and_then(Seal::parse), None, "byte {at}");
        }
    }
}
