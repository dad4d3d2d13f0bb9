//! Storage in trouble: what people are told, and that nothing acked is lost.

use std::fs;

use galley::App;
use galley::config::Config;
use serde_json::json;

use crate::support::{Person, Server, folder, fresh};
use peer::Peer;

async fn refusal(config: Config) -> String {
    match App::build(config).await {
        Ok(_) => panic!("the server must not start"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sk12_a_locked_folder_is_named() {
    let (_server, data) = fresh();
    let why = refusal(Config::for_tests(data.path())).await;
    assert!(why.contains("already") || why.contains("another"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sk12_an_unusable_folder_is_named() {
    let data = folder();
    let file = data.path().join("a-file");
    fs::write(&file, "not a folder").expect("written");
    let why = refusal(Config::for_tests(&file)).await;
    assert!(why.contains("a-file"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sk12_a_taken_port_is_named() {
    let (server, _data) = fresh();
    let other = folder();
    let mut config = Config::for_tests(other.path());
    config.listen.set_port(server.port);
    let why = refusal(config).await;
    assert!(why.contains("--listen"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sk11_a_full_disk_is_said_and_nothing_pretends() {
    let data = folder();
    let memory = storage::memory::MemoryStore::new();
    let server = Server::with(Config::for_tests(data.path()), Some(storage::Storage::Memory(memory.clone())));
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("before");
    let mut writer = Peer::join(&ada, &document).await;
    let mut reader = Peer::join(&ada, &document).await;
    writer.append(" saved").await;
    writer.saved().await;
    let acked = writer.acked;
    memory.fail_after(0, storage::StoreError::Full);
    writer.append(" lost?").await;
    writer.until("a Nack", |peer| !peer.nacks.is_empty()).await;
    assert_eq!(writer.nacks[0].1, 6, "storage");
    assert_eq!(writer.content(), "before saved lost?", "the page keeps what was typed");
    reader.until("the others saw it", |peer| peer.content().starts_with("before saved")).await;
    assert!(acked < writer.sent);
    let ready = ada.send("GET", "/readyz", None);
    assert_eq!(ready.status, 503, "{ready:?}");
    let refused = ada.send("POST", "/api/documents", Some(json!({"text": "new"})));
    assert!(refused.status >= 500, "{refused:?}");
    assert!(refused.json()["error"]["message"].as_str().is_some_and(|message| message.len() > 20), "{refused:?}");
}

/// A server whose disk is as large as the test says.
fn on_a_disk(limits: &[&str]) -> (Server, storage::memory::MemoryStore, tempfile::TempDir) {
    let data = folder();
    let memory = storage::memory::MemoryStore::new();
    memory.set_free(ROOMY);
    let mut config = Config::for_tests(data.path());
    for limit in limits {
        config.limits.set(limit).expect("a limit");
    }
    (Server::with(config, Some(storage::Storage::Memory(memory.clone()))), memory, data)
}

const ROOMY: u64 = 1 << 40;
const TIGHT: u64 = 1 << 20;

/// What `/readyz` says, once it says this.
async fn ready(person: &Person, status: u16) -> String {
    loop {
        let ready = person.send("GET", "/readyz", None);
        if ready.status == status {
            return ready.body;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sk14_without_room_everything_is_read_only_and_goes_on_by_itself() {
    let (server, memory, _data) = on_a_disk(&[]);
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("before");
    let mut writer = Peer::join(&ada, &document).await;
    let mut reader = Peer::join(&ada, &document).await;
    writer.append(" saved").await;
    writer.saved().await;
    memory.set_free(TIGHT);
    assert!(ready(&ada, 503).await.starts_with("full: "));
    let acked = writer.acked;
    writer.append(" kept").await;
    writer.until("a Nack", |peer| !peer.nacks.is_empty()).await;
    assert_eq!(writer.nacks[0].1, 6, "storage");
    for (method, path, body) in [
        ("POST", "/api/documents".to_owned(), json!({"text": "new"})),
        ("PATCH", format!("/api/documents/{document}"), json!({"title": "other"})),
        ("POST", format!("/api/documents/{document}/links"), json!({"role": "edit"})),
        ("POST", format!("/api/documents/{document}/versions"), json!({"name": "v"})),
    ] {
        let refused = ada.send(method, &path, Some(body));
        assert_eq!(refused.status, 507, "{path}: {refused:?}");
        let error = &refused.json()["error"];
        assert_eq!(error["code"], "disk_full", "{path}");
        assert!(error["message"].as_str().is_some_and(|said| said.contains("disk is full")), "{path}: {error}");
    }
    assert_eq!(ada.upload(&document, "a.txt", b"words").status, 507);
    assert_eq!(ada.text(&document), "before saved", "nobody is shown what is not kept, and reading goes on");
    assert_eq!(writer.acked.max(acked + 1), acked + 1, "only the refused write is settled");
    let mut newcomer = Peer::join(&ada, &document).await;
    newcomer.shows("before saved").await;
    memory.set_free(ROOMY);
    ready(&ada, 200).await;
    writer.until("asked again, and acked", |peer| peer.acked == peer.sent && peer.sent > acked + 1).await;
    reader.shows("before saved kept").await;
    assert_eq!(ada.text(&document), "before saved kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn sk15_a_disk_that_was_full_comes_back_without_a_restart() {
    let (server, memory, _data) = on_a_disk(&["disk_readonly_bytes=0"]);
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("before");
    let mut writer = Peer::join(&ada, &document).await;
    let mut other = Peer::join(&ada, &document).await;
    writer.append(" saved").await;
    writer.saved().await;
    memory.set_free(TIGHT);
    memory.fail_after(0, storage::StoreError::Full);
    writer.append(" mine").await;
    writer.until("a Nack", |peer| !peer.nacks.is_empty()).await;
    other.until("it was shown", |peer| peer.content().contains("mine")).await;
    assert!(ready(&ada, 503).await.starts_with("full: "));
    memory.set_free(ROOMY);
    assert_eq!(writer.until_closed().await, Some(4503));
    ready(&ada, 200).await;
    // Whoever comes first brings what was shown to them; its author is still the one who wrote it.
    let mut other = Peer::join_with(&ada, &document, true, other.leave()).await;
    other.saved().await;
    let mut writer = Peer::join_with(&ada, &document, true, writer.leave()).await;
    writer.append(" more").await;
    writer.saved().await;
    other.shows("before saved mine more").await;
    assert_eq!(ada.text(&document), "before saved mine more");
}
