//! TO22: bit rot: one byte, bit, sector or end of a data folder is not what it was, and nobody is shown another text for it.
//!
//! Each case damages a copy of a furnished folder, looks at it as `galley verify` does and then opens it as a start does. Either
//! it is said, or everything is as it was. Invariant: what is read back is compared with what was there, byte for byte.
//! Next: `server/src/verify.rs`, which has to notice.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use galley::command::upkeep::read_key;
use galley::verify;
use storage::{BlobKey, Loaded, Storage, Stream};

use crate::furnished::{Furnished, Size, copy, place};
use crate::inside::wait;
use crate::rng::Rng;
use crate::run::{Run, Skipped, Tally};
use crate::server::Server;

/// Each so many-th folder is opened by a real server too.
const SERVED: u64 = 400;
const SECTOR: usize = 512;
/// Several of sled's segments.
const FULL: Size = Size { documents: 6, edits: 120, text: 90_000 };
/// What a start makes anew, so that it does not matter what it held.
const UNIMPORTANT: [&str; 1] = ["lock"];

/// What a folder holds.
#[derive(PartialEq)]
struct Content {
    key: Vec<u8>,
    records: BTreeMap<String, Vec<u8>>,
    streams: BTreeMap<Stream, Loaded>,
    blobs: Vec<BlobKey>,
}

/// How a damaged folder was met.
#[derive(Default)]
struct Met {
    /// `verify` found a problem.
    said: u64,
    /// Nothing was found, and everything was as before.
    same: u64,
    /// A start was refused with a sentence.
    refused: u64,
    /// A start was not refused, and something could not be read.
    partly: u64,
    /// Opened by a server.
    served: u64,
}

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    let size = if run.small { Size { documents: 2, edits: 10, text: 3_000 } } else { FULL };
    let first = run.seed();
    let furnished = Furnished::new(run, "furnished", &size).and_then(|furnished| {
        let content = seen(&furnished.data, &run.folder("seen"))?;
        Ok((furnished, content))
    });
    let (furnished, content) = match furnished {
        Ok(ready) => ready,
        Err(why) => {
            tally.failed(first, why);
            return Ok(());
        }
    };
    // sled says on standard error what it asserts; here it is said better, or is a failure.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let (workers, galley) = (std::thread::available_parallelism().map_or(2, usize::from), run.galley.clone());
    let places: Vec<PathBuf> = (0..workers).map(|worker| place(run, &format!("rot-{worker}"))).collect();
    let shared = Mutex::new((run, tally, Met::default()));
    std::thread::scope(|scope| {
        for place in &places {
            let (shared, furnished, content, galley) = (&shared, &furnished, &content, &galley);
            scope.spawn(move || {
                while let Some(seed) = shared.lock().ok().and_then(|mut shared| shared.0.next()) {
                    let mut met = Met::default();
                    let case = Case { seed, place, furnished, content, galley };
                    let outcome = catch_unwind(AssertUnwindSafe(|| case.run(&mut met)));
                    let Ok(mut shared) = shared.lock() else { return };
                    shared.1.case(1);
                    shared.2.add(&met);
                    match outcome {
                        Ok(Ok(())) => {}
                        Ok(Err(why)) => shared.1.failed(seed, why),
                        Err(_) => shared.1.failed(seed, "it panicked"),
                    }
                }
                fs::remove_dir_all(place).ok();
            });
        }
    });
    std::panic::set_hook(hook);
    let (_, tally, met) = shared.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    tally.figure("said by verify", met.said.to_string());
    tally.figure("unchanged", met.same.to_string());
    tally.figure("starts refused", met.refused.to_string());
    tally.figure("served in part", met.partly.to_string());
    tally.figure("opened by a server", met.served.to_string());
    Ok(())
}

impl Met {
    fn add(&mut self, other: &Met) {
        self.said += other.said;
        self.same += other.same;
        self.refused += other.refused;
        self.partly += other.partly;
        self.served += other.served;
    }
}

struct Case<'a> {
    seed: u64,
    place: &'a Path,
    furnished: &'a Furnished,
    content: &'a Content,
    galley: &'a Path,
}

