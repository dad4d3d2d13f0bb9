//! Reading a zip somebody sent: bytes in, entries out.
//!
//! Own code, because everything a hostile archive declares is a lie until read: nothing here allocates by a declared
//! size, entries are counted while they are read, and what comes out of the inflater is counted byte by byte. Invariant:
//! whatever the bytes, no panic; at most [`Caps`] of anything; a path that gets past here is relative, of plain parts, and
//! is only ever a name, never opened on a disk. Next: `plan.rs`, which says what the entries are to each other.

use std::collections::HashSet;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::Crc;
use flate2::read::DeflateDecoder;

mod directory;
#[cfg(test)]
mod tests;

use directory::{Header, le16, le32};

/// How much of everything.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    /// Entries.
    pub entries: usize,
    /// Bytes that come out, all together.
    pub inflated: u64,
}

/// An archive that can be read from.
pub struct Archive<R> {
    file: R,
    entries: Vec<Entry>,
    left: u64,
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Relative, with `/` between parts; for people to read where the entry is no good.
    pub path: String,
    /// Wall clock as whoever packed it had it, milliseconds since 1970; 0: unknown.
    pub modified_ms: u64,
    /// What it is.
    pub kind: Kind,
    /// Checksum of what comes out.
    pub crc: u32,
    header: Header,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file that can be read.
    File,
    /// A folder, or something a system or program keeps for itself; nothing to see.
    Nothing,
    /// Something that is not taken, and why.
    Bad(Bad),
}

/// Why an archive is no good as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No end of a directory.
    #[error("this is not a zip archive, or only the beginning of one; make it again and send it whole")]
    NotAnArchive,
    /// The directory is not where it is said to be.
    #[error("the zip archive's list of files is damaged; make the archive again")]
    Directory,
    /// More entries than the limit.
    #[error("the zip archive holds more than {0} files; split it")]
    TooMany(usize),
    /// Several disks.
    #[error("this is one part of a zip archive in several parts; join them first")]
    Parts,
    /// The disk of this server.
    #[error("the archive could not be read back from the server's disk; try again later")]
    Disk,
}

/// Why one entry is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Bad {
    /// Encrypted.
    #[error("it is locked with a password; make the archive without one")]
    Locked,
    /// A method other than stored and deflated.
    #[error("it is packed in a way Galley cannot read; make the archive with the usual settings")]
    Method,
    /// Leads out of the archive.
    #[error("its path leads out of the archive")]
    Path,
    /// A symbolic link.
    #[error("it is a link to another file, not a file")]
    Link,
    /// The same path twice.
    #[error("another file in the archive has the same path; the first one counts")]
    Twice,
    /// Its bytes are those of another entry too.
    #[error("it shares its bytes with another file, as archives made to do harm do")]
    Overlap,
    /// Its two headers say different things.
    #[error("what the archive says of it is not what is there; make the archive again")]
    Lies,
    /// Ends early.
    #[error("it ends too early; make the archive again and send it whole")]
    Short,
    /// Wrong checksum, or not deflated at all.
    #[error("its bytes are damaged; make the archive again")]
    Damaged,
    /// Larger than the caller takes.
    #[error("it is larger than {0} bytes")]
    TooLarge(u64),
    /// All that may come out of this archive has.
    #[error("the archive unpacks to more than this server takes at once; split it")]
    Full,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the list of what is in it.
    pub fn open(mut file: R, caps: Caps) -> Result<Archive<R>, Unreadable> {
        let end = directory::end(&mut file)?;
        if end.entries > caps.entries as u64 {
            return Err(Unreadable::TooMany(caps.entries));
        }
        file.seek(SeekFrom::Start(end.start)).map_err(|_| Unreadable::Disk)?;
        let mut reader = BufReader::new((&mut file).take(end.size));
        let mut entries = Vec::new();
        while let Some((header, name)) = directory::header(&mut reader, end.shift)? {
            // Counted, not believed.
            if entries.len() == caps.entries {
                return Err(Unreadable::TooMany(caps.entries));
            }
            entries.push(Entry::of(header, &name));
        }
        if entries.len() as u64 != end.entries {
            return Err(Unreadable::Directory);
        }
        drop(reader);
        doubt(&mut entries);
        Ok(Archive { file, entries, left: caps.inflated })
    }

    /// Everything in it, in the order of its list.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The bytes of one entry, if they are at most `max`.
    pub fn read(&mut self, index: usize, max: u64) -> Result<Vec<u8>, Bad> {
        let entry = &self.entries[index];
        if let Kind::Bad(bad) = entry.kind {
            return Err(bad);
        }
        let header = entry.header.clone();
        if header.size > max {
            return Err(Bad::TooLarge(max));
        }
        self.left = self.left.checked_sub(header.size).ok_or(Bad::Full)?;
        self.file.seek(SeekFrom::Start(header.at)).map_err(|_| Bad::Lies)?;
        let skip = self.local(&header)?;
        self.file.seek(SeekFrom::Current(skip)).map_err(|_| Bad::Short)?;
        let packed = BufReader::new((&mut self.file).take(header.packed));
        // One more than is said to come out, so that a lie is noticed and costs one byte.
        let bytes = match header.method {
            0 => collect(packed.take(header.size + 1)),
            _ => collect(DeflateDecoder::new(packed).take(header.size + 1)),
        }?;
        match bytes.len() as u64 {
            taken if taken < header.size => Err(Bad::Short),
            taken if taken > header.size => Err(Bad::Lies),
            _ if checksum(&bytes) != header.crc => Err(Bad::Damaged),
            _ => Ok(bytes),
        }
    }

    /// Reads the header in front of the bytes, which must be of the same entry; how much follows before they begin.
    fn local(&mut self, header: &Header) -> Result<i64, Bad> {
        let mut fixed = [0; 30];
        self.file.read_exact(&mut fixed).map_err(|_| Bad::Short)?;
        let name_len = usize::from(le16(&fixed, 26));
        let same = le32(&fixed, 0) == 0x0403_4b50 && le16(&fixed, 8) == header.method && name_len == header.name_len;
        if !same || le16(&fixed, 6) & 1 == 1 {
            return Err(Bad::Lies);
        }
        let mut name = vec![0; name_len];
        self.file.read_exact(&mut name).map_err(|_| Bad::Short)?;
        if checksum(&name) != header.name_crc {
            return Err(Bad::Lies);
        }
        Ok(i64::from(le16(&fixed, 28)))
    }
}

