//! The suite every store passes: one function for each rule of `tests/spec/storage.md` that holds for all.
//!
//! `contract_suite!(make)` turns them into tests of one store. Invariant: nothing here waits for time or knows which
//! store it talks to. Next: `storage/tests/contract.rs`, which runs it over memory and sled.
#![allow(clippy::unwrap_used)] // a suite is test code

use bytes::Bytes;
use futures_util::FutureExt;
use uuid::Uuid;

use crate::{
    BlobKey, Cast, Expect, Health, Lagged, NewEntry, RECORD_BYTES_MAX, Record, Snapshot, Storage, StoreError, Stream,
};

/// A store under test.
pub trait Subject {
    /// A new, empty store.
    fn fresh(&mut self) -> Storage;
    /// The store as it starts again after a crash at this moment.
    fn crash(&mut self, storage: Storage) -> Storage;
}

/// Makes every rule a test of the [`Subject`] that the expression gives.
#[macro_export]
macro_rules! contract_suite {
    ($subject:expr) => {
        $crate::contract_suite!(@ $subject;
            st1_append_is_durable st2_order_is_call_order st3_dropped_append_is_written
            st4_absent_is_none_and_streams_are_apart st5_bytes_come_back_exactly
            st6_load_is_snapshot_and_tail st7_stale_compact_is_conflict st8_compact_survives_a_crash
            st9_erased_is_none st10_entries_are_paged st11_load_sees_what_was_enqueued
            st12_records_are_durable st13_expectations_guard_records st14_lists_are_paged_in_order
            st15_bad_keys_and_sizes_are_refused st16_blobs_belong_to_documents
            st17_casts_reach_subscribers st19_close_settles_and_refuses
            st27_a_cut_holds_what_was_there st30_paused_keeps_the_room_that_is_left);
    };
    (@ $subject:expr; $($rule:ident)*) => {
        $(#[tokio::test]
        async fn $rule() {
            $crate::contract::$rule(&mut $subject).await;
        })*
    };
}

/// A stream like any other.
pub fn stream(channel: u32) -> Stream {
    Stream { document: Uuid::from_u128(0x7f3a), channel }
}

/// An entry of `bytes` bytes that no other `salt` gives.
pub fn entry(salt: u64, bytes: usize) -> NewEntry {
    let pattern = salt.to_be_bytes().into_iter().cycle();
    let update: Vec<u8> = pattern.enumerate().map(|(at, b)| b ^ (at / 7) as u8).take(bytes).collect();
    NewEntry { update: update.into(), authors: salt.to_string().into(), at_ms: salt }
}

/// Appends and waits until it is durable.
pub async fn append(storage: &Storage, stream: Stream, entry: NewEntry) {
    let _durable = storage.append(stream, entry).await.unwrap();
}

fn snapshot(upto: u64, bytes: usize) -> Snapshot {
    let entry = entry(upto ^ 0xabcd, bytes);
    Snapshot { upto, state: entry.update, authors: entry.authors }
}

async fn fill(storage: &Storage, stream: Stream, salts: std::ops::RangeInclusive<u64>) {
    for salt in salts {
        append(storage, stream, entry(salt, 20)).await;
    }
}

/// The salts of what is loaded behind the snapshot.
async fn tail(storage: &Storage, stream: Stream) -> Vec<u64> {
    let loaded = storage.load(stream).await.unwrap().unwrap();
    loaded.tail.iter().map(|entry| entry.entry.at_ms).collect()
}

/// ST1
pub async fn st1_append_is_durable(subject: &mut impl Subject) {
    let mut storage = subject.fresh();
    for round in 1..=3 {
        append(&storage, stream(0), entry(round, 30)).await;
        storage = subject.crash(storage);
        assert_eq!(tail(&storage, stream(0)).await, (1..=round).collect::<Vec<_>>());
    }
}

