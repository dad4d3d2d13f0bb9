//! What goes by itself, over a store in memory that outlives its server, in virtual time.

use galley::config::Config;
use galley::housekeeping::{Swept, sweep};
use serde_json::json;
use storage::memory::MemoryStore;
use storage::{Expect, Storage};
use tempfile::TempDir;
use uuid::Uuid;

use crate::support::{Person, Server, folder};
use peer::Peer;

const DAY: u64 = 86_400_000;
/// After whatever the clock of this machine says.
const LATER: u64 = 2_900_000_000_000;

/// A folder whose store is in memory.
struct House {
    data: TempDir,
    memory: MemoryStore,
    server: Server,
    ada: Person,
}

impl House {
    async fn new() -> House {
        let (data, memory) = (folder(), MemoryStore::new());
        let server = Server::with(Config::for_tests(data.path()), Some(Storage::Memory(memory.clone())));
        let ada = Person::sign_up(&server, "ada");
        House { data, memory, server, ada }.migrated().await
    }

    /// The server's own first sweep has begun with what is due.
    async fn migrated(self) -> House {
        while self.keys("migrated/").await.is_empty() {
            tokio::task::yield_now().await;
        }
        self
    }

    /// The same after everything stopped at once.
    async fn restarted(self, change: impl AsyncFnOnce(&Storage)) -> House {
        let House { data, memory, server, ada } = self;
        let memory = memory.crash();
        drop(server);
        change(&Storage::Memory(memory.clone())).await;
        let server = Server::with(Config::for_tests(data.path()), Some(Storage::Memory(memory.clone())));
        let ada = Person { url: server.url.clone(), cookie: ada.cookie };
        House { data, memory, server, ada }.migrated().await
    }

    async fn sweep(&self, now: u64) -> Swept {
        sweep(&self.server.state, now).await.expect("a sweep")
    }

    async fn keys(&self, prefix: &str) -> Vec<String> {
        keys(&Storage::Memory(self.memory.clone()), prefix).await
    }

    /// A version a minute for an hour.
    async fn versions(&self, document: &str) {
        let document = document.parse().expect("an id");
        for minute in 0..60 {
            let versions = self.server.state.rooms.versions();
            let at_ms = LATER - DAY + minute * 60_000;
            versions.record(document, format!("{minute}"), Vec::new(), at_ms).await.expect("a version");
        }
    }

    fn upload(&self, document: &str, text: &str) -> String {
        let file = self.ada.upload(document, "a.txt", text.as_bytes()).ok();
        file["url"].as_str().expect("an address").to_owned()
    }

    fn trash(&self, document: &str) {
        self.ada.send("DELETE", &format!("/api/documents/{document}"), None).ok();
    }

    fn status(&self, path: &str) -> u16 {
        self.ada.send("GET", path, None).status
    }
}

