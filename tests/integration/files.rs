//! Pictures and files over HTTP: what is kept, who sees it, what it looks like on the way out, and when it goes.

mod attacks;
mod made;

use std::sync::mpsc;
use std::time::Duration;

use galley::config::Config;
use galley::housekeeping;
use serde_json::{Value, json};

use crate::child::ChildServer;
use crate::support::{Answer, Person, Server, folder, fresh};
use peer::Peer;

/// The smallest PNG there is.
const DOT: [u8; 67] = [
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8,
    0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 0x0a, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0,
    1, 0x48, 0xaf, 0xa4, 0x71, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

#[test]
fn fi3_what_is_uploaded_is_shown_to_whoever_may_see_the_document() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("# Pictures");
    let answer = ada.upload(&document, "dot.png", &DOT);
    assert_eq!(answer.status, 201, "{answer:?}");
    let file = answer.json();
    assert_eq!(file["original"], "dot.png");
    assert_eq!(file["picture"]["width"], 1);
    assert_eq!(file["used"], false);
    let again = ada.upload(&document, "other.png", &DOT);
    assert_eq!((again.status, again.json()["name"].clone()), (200, file["name"].clone()), "{again:?}");
    let url = file["url"].as_str().expect("a url");
    let shown = ada.send("GET", url, None);
    assert_eq!((shown.status, shown.headers["content-type"].as_str()), (200, "image/png"), "{shown:?}");
    assert_eq!(&shown.bytes[1..4], b"PNG");
    let listed = ada.send("GET", &format!("/api/documents/{document}/files"), None).ok();
    assert_eq!(listed["files"].as_array().map(Vec::len), Some(1));
}

/// Everything of the table of attacks is refused with a sentence, or kept and harmless.
#[test]
fn fi8_nothing_hostile_is_kept_as_it_came() {
    let data = folder();
    let mut config = Config::for_tests(data.path());
    config.limits.uploads_per_minute = 10_000;
    let server = Server::with(config, None);
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("# Pictures");
    let (mut refused, mut kept) = (0, 0);
    for attack in attacks::table().into_iter().chain(attacks::large()) {
        let answer = ada.upload(&document, &attack.name, &attack.bytes);
        match attack.refused {
            Some(code) => {
                refused += 1;
                let error = answer.json()["error"].clone();
                assert!((400..500).contains(&answer.status), "{}: {answer:?}", attack.what);
                assert_eq!(error["code"], code, "{}: {answer:?}", attack.what);
                let sentence = error["message"].as_str().expect("a sentence");
                assert!(sentence.ends_with('.') && sentence.len() > 20, "{}: {sentence}", attack.what);
            }
            None => {
                kept += 1;
                let file = answer.ok();
                let url = file["url"].as_str().expect("an address").to_owned();
                harmless(attack.what, &file, &ada.send("GET", &url, None));
            }
        }
    }
    println!("{refused} refused, {kept} kept and harmless");
    assert!(refused + kept >= 100);
}

/// Whatever it was: a picture of our own making, or bytes to download.
fn harmless(what: &str, file: &Value, shown: &Answer) {
    assert_eq!(shown.status, 200, "{what}");
    let header = |name: &str| shown.headers.get(name).map_or("", String::as_str);
    assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox", "{what}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{what}");
    assert_eq!(header("cache-control"), "private, no-cache", "{what}");
    assert_eq!(shown.set_cookie, "", "{what}");
    let (mime, disposition) = (header("content-type"), header("content-disposition"));
    assert!(disposition.contains("; filename*=UTF-8''") && disposition.is_ascii(), "{what}: {disposition}");
    let script = attacks::PAYLOAD.as_bytes();
    if file["picture"].is_null() {
        assert_eq!(mime, "application/octet-stream", "{what}");
        assert!(disposition.starts_with("attachment; "), "{what}");
    } else {
        assert!(["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&mime), "{what}: {mime}");
        assert!(disposition.starts_with("inline; "), "{what}");
        assert!(!shown.bytes.windows(script.len()).any(|part| part == script), "{what}");
    }
    let original = file["original"].as_str().expect("a name");
    let bad = |c: char| c.is_control() || matches!(c, '/' | '\\' | '\u{202e}' | '\u{feff}');
    assert!(!original.contains(bad) && original.chars().count() <= 125, "{what}: {original:?}");
}

/// The browser has the same table; `GALLEY_WRITE_ATTACKS=1` writes it anew.
#[test]
fn fi8_the_browser_has_the_same_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/browser/uploads-hostile.json");
    let table = attacks::table();
    if std::env::var_os("GALLEY_WRITE_ATTACKS").is_some() {
        std::fs::write(path, attacks::as_json(&table)).expect("a file");
    }
    let there: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("the table")).expect("JSON");
    let named = |attack: &Value| (attack["what"].clone(), attack["name"].clone(), attack["refused"].clone());
    let there: Vec<_> = there.as_array().expect("a list").iter().map(named).collect();
    let here: Value = serde_json::from_str(&attacks::as_json(&table)).expect("JSON");
    let here: Vec<_> = here.as_array().expect("a list").iter().map(named).collect();
    assert_eq!(there, here, "write it anew: GALLEY_WRITE_ATTACKS=1 cargo test -p tests fi8");
}