/// ST2
pub async fn st2_order_is_call_order(subject: &mut impl Subject) {
    let storage = subject.fresh();
    let mut appends: Vec<_> = (1..=200u64)
        .map(|salt| {
            // Large and small in turn: the large ones must not be overtaken.
            let bytes = if salt % 7 == 0 { 20_000 } else { 10 };
            Box::pin(tokio::task::coop::unconstrained(storage.append(stream(0), entry(salt, bytes))))
        })
        .collect();
    let last = appends.pop().unwrap().await.unwrap().seq();
    // The last has completed, so every one before it has: none may need another wait.
    let mut seqs: Vec<u64> = appends
        .into_iter()
        .map(|append| append.now_or_never().expect("completion order is call order"))
        .map(|durable| durable.unwrap().seq())
        .collect();
    seqs.push(last);
    assert_eq!(seqs[0], 1);
    assert!(seqs.is_sorted_by(|a, b| a < b));
    assert_eq!(tail(&storage, stream(0)).await, (1..=200).collect::<Vec<_>>());
}

/// ST3
pub async fn st3_dropped_append_is_written(subject: &mut impl Subject) {
    let storage = subject.fresh();
    drop(storage.append(stream(0), entry(1, 10)));
    append(&storage, stream(0), entry(2, 10)).await;
    assert_eq!(tail(&subject.crash(storage), stream(0)).await, [1, 2]);
}

/// ST4
pub async fn st4_absent_is_none_and_streams_are_apart(subject: &mut impl Subject) {
    let storage = subject.fresh();
    let document = |id| Stream { document: Uuid::from_u128(id), channel: 0 };
    for (salt, id) in [(1, 0), (2, 8), (3, u128::MAX)] {
        append(&storage, document(id), entry(salt, 10)).await;
    }
    append(&storage, Stream { channel: 2, ..document(8) }, entry(4, 10)).await;
    append(&storage, Stream { channel: u32::MAX, ..document(8) }, entry(5, 10)).await;
    assert_eq!(tail(&storage, document(8)).await, [2]);
    assert_eq!(tail(&storage, document(u128::MAX)).await, [3]);
    for absent in [Stream { channel: 1, ..document(8) }, document(7), document(9)] {
        assert_eq!(storage.load(absent).await, Ok(None));
        assert_eq!(storage.entries(absent, 0, 10).await, Ok(vec![]));
    }
}

/// ST5
pub async fn st5_bytes_come_back_exactly(subject: &mut impl Subject) {
    let storage = subject.fresh();
    // Around one and two parts (an entry's frame and authors take some of a part), and well beyond.
    let near = |bytes: usize| bytes - 40..=bytes + 40;
    let sizes: Vec<usize> =
        [0, 1].into_iter().chain(near(6144)).chain(near(12_288)).chain([131_072, 1 << 20]).collect();
    let entries: Vec<NewEntry> = sizes.iter().map(|&bytes| entry(bytes as u64, bytes)).collect();
    let twice = || entries.iter().chain(&entries);
    let appends: Vec<_> = twice().map(|new| storage.append(stream(0), new.clone())).collect();
    futures_util::future::try_join_all(appends).await.unwrap();
    let loaded = subject.crash(storage).load(stream(0)).await.unwrap().unwrap();
    assert!(loaded.tail.iter().map(|entry| &entry.entry).eq(twice()));
}

/// ST6
pub async fn st6_load_is_snapshot_and_tail(subject: &mut impl Subject) {
    let storage = subject.fresh();
    fill(&storage, stream(0), 1..=10).await;
    let first = storage.compact(stream(0), None, snapshot(4, 100)).await.unwrap();
    assert_eq!(tail(&storage, stream(0)).await, [5, 6, 7, 8, 9, 10]);
    let second = storage.compact(stream(0), Some(first), snapshot(10, 1 << 20)).await.unwrap();
    assert!(second > first);
    assert_eq!(storage.append(stream(0), entry(11, 10)).await.unwrap().seq(), 11);
    let storage = subject.crash(storage);
    let loaded = storage.load(stream(0)).await.unwrap().unwrap();
    assert_eq!(loaded.snapshot, Some((second, snapshot(10, 1 << 20))));
    assert_eq!(tail(&storage, stream(0)).await, [11]);
    // A document may also begin as a snapshot, and its state may be empty.
    storage.compact(stream(1), None, snapshot(0, 0)).await.unwrap();
    let loaded = storage.load(stream(1)).await.unwrap().unwrap();
    assert_eq!((loaded.snapshot.unwrap().1, loaded.tail), (snapshot(0, 0), vec![]));
}

