//! Documents that are damaged, rooms that crash: nobody else notices, and what reads well is there.

use bytes::Bytes;
use galley::config::Config;
use galley::rooms::Fault;
use peer::{Peer, new_doc};
use serde_json::json;
use storage::memory::MemoryStore;
use storage::{NewEntry, Storage, Stream};
use uuid::Uuid;

use crate::support::{Desk, Person, Server, folder};

fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len() / 2).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).expect("hex")).collect()
}

fn varuint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// What has hurt yrs, as somebody might find it in a log: Y1 to Y12 of the research.
fn poisons() -> Vec<(&'static str, Vec<u8>)> {
    let section = |client: u64, clock: u64, blocks: &[Vec<u8>]| {
        [varuint(blocks.len() as u64), varuint(client), varuint(clock), blocks.concat()].concat()
    };
    let update = |sections: &[Vec<u8>]| [varuint(sections.len() as u64), sections.concat(), vec![0]].concat();
    let root = |kind: u8, rest: &[u8]| [&[kind, 1, 7][..], b"content", rest].concat();
    let any = root(8, &[vec![1], [117, 1].repeat(15_000), vec![126]].concat());
    let map = |clock: u64| [vec![0x27, 0], varuint(2), varuint(clock), vec![1, b'k', 1]].concat();
    let maps: Vec<Vec<u8>> = std::iter::once(root(7, &[1])).chain((0..15_000).map(map)).collect();
    let far: Vec<Vec<u8>> = (0..1_000).map(|client| section(client + 50, 5, &[vec![0x84, 99, 4, 1, b'x']])).collect();
    vec![
        ("Y1 invalid UTF-8", hex("0101ca0100c4010a010b0620746865e56500")),
        ("Y2 a length bomb", hex("0180c2d72f0100")),
        ("Y3 nested arrays", update(&[section(2, 0, &[any])])),
        ("Y4 nested maps", update(&[section(2, 0, &maps)])),
        ("Y5 JSON that cannot be written again", hex("0101050042440500027a3100")),
        ("Y6 a client id above 2^53", update(&[section((1 << 53) + 5, 0, &[root(4, &[1, b'x'])])])),
        ("Y7 a clock that wraps", update(&[section(2, (1 << 32) - 2, &[root(4, &[5, b'h', b'e', b'l', b'l', b'o'])])])),
        ("Y8 clients that wait for ever", update(&far)),
        ("Y10 one that waits for ever", update(&[section(77, 3, &[vec![0x84, 77, 2, 1, b'x']])])),
        ("Y11 an awareness message", [varuint(300), varuint(7), vec![1, 4], b"null".to_vec()].concat()),
        ("Y12 a last clock", [vec![1], varuint(7), varuint(u32::MAX.into()), vec![4], b"null".to_vec()].concat()),
    ]
}

/// A server on what another left, with these updates at the end of these documents' logs.
async fn again_with(memory: &MemoryStore, config: Config, poisons: &[(String, Vec<u8>)]) -> Server {
    Server::with(config, Some(Storage::Memory(poisoned(memory, poisons).await)))
}

async fn poisoned(memory: &MemoryStore, poisons: &[(String, Vec<u8>)]) -> MemoryStore {
    let after = memory.crash();
    let storage = Storage::Memory(after.clone());
    for (document, update) in poisons {
        let stream = Stream { document: document.parse().expect("a UUID"), channel: 0 };
        let entry = NewEntry { update: Bytes::from(update.clone()), authors: Bytes::new(), at_ms: 1 };
        drop(storage.append(stream, entry).await.expect("written by hand"));
    }
    after
}

#[tokio::test(flavor = "multi_thread")]
async fn sk16_pg82_poison_in_a_log_is_set_aside_and_the_text_before_it_shown() {
    let data = folder();
    let memory = MemoryStore::new();
    let server = Server::with(Config::for_tests(data.path()), Some(Storage::Memory(memory.clone())));
    let mut ada = Person::sign_up(&server, "ada");
    let documents: Vec<(String, Vec<u8>)> = poisons()
        .into_iter()
        .map(|(name, update)| (ada.document(&format!("# Good words before {name}\n")), update))
        .collect();
    let healthy = ada.document("healthy");
    server.stop().expect("stopped");
    let server = again_with(&memory, Config::for_tests(data.path()), &documents).await;
    ada.url.clone_from(&server.url);
    let mut other = Peer::join(&ada, &healthy).await;
    for ((document, _), (name, _)) in documents.iter().zip(poisons()) {
        let page = ada.send("GET", &format!("/d/{document}"), None);
        assert_eq!(page.status, 423, "{name}");
        assert!(page.body.contains("This document is damaged"), "{name}");
        assert!(page.body.contains(&format!("Good words before {name}")), "{name}: {}", page.body);
        let text = ada.send("GET", &format!("/api/documents/{document}/text"), None);
        assert_eq!((text.status, &text.json()["error"]["code"]), (423, &json!("quarantined")), "{name}");
        let saved = ada.send("GET", &format!("/api/documents/{document}/salvaged"), None);
        assert_eq!((saved.status, saved.body.as_str()), (200, format!("# Good words before {name}\n").as_str()));
        let socket = Peer::open(&ada, document, true, new_doc()).await;
        assert_eq!(socket.expect("it opens, to say why it closes").until_closed().await, Some(4423), "{name}");
        let renamed = ada.send("PATCH", &format!("/api/documents/{document}"), Some(json!({"title": "x"})));
        assert_eq!(renamed.status, 423, "{name}");
    }
    let held = ada.send("GET", "/api/admin/documents", None).ok();
    let damaged = held["documents"].as_array().expect("a list").iter().filter(|document| document["damaged"] == true);
    assert_eq!(damaged.count(), documents.len());
    assert_eq!(server.state.metrics.quarantined.get(), documents.len() as i64);
    other.append(" and alive").await;
    other.saved().await;
    assert_eq!(ada.text(&healthy), "healthy and alive");
    assert_eq!(ada.send("GET", &format!("/api/documents/{healthy}/salvaged"), None).status, 409);
    let list = ada.send("GET", "/api/documents", None);
    assert_eq!(list.status, 200, "the list is not theirs to take away");
}

