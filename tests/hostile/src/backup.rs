//! FZ15: backups nobody vouches for.
//!
//! A backup is hashed frame by frame and as a whole, so bytes from nowhere stop at the first frame; the same tape is therefore
//! also read as frames and as items whose hashes are right. Next: `server/src/backup/items.rs`.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use galley::backup::frames::{Kind, Writer};
use galley::backup::items::{About, Items};
use galley::backup::restore::restore;
use galley::backup::{check, verify};
use storage::{BlobKey, Entry, Loaded, NewEntry, Snapshot, SnapshotVersion, Storage, Stream};
use uuid::Uuid;

use crate::tape::{Tape, text};

/// Any bytes as a backup, as the frames of one, as what is in one.
pub fn archive(bytes: &[u8]) {
    let mut tape = Tape::new(bytes);
    let way = tape.below(4);
    // Making a store takes longer than everything else together.
    let put_back = tape.chance(20);
    let file = match way {
        0 => tape.take(usize::MAX).to_vec(),
        1 => framed(&mut tape).expect("memory takes everything"),
        _ => filled(&mut tape).expect("memory takes everything"),
    };
    judged(&file);
    if way > 1 {
        changed(&file, &mut tape);
    }
    if put_back {
        restored(&file);
    }
}

/// Read, or refused with a sentence; `galley verify` and `galley restore` see the same.
fn judged(file: &[u8]) {
    let report = verify(file);
    match check(file) {
        Ok(whole) => {
            assert_eq!((whole.bytes, &whole.hash), (file.len() as u64, &blake3::hash(file).to_hex().to_string()));
            let report = report.expect("what is whole is looked at");
            let looked = (report.records as u64, report.blobs as u64);
            assert_eq!(looked, (whole.records, whole.blobs));
            assert!(report.ok == report.problems.is_empty());
        }
        Err(flaw) => {
            assert!(!flaw.to_string().is_empty());
            assert!(report.is_err() || report.is_ok_and(|report| !report.ok), "{flaw}, and nothing is wrong");
        }
    }
}

/// A backup of which one bit differs, or the end is missing, is none.
fn changed(file: &[u8], tape: &mut Tape) {
    if check(file).is_err() {
        return;
    }
    let at = (usize::from(tape.byte()) << 8 | usize::from(tape.byte())) % file.len();
    let mut flipped = file.to_vec();
    flipped[at] ^= 1 << tape.below(8);
    assert!(check(&flipped[..]).is_err(), "byte {at} was flipped");
    assert!(check(&file[..at]).is_err(), "cut at {at}");
}

/// Put back whole, or the folder is as it was; and nothing beside the folder is touched. What is good can be put back.
fn restored(file: &[u8]) {
    let scratch = Scratch::make();
    let (backup, data) = (scratch.0.join("backup"), scratch.0.join("data"));
    std::fs::write(&backup, file).expect("a folder of our own takes files");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let outcome = runtime.block_on(restore(&backup, &data, |_| {}));
    let names = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name()).collect::<Vec<_>>()
    };
    assert!(names(&scratch.0).iter().all(|name| name == "backup" || name == "data"), "{:?}", names(&scratch.0));
    assert_eq!(std::fs::read(&backup).expect("it was there"), file);
    let told = verify(file);
    match outcome {
        Ok(whole) => {
            assert_eq!(Some(whole), check(file).ok());
            let again = runtime.block_on(looked_at(&data));
            assert_eq!(again.contents, told.expect("what was put back is looked at").contents);
        }
        Err(why) => {
            assert!(!why.to_string().is_empty());
            assert!(!told.is_ok_and(|report| report.ok), "it is good, and is not put back: {why}");
            assert!(names(&data).is_empty(), "{:?}", names(&data));
        }
    }
}

async fn looked_at(data: &Path) -> galley::verify::Report {
    let storage = Storage::open(data).expect("what was restored opens");
    let cut = storage.cut().await.expect("it can be read");
    let key = std::fs::read(data.join("key")).map(Bytes::from).map_err(|error| error.to_string());
    galley::verify::cut(&cut, key, |_| Ok(())).expect("nobody stops it")
}

/// A folder that goes when it is let go of.
struct Scratch(PathBuf);

