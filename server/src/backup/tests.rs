//! The bytes of a backup, from inside: round trips, every cut, every flipped byte, lengths nobody honest writes.
#![allow(clippy::unwrap_used)] // tests

use bytes::Bytes;
use storage::memory::MemoryStore;
use storage::{Expect, NewEntry, Snapshot, Storage, Stream};
use uuid::Uuid;

use super::frames::{FRAME_BYTES_MAX, Flaw, Kind, Reader, Writer};
use super::items::{Contents, Item};
use super::*;

fn stream(channel: u32) -> Stream {
    Stream { document: Uuid::from_u128(7), channel }
}

fn entry(salt: u64, bytes: usize) -> NewEntry {
    NewEntry { update: vec![salt as u8; bytes].into(), authors: salt.to_string().into(), at_ms: salt }
}

/// A store with one of everything; `large` bytes where something may be large.
async fn store(large: usize) -> Storage {
    let storage = Storage::Memory(MemoryStore::new());
    for salt in 1..=3 {
        storage.append(stream(0), entry(salt, 30)).await.map(drop).unwrap();
        storage.append(stream(1), entry(salt, large)).await.map(drop).unwrap();
    }
    let state = Snapshot { upto: 2, state: vec![1; large].into(), authors: "authors".into() };
    storage.compact(stream(0), None, state).await.unwrap();
    storage.put("a/b", Bytes::from_static(b"value"), Expect::Any).await.unwrap();
    storage.put("c", Bytes::new(), Expect::Any).await.unwrap();
    storage.blob_put(stream(0).document, vec![5; large].into()).await.unwrap();
    storage.blob_put(stream(0).document, Bytes::new()).await.unwrap();
    storage
}

async fn backup(large: usize) -> (Storage, Vec<u8>) {
    let storage = store(large).await;
    let mut bytes = Vec::new();
    write(&storage.cut().await.unwrap(), Ok(vec![3; 32].into()), Vec::new(), &mut bytes, |_| Ok(())).unwrap().unwrap();
    (storage, bytes)
}

#[tokio::test]
async fn bk4_what_is_read_is_what_was_written() {
    for large in [0, 1, 1_000, FRAME_BYTES_MAX - 32, FRAME_BYTES_MAX, FRAME_BYTES_MAX + 1, 3 * FRAME_BYTES_MAX + 7] {
        let (storage, bytes) = backup(large).await;
        let cut = storage.cut().await.unwrap();
        let mut contents = Contents::begin(&bytes[..]).unwrap();
        let mut blobs = Vec::new();
        let mut records = Vec::new();
        while let Some(item) = contents.item().unwrap() {
            match item {
                Item::About(about) => assert_eq!(about.galley, env!("CARGO_PKG_VERSION")),
                Item::Key(key) => assert_eq!(key, vec![3; 32]),
                Item::Record { key, value } => records.push((key, value)),
                Item::Missing(finding) => panic!("{finding:?}"),
                Item::Stream(stream, loaded) => assert_eq!(Some(loaded), cut.load(stream).unwrap(), "{large}"),
                Item::Blob(key, content) => {
                    assert_eq!(Some(content), cut.blob(key).unwrap());
                    blobs.push(key);
                }
            }
        }
        assert_eq!(blobs, cut.blobs());
        assert_eq!(records, [("a/b".into(), "value".into()), ("c".into(), Bytes::new())]);
        assert_eq!(contents.hash(), blake3::hash(&bytes), "as b3sum prints it");
        assert_eq!(check(&bytes[..]).unwrap().bytes, bytes.len() as u64);
    }
}

