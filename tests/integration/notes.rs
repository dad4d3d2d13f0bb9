//! Notes over real HTTP and real sockets: who may do what with whose, where they are, and who hears of it.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use uuid::Uuid;
use yrs::updates::decoder::Decode;
use yrs::{Doc, Map, ReadTxn, Transact, Update};

use crate::child::ChildServer;
use crate::events::Stream;
use crate::support::{Answer, Desk, Person, Server};
use peer::{Peer, connect, message, tag};

const TEXT: &str = "# Post\n\nMost editors say saved. That is a hope, not a fact.\n";

fn id() -> String {
    Uuid::now_v7().to_string()
}

fn path(document: &str, rest: &str) -> String {
    format!("/api/documents/{document}/notes{rest}")
}

fn note(person: &Person, document: &str, quote: &str, body: &str) -> Answer {
    let wish = json!({"id": id(), "anchor": null, "quote": quote, "body": body});
    person.send("POST", &path(document, ""), Some(wish))
}

fn text_of(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn noted(person: &Person, document: &str, quote: &str, body: &str) -> String {
    text_of(&note(person, document, quote, body).ok()["id"])
}

fn notes(person: &Person, document: &str) -> Vec<Value> {
    let all = person.send("GET", &path(document, ""), None).ok();
    all["notes"].as_array().expect("notes").clone()
}

impl Desk {
    fn account(&self, name: &str, role: &str) -> Person {
        let invite = self.owner.send("POST", "/api/admin/invites", Some(json!({"label": name}))).ok();
        let (_, word) = invite["url"].as_str().expect("an address").split_once("#invite=").expect("a word");
        let mut person = Person::stranger(&self.server);
        let wish = json!({"name": name, "password": crate::support::PASSWORD, "invite": word});
        person.take_cookie(person.send("POST", "/api/signup", Some(wish)));
        let members = format!("/api/documents/{}/members", self.document);
        self.owner.send("POST", &members, Some(json!({"name": name, "role": role}))).ok();
        person
    }
}

#[test]
fn nt1_a_note_asked_for_twice_is_one_note() {
    let desk = Desk::with(TEXT);
    let wish = json!({"id": id(), "anchor": null, "quote": "That is a hope", "body": "is it?"});
    let first = desk.owner.send("POST", &path(&desk.document, ""), Some(wish.clone()));
    assert_eq!(first.status, 201, "{first:?}");
    let again = desk.owner.send("POST", &path(&desk.document, ""), Some(wish.clone()));
    assert_eq!((again.status, &again.body), (200, &first.body));
    assert_eq!(notes(&desk.owner, &desk.document).len(), 1);
    let other = json!({"id": wish["id"], "anchor": null, "quote": "That is a hope", "body": "another"});
    assert_eq!(desk.owner.send("POST", &path(&desk.document, ""), Some(other)).status, 409);
}

#[test]
fn nt1_a_note_that_was_changed_since_is_still_the_same_when_asked_for_again() {
    let desk = Desk::with(TEXT);
    let wish = json!({"id": id(), "anchor": null, "quote": "That is a hope", "body": "is it?"});
    let note = path(&desk.document, &format!("/{}", text_of(&wish["id"])));
    desk.owner.send("POST", &path(&desk.document, ""), Some(wish.clone())).ok();
    let answer = json!({"id": id(), "body": "it is"});
    let first = desk.owner.send("POST", &format!("{note}/replies"), Some(answer.clone()));
    let again = desk.owner.send("POST", &format!("{note}/replies"), Some(answer.clone()));
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    desk.owner.send("PATCH", &note, Some(json!({"body": "is it really?"}))).ok();
    let changed = format!("{note}/replies/{}", text_of(&answer["id"]));
    desk.owner.send("PATCH", &changed, Some(json!({"body": "it was"}))).ok();
    let again = desk.owner.send("POST", &path(&desk.document, ""), Some(wish));
    assert_eq!((again.status, text_of(&again.json()["body"]).as_str()), (200, "is it really?"));
    let again = desk.owner.send("POST", &format!("{note}/replies"), Some(answer));
    assert_eq!((again.status, text_of(&again.json()["replies"][0]["body"]).as_str()), (201, "it was"));
}

#[test]
fn nt2_a_commenter_notes_and_replies_and_touches_nothing_else() {
    let desk = Desk::with(TEXT);
    let (commenter, viewer) = (desk.guest("comment"), desk.guest("view"));
    let theirs = noted(&desk.owner, &desk.document, "a fact", "whose?");
    let mine = noted(&commenter, &desk.document, "a hope", "mine");
    let at = |rest: &str| path(&desk.document, rest);
    let reply = json!({"id": id(), "body": "yes"});
    assert_eq!(commenter.send("POST", &at(&format!("/{theirs}/replies")), Some(reply.clone())).status, 201);
    let reply = text_of(&reply["id"]);
    for (method, rest, body) in [
        ("PATCH", format!("/{theirs}"), json!({"body": "other words"})),
        ("PATCH", format!("/{theirs}"), json!({"resolved": true})),
        ("PATCH", format!("/{theirs}"), json!({"anchor": null, "quote": "Post"})),
        ("DELETE", format!("/{theirs}"), json!({})),
    ] {
        let answer = commenter.send(method, &at(&rest), Some(body));
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (403, &json!("not_yours")), "{method} {rest}");
    }
    // A reply under another note is not there, whoever asks.
    assert_eq!(
        desk.owner.send("PATCH", &at(&format!("/{mine}/replies/{reply}")), Some(json!({"body": "x"}))).status,
        404
    );
    for (method, rest, body) in [
        ("POST", String::new(), json!({"id": id(), "anchor": null, "quote": "Post", "body": "x"})),
        ("POST", format!("/{theirs}/replies"), json!({"id": id(), "body": "x"})),
        ("POST", format!("/{theirs}/reactions"), json!({"emoji": ["👍"]})),
        ("PATCH", format!("/{theirs}"), json!({"resolved": true})),
    ] {
        let answer = viewer.send(method, &at(&rest), Some(body));
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (403, &json!("role_too_low")), "{method} {rest}");
    }
    assert_eq!(notes(&viewer, &desk.document).len(), 2, "who may see the text sees its notes");
    assert_eq!(desk.owner.send("PATCH", &at(&format!("/{mine}")), Some(json!({"body": "words"}))).status, 403);
    assert_eq!(desk.owner.send("PATCH", &at(&format!("/{mine}")), Some(json!({"resolved": true}))).status, 200);
    assert_eq!(commenter.send("PATCH", &at(&format!("/{mine}")), Some(json!({"resolved": false}))).status, 200);
    assert_eq!(desk.owner.send("DELETE", &at(&format!("/{mine}")), None).status, 204, "an owner moderates");
    assert_eq!(desk.owner.text(&desk.document), TEXT, "not a byte of the text has changed");
}

