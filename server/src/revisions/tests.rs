//! HI1 to HI8, over a store in memory and in virtual time.

use std::sync::Arc;

use bytes::Bytes;
use room::{Author, Role};
use storage::memory::MemoryStore;
use storage::{BlobKey, Expect, Storage, StoreError};
use uuid::Uuid;

use super::{Name, Place, Thinned, Version, Versions, last_seen, place, see};

const DOCUMENT: Uuid = Uuid::from_u128(7);
const DAY: u64 = 86_400_000;

fn author(n: u128) -> Author {
    Author(Uuid::from_u128(n))
}

/// Text that does not compress well, from a seed.
fn prose(mut seed: u64, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes);
    while text.len() < bytes {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push(char::from(b'a' + ((seed >> 33) % 26) as u8));
    }
    text
}

struct Shelf {
    storage: Storage,
    versions: Versions,
}

impl Shelf {
    fn new() -> Shelf {
        let storage = Storage::Memory(MemoryStore::new());
        Shelf { versions: Versions::new(storage.clone()), storage }
    }

    async fn keep(&self, text: &str, at_ms: u64) -> Uuid {
        self.versions.record(DOCUMENT, text.into(), vec![author(1)], at_ms).await.expect("stored")
    }

    async fn all(&self) -> Vec<(Uuid, Version)> {
        self.versions.all(DOCUMENT).await.expect("read").versions
    }

    async fn bytes(&self) -> u64 {
        self.versions.all(DOCUMENT).await.expect("read").bytes()
    }

    async fn text(&self, id: Uuid) -> Result<String, String> {
        let found = self.versions.find(DOCUMENT, id).await.map_err(|error| error.to_string())?;
        let version = found.ok_or("absent")?;
        self.versions.text(DOCUMENT, id, &version).await.map_err(|error| error.to_string())
    }

    async fn lose(&self, blob: &str) {
        let hash = *blake3::Hash::from_hex(blob).expect("a name").as_bytes();
        self.storage.blob_delete(BlobKey { document: DOCUMENT, hash }).await.expect("removed");
    }
}

#[tokio::test]
async fn hi6_many_versions_of_a_large_text_cost_little_more_than_the_text() {
    let shelf = Shelf::new();
    // A tenth of the largest text, so that it takes a moment rather than minutes.
    let mut text = prose(1, 1 << 19);
    let mut kept = Vec::new();
    for n in 0..100_usize {
        let at = (n * 104_729) % text.len();
        text.insert_str(at, &format!(" The {n}th sentence. "));
        if n % 60 == 0 || n > 95 {
            kept.push((shelf.keep(&text, n as u64).await, text.clone()));
        } else {
            shelf.keep(&text, n as u64).await;
        }
    }
    let whole = zstd::bulk::compress(text.as_bytes(), 3).expect("compressed").len() as u64;
    let bytes = shelf.bytes().await;
    println!("100 versions of {} bytes: {bytes} bytes, one by itself {whole}", text.len());
    assert!(bytes < 3 * whole, "{bytes} of {whole}");
    for (id, text) in kept {
        assert_eq!(shelf.text(id).await.as_deref(), Ok(text.as_str()));
    }
}

#[tokio::test]
async fn hi1_every_version_is_the_text_it_was_and_old_ones_go_without_others() {
    let shelf = Shelf::new();
    let (mut text, mut kept) = (prose(1, 3_000), Vec::new());
    for n in 0..150_u64 {
        let at = (n as usize * 37) % text.len();
        match n % 9 {
            0 => text = prose(n, 2_000 + n as usize),
            3 => text.truncate(text.len() / 2 + 1),
            _ => text.insert_str(at, "words and more words "),
        }
        kept.push((shelf.keep(&text, n * DAY).await, text.clone()));
    }
    assert!(shelf.all().await.iter().any(|(_, version)| version.base.is_some()));
    let mut now = 0;
    while now < 400 * DAY {
        shelf.versions.thin(DOCUMENT, now).await.expect("thinned");
        for (id, _) in shelf.all().await {
            let text = &kept.iter().find(|(other, _)| *other == id).expect("known").1;
            assert_eq!(shelf.text(id).await.as_ref(), Ok(text));
        }
        now += 40 * DAY;
    }
    assert!((20..60).contains(&shelf.all().await.len()), "{}", shelf.all().await.len());
}

