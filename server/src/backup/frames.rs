//! The bytes of a backup: a line that names format and version, frames, and an end that seals the whole.
//!
//! ```text
//! galley.backup 1\n
//! frame: kind 1 | length 4 | payload | BLAKE3 of the three 32      (numbers big-endian)
//! the last frame: what was counted, and BLAKE3 of every byte before that frame
//! ```
//! What is longer than a frame goes on in frames of its own. Invariant: reading allocates only for bytes that are there, and
//! gives nothing that does not match its hash. A new layout is a new [`VERSION`]. Next: `backup/items.rs`.

use std::io::{self, Read, Write};

/// The layout this build writes, and the newest it reads.
pub const VERSION: u32 = 1;
/// Most payload in one frame.
pub const FRAME_BYTES_MAX: usize = 1 << 20;
const NAME: &str = "galley.backup ";
/// Longest first line of any version.
const LINE_BYTES_MAX: usize = 64;
const HASH_BYTES: usize = 32;

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// Who wrote the backup, and when: JSON.
    About = 1,
    /// The server's own secret.
    Key = 2,
    /// A record.
    Record = 3,
    /// Which stream the next snapshot and entries are of.
    Stream = 4,
    /// The stream's snapshot.
    Snapshot = 5,
    /// One entry.
    Entry = 6,
    /// A blob.
    Blob = 7,
    /// The next bytes of what did not fit the frame before.
    More = 8,
    /// Why there is no more: a sentence.
    Failed = 9,
    /// What was counted, and the seal.
    End = 10,
    /// Something that could not be read and is not in the backup: JSON.
    Missing = 11,
}

impl Kind {
    fn parse(byte: u8) -> Option<Kind> {
        use Kind::{About, Blob, End, Entry, Failed, Key, Missing, More, Record, Snapshot, Stream};
        [About, Key, Record, Stream, Snapshot, Entry, Blob, More, Failed, End, Missing]
            .into_iter()
            .find(|kind| *kind as u8 == byte)
    }
}

/// Why a backup cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Flaw {
    /// Another file.
    #[error("this is not a backup made by Galley")]
    Foreign,
    /// A later Galley wrote it.
    #[error(
        "this backup was made by a newer Galley (version {0} of the format, this one knows {VERSION}): use that one"
    )]
    Newer(u32),
    /// It ends too early.
    #[error("the backup ends after {0} bytes, before its own end: it was cut short; use another one")]
    Short(u64),
    /// Not the bytes that were written.
    #[error("the backup is damaged at byte {at}: {what}; use another one")]
    Damaged {
        /// Where the frame begins.
        at: u64,
        /// What is wrong with it.
        what: String,
    },
    /// Whoever wrote it gave up.
    #[error("the backup was not finished: {0}")]
    Failed(String),
    /// The system said no.
    #[error("the backup cannot be read: {0}")]
    Io(io::Error),
}

/// Writes frames, and hashes what it writes.
pub struct Writer<W> {
    out: W,
    whole: blake3::Hasher,
    bytes: u64,
}

impl<W: Write> Writer<W> {
    /// Begins a backup.
    pub fn begin(out: W) -> io::Result<Writer<W>> {
        let mut writer = Writer { out, whole: blake3::Hasher::new(), bytes: 0 };
        writer.write(format!("{NAME}{VERSION}\n").as_bytes())?;
        Ok(writer)
    }

    /// A thing: what describes it, then its bytes, in as many frames as it takes.
    pub fn put(&mut self, kind: Kind, head: &[u8], body: &[&[u8]]) -> io::Result<()> {
        let mut payload = head.to_vec();
        let mut kind = kind;
        for mut part in body.iter().copied() {
            while !part.is_empty() {
                let (now, later) = part.split_at(part.len().min(FRAME_BYTES_MAX - payload.len()));
                payload.extend_from_slice(now);
                part = later;
                if payload.len() == FRAME_BYTES_MAX {
                    self.frame(kind, &payload)?;
                    (kind, payload) = (Kind::More, Vec::new());
                }
            }
        }
        if kind != Kind::More || !payload.is_empty() {
            self.frame(kind, &payload)?;
        }
        Ok(())
    }

    /// The last frame; how long the backup is, and BLAKE3 of all of it.
    pub fn end(mut self, counted: &[u8]) -> io::Result<(u64, blake3::Hash)> {
        let seal = self.whole.finalize();
        self.frame(Kind::End, &[counted, seal.as_bytes()].concat())?;
        self.out.flush()?;
        Ok((self.bytes, self.whole.finalize()))
    }