async fn keys(storage: &Storage, prefix: &str) -> Vec<String> {
    storage.list(prefix, None, 10_000).await.expect("a list").into_iter().map(|(key, _)| key).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn hk1_the_trash_is_emptied_when_it_is_due_after_a_restart() {
    let house = House::new().await;
    let (document, back) = (house.ada.document("old"), house.ada.document("back"));
    house.trash(&document);
    house.trash(&back);
    house.ada.send("POST", &format!("/api/documents/{back}/restore"), Some(json!({}))).ok();
    let trash = house.ada.send("GET", "/api/documents?trash=1", None).ok();
    let purge = trash["documents"][0]["purge_ms"].as_u64().expect("an end");
    let house = house.restarted(async |_| {}).await;
    assert_eq!(house.sweep(purge - 1).await.documents, 0);
    assert_eq!(house.sweep(purge + 1_000).await.documents, 1);
    assert_eq!(house.status(&format!("/api/documents/{document}")), 410);
    assert_eq!(house.status(&format!("/api/documents/{back}")), 200);
    assert_eq!(house.keys("due").await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn hk1_versions_are_thinned_out_when_they_are_due_after_a_restart() {
    let house = House::new().await;
    let document = house.ada.document("first");
    house.versions(&document).await;
    let house = house.restarted(async |_| {}).await;
    let rev = format!("rev/{document}/");
    assert!(house.keys(&rev).await.len() >= 60);
    house.sweep(LATER + 2 * DAY).await;
    assert!(house.keys(&rev).await.len() < 10, "one of each hour, the first and the last");
    house.sweep(LATER + 200 * DAY).await;
    house.sweep(LATER + 400 * DAY).await;
    assert!(house.keys(&rev).await.len() <= 4);
    assert_eq!(house.keys("due").await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn hk1_files_go_when_they_are_due_after_restarts() {
    let house = House::new().await;
    let document = house.ada.document("no pictures");
    let url = house.upload(&document, "nowhere");
    let house = house.restarted(async |_| {}).await;
    assert_eq!(house.sweep(LATER).await.files, 0);
    let house = house.restarted(async |_| {}).await;
    assert_eq!(house.sweep(LATER + 30 * DAY - 1).await.files, 0);
    assert_eq!(house.status(&url), 200);
    assert_eq!(house.sweep(LATER + 30 * DAY).await.files, 1);
    assert_eq!(house.status(&url), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn hk1_more_files_than_one_sweep_looks_at_wait_for_the_next() {
    let house = House::new().await;
    let many = house.server.state.config.limits.collect_documents + 2;
    for _ in 0..many {
        let document = Uuid::now_v7().to_string();
        house.ada.send("POST", "/api/documents", Some(json!({"id": document, "text": ""}))).ok();
        let record = json!({"v": 1, "name": "x", "original": "x", "picture": null, "bytes": 1, "by": Uuid::nil(),
            "at_ms": 1, "unused_since_ms": null, "whole": "", "small": null});
        let storage = Storage::Memory(house.memory.clone());
        storage.put(&format!("file/{document}/x"), record.to_string().into(), Expect::Any).await.expect("a file");
        storage.put(&format!("due/{:016x}/{document}", 1), "1".into(), Expect::Any).await.expect("a record");
    }
    house.sweep(LATER).await;
    assert_eq!(house.keys(&format!("due/{:016x}/", 1)).await.len(), 2);
    house.sweep(LATER).await;
    assert_eq!(house.keys(&format!("due/{:016x}/", 1)).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn hk2_a_quiet_document_leaves_no_record() {
    let house = House::new().await;
    let document = house.ada.document("a text that stays");
    let url = house.upload(&document, "kept");
    let mut peer = Peer::join(&house.ada, &document).await;
    peer.append(&url).await;
    peer.saved().await;
    house.ada.send("POST", &format!("/api/documents/{document}/versions"), Some(json!({"name": "one"}))).ok();
    assert!(!house.keys("due/").await.is_empty());
    let house = house.restarted(async |_| {}).await;
    house.sweep(LATER).await;
    house.sweep(LATER + 40 * DAY).await;
    house.sweep(LATER + 400 * DAY).await;
    assert_eq!(house.status(&url), 200);
    assert_eq!(house.keys("due").await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn hk4_what_a_folder_from_before_left_to_do_is_done() {
    let house = House::new().await;
    let [old, thick, full] = ["old", "thick", "full"].map(|text| house.ada.document(text));
    house.trash(&old);
    house.versions(&thick).await;
    let url = house.upload(&full, "nowhere");
    let house = house
        .restarted(async |storage| {
            for key in [keys(storage, "due").await, keys(storage, "migrated/").await].concat() {
                storage.delete(&key, Expect::Any).await.expect("removed");
            }
        })
        .await;
    // The server itself may be looking, too.
    for days in [0, 2, 31, 62] {
        house.sweep(LATER + days * DAY).await;
    }
    assert_eq!(house.status(&format!("/api/documents/{old}")), 410);
    assert!(house.keys(&format!("rev/{thick}/")).await.len() < 10);
    assert_eq!(house.status(&url), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn hk6_trouble_with_one_is_no_others() {
    let house = House::new().await;
    let (bad, old) = (house.ada.document("bad"), house.ada.document("old"));
    house.trash(&old);
    let storage = Storage::Memory(house.memory.clone());
    storage.put(&format!("file/{bad}/x"), "not readable".into(), Expect::Any).await.expect("damage");
    assert_eq!(house.sweep(LATER).await.documents, 1);
    let again = house.keys("due/").await;
    assert!(again.len() == 1 && again[0].ends_with(&bad), "{again:?}");
    storage.delete(&format!("file/{bad}/x"), Expect::Any).await.expect("mended");
    house.sweep(LATER + DAY).await;
    assert_eq!(house.keys("due").await, [""; 0]);
}