#[tokio::test]
async fn bk7_every_cut_and_every_flipped_byte_is_found() {
    let (_, bytes) = backup(40).await;
    for length in 0..bytes.len() {
        let flaw = check(&bytes[..length]).unwrap_err();
        assert!(matches!(flaw, Flaw::Short(_) | Flaw::Foreign), "{length}: {flaw}");
    }
    for at in 0..bytes.len() {
        for flip in [1, 0x80, 0xff] {
            let mut other = bytes.clone();
            other[at] ^= flip;
            assert!(check(&other[..]).is_err(), "byte {at} ^ {flip}");
        }
    }
    let longer = [&bytes[..], b"x"].concat();
    assert!(matches!(check(&longer[..]), Err(Flaw::Damaged { .. })));
    assert!(matches!(check(&b"galley.backup 2\nwhatever"[..]), Err(Flaw::Newer(2))));
    for foreign in [&b""[..], b"PK\x03\x04", b"galley.backup\n", b"galley.backup x\n", &[b'g'; 100]] {
        assert!(matches!(check(foreign), Err(Flaw::Foreign)), "{foreign:?}");
    }
}

#[test]
fn bk7_frames_in_another_order_or_with_false_lengths_are_found() {
    let about = br#"{"galley":"1","at_ms":1}"#;
    let long = [&[0; 16][..], &u64::MAX.to_be_bytes(), &1_u64.to_be_bytes()].concat();
    let blob = [&[0; 48][..], &(1_u64 << 20).to_be_bytes()].concat();
    let named = [0; 20];
    let beyond = [&[0; 8][..], &u64::MAX.to_be_bytes(), &[0; 16]].concat();
    let cases: &[&[(Kind, &[u8])]] = &[
        &[(Kind::Key, &[0; 32])],
        &[(Kind::About, about), (Kind::Record, b"\0\x01a")],
        &[(Kind::About, about), (Kind::Key, &[]), (Kind::Key, &[])],
        &[(Kind::About, about), (Kind::Key, &[]), (Kind::Entry, &[0; 32])],
        &[(Kind::About, about), (Kind::Key, &[]), (Kind::Record, b"\xff\xffa")],
        &[(Kind::About, about), (Kind::Key, &[]), (Kind::Stream, &named), (Kind::Entry, &long)],
        &[(Kind::About, about), (Kind::Key, &[]), (Kind::Stream, &named), (Kind::Record, b"\0\x01a")],
        &[(Kind::About, about), (Kind::Key, &[]), (Kind::Blob, &blob), (Kind::Blob, &blob)],
        &[(Kind::About, about), (Kind::Key, &[]), (Kind::More, b"more")],
        &[(Kind::About, about)],
        // Nothing could put these back.
        &[(Kind::About, about), (Kind::Key, &[]), (Kind::Record, b"\0\x01a"), (Kind::Record, b"\0\x01a")],
        &[(Kind::About, about), (Kind::Key, &[]), (Kind::Record, b"\0\x01b"), (Kind::Record, b"\0\x01a")],
        &[(Kind::About, about), (Kind::Key, &[]), (Kind::Record, b"\0\x03a//")],
        &[(Kind::About, about), (Kind::Key, &[]), (Kind::Stream, &named)],
        &[(Kind::About, about), (Kind::Key, &[]), (Kind::Stream, &named), (Kind::Snapshot, &beyond)],
    ];
    for case in cases {
        let mut bytes = Vec::new();
        let mut writer = Writer::begin(&mut bytes).unwrap();
        for (kind, payload) in *case {
            writer.put(*kind, payload, &[]).unwrap();
        }
        writer.end(&[0; 24]).unwrap();
        assert!(matches!(check(&bytes[..]), Err(Flaw::Damaged { .. })), "{case:?}");
    }
    // A frame that says it is four gigabytes long, in a file of a few bytes.
    let head = [&b"galley.backup 1\n"[..], &[1, 0xff, 0xff, 0xff, 0xff], b"x"].concat();
    assert!(matches!(Reader::begin(&head[..]).unwrap().frame(), Err(Flaw::Damaged { at: 16, .. })));
}

#[tokio::test]
async fn bk8_whoever_stops_early_says_why() {
    let storage = store(10).await;
    let mut bytes = Vec::new();
    let told = |_: &str| Err("the server is stopping".to_owned());
    let stopped = write(&storage.cut().await.unwrap(), Ok(vec![3; 32].into()), Vec::new(), &mut bytes, told).unwrap();
    assert_eq!(stopped, Err("the server is stopping".into()));
    assert!(matches!(check(&bytes[..]), Err(Flaw::Failed(why)) if why == "the server is stopping"));
}
