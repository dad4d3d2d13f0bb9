//! Members, links with conditions, requests, another owner, and the end of a document.

use galley::config::Config;
use serde_json::{Value, json};
use storage::{Storage, Stream};

use crate::support::{Answer, Person, Server, folder, fresh};
use peer::{Peer, connect};

fn redeem(person: &mut Person, link: &Value, password: Option<&str>) -> Answer {
    let url = link["url"].as_str().expect("an address").to_owned();
    let (address, secret) = url.split_once('#').expect("a secret");
    let id = address.rsplit('/').next().expect("an id");
    let shown = json!({"secret": secret, "password": password});
    let answer = person.send("POST", &format!("/api/links/{id}/redeem"), Some(shown));
    if let Some(cookie) = &answer.cookie {
        person.cookie.clone_from(cookie);
    }
    answer
}

fn add(owner: &Person, document: &str, name: &str, role: &str) -> Answer {
    owner.send("POST", &format!("/api/documents/{document}/members"), Some(json!({"name": name, "role": role})))
}

fn role(person: &Person, document: &str) -> Option<String> {
    let answer = person.send("GET", &format!("/api/documents/{document}"), None);
    (answer.status == 200).then(|| answer.json()["role"].as_str().unwrap_or_default().to_owned())
}

fn code(answer: &Answer) -> String {
    answer.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn ac23_a_member_has_their_role_at_once_and_finds_the_document() {
    let (server, _data) = fresh();
    let (ada, bob) = (Person::sign_up(&server, "ada"), Person::sign_up(&server, "bob"));
    let document = ada.document("# Shared");
    assert_eq!(code(&add(&ada, &document, "nobody-here", "edit")), "no_account");
    assert_eq!(code(&add(&ada, &document, "ada", "edit")), "is_owner");
    assert_eq!(add(&ada, &document, "BOB", "comment").status, 201);
    assert_eq!(role(&bob, &document).as_deref(), Some("comment"));
    let listed = bob.send("GET", "/api/documents", None).ok();
    assert_eq!(listed["documents"][0]["via"], "member");
    add(&ada, &document, "bob", "edit").ok();
    assert_eq!(role(&bob, &document).as_deref(), Some("edit"));
    let members = ada.send("GET", &format!("/api/documents/{document}/members"), None).ok();
    assert_eq!(members["members"].as_array().map(Vec::len), Some(1), "adding again is changing");
}

#[test]
fn ac22_a_role_is_the_highest_of_the_live_grants_and_each_ends_by_itself() {
    let (server, _data) = fresh();
    let (ada, mut bob) = (Person::sign_up(&server, "ada"), Person::sign_up(&server, "bob"));
    let document = ada.document("text");
    let author = add(&ada, &document, "bob", "comment").ok()["author"].as_str().expect("an id").to_owned();
    let link = ada.link(&document, "edit");
    redeem(&mut bob, &link, None).ok();
    assert_eq!(role(&bob, &document).as_deref(), Some("edit"));
    let path = format!("/api/documents/{document}/links/{}", link["id"].as_str().expect("an id"));
    ada.send("DELETE", &path, None).ok();
    assert_eq!(role(&bob, &document).as_deref(), Some("comment"), "the membership stays");
    ada.send("DELETE", &format!("/api/documents/{document}/members/{author}"), None).ok();
    assert_eq!(role(&bob, &document), None);
}

#[test]
fn ac24_a_link_with_a_password_opens_with_it_alone() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("text");
    let links = format!("/api/documents/{document}/links");
    let link = ada.send("POST", &links, Some(json!({"role": "edit", "password": "open sesame"}))).ok();
    assert_eq!(link["has_password"], true);
    let mut guest = Person::stranger(&server);
    assert_eq!(code(&redeem(&mut guest, &link, None)), "password_required");
    assert_eq!(code(&redeem(&mut guest, &link, Some("open says me"))), "password_wrong");
    redeem(&mut guest, &link, Some("open sesame")).ok();
    assert_eq!(role(&guest, &document).as_deref(), Some("edit"));
    let path = format!("{links}/{}", link["id"].as_str().expect("an id"));
    ada.send("PATCH", &path, Some(json!({"password": "another word"}))).ok();
    assert_eq!(role(&guest, &document), None, "another password ends what the old one gave");
    redeem(&mut guest, &link, Some("another word")).ok();
    ada.send("PATCH", &path, Some(json!({"password": null}))).ok();
    assert_eq!(role(&guest, &document).as_deref(), Some("edit"), "no password at all ends nothing");
    assert_eq!(code(&ada.send("PATCH", &path, Some(json!({"password": "abc"})))), "link_password");
}

