//! HK3 and HK5, over a store in memory and in virtual time.

use storage::memory::MemoryStore;
use storage::{NewEntry, Stream};

use super::*;

const DOCUMENT: Uuid = Uuid::from_u128(7);
const OTHER: Uuid = Uuid::from_u128(8);
const NOW: u64 = 1_900_000_000_000;
const DAY: u64 = 86_400_000;

fn memory() -> (MemoryStore, Storage) {
    let memory = MemoryStore::new();
    (memory.clone(), Storage::Memory(memory))
}

async fn dues(storage: &Storage, now_ms: u64) -> Vec<(u64, Uuid)> {
    let page = page(storage, None, now_ms).await.expect("a page");
    page.into_iter().map(|due| (due.at_ms, due.document)).collect()
}

async fn keys(storage: &Storage) -> Vec<String> {
    storage.list("due", None, 1_000).await.expect("a list").into_iter().map(|(key, _)| key).collect()
}

#[tokio::test]
async fn hk1_the_longest_due_comes_first_and_what_is_not_due_does_not() {
    let (_, storage) = memory();
    schedule(&storage, DOCUMENT, NOW + 2 * DAY, NOW).await.expect("scheduled");
    schedule(&storage, OTHER, NOW + DAY, NOW).await.expect("scheduled");
    assert_eq!(dues(&storage, NOW + DAY - 1).await, []);
    assert_eq!(dues(&storage, NOW + DAY).await, [(NOW + DAY, OTHER)]);
    assert_eq!(dues(&storage, u64::MAX).await, [(NOW + DAY, OTHER), (NOW + 2 * DAY, DOCUMENT)]);
    let first = Due { at_ms: NOW + DAY, document: OTHER };
    assert_eq!(page(&storage, Some(&first), u64::MAX).await.expect("a page").len(), 1);
}

#[tokio::test]
async fn hk2_one_look_serves_all_that_comes_before_it() {
    let (_, storage) = memory();
    for minute in 0..600 {
        let now = NOW + minute * 60_000;
        schedule(&storage, DOCUMENT, now + DAY, now).await.expect("scheduled");
        announce(&storage, DOCUMENT, now + DAY, now).await.expect("announced");
    }
    assert_eq!(keys(&storage).await.len(), 2);
    let is_soon = async |now_ms| is_soon(&storage, DOCUMENT, now_ms).await.expect("an answer");
    assert!(is_soon(NOW).await);
    assert!(!is_soon(NOW - 1).await, "more than a day later");
    assert!(!is_soon(NOW + DAY - NEAR_MS).await, "perhaps before what is written next");
    // An earlier one is another.
    schedule(&storage, DOCUMENT, NOW + DAY / 2, NOW).await.expect("scheduled");
    assert_eq!(dues(&storage, u64::MAX).await.len(), 2);
    for at_ms in [NOW + DAY / 2, NOW + DAY] {
        done(&storage, &Due { at_ms, document: DOCUMENT }).await.expect("done");
    }
    assert_eq!(keys(&storage).await, [""; 0]);
}

#[tokio::test]
async fn hk3_what_is_written_during_a_look_gets_another() {
    let (_, storage) = memory();
    schedule(&storage, DOCUMENT, NOW, NOW - DAY).await.expect("scheduled");
    // Somebody looks, and meanwhile something is written, or just before.
    for before in [5 * 60_000, 0] {
        let now = NOW - before;
        schedule(&storage, DOCUMENT, now + DAY, now).await.expect("scheduled");
    }
    done(&storage, &Due { at_ms: NOW, document: DOCUMENT }).await.expect("done");
    assert!(!dues(&storage, NOW + DAY).await.is_empty());
}

#[tokio::test]
async fn hk3_a_stop_between_any_two_writes_loses_no_look() {
    let due = |days| Due { at_ms: NOW + days * DAY, document: DOCUMENT };
    for crash in 0..12 {
        let (memory, storage) = memory();
        schedule(&storage, DOCUMENT, due(3).at_ms, NOW).await.expect("scheduled");
        memory.fail_after(crash, StoreError::Full);
        let first = schedule(&storage, DOCUMENT, due(1).at_ms, NOW).await.is_ok();
        let second = schedule(&storage, DOCUMENT, due(4).at_ms, due(3).at_ms).await.is_ok();
        let is_done = second && done(&storage, &due(3)).await.is_ok();
        let storage = Storage::Memory(memory.crash());
        let left = dues(&storage, u64::MAX).await;
        let has = |days| left.contains(&(due(days).at_ms, DOCUMENT));
        assert!((!first || has(1)) && (!second || has(4)) && (is_done || has(3)), "crash {crash}: {left:?}");
        let (listed, _) = times(&storage, DOCUMENT).await.expect("readable");
        let lost = listed.iter().find(|at_ms| !left.contains(&(**at_ms, DOCUMENT)));
        assert_eq!(lost, None, "crash {crash}");
        for (at_ms, document) in left {
            done(&storage, &Due { at_ms, document }).await.expect("done");
        }
        assert_eq!(keys(&storage).await, [""; 0], "crash {crash}");
    }
}

#[tokio::test]
async fn hk3_nothing_that_is_written_later_is_durable_before() {
    let (memory, storage) = memory();
    memory.hold();
    let entry = NewEntry { update: Bytes::from_static(b"edit"), authors: Bytes::new(), at_ms: NOW };
    let announced = announce(&storage, DOCUMENT, NOW + DAY, NOW);
    let appended = storage.append(Stream { document: DOCUMENT, channel: 0 }, entry);
    memory.commit(1);
    let left = Storage::Memory(memory.crash());
    assert_eq!(dues(&left, NOW + DAY).await, [(NOW + DAY, DOCUMENT)]);
    assert_eq!(left.load(Stream { document: DOCUMENT, channel: 0 }).await, Ok(None));
    drop((announced, appended));
}

#[tokio::test]
async fn hk5_nothing_is_due_of_what_was_erased() {
    let (_, storage) = memory();
    for days in [9, 5, 1] {
        schedule(&storage, DOCUMENT, NOW + days * DAY, NOW).await.expect("scheduled");
        announce(&storage, DOCUMENT, NOW, NOW).await.expect("announced");
    }
    schedule(&storage, OTHER, NOW + DAY, NOW).await.expect("scheduled");
    forget(&storage, DOCUMENT).await.expect("forgotten");
    assert_eq!(dues(&storage, u64::MAX).await, [(NOW + DAY, OTHER)]);
    assert_eq!(keys(&storage).await.len(), 2);
}