/// Everybody who may see the document sees its pictures; nobody else learns that there are any.
#[test]
fn fi3_a_picture_follows_the_grants_of_its_document() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("# Private");
    let file = ada.upload(&document, "wide.jpg", &made::jpeg(1_200, 40)).ok();
    let url = file["url"].as_str().expect("an address").to_owned();
    let list = format!("/api/documents/{document}/files");
    let [edit, view] = ["edit", "view"].map(|role| ada.link(&document, role));
    let [editor, viewer] = [&edit, &view].map(|link| Person::by_link(&server, link));
    let (stranger, eve) = (Person::stranger(&server), Person::sign_up(&server, "eve"));
    for (person, status) in [(&ada, 200), (&editor, 200), (&viewer, 200), (&stranger, 404), (&eve, 404)] {
        for path in [&url, &format!("{url}?small"), &list] {
            assert_eq!(person.send("GET", path, None).status, status, "{path}");
        }
        assert_eq!(person.send_raw("HEAD", &url, &[], "").status, status);
    }
    let small = viewer.send("GET", &format!("{url}?small"), None);
    assert_eq!(u32::from_be_bytes([0, 0, small.bytes[0], small.bytes[1]]), 0xffd8);
    assert!(small.bytes.len() < viewer.send("GET", &url, None).bytes.len());
    assert_eq!(viewer.upload(&document, "a.txt", b"x").json()["error"]["code"], "role_too_low");
    assert_eq!(viewer.send("DELETE", &format!("{list}/{}", file["name"].as_str().expect("a name")), None).status, 403);
    assert_eq!(eve.upload(&document, "a.txt", b"x").status, 404);
    assert!(viewer.send("GET", &list, None).ok()["files"][0]["by"]["name"].is_null(), "what ada signs in with");
    assert_eq!(editor.upload(&document, "a.txt", b"theirs").status, 201);

    let path = format!("/api/documents/{document}/links/{}", view["id"].as_str().expect("an id"));
    ada.send("DELETE", &path, None).ok();
    assert_eq!(viewer.send("GET", &url, None).status, 404, "revoked");
    ada.send("DELETE", &format!("/api/documents/{document}"), None).ok();
    for person in [&ada, &editor, &stranger] {
        assert_eq!(person.send("GET", &url, None).status, 404, "in the trash");
    }
    assert_eq!(ada.upload(&document, "a.txt", b"late").status, 404);
}

#[test]
fn fi6_only_addresses_that_we_write_are_found() {
    let (server, data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("");
    let other = ada.document("");
    let file = ada.upload(&document, "a.png", &DOT).ok();
    let name = file["name"].as_str().expect("a name");
    std::fs::write(data.path().join("secret.txt"), "secret").expect("written");
    let shouting = name.to_uppercase();
    for name in ["..%2f..%2fsecret.txt", "..%5c..%5csecret.txt", "%2e%2e", ".", "%00", "a%ff.png", &shouting] {
        let answer = ada.send("GET", &format!("/u/{document}/{name}"), None);
        assert_eq!(answer.status, 404, "{name}: {answer:?}");
    }
    for path in [format!("/u/{other}/{name}"), format!("/u/{document}/{name}/x"), format!("/u/{document}/{name}.html")]
    {
        assert_eq!(ada.send("GET", &path, None).status, 404, "{path}");
    }
}

#[test]
fn fi3_a_browser_asks_each_time_and_gets_the_bytes_once() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("");
    let url = ada.upload(&document, "a.png", &DOT).ok()["url"].as_str().expect("an address").to_owned();
    let first = ada.send("GET", &url, None);
    let again = ada.send_raw("GET", &url, &[("if-none-match", &first.headers["etag"])], "");
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    let stranger = Person::stranger(&server);
    assert_eq!(stranger.send_raw("GET", &url, &[("if-none-match", &first.headers["etag"])], "").status, 404);
    assert_eq!(ada.send_raw("GET", &url, &[("if-none-match", "\"another\"")], "").status, 200);
}