#[test]
fn nt2_what_a_guest_wrote_is_theirs_after_signing_in() {
    let desk = Desk::with(TEXT);
    let guest = desk.guest("comment");
    let mine = noted(&guest, &desk.document, "a hope", "mine");
    desk.account("tomasz", "comment");
    let mut same = guest.clone();
    let wish = json!({"name": "tomasz", "password": crate::support::PASSWORD});
    same.take_cookie(same.send("POST", "/api/login", Some(wish)));
    let edited = same.send("PATCH", &path(&desk.document, &format!("/{mine}")), Some(json!({"body": "still mine"})));
    assert_eq!(edited.status, 200, "{edited:?}");
    let people = same.send("GET", &format!("/api/documents/{}/people", desk.document), None).ok();
    let by = &edited.json()["by"];
    let guest = people["people"].as_array().expect("people").iter().find(|one| one["author"] == *by).cloned();
    let me = same.send("GET", "/api/me", None).ok();
    assert_eq!(guest.expect("the guest is known")["same"], me["author"]);
}

#[test]
fn nt11_only_who_may_write_notes_learns_who_can_be_mentioned() {
    let desk = Desk::with(TEXT);
    noted(&desk.owner, &desk.document, "a hope", "is it?");
    desk.account("tomasz", "view");
    let people = |person: &Person| {
        let all = person.send("GET", &format!("/api/documents/{}/people", desk.document), None).ok();
        let all = all["people"].as_array().expect("people").clone();
        all.iter()
            .map(|one| (text_of(&one["display"]), one["name"].is_string(), one["role"].is_string()))
            .collect::<Vec<_>>()
    };
    assert_eq!(people(&desk.guest("view")), [("maren".to_owned(), false, false)]);
    let seen = people(&desk.guest("comment"));
    assert!(
        seen.contains(&("maren".to_owned(), true, true)) && seen.contains(&("tomasz".to_owned(), true, true)),
        "{seen:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nt3_a_stock_client_reads_the_notes_document_and_cannot_write_it() {
    let desk = tokio::task::block_in_place(|| Desk::with(TEXT));
    let (document, owner) = (desk.document.clone(), desk.owner.clone());
    let made = tokio::task::block_in_place(|| noted(&owner, &document, "a hope", "is it?"));
    let socket = connect(&owner, &format!("/sync/{document}/notes"), false).await.expect("opens");
    let mut peer = Peer::on(socket, false);
    let forged = {
        let doc = Doc::new();
        let map = doc.get_or_insert_map("notes");
        let mut transaction = doc.transact_mut();
        map.insert(&mut transaction, format!("n.{made}"), "gone");
        transaction.encode_update_v1()
    };
    for kind in [tag::STEP2, tag::UPDATE] {
        peer.send(message(&[tag::SYNC, kind], &forged)).await;
    }
    peer.send(message(&[tag::SYNC, tag::STEP1], &[0])).await;
    peer.until("the notes", |peer| peer.synced).await;
    let doc = peer.leave();
    let map = doc.get_or_insert_map("notes");
    let key = format!("n.{made}");
    let there = map.get(&doc.transact(), &key).expect("the note").to_string(&doc.transact());
    assert!(there.contains("is it?") && !there.contains("gone"), "{there}");
    let after = tokio::task::block_in_place(|| notes(&owner, &document));
    assert_eq!(after.len(), 1);
    assert_eq!(after[0]["body"], "is it?");
}

#[tokio::test(flavor = "multi_thread")]
async fn nt9_no_message_of_anybody_writes_channel_1() {
    let desk = tokio::task::block_in_place(|| Desk::with(TEXT));
    let commenter = tokio::task::block_in_place(|| desk.guest("comment"));
    let made = tokio::task::block_in_place(|| noted(&desk.owner, &desk.document, "a hope", "is it?"));
    let update = {
        let doc = Doc::new();
        let map = doc.get_or_insert_map("notes");
        let mut transaction = doc.transact_mut();
        map.insert(&mut transaction, format!("n.{made}"), "forged");
        transaction.encode_update_v1()
    };
    for person in [&desk.owner, &commenter] {
        let mut peer = Peer::join(person, &desk.document).await;
        for kind in [tag::STEP2, tag::UPDATE] {
            let mut wrapped = vec![120, 1];
            wrapped.extend(message(&[tag::SYNC, kind], &update));
            peer.send(wrapped).await;
        }
        peer.synced = false;
        peer.send(message(&[tag::SYNC, tag::STEP1], &[0])).await;
        peer.until("an answer", |peer| peer.synced).await;
        assert_eq!(peer.nacks, [], "what is not written is not counted");
    }
    let after = tokio::task::block_in_place(|| notes(&desk.owner, &desk.document));
    assert_eq!((after.len(), &after[0]["body"]), (1, &json!("is it?")));
}

#[test]
fn nt3_notes_outlive_the_server() {
    let data = crate::support::folder();
    let server = Server::on(data.path());
    let owner = Person::sign_up(&server, "maren");
    let document = owner.document(TEXT);
    let made = noted(&owner, &document, "a hope", "is it?");
    let reply = json!({"id": id(), "body": "it is"});
    owner.send("POST", &path(&document, &format!("/{made}/replies")), Some(reply)).ok();
    owner.send("POST", &path(&document, &format!("/{made}/reactions")), Some(json!({"emoji": ["👍", "🎉"]}))).ok();
    let before = notes(&owner, &document);
    server.stop().expect("a clean stop");
    let server = Server::on(data.path());
    let owner = Person { url: server.url.clone(), cookie: owner.cookie };
    assert_eq!(notes(&owner, &document), before);
    assert_eq!(before[0]["place"], json!({"from": 40, "to": 46, "changed": false}));
}

/// `GALLEY_TEST_KILLS=50` for the full measure.
#[test]
fn nt3_what_was_answered_survives_kill_9() {
    let kills = std::env::var("GALLEY_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
    let data = crate::support::folder();
    let answered = Arc::new(Mutex::new(Vec::<String>::new()));
    let mut document = String::new();
    for cycle in 0..=kills {
        let server = ChildServer::start(data.path());
        let owner = server.person("maren");
        if document.is_empty() {
            document = owner.document(TEXT);
        }
        let there: Vec<String> = notes(&owner, &document).iter().map(|note| text_of(&note["id"])).collect();
        let before = answered.lock().expect("nobody panicked with it").clone();
        assert!(before.iter().all(|id| there.contains(id)), "cycle {cycle}: a note was answered and is gone");
        let (writer, list, id) = (owner.clone(), answered.clone(), document.clone());
        // The request that is under way when the server dies has no answer, and its thread ends with that.
        let writing = std::thread::spawn(move || {
            loop {
                let made = noted(&writer, &id, "a hope", "is it?");
                list.lock().expect("nobody panicked with it").push(made);
            }
        });
        while answered.lock().expect("nobody panicked with it").len() < before.len() + 5 + cycle * 7 % 20 {
            std::thread::yield_now();
        }
        server.kill();
        writing.join().expect_err("it ends with the server");
    }
    println!("{kills} kills, {} notes answered, 0 lost", answered.lock().expect("nobody panicked with it").len());
}

#[test]
fn nt4_bad_input_is_told_what_is_wrong_and_changes_nothing() {
    let desk = Desk::with(TEXT);
    let long = |letters: usize| "x".repeat(letters);
    let seven = || json!(id());
    for (body, code) in [
        (json!({"id": Uuid::new_v4(), "anchor": null, "quote": "a", "body": "x"}), "id_invalid"),
        (json!({"id": seven(), "anchor": null, "quote": "a", "body": ""}), "body_invalid"),
        (json!({"id": seven(), "anchor": null, "quote": "a", "body": long(10_001)}), "body_invalid"),
        (json!({"id": seven(), "anchor": null, "quote": "a", "body": "\u{1b}[31m"}), "body_invalid"),
        (json!({"id": seven(), "anchor": null, "quote": " ", "body": "x"}), "passage_invalid"),
        (json!({"id": seven(), "anchor": null, "quote": long(2_001), "body": "x"}), "passage_invalid"),
        (json!({"id": seven(), "quote": "a", "body": "x", "by": "somebody"}), "bad_json"),
        (json!({"quote": "a", "body": "x"}), "bad_json"),
    ] {
        let answer = desk.owner.send("POST", &path(&desk.document, ""), Some(body.clone()));
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (400, &json!(code)), "{body:.120}");
    }
    let made = noted(&desk.owner, &desk.document, "a hope", "is it?");
    for emoji in [json!(["word"]), json!(["👍", "👍"]), json!(["👍".repeat(20)]), json!(["<b>"])] {
        let answer = desk.owner.send(
            "POST",
            &path(&desk.document, &format!("/{made}/reactions")),
            Some(json!({"emoji": emoji})),
        );
        assert_eq!(answer.status, 400, "{emoji}");
    }
    assert_eq!(notes(&desk.owner, &desk.document).len(), 1);
}

#[test]
fn nt5_whatever_the_anchor_a_note_is_taken() {
    let desk = Desk::with(TEXT);
    let nonsense = [
        json!({"start": 1}),
        json!("here"),
        json!([[[[[]]]]]),
        json!({"start": {"item": {"client": 1e300, "clock": -1}, "assoc": 0}, "end": {"assoc": 0}}),
        json!({"start": {"tname": "elsewhere", "item": {"client": 1, "clock": 0}, "assoc": 0}, "end": null}),
        json!({"start": {"tname": "content", "item": {"client": 9, "clock": 9}, "assoc": 0},
               "end": {"tname": "content", "item": {"client": 9, "clock": 9}, "assoc": -1}, "__proto__": {"x": 1}}),
    ];
    for anchor in nonsense {
        let wish = json!({"id": id(), "anchor": anchor, "quote": "That is a hope", "body": "x"});
        let there = desk.owner.send("POST", &path(&desk.document, ""), Some(wish)).ok();
        assert_eq!(there["place"]["from"], 32, "found by its quote: {anchor}");
        let wish = json!({"id": id(), "anchor": anchor, "quote": "nobody wrote this", "body": "x"});
        let gone = desk.owner.send("POST", &path(&desk.document, ""), Some(wish)).ok();
        assert_eq!((&gone["place"], &gone["anchor"]), (&Value::Null, &Value::Null), "detached: {anchor}");
    }
    let attach = json!({"anchor": null, "quote": "Most editors"});
    let last = text_of(&notes(&desk.owner, &desk.document).last().expect("a note")["id"]);
    let there = desk.owner.send("PATCH", &path(&desk.document, &format!("/{last}")), Some(attach)).ok();
    assert_eq!(there["place"], json!({"from": 8, "to": 20, "changed": false}));
}

#[test]
fn nt11_a_mention_is_counted_until_the_document_is_opened() {
    let desk = Desk::with(TEXT);
    let tomasz = desk.account("tomasz", "comment");
    let stranger = {
        let other = desk.account("stranger", "view");
        let me = other.send("GET", "/api/me", None).ok();
        let members = format!("/api/documents/{}/members/{}", desk.document, me["author"].as_str().expect("an id"));
        desk.owner.send("DELETE", &members, None).ok();
        other
    };
    let mut stream = Stream::open(&desk.server, &tomasz);
    let made = note(&desk.owner, &desk.document, "a hope", "@tomasz @stranger @nobody @maren look").ok();
    assert_eq!(made["mentions"].as_array().map(Vec::len), Some(2), "only who can open it: {made}");
    let heard = stream.until("mention", |_| true);
    assert_eq!((&heard["note"], &heard["by"]["display"]), (&made["id"], &json!("maren")));
    let counted = |person: &Person| {
        let list = person.send("GET", "/api/documents", None).ok();
        list["documents"]
            .as_array()
            .expect("documents")
            .iter()
            .map(|one| one["mentions"].as_u64().unwrap_or(9))
            .sum::<u64>()
    };
    assert_eq!((counted(&tomasz), counted(&desk.owner), counted(&stranger)), (1, 0, 0));
    let again = path(&desk.document, &format!("/{}", text_of(&made["id"])));
    desk.owner.send("PATCH", &again, Some(json!({"body": "nobody named"}))).ok();
    assert_eq!(counted(&tomasz), 0, "what does not name him any more does not count");
    desk.owner.send("PATCH", &again, Some(json!({"body": "@tomasz after all"}))).ok();
    let gone = noted(&desk.owner, &desk.document, "a fact", "@tomasz too");
    assert_eq!(counted(&tomasz), 2);
    desk.owner.send("DELETE", &path(&desk.document, &format!("/{gone}")), None).ok();
    assert_eq!(counted(&tomasz), 1);
    stream.until("notes", |event| event["notes"] == 1);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async { drop(Peer::join(&tomasz, &desk.document).await) });
    // What the room jots down beside it is there when the next join of the same person is answered, or soon after.
    while counted(&tomasz) > 0 {
        std::thread::yield_now();
    }
}

