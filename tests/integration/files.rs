//! Pictures and files over HTTP: what is kept, who sees it, what it looks like on the way out, and when it goes.

mod attacks;
mod made;

use galley::config::Config;
use serde_json::Value;

use crate::support::{Answer, Person, Server, folder, fresh};

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
