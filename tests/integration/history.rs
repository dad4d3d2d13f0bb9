//! History over real HTTP and real sockets: what is kept, who sees it, what a restore does to others, who wrote what.

use std::path::Path;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::child::ChildServer;
use crate::support::{Answer, Desk, Person, Server};
use peer::Peer;

const TEXT: &str = "# Post\n\nMost editors say saved.\n\nThat is a hope, not a fact.\n";

fn path(document: &str, rest: &str) -> String {
    format!("/api/documents/{document}/versions{rest}")
}

fn named(person: &Person, document: &str, name: &str) -> String {
    let version = person.send("POST", &path(document, ""), Some(json!({"name": name}))).ok();
    version["id"].as_str().expect("an id").to_owned()
}

fn versions(person: &Person, document: &str) -> Vec<Value> {
    let list = person.send("GET", &path(document, ""), None).ok();
    list["versions"].as_array().expect("versions").clone()
}

fn text_of(person: &Person, document: &str, version: &str) -> String {
    let answer = person.send("GET", &path(document, &format!("/{version}/text")), None);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

fn restore(person: &Person, document: &str, version: &str, wish: Value) -> Answer {
    person.send("POST", &path(document, &format!("/{version}/restore")), Some(wish))
}

fn since(person: &Person, document: &str) -> Value {
    person.send("GET", &format!("/api/documents/{document}/since"), None).ok()
}

impl Desk {
    fn text(&self) -> String {
        self.owner.text(&self.document)
    }

    fn blobs(&self) -> usize {
        files(&self.data.path().join("blobs").join(&self.document))
    }
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

#[test]
fn hi10_a_version_has_a_name_until_it_is_taken_away() {
    let desk = Desk::with(TEXT);
    let answer = desk.owner.send("POST", &path(&desk.document, ""), Some(json!({"name": "  First \n draft "})));
    assert_eq!(answer.status, 201, "{answer:?}");
    let version = answer.json();
    assert_eq!(version["name"], "First draft");
    assert_eq!(version["named_by"]["name"], "maren");
    assert_eq!(version["authors"][0]["name"], "maren");
    assert_eq!(version["bytes"], TEXT.len());
    let id = version["id"].as_str().expect("an id");
    assert_eq!(text_of(&desk.owner, &desk.document, id), TEXT);
    let again = named(&desk.owner, &desk.document, "the same text by another name");
    assert_ne!(again, id);
    let renamed = desk.owner.send("PATCH", &path(&desk.document, &format!("/{id}")), Some(json!({"name": null}))).ok();
    assert!(renamed["name"].is_null() && renamed["named_by"].is_null(), "{renamed}");
    let read = desk.owner.send("GET", &path(&desk.document, &format!("/{id}")), None).ok();
    assert_eq!(read, renamed);
    for name in ["", " \n ", &"x".repeat(101)] {
        let refused = desk.owner.send("POST", &path(&desk.document, ""), Some(json!({"name": name})));
        assert_eq!((refused.status, refused.json()["error"]["code"].as_str()), (400, Some("version_name")));
    }
    let gone = desk.owner.send("DELETE", &path(&desk.document, &format!("/{again}")), None);
    assert_eq!(gone.status, 204);
    let missing = desk.owner.send("GET", &path(&desk.document, &format!("/{again}/text")), None);
    assert_eq!((missing.status, missing.json()["error"]["code"].as_str()), (404, Some("no_such_version")));
    assert_eq!(text_of(&desk.owner, &desk.document, id), TEXT);
}

#[test]
fn hi10_there_is_room_for_so_many_names() {
    let data = crate::support::folder();
    let mut config = galley::config::Config::for_tests(data.path());
    config.limits.versions_named = 2;
    let server = Server::with(config, None);
    let owner = Person::sign_up(&server, "maren");
    let document = owner.document(TEXT);
    let first = named(&owner, &document, "one");
    named(&owner, &document, "two");
    let full = owner.send("POST", &path(&document, ""), Some(json!({"name": "three"})));
    assert_eq!((full.status, full.json()["error"]["code"].as_str()), (409, Some("too_many_names")));
    owner.send("PATCH", &path(&document, &format!("/{first}")), Some(json!({"name": "another for one"}))).ok();
    owner.send("PATCH", &path(&document, &format!("/{first}")), Some(json!({"name": null}))).ok();
    named(&owner, &document, "three");
}

#[test]
fn hi9_the_list_comes_in_pages_newest_first() {
    let desk = Desk::with(TEXT);
    let ids: Vec<String> = (0..5).map(|n| named(&desk.owner, &desk.document, &n.to_string())).collect();
    let first = desk.owner.send("GET", &path(&desk.document, "?limit=2"), None).ok();
    assert_eq!(
        (&first["versions"][0]["id"], &first["more"], &first["count"]),
        (&json!(ids[4]), &json!(true), &json!(5))
    );
    assert!(first["stored_bytes"].as_u64().is_some_and(|bytes| bytes > 0), "{first}");
    let rest = path(&desk.document, &format!("?limit=3&before={}", ids[3]));
    let rest = desk.owner.send("GET", &rest, None).ok();
    assert_eq!(rest["more"], false);
    assert_eq!(rest["versions"].as_array().expect("three").len(), 3);
    assert_eq!(rest["versions"][2]["id"], json!(ids[0]));
    for limit in ["0", "201", "x"] {
        assert_eq!(desk.owner.send("GET", &path(&desk.document, &format!("?limit={limit}")), None).status, 400);
    }
}

#[test]
fn hi13_a_restore_brings_the_text_back_and_keeps_what_was_there() {
    let desk = Desk::with(TEXT);
    let first = named(&desk.owner, &desk.document, "first");
    desk.owner.send("PATCH", &format!("/api/documents/{}", desk.document), Some(json!({"title": "Other"}))).ok();
    let changed = desk.text();
    let answer = restore(&desk.owner, &desk.document, &first, json!({})).ok();
    assert_eq!(desk.text(), TEXT);
    let before = answer["version"]["id"].as_str().expect("an id");
    assert_eq!(text_of(&desk.owner, &desk.document, before), changed);
    restore(&desk.owner, &desk.document, before, json!({"from": 0, "to": 7})).ok();
    assert_eq!(desk.text(), changed);
}

#[test]
fn hi15_a_passage_that_is_none_is_refused() {
    let desk = Desk::with(TEXT);
    let emoji = desk.owner.document("a 😀 b");
    let version = named(&desk.owner, &emoji, "faces");
    for wish in [
        json!({"from": 3, "to": 5}),
        json!({"from": 0, "to": 3}),
        json!({"from": 0, "to": 99}),
        json!({"from": 4, "to": 2}),
        json!({"from": 4}),
        json!({"to": 4}),
    ] {
        let refused = restore(&desk.owner, &emoji, &version, wish.clone());
        assert_eq!(
            (refused.status, refused.json()["error"]["code"].as_str()),
            (400, Some("passage_invalid")),
            "{wish}"
        );
    }
    assert_eq!(desk.owner.text(&emoji), "a 😀 b");
}

#[test]
fn hi11_whoever_may_not_edit_sees_no_history() {
    let desk = Desk::with(TEXT);
    let version = named(&desk.owner, &desk.document, "secret plan");
    for role in ["view", "comment"] {
        let guest = desk.guest(role);
        for (method, rest, body) in [
            ("GET", String::new(), None),
            ("POST", String::new(), Some(json!({"name": "x"}))),
            ("GET", format!("/{version}"), None),
            ("GET", format!("/{version}/text"), None),
            ("PATCH", format!("/{version}"), Some(json!({"name": "x"}))),
            ("POST", format!("/{version}/restore"), Some(json!({}))),
            ("DELETE", format!("/{version}"), None),
        ] {
            let refused = guest.send(method, &path(&desk.document, &rest), body);
            assert_eq!(refused.status, 403, "{role} {method} {rest}");
            assert!(!refused.body.contains("secret"), "{refused:?}");
        }
        let page = guest.send("GET", &format!("/d/{}/history", desk.document), None);
        assert_eq!(page.status, 403, "{role}");
        assert!(!page.body.contains("secret"), "{page:?}");
    }
    let editor = desk.guest("edit");
    assert_eq!(editor.send("DELETE", &path(&desk.document, &format!("/{version}")), None).status, 403);
    assert_eq!(text_of(&editor, &desk.document, &version), TEXT);
}

#[test]
fn hi12_another_documents_version_is_as_one_that_never_was() {
    let desk = Desk::with(TEXT);
    let other = desk.owner.document("elsewhere");
    let foreign = named(&desk.owner, &other, "elsewhere");
    for id in [foreign, Uuid::now_v7().to_string()] {
        for rest in ["", "/text"] {
            let hidden = desk.owner.send("GET", &path(&desk.document, &format!("/{id}{rest}")), None);
            assert_eq!(hidden.json()["error"]["code"], "no_such_version", "{hidden:?}");
        }
        assert_eq!(restore(&desk.owner, &desk.document, &id, json!({})).status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hi13_a_restore_while_two_others_type_loses_none_of_their_words() {
    let desk = Desk::with(TEXT);
    let (editor, guest) = (desk.guest("edit"), desk.guest("edit"));
    let first = named(&desk.owner, &desk.document, "first");
    let mut one = Peer::join(&editor, &desk.document).await;
    let mut two = Peer::stock(&guest, &desk.document).await;
    let hope = TEXT.find("That is").expect("there") as u32;
    one.delete(hope, "That is a hope, not a fact.\n".len() as u32).await;
    one.saved().await;
    let looked_at = desk.text();
    assert!(!looked_at.contains("hope"));
    // Typed after the owner looked, and while the restore is on its way.
    one.insert(0, "one-before ").await;
    two.until("told", |peer| peer.content().contains("one-before")).await;
    two.append("two-behind ").await;
    one.until("told", |peer| peer.content().contains("two-behind")).await;
    let wish = json!({"from": hope, "to": TEXT.len(), "base": looked_at});
    let (owner, document, version) = (desk.owner.clone(), desk.document.clone(), first.clone());
    let restored = tokio::task::spawn_blocking(move || restore(&owner, &document, &version, wish).ok());
    one.insert(0, "one-during ").await;
    two.append("two-during ").await;
    restored.await.expect("restored");
    let whole = |text: &str| {
        let typed = ["one-before ", "two-behind ", "one-during ", "two-during "];
        typed.iter().all(|words| text.contains(words)) && text.contains("That is a hope, not a fact.\n")
    };
    one.until("all of it", |peer| whole(&peer.content())).await;
    two.until("all of it", |peer| whole(&peer.content())).await;
    assert!(whole(&desk.text()), "{}", desk.text());
}

#[test]
fn hi13_notes_on_what_stands_stay_where_they_are() {
    let desk = Desk::with(TEXT);
    let first = named(&desk.owner, &desk.document, "first");
    let note = json!({"id": Uuid::now_v7(), "anchor": null, "quote": "Most editors say saved", "body": "really?"});
    let notes = format!("/api/documents/{}/notes", desk.document);
    let before = desk.owner.send("POST", &notes, Some(note)).ok();
    desk.owner.send("PATCH", &format!("/api/documents/{}", desk.document), Some(json!({"title": "Other"}))).ok();
    restore(&desk.owner, &desk.document, &first, json!({})).ok();
    assert_eq!(desk.text(), TEXT);
    let after = desk.owner.send("GET", &notes, None).ok()["notes"][0].clone();
    assert_eq!((&after["anchor"], &after["place"]), (&before["anchor"], &before["place"]));
    assert_eq!(after["place"]["changed"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn hi3_no_version_is_lost_by_kills_and_compactions() {
    let data = crate::support::folder();
    let mut kept: Vec<(String, String)> = Vec::new();
    let mut document = String::new();
    for round in 0..3 {
        let server = ChildServer::start(data.path());
        let ada = server.person("ada");
        if document.is_empty() {
            document = ada.document("begun\n");
        }
        for (id, text) in &kept {
            assert_eq!(&text_of(&ada, &document, id), text, "round {round}");
        }
        let mut peer = Peer::join(&ada, &document).await;
        // More writes than the log holds before it is compacted.
        for n in 0..600 {
            peer.insert(0, &format!("{round}.{n} ")).await;
        }
        peer.saved().await;
        kept.push((named(&ada, &document, &format!("round {round}")), ada.text(&document)));
        peer.append("not in a version yet").await;
        peer.saved().await;
        server.kill();
    }
    let server = ChildServer::start(data.path());
    let ada = server.person("ada");
    let before = versions(&ada, &document);
    assert!(kept.iter().all(|(id, _)| before.iter().any(|version| version["id"] == json!(id))), "{before:?}");
    // What was written after the last version, before the kill, is pending: the next version holds it.
    let next = named(&ada, &document, "after the kill");
    let times = |version: &str| text_of(&ada, &document, version).matches("not in a version yet").count();
    assert_eq!((times(&kept[2].0), times(&next)), (2, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn hi17_since_is_what_one_saw_and_seen_is_up_to_now() {
    let desk = Desk::with(TEXT);
    let viewer = desk.guest("view");
    assert_eq!(since(&viewer, &desk.document), json!({"at_ms": null, "text": null}), "never before");
    let peer = Peer::join(&viewer, &desk.document).await;
    drop(peer.leave());
    // What is written before the server has heard of that was on their screen.
    until(|| desk.server.state.metrics.connections.get() == 0);
    let mut writer = Peer::join(&desk.owner, &desk.document).await;
    writer.append("News.\n").await;
    writer.saved().await;
    until(|| since(&viewer, &desk.document)["text"] == json!(TEXT));
    assert!(since(&viewer, &desk.document)["at_ms"].as_u64().is_some_and(|at| at > 0));
    let seen = viewer.send("POST", &format!("/api/documents/{}/seen", desk.document), Some(json!({})));
    assert_eq!(seen.status, 204, "{seen:?}");
    let news = since(&viewer, &desk.document);
    assert!(news["text"].is_null() || news["text"] == json!(TEXT), "at most an earlier text: {news}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hi18_a_viewer_never_sees_what_was_gone_before_they_came() {
    let desk = Desk::with(TEXT);
    let viewer = desk.guest("view");
    let mut writer = Peer::join(&desk.owner, &desk.document).await;
    writer.insert(0, "secret ").await;
    writer.saved().await;
    named(&desk.owner, &desk.document, "with the secret");
    writer.delete(0, "secret ".len() as u32).await;
    writer.saved().await;
    for _ in 0..3 {
        let peer = Peer::join(&viewer, &desk.document).await;
        drop(peer.leave());
        writer.append("more ").await;
        writer.saved().await;
        viewer.send("POST", &format!("/api/documents/{}/seen", desk.document), Some(json!({}))).ok();
        let news = since(&viewer, &desk.document);
        assert!(!news.to_string().contains("secret"), "{news}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hi16_authors_are_who_imported_typed_and_restored_also_after_a_restart() {
    let data = crate::support::folder();
    let server = Server::on(data.path());
    let owner = Person::sign_up(&server, "maren");
    let document = owner.document("imported ");
    let guest = Person::by_link(&server, &owner.link(&document, "edit"));
    let mut peer = Peer::join(&guest, &document).await;
    peer.append("typed é😀").await;
    peer.saved().await;
    let version = named(&owner, &document, "both");
    let me = |person: &Person| person.send("GET", "/api/me", None).ok()["author"].clone();
    let (maren, typist) = (me(&owner), me(&guest));
    let authorship = |person: &Person| person.send("GET", &format!("/api/documents/{document}/authorship"), None).ok();
    let told = authorship(&guest);
    let (first, all) = ("imported ".len(), "imported typed é😀".encode_utf16().count());
    assert_eq!(told["length"], all);
    let runs = json!([{"from": 0, "to": first, "author": maren}, {"from": first, "to": all, "author": typist}]);
    assert_eq!(told["runs"], runs);
    let clients = guest.send("GET", &format!("/api/documents/{document}/authors"), None).ok();
    assert_eq!(clients["clients"][&peer.client().to_string()], typist, "{clients}");
    assert_eq!(clients["clients"].as_object().expect("ids").len(), 2);
    peer.delete(first as u32, 5).await;
    peer.saved().await;
    restore(&owner, &document, &version, json!({})).ok();
    let restored = authorship(&owner);
    let runs = restored["runs"].as_array().expect("runs");
    assert_eq!(runs[0], json!({"from": 0, "to": first + 5, "author": maren}), "{restored}");
    // The guest takes an account; what they wrote is the account's.
    let mut account = guest.clone();
    let wish = json!({"name": "typist", "password": crate::support::PASSWORD});
    account.take_cookie(account.send("POST", "/api/signup", Some(wish)));
    let now = authorship(&owner);
    let person = now["people"].as_array().expect("people").iter().find(|person| person["name"] == "typist");
    assert_eq!(person.map(|person| &person["author"]), Some(&now["runs"][1]["author"]), "{now}");
    drop(peer.leave());
    server.stop().expect("stops");
    let server = Server::on(data.path());
    let owner = Person { url: server.url.clone(), ..owner };
    assert_eq!(owner.send("GET", &format!("/api/documents/{document}/authorship"), None).ok()["runs"], now["runs"]);
}

#[test]
fn hi1_a_damaged_version_is_said_so_and_the_rest_is_there() {
    let desk = Desk::with(TEXT);
    let version = named(&desk.owner, &desk.document, "to be damaged");
    let folder = desk.data.path().join("blobs").join(&desk.document);
    for file in std::fs::read_dir(&folder).expect("blobs") {
        std::fs::write(file.expect("a file").path(), b"damaged").expect("written");
    }
    let answer = desk.owner.send("GET", &path(&desk.document, &format!("/{version}/text")), None);
    assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (500, Some("version_damaged")));
    assert!(answer.body.contains(&version), "{answer:?}");
    assert_eq!(restore(&desk.owner, &desk.document, &version, json!({})).status, 500);
    assert_eq!(desk.text(), TEXT);
    let page = desk.owner.send("GET", &format!("/d/{}/history/{version}", desk.document), None);
    assert_eq!(page.status, 500);
    let next = named(&desk.owner, &desk.document, "the next");
    assert_eq!(text_of(&desk.owner, &desk.document, &next), TEXT);
}

#[test]
fn hi8_erasing_a_document_leaves_no_blob() {
    let desk = Desk::with(TEXT);
    for name in ["one", "two", "three"] {
        named(&desk.owner, &desk.document, name);
    }
    assert!(desk.blobs() > 0);
    desk.owner.send("DELETE", &format!("/api/documents/{}", desk.document), None);
    desk.owner.send("POST", &format!("/api/documents/{}/erase", desk.document), Some(json!({}))).ok();
    assert_eq!(desk.blobs(), 0);
    assert!(!desk.data.path().join("blobs").join(&desk.document).exists());
}

#[test]
fn hi9_the_page_is_readable_without_script() {
    let desk = Desk::with(TEXT);
    let page = |rest: &str| desk.owner.send("GET", &format!("/d/{}/history{rest}", desk.document), None);
    let version = named(&desk.owner, &desk.document, "A <b>name</b>");
    desk.owner.send("PATCH", &format!("/api/documents/{}", desk.document), Some(json!({"title": "Other"}))).ok();
    let answer = page(&format!("/{version}"));
    assert_eq!(answer.status, 200);
    for there in ["That is a hope", "A &#60;b&#62;name", "aria-current=\"page\"", "\"page\":\"history\"", &version] {
        assert!(answer.body.contains(there), "{there}: {}", answer.body);
    }
    assert!(answer.body.contains(&format!("\"version\":\"{version}\"")));
    assert!(page("").body.contains("\"version\":null"));
    let missing = page(&format!("/{}", Uuid::now_v7()));
    assert!(missing.status == 404 && missing.body.contains("This version is gone"), "{missing:?}");
    assert_eq!(page("/nonsense").status, 404);
}

/// Asks until it is so; only a failure ever reaches the end.
fn until(so: impl Fn() -> bool) {
    let end = std::time::Instant::now() + crate::support::DEADLINE;
    while !so() {
        assert!(std::time::Instant::now() < end, "it never became so");
        std::thread::yield_now();
    }
}
