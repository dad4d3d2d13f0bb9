//! History over real HTTP and real sockets: what is kept, who sees it, what a restore does to others, who wrote what.

use std::path::Path;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::child::ChildServer;
use crate::peer::Peer;
use crate::support::{Answer, Person, Server, fresh};

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

/// An owner with a document.
struct Desk {
    server: Server,
    data: tempfile::TempDir,
    owner: Person,
    document: String,
}

impl Desk {
    fn new() -> Desk {
        let (server, data) = fresh();
        let owner = Person::sign_up(&server, "maren");
        let document = owner.document(TEXT);
        Desk { server, data, owner, document }
    }

    fn guest(&self, role: &str) -> Person {
        Person::by_link(&self.server, &self.owner.link(&self.document, role))
    }

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
    let desk = Desk::new();
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
fn hi9_the_list_comes_in_pages_newest_first() {
    let desk = Desk::new();
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
    let desk = Desk::new();
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
    let desk = Desk::new();
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
    let desk = Desk::new();
    let version = named(&desk.owner, &desk.document, "secret plan");
    let other = desk.owner.document("elsewhere");
    let foreign = named(&desk.owner, &other, "elsewhere");
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
        assert_eq!(guest.send("GET", &format!("/d/{}/history", desk.document), None).status, 404);
    }
    let editor = desk.guest("edit");
    assert_eq!(editor.send("DELETE", &path(&desk.document, &format!("/{version}")), None).status, 403);
    assert_eq!(text_of(&editor, &desk.document, &version), TEXT);
    for id in [foreign, Uuid::now_v7().to_string()] {
        for rest in ["", "/text"] {
            let hidden = editor.send("GET", &path(&desk.document, &format!("/{id}{rest}")), None);
            assert_eq!(hidden.json()["error"]["code"], "no_such_version", "hi12: {hidden:?}");
        }
        assert_eq!(restore(&editor, &desk.document, &id, json!({})).status, 404);
    }
}