#[tokio::test]
async fn hi1_a_lost_blob_names_its_version_and_takes_only_what_rests_on_it() {
    let shelf = Shelf::new();
    let text = prose(1, 5_000);
    let first = shelf.keep(&text, 1).await;
    let other = shelf.keep(&prose(2, 5_000), 2).await;
    let rests = shelf.keep(&format!("{}!", prose(2, 5_000)), 3).await;
    let whole = shelf.versions.find(DOCUMENT, other).await.expect("read").expect("there");
    assert_eq!(whole.base, None);
    shelf.lose(&whole.blob).await;
    for id in [other, rests] {
        let error = shelf.text(id).await.expect_err("lost");
        assert!(error.contains(&id.to_string()) && error.contains(&DOCUMENT.to_string()), "{error}");
    }
    assert_eq!(shelf.text(first).await.as_ref(), Ok(&text));
    let next = shelf.keep(&format!("{}?", prose(2, 5_000)), 4).await;
    assert!(shelf.text(next).await.is_ok(), "the next is whole");
}

#[tokio::test]
async fn hi1_another_text_than_the_record_says_is_an_error() {
    let shelf = Shelf::new();
    let (one, two) = (shelf.keep(&prose(1, 900), 1).await, shelf.keep(&prose(2, 900), 2).await);
    let mut swapped = shelf.versions.find(DOCUMENT, one).await.expect("read").expect("there");
    swapped.blob = shelf.versions.find(DOCUMENT, two).await.expect("read").expect("there").blob;
    let error = shelf.versions.text(DOCUMENT, one, &swapped).await.expect_err("another text").to_string();
    assert!(error.contains(&one.to_string()), "{error}");
}