impl Case<'_> {
    fn run(&self, met: &mut Met) -> Result<(), String> {
        let (data, mut rng) = (self.place.join("data"), Rng::new(self.seed));
        copy(&self.furnished.data, &data).map_err(|error| format!("the folder could not be copied: {error}"))?;
        let damage = damage(&data, &mut rng)?;
        let served = self.seed.is_multiple_of(SERVED).then(|| self.place.join("served"));
        if let Some(copied) = &served {
            copy(&data, copied).map_err(|error| format!("the folder could not be copied: {error}"))?;
        }
        let told = |why: String| format!("{damage}: {why}");
        self.verified(&data, met).map_err(told)?;
        self.opened(&data, met).map_err(told)?;
        served.map_or(Ok(()), |data| self.served(&data, met)).map_err(told)
    }

    /// What is not said is not there.
    fn verified(&self, data: &Path, met: &mut Met) -> Result<(), String> {
        let scratch = self.place.join("scratch");
        fs::remove_dir_all(&scratch).ok();
        fs::create_dir_all(&scratch).map_err(|error| error.to_string())?;
        match seen(data, &scratch) {
            Err(_) => met.said += 1,
            Ok(content) if content == *self.content => met.same += 1,
            Ok(content) => return Err(format!("verify finds nothing, and {}", self.differs(&content))),
        }
        Ok(())
    }

    fn differs(&self, content: &Content) -> String {
        let changed = |(key, value): (&String, &Vec<u8>)| self.content.records.get(key) != Some(value);
        let lost = self.content.records.keys().filter(|key| !content.records.contains_key(*key)).count();
        let records = content.records.iter().filter(|pair| changed(*pair)).count();
        let same = |stream: &Stream| content.streams.get(stream) == self.content.streams.get(stream);
        let streams = self.content.streams.keys().filter(|stream| !same(stream)).count();
        let blobs = self.content.blobs.len().abs_diff(content.blobs.len());
        if content.key != self.content.key {
            return "the key is another".into();
        }
        format!("{records} records are others, {lost} gone, {streams} streams others, {blobs} blobs gone")
    }

    /// A start is refused with a sentence, or gives what was there or an error for each thing.
    fn opened(&self, data: &Path, met: &mut Met) -> Result<(), String> {
        let storage = match Storage::open(data) {
            Ok(storage) => storage,
            Err(refused) => {
                met.refused += 1;
                let says = refused.to_string().len() > 40;
                return if says { Ok(()) } else { Err(format!("refused with {refused:?}")) };
            }
        };
        let mut unread = 0;
        for (key, value) in &self.content.records {
            match wait(storage.get(key)) {
                Ok(Some(record)) if record.value == *value => {}
                Ok(_) => return Err(format!("record {key} is another and nothing is said")),
                Err(_) => unread += 1,
            }
        }
        for (stream, loaded) in &self.content.streams {
            match wait(storage.load(*stream)) {
                Ok(Some(found)) if found == *loaded => {}
                Ok(_) => return Err(format!("{stream} is another and nothing is said")),
                Err(_) => unread += 1,
            }
        }
        for key in &self.content.blobs {
            unread += u64::from(wait(storage.blob_get(*key)).is_err());
        }
        met.partly += u64::from(unread > 0);
        Ok(())
    }

    /// The binary does the same: it refuses with a sentence, or answers.
    fn served(&self, data: &Path, met: &mut Met) -> Result<(), String> {
        met.served += 1;
        let server = match Server::start(self.galley, data) {
            Ok(server) => server,
            Err(why) if why.contains("panicked") => return Err(why),
            Err(_) => return Ok(()),
        };
        let ada = self.furnished.ada(&server);
        for document in &self.furnished.documents {
            let answer = ada.send("GET", &format!("/api/documents/{document}/text"), None);
            let known = self.furnished.promises.iter().all(|promise| match promise {
                crate::inside::Promise::Words(id, words) if id == document => answer.body.contains(words),
                _ => true,
            });
            if answer.status == 200 && !known {
                return Err(format!("the server shows another text for document {document}"));
            }
        }
        Ok(())
    }
}

/// Everything in a folder, unless something is wrong with it. The folder stays as it is.
fn seen(data: &Path, scratch: &Path) -> Result<Content, String> {
    let storage = Storage::examine(data, scratch).map_err(|refused| refused.to_string())?;
    let cut = wait(storage.cut()).map_err(|error| error.to_string())?;
    let report = verify::cut(&cut, read_key(data), |_| Ok(()))?;
    if let Some(problem) = report.problems.first() {
        return Err(format!("{}: {}", problem.place, problem.what));
    }
    let records = cut.records().iter().map(|(key, record)| (key.clone(), record.value.to_vec())).collect();
    let mut streams = BTreeMap::new();
    for stream in cut.streams() {
        let loaded = cut.load(*stream).map_err(|error| error.to_string())?;
        streams.insert(*stream, loaded.unwrap_or_default());
    }
    let key = read_key(data)?.to_vec();
    Ok(Content { key, records, streams, blobs: cut.blobs().to_vec() })
}

/// Damages one file somewhere; in words.
fn damage(data: &Path, rng: &mut Rng) -> Result<String, String> {
    let trouble = |error: std::io::Error| error.to_string();
    let mut files = Vec::new();
    list(data, &mut files).map_err(trouble)?;
    // By size, so that each byte of the folder is as likely as any other; every tenth time any file, so that small ones have a turn.
    let total: u64 = files.iter().map(|(_, length)| length).sum();
    let (mut at, any) = (rng.below(total), rng.chance(10));
    let picked = rng.below(files.len() as u64) as usize;
    let by_size = files.iter().position(|(_, length)| {
        let here = at < *length;
        at -= if here { 0 } else { *length };
        here
    });
    let (path, length) = &files[if any { picked } else { by_size.unwrap_or(picked) }];
    let mut bytes = fs::read(path).map_err(trouble)?;
    let at = rng.below(*length) as usize;
    let how = match rng.below(20) {
        0 => {
            bytes.truncate(at);
            "cut off"
        }
        1 | 2 => {
            let begin = at / SECTOR * SECTOR;
            let end = (begin + SECTOR).min(bytes.len());
            bytes[begin..end].fill(0);
            "a sector of zeros"
        }
        3..=5 => {
            bytes[at] ^= 1 << rng.below(8);
            "a bit flipped"
        }
        _ => {
            bytes[at] ^= rng.between(1, 255) as u8;
            "a byte changed"
        }
    };
    fs::write(path, bytes).map_err(trouble)?;
    let name = path.strip_prefix(data).unwrap_or(path).display().to_string();
    Ok(format!("{how} at {at} of {length} in {name}"))
}

fn list(folder: &Path, files: &mut Vec<(PathBuf, u64)>) -> std::io::Result<()> {
    for file in fs::read_dir(folder)? {
        let file = file?;
        let length = file.metadata()?.len();
        if file.file_type()?.is_dir() {
            list(&file.path(), files)?;
        } else if length > 0 && !UNIMPORTANT.iter().any(|name| file.file_name() == *name) {
            files.push((file.path(), length));
        }
    }
    files.sort();
    Ok(())
}