#[test]
fn nt12_an_export_has_the_text_and_every_note() {
    let desk = Desk::with(TEXT);
    let made = noted(&desk.owner, &desk.document, "a hope", "is it?");
    noted(&desk.owner, &desk.document, "never there", "lost");
    let reply = json!({"id": id(), "body": "it is"});
    desk.owner.send("POST", &path(&desk.document, &format!("/{made}/replies")), Some(reply)).ok();
    let export = |how: &str| desk.owner.send("GET", &format!("/api/documents/{}/export{how}", desk.document), None);
    assert_eq!(export("").body, TEXT);
    let critic = export("?notes=criticmarkup");
    assert!(critic.body.contains("That is {==a hope==}{>>maren: is it?<<}{>>maren: it is<<}, not"), "{}", critic.body);
    assert!(critic.body.contains("never there"));
    assert!(critic.headers["content-disposition"].contains("Post.md"), "{:?}", critic.headers);
    let footnotes = export("?notes=footnotes").body;
    assert!(footnotes.contains("a hope[^note-1], not") && footnotes.contains("[^note-2]"), "{footnotes}");
    let json = export("?notes=json").json();
    assert_eq!((json["notes"].as_array().map(Vec::len), &json["text"]), (Some(2), &json!(TEXT)));
    assert_eq!(export("?notes=docx").status, 400);
}