/// ST7
pub async fn st7_stale_compact_is_conflict(subject: &mut impl Subject) {
    let storage = subject.fresh();
    fill(&storage, stream(0), 1..=9).await;
    let first = storage.compact(stream(0), None, snapshot(3, 50)).await.unwrap();
    let second = storage.compact(stream(0), Some(first), snapshot(6, 50)).await.unwrap();
    for (base, upto) in [(None, 9), (Some(first), 9), (Some(second), 5)] {
        let refused = storage.compact(stream(0), base, snapshot(upto, 50)).await;
        assert_eq!(refused, Err(StoreError::Conflict));
    }
    let loaded = storage.load(stream(0)).await.unwrap().unwrap();
    assert_eq!(loaded.snapshot, Some((second, snapshot(6, 50))));
    assert_eq!(tail(&storage, stream(0)).await, [7, 8, 9]);
}

/// ST8, as far as it can be seen without stopping a store half-way.
pub async fn st8_compact_survives_a_crash(subject: &mut impl Subject) {
    let mut storage = subject.fresh();
    let mut base = None;
    for round in 1..=4u64 {
        fill(&storage, stream(0), round..=round).await;
        base = Some(storage.compact(stream(0), base, snapshot(round, 30_000)).await.unwrap());
        drop(storage.append(stream(0), entry(99, 10)));
        storage = subject.crash(storage);
        let loaded = storage.load(stream(0)).await.unwrap().unwrap();
        assert_eq!(loaded.snapshot, Some((base.unwrap(), snapshot(round, 30_000))));
        assert!(loaded.tail.len() <= 1);
        storage.erase(stream(0)).await.unwrap();
        base = None;
        fill(&storage, stream(0), 1..=round).await;
    }
}

/// ST9
pub async fn st9_erased_is_none(subject: &mut impl Subject) {
    let storage = subject.fresh();
    fill(&storage, stream(0), 1..=5).await;
    fill(&storage, stream(1), 1..=2).await;
    storage.compact(stream(0), None, snapshot(3, 20_000)).await.unwrap();
    storage.erase(stream(0)).await.unwrap();
    assert_eq!(storage.load(stream(0)).await, Ok(None));
    let storage = subject.crash(storage);
    assert_eq!(storage.load(stream(0)).await, Ok(None));
    storage.erase(stream(0)).await.unwrap();
    assert_eq!(storage.append(stream(0), entry(7, 10)).await.unwrap().seq(), 1);
    assert_eq!(tail(&storage, stream(0)).await, [7]);
    assert_eq!(tail(&storage, stream(1)).await, [1, 2]);
}

/// ST10
pub async fn st10_entries_are_paged(subject: &mut impl Subject) {
    let storage = subject.fresh();
    for salt in 1..=9 {
        append(&storage, stream(0), entry(salt, 8000)).await;
    }
    let seqs = async |after, limit| -> Vec<u64> {
        let entries = storage.entries(stream(0), after, limit).await.unwrap();
        entries.iter().map(|entry| entry.seq).collect()
    };
    assert_eq!(seqs(0, 0).await, []);
    assert_eq!(seqs(0, 4).await, [1, 2, 3, 4]);
    assert_eq!(seqs(4, 4).await, [5, 6, 7, 8]);
    assert_eq!(seqs(8, 4).await, [9]);
    assert_eq!(seqs(9, 4).await, []);
    assert_eq!(seqs(u64::MAX, 4).await, []);
    storage.compact(stream(0), None, snapshot(6, 10)).await.unwrap();
    assert_eq!(seqs(2, 2).await, [7, 8]);
}

/// ST11
pub async fn st11_load_sees_what_was_enqueued(subject: &mut impl Subject) {
    let storage = subject.fresh();
    for salt in 1..=50 {
        drop(storage.append(stream(0), entry(salt, 9000)));
    }
    let loaded = storage.load(stream(0)).await.unwrap().unwrap();
    assert_eq!(loaded.tail.len(), 50);
    // Everything that was seen survives a crash right after.
    let again = subject.crash(storage).load(stream(0)).await.unwrap().unwrap();
    assert_eq!(again, loaded);
}

/// ST12
pub async fn st12_records_are_durable(subject: &mut impl Subject) {
    let storage = subject.fresh();
    let value = Bytes::from(vec![7; RECORD_BYTES_MAX]);
    let version = storage.put("doc/1", value.clone(), Expect::Absent).await.unwrap();
    let storage = subject.crash(storage);
    assert_eq!(storage.get("doc/1").await, Ok(Some(Record { value, version })));
    storage.delete("doc/1", Expect::Version(version)).await.unwrap();
    assert_eq!(subject.crash(storage).get("doc/1").await, Ok(None));
}

