//! Taking access away from who is inside: ten causes, fifty live sockets each, and a packet log of every one.
//!
//! The owner types numbered words all the while. Whatever was typed after the revoking request was answered reaches
//! nobody it cut off, and all of them are cut, or lowered, within a second of the answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use galley::config::Config;
use serde_json::{Value, json};

use crate::support::{DEADLINE, PASSWORD, Person, Server, folder};
use peer::Peer;

const SOCKETS: usize = 50;
/// What the issue of a revocation may take to reach every socket.
const CUT_WITHIN: Duration = Duration::from_secs(1);

/// What happens to who is inside.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Closed(u16),
    Lowered,
}

/// One cause: who loses what, and how.
struct Cause {
    name: &'static str,
    fate: Fate,
    people: Vec<Person>,
    revoke: Box<dyn FnOnce() -> Option<Duration> + Send>,
}

fn server() -> (Server, tempfile::TempDir) {
    let data = folder();
    let mut config = Config::for_tests(data.path());
    for limit in ["connections_per_person=100", "connections_per_address=1000", "upgrades_per_second=1000"] {
        config.limits.set(limit).expect("a limit");
    }
    (Server::with(config, None), data)
}

fn send(
    person: &Person,
    method: &'static str,
    path: String,
    body: Value,
) -> Box<dyn FnOnce() -> Option<Duration> + Send> {
    let person = person.clone();
    Box::new(move || {
        person.send(method, &path, (!body.is_null()).then_some(body)).ok();
        None
    })
}