impl Scratch {
    fn make() -> Scratch {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("galley-hostile-{}-{number}", std::process::id()));
        std::fs::remove_dir_all(&path).ok();
        std::fs::create_dir_all(&path).expect("a folder among the system's temporary ones");
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

const ABOUT: &str = r#"{"galley":"1","at_ms":1}"#;
const DOCUMENTS: [u128; 3] = [0, 1, u128::MAX];

/// Frames of any kind that hold anything, with every hash right.
fn framed(tape: &mut Tape) -> std::io::Result<Vec<u8>> {
    use Kind::{About, Blob, Entry, Failed, Key, More, Record, Snapshot, Stream};
    let mut file = Vec::new();
    let mut frames = Writer::begin(&mut file)?;
    if tape.chance(90) {
        frames.put(About, ABOUT.as_bytes(), &[])?;
        frames.put(Key, &[3; 32], &[])?;
    }
    for _ in 0..tape.below(32) {
        let kind = tape.pick(&[About, Key, Record, Record, Stream, Stream, Snapshot, Entry, Entry, Blob, More, Failed]);
        let head = match tape.chance(60) {
            true => head(kind, tape),
            false => Vec::new(),
        };
        frames.put(kind, &head, &[tape.piece()])?;
    }
    let counted = [0; 3].map(|_: i32| u64::from(tape.byte()).to_be_bytes());
    frames.end(&counted.concat())?;
    Ok(file)
}

/// What stands at the head of such a frame, or nearly.
fn head(kind: Kind, tape: &mut Tape) -> Vec<u8> {
    let number = |tape: &mut Tape| tape.pick(&[0, 1, 2, 3, 7, 255, u64::MAX >> 1, u64::MAX]).to_be_bytes();
    let document = |tape: &mut Tape| tape.pick(&DOCUMENTS).to_be_bytes();
    match kind {
        Kind::Record => [&[0, tape.byte()][..], tape.piece()].concat(),
        Kind::Stream => [&document(tape)[..], &u32::from(tape.byte()).to_be_bytes()].concat(),
        Kind::Snapshot | Kind::Entry => (0..4).flat_map(|_| number(tape)).collect(),
        Kind::Blob => [&document(tape)[..], &[tape.byte(); 32], &number(tape)].concat(),
        _ => Vec::new(),
    }
}

/// What a store may hold, mostly as a store holds it.
fn filled(tape: &mut Tape) -> std::io::Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut items = Items::begin(&mut file, &About { galley: "1".into(), at_ms: 1 })?;
    items.key(&[tape.byte(); 32][..if tape.chance(95) { 32 } else { 31 }])?;
    for _ in 0..tape.below(8) {
        let (key, value) = record(tape);
        items.record(&key, &value)?;
    }
    for _ in 0..tape.below(6) {
        let stream = Stream { document: Uuid::from_u128(tape.pick(&DOCUMENTS)), channel: tape.pick(&[1, 0, 2]) };
        items.stream(stream, &loaded(tape))?;
    }
    for _ in 0..tape.below(4) {
        let (document, content) = (Uuid::from_u128(tape.pick(&DOCUMENTS)), tape.piece());
        let hash = if tape.chance(90) { *blake3::hash(content).as_bytes() } else { [tape.byte(); 32] };
        items.blob(BlobKey { document, hash }, content)?;
    }
    items.end()?;
    Ok(file)
}

fn record(tape: &mut Tape) -> (String, Vec<u8>) {
    let id = Uuid::from_u128(tape.pick(&DOCUMENTS));
    let document = format!(
        r#"{{"v":1,"id":"{id}","owner":"{id}","title":"","created_ms":1,"updated_ms":2,"trashed_ms":null,"epoch":1,"birth":""}}"#
    );
    match tape.below(8) {
        0 | 1 => (format!("doc/{id}"), document.into_bytes()),
        2 => (format!("doc/{id}"), tape.piece().to_vec()),
        3 => ("run/state".into(), br#"{"v":1,"running":false,"unclean_at":null}"#.to_vec()),
        4 => ("run/state".into(), tape.piece().to_vec()),
        5 => (format!("lost/{id}"), b"7".to_vec()),
        6 => {
            let kind = tape.pick(&["account", "file", "link", "member", "rev", "session", "token", "x"]);
            (format!("{kind}/{id}/{id}"), tape.piece().to_vec())
        }
        _ => (text(tape.piece()).chars().take(64).collect(), tape.piece().to_vec()),
    }
}

fn loaded(tape: &mut Tape) -> Loaded {
    let upto = tape.pick(&[0, 1, 2, u64::MAX >> 1, u64::MAX]);
    let body = |tape: &mut Tape| match tape.chance(50) {
        true => Bytes::from_static(&[0, 0]),
        false => Bytes::copy_from_slice(tape.piece()),
    };
    let snapshot = tape.chance(50).then(|| {
        let snapshot = Snapshot { upto, state: body(tape), authors: Bytes::copy_from_slice(tape.piece()) };
        (SnapshotVersion(u64::from(tape.byte())), snapshot)
    });
    let mut seq = snapshot.as_ref().map_or(0, |_| upto);
    let mut tail = Vec::new();
    for _ in 0..tape.below(6) {
        seq = seq.wrapping_add(if tape.chance(97) { 1 } else { u64::from(tape.byte()) });
        let entry = NewEntry { update: body(tape), authors: Bytes::new(), at_ms: u64::from(tape.byte()) };
        tail.push(Entry { seq, entry });
    }
    Loaded { snapshot, tail }
}