/// ST13
pub async fn st13_expectations_guard_records(subject: &mut impl Subject) {
    let storage = subject.fresh();
    let put = async |value: &'static str, expect| storage.put("a", value.into(), expect).await;
    let conflict = Err(StoreError::Conflict);
    assert_eq!(put("no", Expect::Version(1)).await, conflict);
    let first = put("one", Expect::Absent).await.unwrap();
    assert_eq!(put("no", Expect::Absent).await, conflict);
    let second = put("two", Expect::Version(first)).await.unwrap();
    assert!(second > first);
    assert_eq!(put("no", Expect::Version(first)).await, conflict);
    assert_eq!(storage.get("a").await.unwrap().unwrap().value, "two");
    let third = put("three", Expect::Any).await.unwrap();
    for expect in [Expect::Absent, Expect::Version(second)] {
        assert_eq!(storage.delete("a", expect).await, Err(StoreError::Conflict));
    }
    storage.delete("a", Expect::Version(third)).await.unwrap();
    assert_eq!(storage.delete("a", Expect::Version(third)).await, Err(StoreError::Conflict));
    storage.delete("a", Expect::Any).await.unwrap();
    assert!(put("four", Expect::Any).await.unwrap() > third, "versions never come back");
}

/// ST14
pub async fn st14_lists_are_paged_in_order(subject: &mut impl Subject) {
    let storage = subject.fresh();
    let keys = ["m/1", "m/1/a", "m/1/b", "m/10", "m/10/a", "m/2/a", "m", "n/1", "m-x", "m/1/b.c"];
    for key in keys {
        storage.put(key, key.into(), Expect::Absent).await.unwrap();
    }
    let list = async |prefix: &str, after: Option<&str>, limit| -> Vec<String> {
        let page = storage.list(prefix, after, limit).await.unwrap();
        assert!(page.iter().all(|(key, record)| key.as_bytes() == record.value));
        page.into_iter().map(|(key, _)| key).collect()
    };
    assert_eq!(list("m/1/", None, 10).await, ["m/1/a", "m/1/b", "m/1/b.c"]);
    assert_eq!(list("m/1/", Some("m/1/a"), 1).await, ["m/1/b"]);
    assert_eq!(list("m/1/", Some("m/1/b.c"), 10).await, [""; 0]);
    assert_eq!(list("m/1/", Some("a"), 10).await.len(), 3);
    assert_eq!(list("x", None, 10).await, [""; 0]);
    let mut sorted = keys.to_vec();
    sorted.sort_unstable();
    let mut paged: Vec<String> = Vec::new();
    loop {
        let page = list("", paged.last().map(String::as_str), 3).await;
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, sorted);
}

/// ST15
pub async fn st15_bad_keys_and_sizes_are_refused(subject: &mut impl Subject) {
    let storage = subject.fresh();
    let long = "k".repeat(crate::KEY_BYTES_MAX + 1);
    for key in ["", "/", "a/", "/a", "a//b", "a b", "ä", "a\0", "a%", &long] {
        let bad = StoreError::BadKey(key.to_owned());
        assert_eq!(storage.put(key, Bytes::new(), Expect::Any).await, Err(bad.clone()));
        assert_eq!(storage.get(key).await, Err(bad.clone()));
        assert_eq!(storage.delete(key, Expect::Any).await, Err(bad));
    }
    let large = Bytes::from(vec![0; RECORD_BYTES_MAX + 1]);
    let refused = storage.put("large", large, Expect::Any).await;
    assert!(matches!(refused, Err(StoreError::TooLarge { limit: RECORD_BYTES_MAX, .. })));
    assert_eq!(storage.list("", None, 10).await, Ok(vec![]));
    let large =
        NewEntry { update: Bytes::from(vec![0; crate::ENTRY_BYTES_MAX]), authors: Bytes::from_static(b"x"), at_ms: 0 };
    let refused = storage.append(stream(0), large).await;
    assert!(matches!(refused, Err(StoreError::TooLarge { what: "entry", .. })));
    assert_eq!(storage.load(stream(0)).await, Ok(None));
}