fn id(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

/// Five guests by one link.
fn by_link(server: &Server, link: &Value) -> Vec<Person> {
    (0..5).map(|_| Person::by_link(server, link)).collect()
}

fn author(owner: &Person, document: &str, name: &str) -> String {
    let path = format!("/api/documents/{document}/members");
    let member = owner.send("POST", &path, Some(json!({"name": name, "role": "edit"}))).ok();
    member["author"].as_str().expect("an author").to_owned()
}

/// Causes that lie in the document: roles, links, members, the trash.
fn of_documents(server: &Server, owner: &Person, document: &str, bob: &Person) -> Vec<Cause> {
    let path = format!("/api/documents/{document}");
    let link = |more: Value| {
        let mut body = json!({"role": "edit"});
        body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        owner.send("POST", &format!("{path}/links"), Some(body)).ok()
    };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let (lowered, revoked, passworded) = (link(json!({})), link(json!({})), link(json!({})));
    let ends = u64::try_from(now.as_millis()).expect("a time") + 20_000;
    let expiring = link(json!({"expires_ms": ends}));
    let at = |link: &Value| format!("{path}/links/{}", id(link));
    let soon = {
        let (owner, at) = (owner.clone(), at(&expiring));
        // The end is set so close that waiting for it is part of the test: the answer says when it will be.
        Box::new(move || {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
            let wait = Duration::from_millis(400);
            let end = u64::try_from((now + wait).as_millis()).expect("a time");
            owner.send("PATCH", &at, Some(json!({"expires_ms": end}))).ok();
            Some(wait)
        })
    };
    let cause = |name, fate, people, revoke| Cause { name, fate, people, revoke };
    let member = author(owner, document, "bob");
    vec![
        cause(
            "role lowered",
            Fate::Lowered,
            by_link(server, &lowered),
            send(owner, "PATCH", at(&lowered), json!({"role": "view"})),
        ),
        cause(
            "link revoked",
            Fate::Closed(4403),
            by_link(server, &revoked),
            send(owner, "DELETE", at(&revoked), Value::Null),
        ),
        cause("link expired", Fate::Closed(4403), by_link(server, &expiring), soon),
        cause(
            "link password",
            Fate::Closed(4403),
            by_link(server, &passworded),
            send(owner, "PATCH", at(&passworded), json!({"password": "jacquard"})),
        ),
        cause(
            "member removed",
            Fate::Closed(4403),
            vec![bob.clone()],
            send(owner, "DELETE", format!("{path}/members/{member}"), Value::Null),
        ),
    ]
}

/// Causes that lie in the person: sessions, password, suspension.
fn of_people(server: &Server, admin: &Person, owner: &Person, document: &str) -> Vec<Cause> {
    let mut causes = Vec::new();
    for (number, name) in ["sign-out", "session ended", "password changed", "suspended"].into_iter().enumerate() {
        let account = format!("person-{number}");
        let here = Person::sign_up(server, &account);
        let author = author(owner, document, &account);
        let mut there = Person::stranger(server);
        there.take_cookie(there.send("POST", "/api/login", Some(json!({"name": account, "password": PASSWORD}))));
        let current = |person: &Person| {
            let sessions = person.send("GET", "/api/me/sessions", None).ok();
            let sessions = sessions["sessions"].as_array().expect("sessions").clone();
            id(sessions.iter().find(|session| session["current"] == true).expect("this one"))
        };
        let revoke = match number {
            0 => send(&here, "POST", "/api/logout".into(), json!({})),
            1 => send(&there, "DELETE", format!("/api/me/sessions/{}", current(&here)), Value::Null),
            2 => {
                let body = json!({"current": PASSWORD, "new": "a wholly different sentence"});
                send(&there, "POST", "/api/me/password".into(), body)
            }
            _ => send(admin, "PATCH", format!("/api/admin/users/{author}"), json!({"suspended": true})),
        };
        causes.push(Cause { name, fate: Fate::Closed(4401), people: vec![here], revoke });
    }
    causes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ac31_ten_causes_cut_fifty_sockets_within_a_second_and_nothing_newer_reaches_them() {
    let (server, _data) = server();
    let admin = Person::sign_up(&server, "admin");
    let owner = Person::sign_up(&server, "owner");
    let bob = Person::sign_up(&server, "bob");
    let document = owner.document("");
    let mut causes = of_documents(&server, &owner, &document, &bob);
    causes.extend(of_people(&server, &admin, &owner, &document));
    for cause in causes {
        run(&owner, &document, cause).await;
    }
    let trashed = owner.document("");
    let people = by_link(&server, &owner.link(&trashed, "edit"));
    let revoke = send(&owner, "DELETE", format!("/api/documents/{trashed}"), Value::Null);
    run(&owner, &trashed, Cause { name: "trashed", fate: Fate::Closed(4404), people, revoke }).await;
}

async fn run(owner: &Person, document: &str, cause: Cause) {
    let Cause { name, fate, people, revoke } = cause;
    let mut peers = Vec::with_capacity(SOCKETS);
    for number in 0..SOCKETS {
        peers.push(Peer::join(&people[number % people.len()], document).await);
    }
    let (typed, over) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let typist = tokio::spawn(type_words(Peer::join(owner, document).await, name, typed.clone(), over.clone()));
    let watching: Vec<_> = peers.into_iter().map(|peer| tokio::spawn(watch(peer, fate))).collect();
    let wait = tokio::task::spawn_blocking(revoke).await.expect("the answer");
    if let Some(wait) = wait {
        tokio::time::sleep(wait).await;
    }
    let answered = Instant::now();
    let last = typed.load(Ordering::SeqCst);
    let mut slowest = Duration::ZERO;
    for watched in watching {
        let (cut, peer) = tokio::time::timeout(DEADLINE, watched).await.expect("cut at all").expect("no panic");
        slowest = slowest.max(cut.saturating_duration_since(answered));
        if fate != Fate::Lowered {
            // One word may have been on its way when the answer came.
            let newest = newest_word(&peer.content(), name);
            assert!(newest <= last + 1, "{name}: word {newest} was typed after the answer, which came at {last}");
        } else {
            refused(peer).await;
        }
    }
    over.store(true, Ordering::SeqCst);
    typist.await.expect("the owner goes on typing");
    println!("{name}: {SOCKETS} sockets, the last {slowest:?} after the answer, {last} words typed before");
    assert!(slowest < CUT_WITHIN, "{name}: {slowest:?}");
}

/// Words with numbers, one after the other, until it is over; in a trashed document until the door closes.
async fn type_words(mut peer: Peer, name: &str, typed: Arc<AtomicU32>, over: Arc<AtomicBool>) {
    while !over.load(Ordering::SeqCst) {
        let number = typed.fetch_add(1, Ordering::SeqCst) + 1;
        peer.append(&format!("{}{number} ", name.replace(' ', "-"))).await;
        let sent = peer.sent;
        if !peer.wait(|peer| peer.acked >= sent).await {
            return;
        }
    }
}

/// Until what had to happen to it has happened; when that was.
async fn watch(mut peer: Peer, fate: Fate) -> (Instant, Peer) {
    match fate {
        Fate::Closed(code) => assert_eq!(peer.until_closed().await, Some(code)),
        Fate::Lowered => peer.until("a lower role", |peer| peer.grants.last() == Some(&10)).await,
    }
    (Instant::now(), peer)
}

/// Its next write is refused, and it goes on reading.
async fn refused(mut peer: Peer) {
    let (before, known) = (peer.nacks.len(), newest_word(&peer.content(), "role lowered"));
    peer.insert(0, "not allowed ").await;
    peer.until("a Nack", |peer| peer.nacks.len() > before).await;
    assert_eq!(peer.nacks.last().map(|nack| nack.1), Some(1), "read-only");
    peer.until("later words", |peer| newest_word(&peer.content(), "role lowered") > known).await;
}

fn newest_word(text: &str, name: &str) -> u32 {
    let stem = name.replace(' ', "-");
    text.split_whitespace().filter_map(|word| word.strip_prefix(&stem)?.parse().ok()).max().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn ac32_an_edit_in_flight_is_refused_and_not_applied() {
    let (server, _data) = server();
    let owner = Person::sign_up(&server, "owner");
    let document = owner.document("kept");
    let link = owner.link(&document, "edit");
    let guest = Person::by_link(&server, &link);
    let mut peer = Peer::join(&guest, &document).await;
    let path = format!("/api/documents/{document}/links/{}", id(&link));
    tokio::task::block_in_place(|| owner.send("PATCH", &path, Some(json!({"role": "view"}))).ok());
    // The Grant is on its way to the peer, which does not know and types on.
    assert_eq!(peer.grants.last(), Some(&30));
    peer.append(" and vandalised").await;
    peer.until("a Nack", |peer| !peer.nacks.is_empty()).await;
    assert_eq!(peer.nacks[0].1, 1);
    assert_eq!(owner.text(&document), "kept");
}