/// Nothing about it is written down: its own bytes say it again, so nobody is locked out of what a later Galley can read.
#[tokio::test(flavor = "multi_thread")]
async fn sk16_after_a_restart_it_is_set_aside_again_by_what_is_stored_and_nothing_else_is() {
    let data = folder();
    let memory = MemoryStore::new();
    let server = Server::with(Config::for_tests(data.path()), Some(Storage::Memory(memory.clone())));
    let mut ada = Person::sign_up(&server, "ada");
    let documents: Vec<(String, Vec<u8>)> =
        poisons().into_iter().map(|(name, update)| (ada.document(name), update)).collect();
    server.stop().expect("stopped");
    let mut memory = poisoned(&memory, &documents).await;
    // Each start sees what the one before left, and the first what nobody asked for.
    for start in 1..=3 {
        let server = Server::with(Config::for_tests(data.path()), Some(Storage::Memory(memory.clone())));
        ada.url.clone_from(&server.url);
        for ((document, _), (name, _)) in documents.iter().zip(poisons()) {
            let first = ada.send("GET", &format!("/api/documents/{document}/text"), None);
            assert_eq!((first.status, &first.json()["error"]["code"]), (423, &json!("quarantined")), "{name} {start}");
            assert_eq!(ada.send("GET", &format!("/d/{document}"), None).status, 423, "{name} {start}");
            assert_eq!(ada.send("GET", &format!("/api/documents/{document}/salvaged"), None).body, name);
        }
        assert_eq!(server.state.metrics.quarantined.get(), documents.len() as i64);
        server.stop().expect("stopped");
        memory = memory.crash();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sk17_a_room_that_crashes_is_loaded_again_and_its_frames_kept() {
    let desk = Desk::with("before");
    let document: Uuid = desk.document.parse().expect("a UUID");
    let other = desk.owner.document("other");
    let mut bystander = Peer::join(&desk.owner, &other).await;
    let mut writer = Peer::join(&desk.owner, &desk.document).await;
    writer.append(" saved").await;
    writer.saved().await;
    let counted = galley::metrics::crashes(galley::metrics::Crashed::Room);
    desk.server.state.rooms.break_on(document, Fault::Frame);
    writer.append(" typed").await;
    assert_eq!(writer.until_closed().await, Some(4503));
    let mut writer = Peer::join_with(&desk.owner, &desk.document, true, writer.leave()).await;
    writer.saved().await;
    assert_eq!(desk.owner.text(&desk.document), "before saved typed", "the tab brought what the crash took");
    assert!(galley::metrics::crashes(galley::metrics::Crashed::Room) > counted);
    let kept = std::fs::read_dir(desk.data.path().join("aside").join("frames")).expect("a folder").count();
    assert!(kept > 0, "what was on its way is kept");
    bystander.append(" untouched").await;
    bystander.saved().await;
    for _ in 0..2 {
        desk.server.state.rooms.break_on(document, Fault::Frame);
        writer.append(".").await;
        let code = writer.until_closed().await;
        assert!(matches!(code, Some(4503 | 4423)), "{code:?}");
        writer = Peer::open(&desk.owner, &desk.document, true, writer.leave()).await.expect("it opens");
    }
    assert_eq!(writer.until_closed().await, Some(4423), "the third time it is set aside");
    let page = desk.owner.send("GET", &format!("/d/{}", desk.document), None);
    assert!(page.status == 423 && page.body.contains("before saved typed"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn sk17_a_document_that_crashes_when_it_is_loaded_is_set_aside() {
    let data = folder();
    let mut config = Config::for_tests(data.path());
    config.limits.set("idle=0").expect("a limit");
    let server = Server::with(config, None);
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("words");
    let other = ada.document("other");
    let id: Uuid = document.parse().expect("a UUID");
    server.state.rooms.break_on(id, Fault::Load);
    // The room that made it may still be there.
    let first = (0..200).map(|_| ada.send("GET", &format!("/api/documents/{document}/text"), None).status);
    assert!(first.into_iter().inspect(|_| std::thread::yield_now()).any(|status| status == 503), "it is told");
    let path = format!("/api/documents/{document}/text");
    let last = (0..5).map(|_| ada.send("GET", &path, None).status).find(|status| *status == 423);
    assert_eq!(last, Some(423), "after three times it is set aside");
    assert_eq!(ada.send("GET", &format!("/d/{document}"), None).status, 423);
    assert_eq!(ada.text(&other), "other");
}

#[test]
fn pg81_a_text_that_crashes_the_renderer_is_shown_as_it_is() {
    let desk = Desk::with("# Heading\n\na text that crashes the renderer of a test <b>\n");
    let page = desk.owner.send("GET", &format!("/d/{}", desk.document), None);
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("# Heading") && page.body.contains("of a test &lt;b&gt;"), "{}", page.body);
    let html = desk.owner.send("GET", &format!("/api/documents/{}/html", desk.document), None);
    assert!(html.status == 200 && html.body.contains("# Heading"));
    assert_eq!(desk.owner.text(&desk.document).lines().count(), 3);
}