/// ST16
pub async fn st16_blobs_belong_to_documents(subject: &mut impl Subject) {
    let storage = subject.fresh();
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let content = Bytes::from(vec![9; 300_000]);
    let key = storage.blob_put(one, content.clone()).await.unwrap();
    assert_eq!(storage.blob_put(one, content.clone()).await, Ok(key));
    let elsewhere = BlobKey { document: two, ..key };
    assert_eq!(storage.blob_get(elsewhere).await, Ok(None));
    assert_eq!(storage.blob_put(two, content.clone()).await, Ok(elsewhere));
    storage.blob_delete(key).await.unwrap();
    storage.blob_delete(key).await.unwrap();
    let storage = subject.crash(storage);
    assert_eq!(storage.blob_get(key).await, Ok(None));
    assert_eq!(storage.blob_get(elsewhere).await, Ok(Some(content)));
    let empty = storage.blob_put(one, Bytes::new()).await.unwrap();
    assert_eq!(storage.blob_get(empty).await, Ok(Some(Bytes::new())));
    storage.blobs_erase(one).await.unwrap();
    storage.blobs_erase(one).await.unwrap();
    let storage = subject.crash(storage);
    assert_eq!(storage.blob_get(empty).await, Ok(None));
    assert!(storage.blob_get(elsewhere).await.unwrap().is_some());
}

/// ST17
pub async fn st17_casts_reach_subscribers(subject: &mut impl Subject) {
    let storage = subject.fresh();
    let document = stream(0).document;
    let mut subscriptions = [storage.subscribe(), storage.clone().subscribe()];
    let casts = [Cast::AccessChanged { document }, Cast::Awareness { document, states: "here".into() }];
    for message in casts.clone() {
        storage.cast(document, message).await.unwrap();
    }
    for subscription in &mut subscriptions {
        for message in casts.clone() {
            assert_eq!(subscription.next().await, Some(Ok(message)));
        }
    }
    let late = storage.subscribe();
    let kept = crate::bus::CASTS_KEPT as u64;
    for _ in 0..kept + 3 {
        storage.cast(document, Cast::DocumentGone { document }).await.unwrap();
    }
    for mut subscription in subscriptions.into_iter().chain([late]) {
        assert_eq!(subscription.next().await, Some(Err(Lagged)));
        assert!(matches!(subscription.next().await, Some(Ok(_))));
    }
}

/// ST19
pub async fn st19_close_settles_and_refuses(subject: &mut impl Subject) {
    let storage = subject.fresh();
    let mut subscription = storage.subscribe();
    let mut feed = storage.join(stream(0)).await.unwrap();
    let appends: Vec<_> = (1..=100).map(|salt| storage.append(stream(0), entry(salt, 100))).collect();
    assert_eq!(storage.health(), Health::Ok);
    storage.close().await.unwrap();
    storage.close().await.unwrap();
    assert_eq!(futures_util::future::try_join_all(appends).await.unwrap().len(), 100);
    let closed = Err(StoreError::Closed);
    assert_eq!(storage.append(stream(0), entry(0, 1)).await.map(drop), closed);
    assert_eq!(storage.put("a", Bytes::new(), Expect::Any).await.map(drop), closed);
    assert_eq!(storage.load(stream(0)).await.map(drop), closed);
    assert_ne!(storage.health(), Health::Ok);
    assert_eq!((subscription.next().await, feed.next().await), (None, None));
    assert_eq!(tail(&subject.crash(storage), stream(0)).await.len(), 100);
}