#[test]
fn nt4_one_person_changes_a_bounded_number_a_minute() {
    let data = crate::support::folder();
    let mut config = galley::config::Config::for_tests(data.path());
    config.limits.wishes_per_minute = 5;
    let server = Server::with(config, None);
    let owner = Person::sign_up(&server, "maren");
    let document = owner.document(TEXT);
    let refused = (0..9).map(|_| note(&owner, &document, "a hope", "x").status).filter(|status| *status == 429).count();
    assert_eq!(refused, 4);
    assert_eq!(owner.send("GET", &path(&document, ""), None).status, 429, "looking at all of them counts too");
    let other = Person::by_link(&server, &owner.link(&document, "view"));
    assert_eq!(notes(&other, &document).len(), 5, "what one person does is no other's");
}

#[test]
fn nt10_whoever_comes_later_never_sees_what_was_deleted() {
    let desk = Desk::with(TEXT);
    let secret = "a-word-that-must-vanish";
    let made = noted(&desk.owner, &desk.document, "a hope", secret);
    desk.owner.send("DELETE", &path(&desk.document, &format!("/{made}")), None).ok();
    assert_eq!(notes(&desk.owner, &desk.document), Vec::<Value>::new());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let state = runtime.block_on(async {
        let socket = connect(&desk.owner, &format!("/sync/{}/notes", desk.document), false).await.expect("opens");
        let mut peer = Peer::on(socket, false);
        peer.send(message(&[tag::SYNC, tag::STEP1], &[0])).await;
        peer.until("the notes", |peer| peer.synced).await;
        peer.leave().transact().encode_state_as_update_v1(&yrs::StateVector::default())
    });
    assert!(
        !state.windows(secret.len()).any(|window| window == secret.as_bytes()),
        "whoever comes later never sees it"
    );
    assert!(Update::decode_v1(&state).is_ok());
}
