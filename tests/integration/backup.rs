//! What an operator does with the data: verify, backup, restore; on a folder in which everything was used.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::admin::galley;
use crate::child::ChildServer;
use crate::support::{Person, Server, folder};
use peer::Peer;

/// A server in which everything that leaves a record was done once; the documents that are left.
async fn lived_in(server: &Server) -> Vec<String> {
    let ada = Person::sign_up(server, "ada");
    let bob = Person::sign_up(server, "bob");
    let first = ada.document("# First\n\nIt has a text, and @bob reads it.\n");
    let under = |rest: &str| format!("/api/documents/{first}{rest}");
    let mut peer = Peer::join(&ada, &first).await;
    for number in 0..40 {
        peer.insert(0, &format!("{number} ")).await;
    }
    peer.saved().await;
    let member = ada.send("POST", &under("/members"), Some(json!({"name": "bob", "role": "comment"}))).ok();
    assert!(member["author"].is_string());
    let note = json!({"id": Uuid::now_v7(), "anchor": null, "quote": "a text", "body": "@bob, really?"});
    ada.send("POST", &under("/notes"), Some(note)).ok();
    bob.send("POST", &under("/requests"), Some(json!({"role": "edit"}))).ok();
    let guest = Person::by_link(server, &ada.link(&first, "edit"));
    let mut theirs = Peer::join(&guest, &first).await;
    theirs.append("by a guest").await;
    theirs.saved().await;
    ada.upload(&first, "kept.txt", b"kept").ok();
    for name in ["one", "two"] {
        ada.send("POST", &under("/versions"), Some(json!({"name": name}))).ok();
        peer.insert(0, name).await;
        peer.saved().await;
    }
    ada.send("POST", "/api/tokens", Some(json!({"label": "script", "scope": "read"}))).ok();
    ada.send("POST", "/api/admin/invites", Some(json!({"label": "Eve"}))).ok();
    let bobs = member["author"].as_str().expect("an author");
    ada.send("POST", &format!("/api/admin/users/{bobs}/reset"), Some(json!({}))).ok();
    let erased = ada.document("# Erased");
    ada.upload(&erased, "gone.txt", b"gone").ok();
    ada.send("DELETE", &format!("/api/documents/{erased}"), None).ok();
    ada.send("POST", &format!("/api/documents/{erased}/erase"), Some(json!({}))).ok();
    let trashed = ada.document("# In the trash");
    ada.send("DELETE", &format!("/api/documents/{trashed}"), None).ok();
    vec![first, trashed, bob.document(""), bob.document("# Bob's")]
}

/// The same, stopped.
async fn lived_in_folder() -> (tempfile::TempDir, Vec<String>) {
    let data = folder();
    let server = Server::on(data.path());
    let documents = lived_in(&server).await;
    server.stop().expect("a clean stop");
    (data, documents)
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder).expect("a folder") {
        let path = file.expect("a file").path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push((path.clone(), fs::read(&path).unwrap_or_default())),
        }
    }
    found.sort();
    found
}

fn problems(report: &Value) -> Vec<String> {
    let found = report["problems"].as_array().cloned().unwrap_or_default();
    found.iter().map(|one| format!("{}: {}", one["where"], one["what"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn bk1_a_folder_in_which_everything_was_used_is_good() {
    let (data, documents) = lived_in_folder().await;
    let before = files(data.path());
    let seen = galley(data.path(), "verify --json");
    let report: Value = serde_json::from_str(&seen.out).expect("JSON");
    assert_eq!((seen.code, &report["ok"], problems(&report)), (0, &json!(true), Vec::new()), "{seen:?}");
    assert_eq!((&report["documents"], &report["remarks"]), (&json!(documents.len()), &json!([])), "{report}");
    assert!(report["updates"].as_u64().is_some_and(|updates| updates > 4), "{report}");
    assert!(files(data.path()) == before, "BK3: looking changes nothing");
    let said = galley(data.path(), "verify").out;
    assert!(said.starts_with("All is well: 4 documents"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bk2_damage_is_named() {
    let (data, documents) = lived_in_folder().await;
    let blob = files(&data.path().join("blobs")).into_iter().next().expect("a blob");
    let name = blob.0.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
    fs::write(&blob.0, [&blob.1[1..], b"!"].concat()).expect("written");
    refused(data.path(), &name);
    fs::remove_file(&blob.0).expect("removed");
    refused(data.path(), &name);
    fs::write(&blob.0, &blob.1).expect("written");
    let key = fs::read(data.path().join("key")).expect("a key");
    fs::write(data.path().join("key"), &key[1..]).expect("written");
    refused(data.path(), "31 bytes");
    fs::write(data.path().join("key"), &key).expect("written");

    let storage = storage::Storage::open(data.path()).expect("opens");
    let records = storage.list("", None, 10_000).await.expect("records");
    let of = |prefix: &str| records.iter().find(|(key, _)| key.starts_with(prefix)).expect(prefix).clone();
    let text = storage::Stream { document: documents[0].parse().expect("an id"), channel: 0 };
    let (file, account, document) = (of("file/"), of("account/"), of(&format!("doc/{}", documents[0])));
    let any = storage::Expect::Any;
    storage.put(&file.0, bytes::Bytes::from_static(b"{}"), any).await.expect("put");
    storage.delete("name/ada", any).await.expect("deleted");
    storage.delete(&document.0, any).await.expect("deleted");
    storage.erase(text).await.expect("erased");
    let entry = storage::NewEntry { update: vec![9; 40].into(), authors: bytes::Bytes::new(), at_ms: 1 };
    assert_eq!(storage.append(text, entry).await.expect("appended").seq(), 1);
    storage.close().await.expect("closed");
    drop(storage);
    for part in [&file.0, "name/ada", &format!("document {} is not there", documents[0]), "document has no record"] {
        refused(data.path(), part);
    }
    refused(data.path(), &format!("document {}", documents[0]));
    assert!(account.0.len() > 8);
}

/// It says so, whatever else it says.
fn refused(data: &Path, part: &str) {
    let seen = galley(data, "verify --json");
    let report: Value = serde_json::from_str(&seen.out).expect("JSON");
    assert_eq!((seen.code, &report["ok"]), (1, &json!(false)), "{part}: {seen:?}");
    assert!(problems(&report).iter().any(|problem| problem.contains(part)), "{part}: {report}");
}

#[test]
fn bk3_nobody_could_look() {
    let data = folder();
    for (line, why) in [("verify --json", "no server has run"), ("verify --json nothing.backup", "nothing.backup")] {
        let seen = galley(&data.path().join("nowhere"), line);
        let report: Value = serde_json::from_str(&seen.out).expect("JSON");
        assert_eq!((seen.code, &report["ok"]), (2, &json!(false)), "{seen:?}");
        assert!(problems(&report)[0].contains(why), "{report}");
    }
    let server = ChildServer::start(data.path());
    assert_eq!(galley(data.path(), "verify").code, 2, "held");
    drop(server);
}