/// ST27
pub async fn st27_a_cut_holds_what_was_there(subject: &mut impl Subject) {
    let storage = subject.fresh();
    let document = stream(0).document;
    for salt in 1..=4 {
        append(&storage, stream(0), entry(salt, 9_000)).await;
        append(&storage, stream(1), entry(salt, 10)).await;
    }
    let snapshot = Snapshot { upto: 2, state: "state".into(), authors: Bytes::new() };
    storage.compact(stream(1), None, snapshot.clone()).await.unwrap();
    for key in ["a/1", "b", "c/2"] {
        storage.put(key, Bytes::from_static(b"before"), Expect::Any).await.unwrap();
    }
    let kept = storage.blob_put(document, "kept".into()).await.unwrap();
    let deleted = storage.blob_put(document, "deleted".into()).await.unwrap();
    let other = storage.blob_put(Uuid::from_u128(9), "of another".into()).await.unwrap();
    let cut = storage.cut().await.unwrap();

    storage.put("a/1", Bytes::from_static(b"after"), Expect::Any).await.unwrap();
    storage.delete("b", Expect::Any).await.unwrap();
    storage.put("d", Bytes::new(), Expect::Any).await.unwrap();
    storage.erase(stream(0)).await.unwrap();
    append(&storage, stream(1), entry(5, 10)).await;
    append(&storage, stream(7), entry(5, 10)).await;
    storage.blob_delete(deleted).await.unwrap();
    storage.blobs_erase(Uuid::from_u128(9)).await.unwrap();

    let records: Vec<_> = cut.records().iter().map(|(key, record)| (key.as_str(), &record.value[..])).collect();
    assert_eq!(records, [("a/1", &b"before"[..]), ("b", b"before"), ("c/2", b"before")]);
    assert_eq!(cut.streams(), [stream(0), stream(1)]);
    assert_eq!((cut.damage(), cut.strays()), (&[][..], &[][..]));
    let first = cut.load(stream(0)).unwrap().unwrap();
    assert!(first.tail.iter().map(|entry| entry.entry.at_ms).eq(1..=4), "erased since, and still there");
    let second = cut.load(stream(1)).unwrap().unwrap();
    assert_eq!(second.snapshot.map(|(_, snapshot)| snapshot), Some(snapshot));
    assert!(second.tail.iter().take(2).map(|entry| entry.seq).eq(3..=4));
    let mut blobs = [kept, deleted, other];
    blobs.sort_unstable();
    assert_eq!(cut.blobs(), blobs);
    assert_eq!(cut.blob(deleted).unwrap(), Some("deleted".into()));
    assert_eq!(cut.blob(other).unwrap(), Some("of another".into()));

    assert_eq!(storage.load(stream(0)).await.unwrap(), None, "everybody else sees it gone");
    assert_eq!(storage.blob_get(deleted).await.unwrap(), None);
    assert_eq!(storage.blob_get(other).await.unwrap(), None);
    append(&storage, stream(0), entry(6, 10)).await;
    let afresh = storage.load(stream(0)).await.unwrap().unwrap();
    assert!(afresh.tail.iter().map(|entry| entry.entry.at_ms).eq([6]), "what comes after an erasure starts afresh");
    drop(cut);
    let storage = subject.crash(storage);
    assert_eq!(storage.cut().await.unwrap().blobs(), [kept]);
}

/// ST30
pub async fn st30_paused_keeps_the_room_that_is_left(subject: &mut impl Subject) {
    let storage = subject.fresh();
    let clone = storage.clone();
    let document = stream(0).document;
    append(&storage, stream(0), entry(1, 10)).await;
    append(&storage, stream(1), entry(1, 10)).await;
    let version = storage.put("a", "one".into(), Expect::Absent).await.unwrap();
    let blob = storage.blob_put(document, "blob".into()).await.unwrap();
    let before = storage.append(stream(0), entry(2, 10));
    storage.pause();
    assert!(before.await.is_ok(), "what was enqueued before is settled");
    let refused = Err(StoreError::Short);
    assert_eq!(clone.append(stream(0), entry(3, 10)).await.map(drop), refused);
    assert_eq!(clone.put("b", "new".into(), Expect::Any).await.map(drop), refused);
    assert_eq!(clone.compact(stream(0), None, snapshot(1, 10)).await.map(drop), refused);
    assert_eq!(clone.blob_put(document, "more".into()).await.map(drop), refused);
    assert!(matches!(clone.health(), Health::Full(_)) && clone.failed().is_none());
    assert_eq!(tail(&clone, stream(0)).await, [1, 2]);
    // What only removes gives room back.
    storage.delete("a", Expect::Version(version)).await.unwrap();
    storage.blob_delete(blob).await.unwrap();
    storage.erase(stream(1)).await.unwrap();
    clone.resume();
    assert_eq!(storage.health(), Health::Ok);
    append(&storage, stream(0), entry(3, 10)).await;
    let storage = subject.crash(storage);
    assert_eq!(tail(&storage, stream(0)).await, [1, 2, 3]);
    assert_eq!(storage.get("a").await, Ok(None));
    assert_eq!(storage.load(stream(1)).await, Ok(None));
}