#[tokio::test(flavor = "multi_thread")]
async fn ac24_a_link_that_expires_lets_go_of_who_is_inside() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("text");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_millis();
    let end = u64::try_from(now).expect("a time") + 1_500;
    let links = format!("/api/documents/{document}/links");
    assert_eq!(code(&ada.send("POST", &links, Some(json!({"role": "view", "expires_ms": 1})))), "expiry_past");
    let link = ada.send("POST", &links, Some(json!({"role": "view", "expires_ms": end}))).ok();
    let mut guest = Person::stranger(&server);
    redeem(&mut guest, &link, None).ok();
    let mut inside = Peer::join(&guest, &document).await;
    assert_eq!(inside.until_closed().await, Some(4403), "nobody did anything; the time came");
    assert_eq!(role(&guest, &document), None);
    assert_eq!(code(&redeem(&mut Person::stranger(&server), &link, None)), "link_gone");
    let shown = ada.send("GET", &links, None).ok();
    assert_eq!(shown["links"][0]["expired"], true);
}

#[test]
fn ac25_who_may_see_may_ask_for_more_and_the_owner_answers() {
    let (server, _data) = fresh();
    let (ada, eve) = (Person::sign_up(&server, "ada"), Person::sign_up(&server, "eve"));
    let document = ada.document("text");
    let guest = Person::by_link(&server, &ada.link(&document, "view"));
    let requests = format!("/api/documents/{document}/requests");
    assert_eq!(eve.send("POST", &requests, Some(json!({"role": "edit"}))).status, 404, "strangers cannot ask");
    assert_eq!(code(&guest.send("POST", &requests, Some(json!({"role": "view"})))), "has_role");
    guest.send("POST", &requests, Some(json!({"role": "edit", "message": "to fix a word"}))).ok();
    let mine = guest.send("GET", &format!("/api/documents/{document}"), None).ok();
    assert_eq!(mine["asked"], "edit");
    assert_eq!(ada.send("GET", &format!("/api/documents/{document}"), None).ok()["requests"], 1);
    let asking = ada.send("GET", &requests, None).ok();
    assert_eq!(asking["requests"][0]["message"], "to fix a word");
    let author = asking["requests"][0]["author"].as_str().expect("an id").to_owned();
    ada.send("POST", &format!("{requests}/{author}"), Some(json!({"role": "comment"}))).ok();
    assert_eq!(role(&guest, &document).as_deref(), Some("comment"), "the owner may give less");
    assert_eq!(ada.send("GET", &requests, None).ok()["requests"], json!([]));
    guest.send("POST", &requests, Some(json!({"role": "edit"}))).ok();
    ada.send("DELETE", &format!("{requests}/{author}"), None).ok();
    assert_eq!(role(&guest, &document).as_deref(), Some("comment"), "no is no");
    let mut signed_up = guest.clone();
    let typed = json!({"name": "guest-no-more", "password": crate::support::PASSWORD});
    signed_up.take_cookie(signed_up.send("POST", "/api/signup", Some(typed)));
    assert_eq!(role(&signed_up, &document).as_deref(), Some("comment"), "an account keeps what its guest was given");
}

#[test]
fn ac26_another_owner_and_the_old_one_can_edit() {
    let (server, _data) = fresh();
    let (ada, bob) = (Person::sign_up(&server, "ada"), Person::sign_up(&server, "bob"));
    let document = ada.document("text");
    add(&ada, &document, "bob", "view").ok();
    let after = ada.send("POST", &format!("/api/documents/{document}/owner"), Some(json!({"name": "bob"}))).ok();
    assert_eq!((&after["role"], &after["owner"]["name"]), (&json!("edit"), &json!("bob")));
    assert_eq!(role(&bob, &document).as_deref(), Some("own"));
    assert_eq!(ada.send("GET", &format!("/api/documents/{document}/links"), None).status, 403);
    let members = bob.send("GET", &format!("/api/documents/{document}/members"), None).ok();
    let names: Vec<&Value> =
        members["members"].as_array().expect("members").iter().map(|member| &member["name"]).collect();
    assert_eq!(names, ["ada"]);
    ada.send("POST", &format!("/api/documents/{document}/leave"), Some(json!({}))).ok();
    assert_eq!(role(&ada, &document), None);
    let refused = bob.send("POST", &format!("/api/documents/{document}/leave"), Some(json!({})));
    assert_eq!(code(&refused), "is_owner");
}