    /// Says why there is no more.
    pub fn fail(mut self, why: &str) -> io::Result<()> {
        self.frame(Kind::Failed, &why.as_bytes()[..why.len().min(FRAME_BYTES_MAX)])?;
        self.out.flush()
    }

    fn frame(&mut self, kind: Kind, payload: &[u8]) -> io::Result<()> {
        let length = u32::try_from(payload.len()).expect("a frame is at most a mebibyte");
        let head = head(kind, length);
        self.write(&head)?;
        self.write(payload)?;
        let check = *blake3::Hasher::new().update(&head).update(payload).finalize().as_bytes();
        self.write(&check)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.whole.update(bytes);
        self.bytes += bytes.len() as u64;
        self.out.write_all(bytes)
    }
}

fn head(kind: Kind, length: u32) -> [u8; 5] {
    let [a, b, c, d] = length.to_be_bytes();
    [kind as u8, a, b, c, d]
}

/// Reads frames, each checked.
pub struct Reader<R> {
    input: R,
    whole: blake3::Hasher,
    at: u64,
}

/// One frame.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    /// Where it begins.
    pub at: u64,
    /// What it holds.
    pub kind: Kind,
    /// Its bytes.
    pub payload: Vec<u8>,
}

impl<R: Read> Reader<R> {
    /// Reads the first line.
    pub fn begin(input: R) -> Result<Reader<R>, Flaw> {
        let mut reader = Reader { input, whole: blake3::Hasher::new(), at: 0 };
        let mut line = Vec::new();
        while line.last() != Some(&b'\n') {
            let byte = reader.take(1)?;
            line.extend(byte.first());
            if byte.is_empty()
                || line.len() > LINE_BYTES_MAX
                || (line.len() <= NAME.len() && !NAME.as_bytes().starts_with(&line))
            {
                return Err(Flaw::Foreign);
            }
        }
        let version = std::str::from_utf8(&line[NAME.len()..]).ok().and_then(|text| text.trim_end().parse().ok());
        match version.ok_or(Flaw::Foreign)? {
            VERSION => Ok(reader),
            newer if newer > VERSION => Err(Flaw::Newer(newer)),
            _ => Err(Flaw::Foreign),
        }
    }

    /// The next frame. Behind the last one there is nothing, and that it is the last is checked.
    pub fn frame(&mut self) -> Result<Frame, Flaw> {
        let (at, seal) = (self.at, self.whole.finalize());
        let damaged = |what: &str| Flaw::Damaged { at, what: what.into() };
        let head: [u8; 5] = self.exact(5)?.try_into().map_err(|_| Flaw::Short(at))?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        if length > FRAME_BYTES_MAX {
            return Err(damaged("a frame says that it is longer than any is"));
        }
        let payload = self.exact(length)?;
        let check = self.exact(HASH_BYTES)?;
        if check[..] != *blake3::Hasher::new().update(&head).update(&payload).finalize().as_bytes() {
            return Err(damaged("a frame does not match its hash"));
        }
        let kind = Kind::parse(head[0]).ok_or_else(|| damaged("a frame is of no known kind"))?;
        match kind {
            Kind::Failed => return Err(Flaw::Failed(String::from_utf8_lossy(&payload).into_owned())),
            Kind::End if !payload.ends_with(seal.as_bytes()) => return Err(damaged("something in it was exchanged")),
            Kind::End if !self.take(1)?.is_empty() => {
                return Err(Flaw::Damaged { at: self.at - 1, what: "something follows its end".into() });
            }
            _ => {}
        }
        Ok(Frame { at, kind, payload })
    }

    /// Bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.at
    }

    /// BLAKE3 of everything read so far; behind the end, of the whole.
    pub fn hash(&self) -> blake3::Hash {
        self.whole.finalize()
    }

    fn exact(&mut self, length: usize) -> Result<Vec<u8>, Flaw> {
        let bytes = self.take(length)?;
        if bytes.len() < length { Err(Flaw::Short(self.at)) } else { Ok(bytes) }
    }

    /// As many bytes as there are, at most `length`; memory grows with what comes, not with what was announced.
    fn take(&mut self, length: usize) -> Result<Vec<u8>, Flaw> {
        let mut bytes = Vec::new();
        self.input.by_ref().take(length as u64).read_to_end(&mut bytes).map_err(Flaw::Io)?;
        self.whole.update(&bytes);
        self.at += bytes.len() as u64;
        Ok(bytes)
    }
}