/// The CSRF rule knows what each action takes: bytes here, JSON everywhere else.
#[test]
fn fi12_uploads_take_bytes_from_our_own_pages_and_nothing_else() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("");
    let path = format!("/api/documents/{document}/files?name=a.txt");
    let origin = ada.url.as_str();
    let bytes = "application/octet-stream";
    for (headers, status) in [
        (vec![("origin", origin), ("x-galley", "1"), ("content-type", bytes)], 201),
        (vec![("origin", origin), ("x-galley", "1"), ("content-type", "application/json")], 415),
        (vec![("origin", origin), ("x-galley", "1"), ("content-type", "text/plain")], 415),
        (vec![("origin", origin), ("x-galley", "1"), ("content-type", "multipart/form-data; boundary=x")], 415),
        (vec![("origin", origin), ("x-galley", "1")], 415),
        (vec![("origin", origin), ("content-type", bytes)], 403),
        (vec![("x-galley", "1"), ("content-type", bytes)], 403),
        (vec![("origin", "null"), ("x-galley", "1"), ("content-type", bytes)], 403),
        (vec![("origin", "https://evil.example"), ("x-galley", "1"), ("content-type", bytes)], 403),
    ] {
        assert_eq!(ada.send_bytes("POST", &path, &headers, b"words").status, status, "{headers:?}");
    }
    let rename = format!("/api/documents/{document}");
    let headers = [("origin", origin), ("x-galley", "1"), ("content-type", bytes)];
    assert_eq!(ada.send_bytes("PATCH", &rename, &headers, b"{\"title\":\"x\"}").status, 415);
}

