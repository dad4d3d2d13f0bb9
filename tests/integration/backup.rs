//! What an operator does with the data: verify, backup, restore; on a folder in which everything was used.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::admin::{galley, galley_bytes};
use crate::child::ChildServer;
use crate::support::{Person, Server, folder};
use peer::Peer;

/// A server in which everything that leaves a record was done once; the documents that are left.
pub async fn lived_in(server: &Server) -> Vec<String> {
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

pub fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
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
    let mut flipped = key.clone();
    flipped[7] ^= 4;
    fs::write(data.path().join("key"), &flipped).expect("written");
    refused(data.path(), "it is not the one this data was used with");
    let listed = galley(data.path(), "user list");
    assert!(listed.code == 1 && listed.err.contains("damaged or exchanged"), "{listed:?}");
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
    refused_of(data, "--json", part);
}

/// The same of whatever is named.
fn refused_of(data: &Path, what: &str, part: &str) {
    let seen = galley(data, &format!("verify {what}"));
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
}

/// What `galley verify --json` says of a folder or a file.
pub fn look(data: &Path, what: &str) -> Value {
    let seen = galley(data, format!("verify {what} --json").replace("  ", " ").as_str());
    let report: Value = serde_json::from_str(&seen.out).expect("JSON");
    assert_eq!((seen.code, problems(&report)), (0, Vec::new()), "{seen:?}");
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn bk4_a_folder_its_backup_and_what_is_restored_are_the_same() {
    let data = folder();
    let place = folder();
    let at = |name: &str| place.path().join(name);
    let server = Server::on(data.path());
    let documents = lived_in(&server).await;
    let ada = Person { url: server.url.clone(), cookie: String::new() };
    drop(ada);
    let online = at("online.backup");
    let said = galley(data.path(), &format!("backup {}", online.display())).done();
    assert!(said.starts_with("Backed up ") && said.contains("BLAKE3"), "{said}");
    let running = look(data.path(), "");
    server.stop().expect("a clean stop");
    let offline = at("offline.backup");
    galley(data.path(), &format!("backup {}", offline.display())).done();
    let stopped = look(data.path(), "");
    assert_eq!(look(data.path(), &offline.display().to_string())["contents"], stopped["contents"]);
    let file = look(data.path(), &online.display().to_string());
    assert_eq!((&file["documents"], &running["documents"]), (&json!(documents.len()), &json!(documents.len())));

    for (backup, report) in [(&online, &file), (&offline, &stopped)] {
        let restored = backup.with_extension("restored");
        let said = galley(&restored, &format!("restore {}", backup.display())).done();
        assert!(said.starts_with("Restored "), "{said}");
        assert_eq!(look(&restored, "")["contents"], report["contents"]);
        assert_eq!(fs::read(restored.join("key")).ok(), fs::read(data.path().join("key")).ok());
        assert_eq!(mode(&restored.join("key")), 0o600);
        let server = ChildServer::start(&restored);
        let ada = server.person("ada");
        assert!(ada.text(&documents[0]).ends_with("by a guest"), "{}", ada.text(&documents[0]));
        let listed = ada.send("GET", &format!("/api/documents/{}/files", documents[0]), None).ok();
        let url = listed["files"][0]["url"].as_str().expect("a file");
        assert_eq!(ada.send("GET", url, None).body, "kept");
        assert!(server.terminate());
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

/// People write, delete files and erase documents while backups are taken, one after the other.
#[tokio::test(flavor = "multi_thread")]
async fn bk5_a_backup_of_a_running_server_is_one_moment_of_it() {
    let (server, data) = crate::support::fresh();
    let place = folder();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("# Written in\n");
    let (stop, stopped) = tokio::sync::watch::channel(());
    let eraser = {
        let (ada, stopped) = (ada.clone(), stopped.clone());
        tokio::task::spawn_blocking(move || {
            while !stopped.has_changed().unwrap_or(true) {
                let gone = ada.document("# Gone soon");
                let file = ada.upload(&gone, "a.txt", gone.as_bytes()).ok()["name"].as_str().unwrap_or("").to_owned();
                ada.send("POST", &format!("/api/documents/{gone}/versions"), Some(json!({"name": "v"}))).ok();
                ada.send("DELETE", &format!("/api/documents/{gone}/files/{file}"), None);
                ada.send("DELETE", &format!("/api/documents/{gone}"), None).ok();
                ada.send("POST", &format!("/api/documents/{gone}/erase"), Some(json!({}))).ok();
            }
        })
    };
    let mut peer = Peer::join(&ada, &document).await;
    let mut acked = String::new();
    for round in 0..6 {
        for word in 0..20 {
            let word = format!("<{round}.{word}>");
            peer.append(&word).await;
            acked.push_str(&word);
        }
        peer.saved().await;
        let file = place.path().join(format!("{round}.backup"));
        let (folder, line) = (data.path().to_owned(), format!("backup {}", file.display()));
        let taking = tokio::task::spawn_blocking(move || galley(&folder, &line));
        peer.append(&format!("<{round}.meanwhile>")).await;
        peer.saved().await;
        taking.await.expect("no panic").done();
        let (folder, backup) = (data.path().to_owned(), file.display().to_string());
        tokio::task::spawn_blocking(move || look(&folder, &backup)).await.expect("no panic");
        let restored = file.with_extension("restored");
        assert_eq!(galley(&restored, &format!("restore {}", file.display())).code, 0);
        assert!(text_in(&restored, &document).contains(&acked), "round {round}");
        acked.push_str(&format!("<{round}.meanwhile>"));
    }
    drop(stop);
    drop(stopped);
    eraser.await.expect("no panic");
}

/// What a server on this folder would show.
fn text_in(data: &Path, document: &str) -> String {
    let server = ChildServer::start(data);
    server.person("ada").text(document)
}

#[tokio::test(flavor = "multi_thread")]
async fn bk6_a_backup_has_its_name_when_it_is_whole() {
    let (data, _) = lived_in_folder().await;
    let place = folder();
    let file = place.path().join("a.backup");
    let line = format!("backup {}", file.display());
    galley(data.path(), &line).done();
    assert_eq!(mode(&file), 0o600);
    let before = fs::read(&file).expect("a backup");
    galley(data.path(), &line).refused("is there already");
    assert!(fs::read(&file).expect("a backup") == before);
    galley(data.path(), &format!("{line} --force")).done();
    galley(data.path(), &format!("backup {}", place.path().join("no/folder").display())).refused("cannot be written");
    galley(place.path(), &format!("backup {}", place.path().join("b.backup").display())).refused("no server has run");
    let output = galley_bytes(data.path(), "backup -");
    assert!(output.starts_with(b"galley.backup 1\n"));
    assert_eq!(fs::read_dir(place.path()).expect("a folder").count(), 1, "nothing else is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn bk8_of_damaged_data_everything_that_can_be_read_is_backed_up() {
    let (data, documents) = lived_in_folder().await;
    let text = text_in(data.path(), &documents[0]);
    let place = folder();
    let at = |name: &str| place.path().join(name);
    let backup = |name: &str| galley(data.path(), &format!("backup {}", at(name).display()));
    backup("good").done();
    let blob = files(&data.path().join("blobs")).into_iter().next().expect("a blob");
    fs::write(&blob.0, b"other").expect("written");
    let name = blob.0.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
    let good = fs::read(at("good")).expect("a backup");
    let server = ChildServer::start(data.path());
    let running = backup("running");
    assert!(server.terminate());
    let stopped = backup("stopped");
    for (seen, file) in [(running, at("running")), (stopped, at("stopped"))] {
        assert!(seen.code == 1 && seen.out.starts_with("Backed up"), "{seen:?}");
        assert!(seen.err.contains(&name) && seen.err.contains("1 thing could not be read"), "{seen:?}");
        refused_of(data.path(), &format!("{} --json", file.display()), &name);
    }
    backup("good --force").refused("was left as it was");
    assert!(fs::read(at("good")).expect("a backup") == good);

    let mut key = fs::read(data.path().join("key")).expect("a key");
    key[3] ^= 64;
    for (file, left, said) in
        [("other", &key[..], "key: is not the one"), ("short", &key[1..], "key: is 31 bytes long")]
    {
        fs::write(data.path().join("key"), left).expect("written");
        let seen = backup(file);
        assert!(seen.code == 1 && seen.err.contains(said) && seen.err.contains("2 things"), "{seen:?}");
        let restored = at(&format!("restored-{file}"));
        let seen = galley(&restored, &format!("restore {}", at(file).display()));
        assert!(
            seen.code == 0 && seen.err.contains(&name) && seen.err.contains("every link there was ends"),
            "{seen:?}"
        );
        assert_eq!(text_in(&restored, &documents[0]), text);
    }
}

/// What opening needs besides the store's own bytes does not keep anybody from them.
#[tokio::test(flavor = "multi_thread")]
async fn bk8_what_only_keeps_a_store_from_opening_takes_nothing_from_its_backup() {
    let (data, documents) = lived_in_folder().await;
    let text = text_in(data.path(), &documents[0]);
    let place = folder();
    let backup = |name: &str| galley(data.path(), &format!("backup {}", place.path().join(name).display()));
    let lock = data.path().join("lock");
    fs::remove_file(&lock).expect("removed");
    fs::create_dir(&lock).expect("a folder in its place");
    backup("unwritable").done();
    fs::remove_dir(&lock).expect("removed");
    fs::write(data.path().join("format"), "nonsense").expect("written");
    let seen = backup("unmarked");
    assert!(seen.code == 1 && seen.err.contains("1 thing could not be read"), "{seen:?}");
    for file in ["unwritable", "unmarked"] {
        let restored = place.path().join(format!("restored-{file}"));
        let seen = galley(&restored, &format!("restore {}", place.path().join(file).display()));
        assert!(seen.code == 0, "{seen:?}");
        assert_eq!(text_in(&restored, &documents[0]), text);
    }
}

/// Whatever is hit, the rest of it is a backup that restores, or a sentence and no file.
#[tokio::test(flavor = "multi_thread")]
async fn bk8_a_store_that_does_not_open_is_backed_up_as_far_as_it_can_be_read() {
    let (data, _) = lived_in_folder().await;
    let log = data.path().join("store/db");
    let whole = fs::read(&log).expect("a log");
    let end = whole.iter().rposition(|byte| *byte != 0).expect("something");
    let place = folder();
    let mut kept = 0;
    for part in 2..6 {
        let mut damaged = whole.clone();
        damaged[end / 7 * part] ^= 1;
        fs::write(&log, damaged).expect("written");
        assert!(storage::Storage::open(data.path()).is_err_and(|why| why.to_string().contains("damaged")));
        let (file, restored) = (place.path().join(part.to_string()), place.path().join(format!("restored-{part}")));
        let before = files(&data.path().join("store"));
        let seen = galley(data.path(), &format!("backup {}", file.display()));
        assert!(seen.code == 1 && files(&data.path().join("store")) == before, "{seen:?}");
        if seen.out.is_empty() {
            assert!(seen.err.contains("There is no backup") && !file.exists(), "{seen:?}");
            continue;
        }
        kept += 1;
        assert!(seen.err.contains("what was written last may be missing"), "{seen:?}");
        let seen = galley(&restored, &format!("restore {}", file.display()));
        assert!(seen.code == 0, "{seen:?}");
        assert!(ChildServer::start(&restored).terminate());
    }
    assert!(kept > 0, "nothing could be had");
    assert!(fs::read_dir(place.path()).expect("a folder").all(|file| {
        let name = file.expect("a file").file_name();
        !name.to_string_lossy().starts_with(".galley")
    }));
}

#[tokio::test(flavor = "multi_thread")]
async fn bk9_a_bad_backup_leaves_nothing_that_opens() {
    let (data, _) = lived_in_folder().await;
    let place = folder();
    let file = place.path().join("a.backup");
    galley(data.path(), &format!("backup {}", file.display())).done();
    galley(data.path(), &format!("restore {}", file.display())).refused("is not empty");
    let good = fs::read(&file).expect("a backup");
    let target = place.path().join("restored");
    for (bad, why) in [
        (good[..good.len() - 1].to_vec(), "cut short"),
        ([&good[..good.len() / 2], b"!", &good[good.len() / 2 + 1..]].concat(), "damaged"),
        (b"galley.backup 2\nwhatever".to_vec(), "newer Galley"),
        (b"PK".to_vec(), "not a backup"),
    ] {
        fs::write(&file, bad).expect("written");
        galley(&target, &format!("restore {}", file.display())).refused(why);
        assert!(!target.exists(), "{why}");
    }
    fs::write(&file, good).expect("written");
    fs::create_dir(&target).expect("made");
    assert_eq!(galley(&target, &format!("restore {}", file.display())).code, 0, "an empty folder will do");
}

/// A tab outlives the server's disk: what it saw after the backup comes back, its own and others'.
#[tokio::test(flavor = "multi_thread")]
async fn bk10_open_tabs_bring_back_what_came_after_the_backup() {
    let data = folder();
    let place = folder();
    let file = place.path().join("a.backup");
    let server = ChildServer::start(data.path());
    let (ada, bob) = (server.person("ada"), server.person("bob"));
    let document = ada.document("before ");
    ada.send("POST", &format!("/api/documents/{document}/members"), Some(json!({"name": "bob", "role": "edit"}))).ok();
    let mut mine = Peer::join(&ada, &document).await;
    let mut theirs = Peer::join(&bob, &document).await;
    theirs.append("bob early ").await;
    theirs.saved().await;
    galley(data.path(), &format!("backup {}", file.display())).done();
    theirs.append("bob late ").await;
    theirs.saved().await;
    mine.append("ada late ").await;
    mine.saved().await;
    mine.until("bob's", |peer| peer.content().contains("bob late")).await;
    let whole = mine.content();
    server.kill();
    let restored = place.path().join("restored");
    galley(&restored, &format!("restore {}", file.display())).done();
    let server = ChildServer::start(&restored);
    let ada = server.person("ada");
    assert_eq!(ada.text(&document), "before bob early ");
    let doc = mine.leave();
    let mut mine = Peer::join_with(&ada, &document, true, doc).await;
    mine.saved().await;
    mine.shows(&whole).await;
    assert_eq!(ada.text(&document), whole);
    drop(theirs);
}

/// The checks of `galley doctor --json` by name.
fn examined(data: &Path, line: &str, code: i32) -> std::collections::BTreeMap<String, (String, String)> {
    let seen = galley(data, line);
    assert_eq!(seen.code, code, "{seen:?}");
    let findings: Value = serde_json::from_str(&seen.out).expect("JSON");
    assert_eq!(findings["ok"], json!(code == 0));
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let checks = findings["checks"].as_array().expect("checks").iter();
    checks.map(|check| (word(&check["name"]), (word(&check["state"]), word(&check["said"])))).collect()
}

#[test]
fn bk12_doctor_says_what_is_wrong_and_what_to_do() {
    let data = folder();
    fs::set_permissions(data.path(), fs::Permissions::from_mode(0o700)).expect("its owner's alone");
    assert_eq!(galley(&data.path().join("nowhere"), "doctor").code, 2);
    let server = ChildServer::start(data.path());
    let well = examined(data.path(), "doctor --json", 0);
    for name in
        ["data folder", "key", "data format", "clock", "server", "public URL", "reachable", "headers", "WebSocket"]
    {
        assert_eq!(well[name].0, "ok", "{name}: {well:?}");
    }
    assert!(well.contains_key("fsync") && well.contains_key("file system") && well.contains_key("space"), "{well:?}");
    // A stranger's address is not the one the server believes to have.
    let port: u16 = server.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let other = examined(data.path(), &format!("doctor --json --url http://127.0.0.1:{port}"), 1);
    assert_eq!(other["address"].0, "problem", "{other:?}");
    assert!(server.terminate());
    let closed = examined(data.path(), &format!("doctor --json --url http://127.0.0.1:{port}"), 1);
    assert_eq!(closed["reachable"].0, "problem", "{closed:?}");
    fs::write(data.path().join("key"), b"short").expect("written");
    assert_eq!(examined(data.path(), "doctor --json", 1)["key"].0, "problem");
    assert!(galley(data.path(), "doctor").out.lines().any(|line| line.starts_with("problem  key ")));
    assert!(files(data.path()).iter().all(|(path, _)| !path.to_string_lossy().contains("doctor")), "nothing is left");
}
