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