#[test]
fn fi9_what_is_kept_has_an_end_and_errors_name_it() {
    let data = folder();
    let mut config = Config::for_tests(data.path());
    config.limits.files_bytes_per_owner = 3 * 1024 * 1024;
    config.limits.files_per_document = 3;
    config.limits.uploads_per_minute = 12;
    let server = Server::with(config, None);
    let ada = Person::sign_up(&server, "ada");
    let refused = |answer: Answer| {
        let error = answer.json()["error"].clone();
        (
            answer.status,
            error["code"].as_str().unwrap_or_default().to_owned(),
            error["message"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let [first, second] = ["", ""].map(|text| ada.document(text));
    let large = |number: u8| vec![b'a' + number; 1 << 20];
    for number in 0..3 {
        assert_eq!(ada.upload(&first, "a.txt", &large(number)).status, 201);
    }
    let (status, code, said) = refused(ada.upload(&first, "a.txt", b"one more"));
    assert_eq!((status, code.as_str()), (409, "too_many_files"));
    assert!(said.contains('3'), "{said}");
    assert_eq!(ada.upload(&first, "a.txt", &large(0)).status, 200, "what is there takes no room");
    // The owner's, whoever uploads and into whichever document.
    let guest = Person::by_link(&server, &ada.link(&second, "edit"));
    let (status, code, said) = refused(guest.upload(&second, "a.txt", b"one more"));
    assert_eq!((status, code.as_str()), (409, "files_full"));
    assert!(said.contains("3 of 3 MiB"), "{said}");
    let listed = ada.send("GET", &format!("/api/documents/{first}/files"), None).ok();
    assert_eq!(listed["owner_bytes"], 3 << 20);
    assert_eq!(listed["quota_bytes"], 3 << 20);
    let name = listed["files"][0]["name"].as_str().expect("a name").to_owned();
    ada.send("DELETE", &format!("/api/documents/{first}/files/{name}"), None).ok();
    assert_eq!(ada.send("GET", &format!("/u/{first}/{name}"), None).status, 404);
    assert_eq!(guest.upload(&second, "a.txt", b"one more").status, 201, "there is room again");
    let (status, code, said) = (0..20)
        .map(|_| refused(guest.upload(&second, "a.txt", b"x")))
        .find(|(status, ..)| *status == 429)
        .expect("an end");
    assert_eq!((status, code.as_str()), (429, "rate_limited"));
    assert!(said.contains("12 uploads"), "{said}");
}

const DAY: u64 = 86_400_000;

#[tokio::test(flavor = "multi_thread")]
async fn fi10_what_nothing_mentions_goes_after_a_month() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("# Pictures\n\nwords\n");
    let upload = |text: &str| {
        let file = ada.upload(&document, "a.txt", text.as_bytes()).ok();
        (file["name"].as_str().expect("a name").to_owned(), file["url"].as_str().expect("an address").to_owned())
    };
    let [text, note, version, back, nowhere] = ["text", "note", "version", "back", "nowhere"].map(upload);
    let mut peer = Peer::join(&ada, &document).await;
    peer.append(&format!("![]({})\n[v]({})\n", text.1, version.1)).await;
    peer.saved().await;
    let body = json!({"id": uuid::Uuid::now_v7(), "anchor": null, "quote": "words", "body": format!("see {}", note.1)});
    ada.send("POST", &format!("/api/documents/{document}/notes"), Some(body)).ok();
    ada.send("POST", &format!("/api/documents/{document}/versions"), Some(json!({"name": "with"}))).ok();
    let at = peer.content().find("[v]").expect("there");
    let gone = peer.content().len() - at;
    peer.delete(u32::try_from(at).expect("short"), u32::try_from(gone).expect("short")).await;
    peer.saved().await;
    assert_eq!(names(&ada, &document).len(), 5);

    let sweep = async |now| housekeeping::sweep(&server.state, now).await.expect("a sweep").files;
    let now = 1_900_000_000_000;
    assert_eq!(sweep(now).await, 0);
    assert_eq!(sweep(now + 29 * DAY).await, 0);
    peer.append(&back.1).await;
    peer.saved().await;
    assert_eq!(sweep(now + 30 * DAY).await, 1);
    let left = names(&ada, &document);
    assert!(!left.contains(&nowhere.0) && left.len() == 4, "{left:?}");
    assert_eq!(ada.send("GET", &nowhere.1, None).status, 404);
    for kept in [&text, &note, &version, &back] {
        assert_eq!(ada.send("GET", &kept.1, None).status, 200);
    }
    // A mention that came back starts the month anew.
    let at = peer.content().find(&back.1).expect("there");
    peer.delete(u32::try_from(at).expect("short"), u32::try_from(back.1.len()).expect("short")).await;
    peer.saved().await;
    assert_eq!(sweep(now + 31 * DAY).await, 0);
    assert_eq!(sweep(now + 60 * DAY).await, 0);
    assert_eq!(sweep(now + 61 * DAY).await, 1);
    assert!(!names(&ada, &document).contains(&back.0));
}

fn names(person: &Person, document: &str) -> Vec<String> {
    let listed = person.send("GET", &format!("/api/documents/{document}/files"), None).ok();
    let files = listed["files"].as_array().expect("files").clone();
    files.iter().map(|file| file["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn fi11_nothing_is_left_of_an_erased_documents_files() {
    let (server, data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("");
    let url =
        ada.upload(&document, "a.jpg", &made::jpeg(1_200, 40)).ok()["url"].as_str().expect("an address").to_owned();
    let blobs = data.path().join("blobs").join(&document);
    assert!(std::fs::read_dir(&blobs).expect("a folder").count() >= 2);
    ada.send("DELETE", &format!("/api/documents/{document}"), None).ok();
    ada.send("POST", &format!("/api/documents/{document}/erase"), Some(json!({}))).ok();
    assert_eq!(ada.send("GET", &url, None).status, 410);
    assert!(!blobs.exists() || std::fs::read_dir(&blobs).expect("a folder").count() == 0);
}

/// Whatever was answered with yes is there after `kill -9`, and whatever is listed can be shown.
#[test]
fn fi11_a_kill_between_blob_and_record_breaks_nothing() {
    let data = folder();
    let mut document = String::new();
    let mut kept: Vec<String> = Vec::new();
    for cycle in 0..3_u64 {
        let server = ChildServer::start(data.path());
        let ada = server.person("ada");
        if document.is_empty() {
            document = ada.document("");
        }
        let listed = names(&ada, &document);
        for name in &kept {
            assert!(listed.contains(name), "{name} was kept and is gone");
        }
        for name in &listed {
            let shown = ada.send("GET", &format!("/u/{document}/{name}"), None);
            assert_eq!(shown.status, 200, "{name} is listed and cannot be shown");
        }
        let (killed, until) = mpsc::channel::<()>();
        let uploads = std::thread::spawn({
            let (ada, document) = (ada.clone(), document.clone());
            move || {
                let mut kept = Vec::new();
                for number in 0..18 {
                    let content = format!("{cycle} {number}").repeat(2_000);
                    match ada.try_upload(&document, "a.txt", content.as_bytes()) {
                        Some(answer) if answer.status == 201 => {
                            kept.push(answer.json()["name"].as_str().expect("a name").to_owned())
                        }
                        _ => break,
                    }
                }
                drop(killed);
                kept
            }
        });
        // A different moment each time; if all were uploaded before it, so much the better.
        until.recv_timeout(Duration::from_millis(120 + cycle * 97)).ok();
        server.kill();
        kept.extend(uploads.join().expect("ends with its server"));
    }
    println!("{} files kept over 3 kills", kept.len());
    assert!(!kept.is_empty());
}