#[tokio::test]
async fn hi2_the_first_format_is_read_named_and_thinned_and_an_unknown_one_stops_thinning() {
    let shelf = Shelf::new();
    let text = "as the first Galley kept it";
    let packed = zstd::bulk::compress(text.as_bytes(), 3).expect("compressed");
    let stored = packed.len() as u64;
    let blob = shelf.storage.blob_put(DOCUMENT, Bytes::from(packed)).await.expect("stored");
    let blob = blake3::Hash::from_bytes(blob.hash).to_hex().to_string();
    let id = Uuid::now_v7();
    let record = serde_json::json!({"v": 1, "at_ms": 5, "authors": [], "blob": blob, "bytes": text.len()});
    let put = async |id: Uuid, value: String| {
        let key = format!("rev/{DOCUMENT}/{id}");
        shelf.storage.put(&key, Bytes::from(value), Expect::Absent).await.expect("stored");
    };
    put(id, record.to_string()).await;
    assert_eq!(shelf.text(id).await.as_deref(), Ok(text));
    assert_eq!(shelf.bytes().await, stored);
    let name = Name { text: "old".into(), by: author(1), at_ms: 6 };
    shelf.versions.name(DOCUMENT, id, Some(name)).await.expect("named").expect("there");
    assert_eq!((shelf.text(id).await.as_deref(), shelf.bytes().await), (Ok(text), stored));
    for n in 0..5 {
        shelf.keep(&prose(1, 500 + n), n as u64).await;
    }
    let newer = Uuid::now_v7();
    put(newer, r#"{"v":9}"#.into()).await;
    assert_eq!(shelf.versions.thin(DOCUMENT, 900 * DAY).await, Ok(Thinned::default()));
    let stored = shelf.versions.all(DOCUMENT).await.expect("read");
    assert_eq!((stored.versions.len(), stored.unknown.as_slice()), (6, &[newer][..]));
    assert!(shelf.text(newer).await.expect_err("refused").contains("format 9"));
    assert!(shelf.text(shelf.keep("goes on", 9).await).await.is_ok());
    assert!(shelf.versions.remove(DOCUMENT, newer).await.is_err(), "not taken for something else");
}

#[tokio::test]
async fn hi10_named_versions_and_bases_are_never_thinned_out() {
    let shelf = Shelf::new();
    let mut ids = Vec::new();
    for n in 0..40 {
        ids.push(shelf.keep(&prose(3, 400 + n as usize), n * 60_000).await);
    }
    let name = Name { text: "kept".into(), by: author(1), at_ms: 0 };
    shelf.versions.name(DOCUMENT, ids[7], Some(name)).await.expect("named");
    see(&shelf.storage, DOCUMENT, author(2), Place::At(ids[11]), 5).await.expect("seen");
    shelf.versions.thin(DOCUMENT, 300 * DAY).await.expect("thinned");
    let left: Vec<Uuid> = shelf.all().await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(left, [ids[0], ids[7], ids[11], ids[39]]);
    shelf.versions.name(DOCUMENT, ids[7], None).await.expect("unnamed");
    see(&shelf.storage, DOCUMENT, author(2), Place::At(ids[39]), 6).await.expect("seen");
    shelf.versions.thin(DOCUMENT, 300 * DAY).await.expect("thinned");
    let left: Vec<Uuid> = shelf.all().await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(left, [ids[0], ids[39]]);
}

#[tokio::test]
async fn hi7_power_that_goes_between_any_two_writes_leaves_every_version_readable() {
    for crash in 0..60_usize {
        let memory = MemoryStore::new();
        let shelf = Shelf {
            storage: Storage::Memory(memory.clone()),
            versions: Versions::new(Storage::Memory(memory.clone())),
        };
        let mut kept = Vec::new();
        for n in 0..6_u64 {
            let text = prose(n / 3, 800 + n as usize);
            kept.push((shelf.keep(&text, n * 60_000).await, text));
        }
        memory.fail_after(crash, StoreError::Full);
        shelf.versions.record(DOCUMENT, prose(9, 700), Vec::new(), 7).await.ok();
        shelf.versions.thin(DOCUMENT, 200 * DAY).await.ok();
        let storage = Storage::Memory(memory.crash());
        let shelf = Shelf { versions: Versions::new(storage.clone()), storage };
        for (id, _) in shelf.all().await {
            let text = shelf.text(id).await;
            let known = kept.iter().find(|(other, _)| *other == id).map(|(_, text)| text.clone());
            assert_eq!(text, Ok(known.unwrap_or_else(|| prose(9, 700))), "crash {crash}");
        }
    }
}

#[tokio::test]
async fn hi8_erasing_leaves_no_record_and_no_blob() {
    let shelf = Shelf::new();
    let mut blobs = Vec::new();
    for n in 0..5 {
        shelf.keep(&prose(n, 900), n).await;
    }
    for (_, version) in shelf.all().await {
        let hash = *blake3::Hash::from_hex(&version.blob).expect("a name").as_bytes();
        blobs.push(BlobKey { document: DOCUMENT, hash });
    }
    // A crash between a blob and its record leaves the blob alone.
    blobs.push(shelf.storage.blob_put(DOCUMENT, Bytes::from_static(b"left behind")).await.expect("stored"));
    shelf.versions.erase(DOCUMENT).await.expect("erased");
    shelf.storage.blobs_erase(DOCUMENT).await.expect("erased");
    assert!(shelf.all().await.is_empty());
    for blob in blobs {
        assert_eq!(shelf.storage.blob_get(blob).await, Ok(None));
    }
}

#[tokio::test]
async fn hi4_many_at_once_are_one_after_the_other() {
    let shelf = Arc::new(Shelf::new());
    let mut tasks = Vec::new();
    for n in 0..20_u64 {
        let shelf = shelf.clone();
        tasks.push(tokio::spawn(async move {
            let text = prose(n / 10, 2_000 + n as usize);
            let id = shelf.keep(&text, n * DAY).await;
            shelf.versions.thin(DOCUMENT, 9 * DAY).await.expect("thinned");
            (id, text)
        }));
    }
    for task in tasks {
        let (id, text) = task.await.expect("done");
        let read = shelf.text(id).await;
        assert!(read.as_ref() == Ok(&text) || read == Err("absent".into()), "{read:?}");
    }
}

#[tokio::test]
async fn hi17_what_was_seen_is_the_text_then_or_an_earlier_one() {
    let shelf = Shelf::new();
    let reader = author(3);
    let last = async || last_seen(&shelf.storage, &shelf.versions, DOCUMENT, reader).await.expect("read");
    assert_eq!(last().await, None);
    let came = Uuid::now_v7();
    let one = shelf.keep("one", 1).await;
    see(&shelf.storage, DOCUMENT, reader, place(Some(one), false, came, Role::View), 10).await.expect("seen");
    assert_eq!(last().await, Some((10, "one".into())));
    let two = shelf.keep("two", 2).await;
    see(&shelf.storage, DOCUMENT, reader, place(Some(two), true, came, Role::View), 20).await.expect("seen");
    assert_eq!(last().await, Some((20, "two".into())), "taken while they were here");
    shelf.versions.remove(DOCUMENT, two).await.expect("removed");
    assert_eq!(last().await, None, "what is gone is not guessed");
}

#[tokio::test]
async fn hi18_a_reader_is_not_compared_with_a_text_from_before_they_came() {
    let shelf = Shelf::new();
    let secret = shelf.keep("secret, since deleted", 1).await;
    let came = Uuid::now_v7();
    for role in [Role::View, Role::Comment] {
        let place = place(Some(secret), true, came, role);
        assert!(matches!(place, Place::Between), "{place:?}");
        see(&shelf.storage, DOCUMENT, author(4), place, 5).await.expect("seen");
        let seen = last_seen(&shelf.storage, &shelf.versions, DOCUMENT, author(4)).await;
        assert_eq!(seen, Ok(None));
    }
    assert!(matches!(place(Some(secret), true, came, Role::Edit), Place::Past(id) if id == secret));
    assert!(matches!(place(None, false, came, Role::Own), Place::Between));
}