/// What came out, grown as it comes; an inflater that stumbles is told apart from a file that ends.
fn collect(mut from: impl Read) -> Result<Vec<u8>, Bad> {
    let mut bytes = Vec::new();
    match from.read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(Bad::Short),
        Err(_) => Err(Bad::Damaged),
    }
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

impl Entry {
    fn of(header: Header, name: &[u8]) -> Entry {
        let spelled = header.spell(name);
        let path = spelled.replace('\\', "/");
        let kind = match () {
            () if path.ends_with('/') || is_noise(&path) => Kind::Nothing,
            () if !is_plain(&path) => Kind::Bad(Bad::Path),
            () if header.is_link => Kind::Bad(Bad::Link),
            () if header.is_locked => Kind::Bad(Bad::Locked),
            () if !matches!(header.method, 0 | 8) => Kind::Bad(Bad::Method),
            () => Kind::File,
        };
        Entry { path, modified_ms: header.modified_ms, kind, crc: header.crc, header }
    }

    /// How many bytes it says come out of it.
    pub fn size(&self) -> u64 {
        self.header.size
    }
}

/// Marks what cannot be of good faith: a path twice, bytes that belong to two entries.
fn doubt(entries: &mut [Entry]) {
    let mut paths = HashSet::new();
    for entry in entries.iter_mut().filter(|entry| entry.kind == Kind::File) {
        if !paths.insert(entry.path.clone()) {
            entry.kind = Kind::Bad(Bad::Twice);
        }
    }
    let mut order: Vec<usize> = (0..entries.len()).filter(|&index| entries[index].kind == Kind::File).collect();
    order.sort_by_key(|&index| (entries[index].header.at, index));
    let mut end = 0;
    for index in order {
        let Header { at, packed, name_len, .. } = entries[index].header;
        if at < end {
            entries[index].kind = Kind::Bad(Bad::Overlap);
        }
        end = end.max(at.saturating_add(30 + name_len as u64).saturating_add(packed));
    }
}

/// Longest path, in bytes.
const PATH_BYTES_MAX: usize = 1_024;

/// Relative, and every part a name.
fn is_plain(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':');
    let named = |part: &str| !part.is_empty() && part != "." && part != "..";
    !drive && path.len() <= PATH_BYTES_MAX && path.split('/').all(named) && !path.chars().any(char::is_control)
}

/// What systems and programs leave behind for themselves.
fn is_noise(path: &str) -> bool {
    let own = ["__MACOSX", "Thumbs.db", "desktop.ini"];
    path.split('/').any(|part| own.contains(&part) || (part.starts_with('.') && part != "." && part != ".."))
}