/// Everything in the store that names a document.
async fn traces(storage: &Storage, document: &str) -> Vec<String> {
    let mut found = Vec::new();
    for prefix in [
        "rev/",
        "seen/",
        "link/",
        "linkdoc/",
        "member/",
        "memberof/",
        "ask/",
        "of/",
        "lost/",
        "opened/",
        "grant/",
        "due",
    ] {
        for (key, record) in storage.list(prefix, None, 10_000).await.expect("a list") {
            if key.contains(document) || String::from_utf8_lossy(&record.value).contains(document) {
                found.push(key);
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn ac27_what_is_deleted_for_good_leaves_nothing_but_its_name() {
    let data = folder();
    let storage = Storage::open(data.path()).expect("a store");
    let server = Server::with(Config::for_tests(data.path()), Some(storage.clone()));
    let (ada, eve) = (Person::sign_up(&server, "ada"), Person::sign_up(&server, "eve"));
    let document = ada.document("gone tomorrow");
    let id = document.parse().expect("an id");
    add(&ada, &document, "eve", "edit").ok();
    let mut writer = Peer::join(&eve, &document).await;
    writer.append(", and more").await;
    writer.saved().await;
    let path = format!("/api/documents/{document}");
    let erase = format!("{path}/erase");
    assert_eq!(code(&ada.send("POST", &erase, Some(json!({})))), "not_in_trash");
    ada.send("DELETE", &path, None).ok();
    assert_eq!(writer.until_closed().await, Some(4404));
    assert_eq!(eve.send("POST", &erase, Some(json!({}))).status, 404);
    ada.send("POST", &erase, Some(json!({}))).ok();
    assert_eq!(ada.send("GET", &path, None).status, 410, "its owner is told");
    assert_eq!(eve.send("GET", &path, None).status, 404, "others are not");
    assert_eq!(ada.send("GET", &format!("/d/{document}"), None).status, 410);
    let again = ada.send("POST", "/api/documents", Some(json!({"id": document, "text": "again"})));
    assert_eq!(again.status, 410, "an id names one document for ever");
    assert!(connect(&ada, &format!("/sync/{document}"), false).await.is_err());
    assert_eq!(traces(&storage, &document).await, Vec::<String>::new());
    let text = storage.load(Stream { document: id, channel: 0 }).await.expect("a look");
    assert!(text.is_none_or(|loaded| loaded.snapshot.is_none() && loaded.tail.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn ac27_the_trash_lets_go_after_thirty_days() {
    let data = folder();
    let storage = Storage::open(data.path()).expect("a store");
    let mut config = Config::for_tests(data.path());
    config.limits.set("sweep=1").expect("a limit");
    let server = Server::with(config, Some(storage.clone()));
    let ada = Person::sign_up(&server, "ada");
    let (old, new) = (ada.document("old"), ada.document("new"));
    for document in [&old, &new] {
        ada.send("DELETE", &format!("/api/documents/{document}"), None).ok();
    }
    let trash = ada.send("GET", "/api/documents?trash=1", None).ok();
    let purge = trash["documents"][0]["purge_ms"].as_u64().expect("an end");
    let trashed = trash["documents"][0]["trashed_ms"].as_u64().expect("a beginning");
    assert_eq!(purge - trashed, 30 * 24 * 60 * 60 * 1_000);
    let key = format!("doc/{old}");
    let record = storage.get(&key).await.expect("a look").expect("a record");
    let mut value: Value = serde_json::from_slice(&record.value).expect("JSON");
    value["trashed_ms"] = json!(trashed - 31 * 24 * 60 * 60 * 1_000);
    storage.put(&key, value.to_string().into(), storage::Expect::Any).await.expect("a change");
    let due = format!("due/{:016x}/{old}", purge - 31 * 24 * 60 * 60 * 1_000);
    storage.put(&due, "1".into(), storage::Expect::Any).await.expect("a record");
    let gone = async {
        while ada.send("GET", &format!("/api/documents/{old}"), None).status != 410 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::support::DEADLINE, gone).await.expect("the sweep comes by");
    ada.send("POST", &format!("/api/documents/{new}/restore"), Some(json!({}))).ok();
}
