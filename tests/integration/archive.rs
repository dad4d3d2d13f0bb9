//! Leaving and arriving over real HTTP: what leaves one server arrives at another as what it was, whoever packed it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use galley::config::Config;
use serde_json::{Value, json};
use uuid::Uuid;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::support::{Answer, Person, Server, folder, fresh};

/// The smallest PNG there is, grey so dark.
fn dot(grey: u8) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8], data: &[u8]| {
        png.extend((data.len() as u32).to_be_bytes());
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(data);
        png.extend_from_slice(kind);
        png.extend_from_slice(data);
        png.extend(crc.sum().to_be_bytes());
    };
    let mut rows = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    rows.write_all(&[0, grey]).expect("a row");
    chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    chunk(b"IDAT", &rows.finish().expect("rows"));
    chunk(b"IEND", &[]);
    png
}

fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        zip.start_file(*path, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated))
            .expect("an entry");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("an archive").into_inner()
}

fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("an archive others can read");
    let mut files = BTreeMap::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).expect("an entry");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("its bytes, and their checksum");
        files.insert(file.name().expect("a name").into_owned(), bytes);
    }
    files
}

fn import(person: &Person, name: &str, bytes: &[u8]) -> Answer {
    let name: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let headers = [("origin", person.url.as_str()), ("x-galley", "1"), ("content-type", "application/octet-stream")];
    person.send_bytes("POST", &format!("/api/import?name={name}"), &headers, bytes)
}

fn words(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

/// What was left out: path and sentence.
fn skipped(arrived: &Value) -> Vec<(String, String)> {
    let all = arrived["skipped"].as_array().expect("a list");
    all.iter().map(|one| (words(&one["path"]), words(&one["why"]))).collect()
}

fn ids(arrived: &Value) -> Vec<String> {
    arrived["documents"].as_array().expect("a list").iter().map(|one| words(&one["id"])).collect()
}

fn export(person: &Person, document: &str, how: &str) -> Answer {
    let answer = person.send("GET", &format!("/api/documents/{document}/export?{how}"), None);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

fn notes(person: &Person, document: &str) -> Vec<Value> {
    let all = person.send("GET", &format!("/api/documents/{document}/notes"), None).ok();
    all["notes"].as_array().expect("notes").clone()
}

fn note(person: &Person, document: &str, quote: &str, body: &str) -> String {
    let id = Uuid::now_v7().to_string();
    let wish = json!({"id": id, "anchor": null, "quote": quote, "body": body});
    person.send("POST", &format!("/api/documents/{document}/notes"), Some(wish)).ok();
    id
}

/// What a reader sees, with the addresses of files as if every document had one id.
fn seen(person: &Person, document: &str) -> String {
    let answer = person.send("GET", &format!("/api/documents/{document}/html"), None);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body.replace(document, "ID")
}

const FRONT: &str = "---\ntitle: \"Cats & dogs: a *story*\"\ntags: [a, b]\nlang: en\n---\n";
const REST: &str = "\nSome words, then `![](code.png)`. An equation: $e^{i\\pi} = -1$ and :cat:.\n\n\
    :::warning Careful\nInside.\n:::\n\n- [ ] open\n- [x] done\n\n| a | b |\n|--:|---|\n| 1 | é 日本 🦊 |\n\n\
    Twice the same line.\n\nTwice the same line.\n\n[^1]: A footnote.\n";

/// Somebody with a document that has everything.
fn author(server: &Server) -> (Person, String) {
    let ada = Person::sign_up(server, "ada");
    let document = ada.document("");
    let (cat, dog, log) = (dot(1), dot(2), b"name,age\ncat,3\n");
    let url = |name: &str, bytes: &[u8]| words(&ada.upload(&document, name, bytes).ok()["url"]);
    let (cat, dog, log) = (url("My cat (1).png", &cat), url("dog.png", &dog), url("ages.csv", log));
    let text = format!(
        "{FRONT}# Cats\n\n![A cat]({cat} \"title\") and <img src=\"{dog}\" alt=dog> and [ages]({log}) and ![][d][^1]\n\n[d]: {dog}\n{REST}"
    );
    edit(&ada, &document, &text);
    (ada, document)
}

/// Writes a text as an import does: by what it replaces there is nothing.
fn edit(person: &Person, document: &str, text: &str) {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime").block_on(async {
        let mut peer = peer::Peer::join(person, document).await;
        peer.insert(0, text).await;
        peer.saved().await;
    });
}

#[test]
fn ar12_what_leaves_one_server_arrives_at_another_as_it_was() {
    let (server, _data) = fresh();
    let (ada, document) = author(&server);
    let about = note(&ada, &document, "Some words", "Why these?");
    let path = format!("/api/documents/{document}/notes/{about}");
    let reply = json!({"id": Uuid::now_v7(), "body": "Because."});
    ada.send("POST", &format!("{path}/replies"), Some(reply)).ok();
    let done = note(&ada, &document, "é 日本 🦊", "Done with this.");
    ada.send("PATCH", &format!("/api/documents/{document}/notes/{done}"), Some(json!({"resolved": true}))).ok();
    let other = ada.document(&format!("# Another\n\nSee [cats](/d/{document}#cats).\n"));
    let trashed = ada.document("# Trash\n");
    ada.send("DELETE", &format!("/api/documents/{trashed}"), None).ok();
    let all = ada.send("GET", "/api/export", None);
    assert_eq!((all.status, all.headers["content-type"].as_str()), (200, "application/zip"), "{}", all.body);
    let files = unpacked(&all.bytes);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let expected = [
        "galley.json",
        "posts/Another.md",
        "posts/Cats & dogs- a -story-.md",
        "posts/Cats & dogs- a -story-/My cat (1).png",
        "posts/Cats & dogs- a -story-/ages.csv",
        "posts/Cats & dogs- a -story-/dog.png",
        "posts/Cats & dogs- a -story-/notes.json",
    ];
    assert_eq!(names, expected);

    let (elsewhere, _there) = fresh();
    let tom = Person::sign_up(&elsewhere, "tom");
    let arrived = import(&tom, "all.zip", &all.bytes).ok();
    assert_eq!(skipped(&arrived), [], "{arrived}");
    let here = ids(&arrived);
    assert_eq!(here.len(), 2, "{arrived}");
    assert_eq!(seen(&tom, &here[1]), seen(&ada, &document));
    assert_eq!(seen(&tom, &here[0]), seen(&ada, &other).replace(&document, &here[1]));
    assert_eq!(tom.text(&here[1]).replace(&here[1], &document), ada.text(&document), "the text is the same too");
    same_files((&ada, &document), (&tom, &here[1]));
    let back = notes(&tom, &here[1]);
    assert_eq!(back.len(), 2);
    let day = back[0]["body"].as_str().and_then(|body| body.strip_prefix("ada, ")).expect("who said it");
    assert!(day.ends_with(": Why these?"), "{day}");
    assert_eq!(back[0]["quote"], "Some words");
    assert!(back.iter().all(|note| !note["place"].is_null()), "{back:?}");
    assert!(back[0]["replies"][0]["body"].as_str().is_some_and(|body| body.ends_with(": Because.")));
    assert!(back[0]["resolved"].is_null() && !back[1]["resolved"].is_null());
}

/// Every file of one document is one of the other, byte for byte.
fn same_files((ada, document): (&Person, &str), (tom, here): (&Person, &str)) {
    let list = |person: &Person, document: &str| {
        let all = person.send("GET", &format!("/api/documents/{document}/files"), None).ok();
        let mut files: Vec<(String, Vec<u8>)> = all["files"]
            .as_array()
            .expect("files")
            .iter()
            .map(|file| (words(&file["original"]), person.send("GET", &words(&file["url"]), None).bytes))
            .collect();
        files.sort();
        files
    };
    let (there, here) = (list(ada, document), list(tom, here));
    assert_eq!(there.len(), 3);
    assert!(there == here, "the files are the same bytes");
}

#[test]
fn ar11_the_same_import_again_is_the_same_documents() {
    let (server, _data) = fresh();
    let (ada, document) = author(&server);
    note(&ada, &document, "Some words", "Why?");
    let zip = export(&ada, &document, "format=zip").bytes;
    let first = import(&ada, "a.zip", &zip).ok();
    let here = ids(&first);
    assert!(!here.contains(&document), "an import is never written over what it came from");
    let again = import(&ada, "a.zip", &zip).ok();
    assert_eq!(first, again);
    assert_eq!(notes(&ada, &here[0]).len(), 1, "nor are notes doubled");
    assert_eq!(notes(&ada, &here[0])[0]["body"], "Why?", "what one said oneself is one's own again");

    edit(&ada, &here[0], "changed ");
    let text = ada.text(&here[0]);
    let changed = import(&ada, "a.zip", &zip).ok();
    assert!(ids(&changed).is_empty(), "{changed}");
    assert!(skipped(&changed)[0].1.contains("changed since"), "{changed}");
    assert_eq!(ada.text(&here[0]), text, "what was changed since is left alone");
    ada.send("DELETE", &format!("/api/documents/{}", here[0]), None).ok();
    let anew = ids(&import(&ada, "a.zip", &zip).ok());
    assert_eq!(anew.len(), 1);
    assert_ne!(anew, here);

    let text = import(&ada, "post.md", b"# A post\n").ok();
    assert_eq!(text, import(&ada, "post.md", b"# A post\n").ok());
    assert_eq!(text["documents"][0]["title"], "A post");
}

#[test]
fn ar13_a_folder_from_elsewhere_arrives_with_its_pictures() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let (one, two) = (dot(1), dot(2));
    let post = "---\nlayout: post\ntitle: Hello\ncover: /assets/img/one.png\n---\n\
        ![one](/assets/img/one.png)\n\n![two](<../assets/img/two files.png> \"t\")\n\n[other][o] [pdf](doc.pdf#page=2)\n\n\
        <img src='../assets/img/ONE.png'>\n\n[o]: 2026-other.md#part\n\n![gone](img/gone.png) [web](https://example.org/a.png)\n";
    let zip = packed(&[
        ("blog/_posts/2026-hello.md", post.as_bytes()),
        ("blog/_posts/2026-other.md", b"\xef\xbb\xbf# Other\r\n\r\ntext\r\n"),
        ("blog/_posts/doc.pdf", b"%PDF-1.4 not much of one"),
        ("blog/assets/img/one.png", &one),
        ("blog/assets/img/two files.png", &two),
        ("blog/assets/unused.png", &dot(3)),
        ("blog/logo.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        ("blog/old.md", b"caf\xe9"),
        ("blog/wide.txt", b"\xff\xfe#\0 \0W\0"),
        ("blog/.git/config", b"[core]"),
        ("__MACOSX/blog/._x.md", b"x"),
    ]);
    let arrived = import(&ada, "blog.zip", &zip).ok();
    let titles: Vec<String> =
        arrived["documents"].as_array().expect("a list").iter().map(|one| words(&one["title"])).collect();
    assert_eq!(titles, ["Hello", "Other", "W"], "{arrived}");
    let here = ids(&arrived);
    let text = ada.text(&here[0]);
    assert!(text.starts_with("---\nlayout: post\ntitle: Hello\ncover: /assets/img/one.png\n---\n![one](/u/"), "{text}");
    assert_eq!(text.matches(&format!("/u/{}/", here[0])).count(), 4, "{text}");
    assert!(text.contains(&format!("[o]: /d/{}#part", here[1])), "{text}");
    assert!(text.contains(".pdf#page=2)") && text.contains("![gone](img/gone.png) [web](https://example.org/a.png)"));
    let html = ada.send("GET", &format!("/d/{}", here[0]), None).body;
    assert_eq!(html.matches("<img src=\"/u/").count(), 3, "{html}");
    assert_eq!(ada.text(&here[1]), "# Other\n\ntext\n");
    let left: BTreeMap<String, String> = skipped(&arrived).into_iter().collect();
    let mut paths: Vec<&str> = left.keys().map(String::as_str).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        ["blog/_posts/2026-hello.md", "blog/assets/unused.png", "blog/logo.svg", "blog/old.md"],
        "{left:?}"
    );
    assert!(left["blog/_posts/2026-hello.md"].contains("img/gone.png"), "{left:?}");
    assert!(left["blog/old.md"].contains("UTF-8"), "{left:?}");
}

#[test]
fn ar15_what_is_no_good_is_named_and_the_rest_arrives() {
    let data = folder();
    let mut config = Config::for_tests(data.path());
    config.limits.room.text_bytes = 2_000;
    config.limits.import_inflated_bytes = 100_000;
    config.limits.import_files = 12;
    config.limits.import_bytes = 50_000;
    let server = Server::with(config, None);
    let ada = Person::sign_up(&server, "ada");
    let large = vec![b'x'; 5_000];
    let zip = packed(&[
        ("a.md", b"![](pic.png) ![](pic.svg) ![](bomb.csv)"),
        ("pic.png", b"not a picture"),
        ("pic.svg", b"<svg onload=alert(1)>"),
        ("bomb.csv", &vec![b'0'; 99_999]),
        ("large.md", &large),
        ("z.md", b"fine"),
    ]);
    let arrived = import(&ada, "a.zip", &zip).ok();
    assert_eq!(ids(&arrived).len(), 2, "{arrived}");
    assert_eq!(ada.text(&ids(&arrived)[0]), "![](pic.png) ![](pic.svg) ![](bomb.csv)");
    let left: BTreeMap<String, String> = skipped(&arrived).into_iter().collect();
    assert_eq!(left.keys().map(String::as_str).collect::<Vec<_>>(), ["bomb.csv", "large.md", "pic.png", "pic.svg"]);
    for why in left.values() {
        assert!(why.ends_with('.') && why.starts_with(char::is_uppercase), "{why}");
    }
    let many: Vec<String> = (0..13).map(|nth| format!("{nth}.md")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
    let refused: [(&str, &[u8], u16, &str); 7] = [
        ("a.zip", &packed(&many), 422, "import_archive"),
        ("a.zip", &zip[..zip.len() - 9], 422, "import_archive"),
        ("a.zip", b"PK\x03\x04 and then nothing", 422, "import_archive"),
        ("a.zip", &packed(&[("a.png", &dot(1))]), 422, "import_nothing"),
        ("a.pdf", b"%PDF-1.4", 415, "import_kind"),
        ("a.md", b"caf\xe9", 422, "import_kind"),
        ("a.md", &vec![b'x'; 60_000], 413, "too_large"),
    ];
    for (name, bytes, status, code) in refused {
        let answer = import(&ada, name, bytes);
        assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (status, Some(code)), "{answer:?}");
    }
    let spool = std::fs::read_dir(data.path().join("spool")).map(|folder| folder.count()).unwrap_or_default();
    assert_eq!(spool, 0, "ar16: nothing of what was sent stays");
    let listed = ada.send("GET", "/api/documents", None).ok();
    assert_eq!(listed["documents"].as_array().map(Vec::len), Some(2), "no empty document was left behind: {listed}");
}

#[test]
fn ar9_everything_is_what_one_owns_and_nothing_else() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let invite = ada.send("POST", "/api/admin/invites", Some(json!({}))).ok();
    let word = words(&invite["url"]).split_once("#invite=").expect("a word").1.to_owned();
    let mut bob = Person::stranger(&server);
    let wish = json!({"name": "bob", "password": crate::support::PASSWORD, "invite": word});
    bob.take_cookie(bob.send("POST", "/api/signup", Some(wish)));
    let shared = bob.document("# Bob's secret plan\n");
    let member = json!({"name": "ada", "role": "edit"});
    bob.send("POST", &format!("/api/documents/{shared}/members"), Some(member)).ok();
    for nth in 0..30 {
        ada.document(&format!("# Post {}\n\nText of {nth}.\n", nth % 3));
    }
    let files = unpacked(&ada.send("GET", "/api/export", None).bytes);
    let texts: Vec<&String> = files.keys().filter(|path| path.ends_with(".md")).collect();
    assert_eq!(texts.len(), 30, "{texts:?}");
    assert!(files.contains_key("posts/Post 2 10.md"), "{texts:?}");
    assert!(files.values().all(|bytes| !String::from_utf8_lossy(bytes).contains("secret plan")));
    let nobody = Person::stranger(&server).send("GET", "/api/export", None);
    assert_eq!(nobody.status, 401);
    let guest = Person::by_link(&server, &bob.link(&shared, "edit"));
    assert_eq!(guest.send("GET", "/api/export", None).status, 401, "a guest has no documents");
    assert_eq!(import(&guest, "a.md", b"x").status, 401);
}

#[test]
fn ar1_a_page_is_one_file() {
    let (server, _data) = fresh();
    let (ada, document) = author(&server);
    note(&ada, &document, "Some words", "Why?");
    let page = export(&ada, &document, "format=html");
    assert!(page.headers["content-disposition"].contains(".html\""), "{page:?}");
    let body = &page.body;
    assert!(body.contains("<html lang=\"en\">") && body.contains("default-src 'none'"), "{body}");
    assert_eq!(body.matches("src=\"data:image/png;base64,").count(), 3, "{body}");
    for trace in ["<script", "data-line", "src=\"/", "href=\"/"] {
        assert!(!body.contains(trace), "{trace}");
    }
    let noted = export(&ada, &document, "format=html&notes=footnotes").body;
    assert!(noted.contains("Why?") && noted.contains("class=\"footnote"), "{noted}");
    for how in ["format=html&notes=json", "format=docx", "notes=all"] {
        let refused = ada.send("GET", &format!("/api/documents/{document}/export?{how}"), None);
        assert_eq!(refused.status, 400, "{how}");
    }
    let plain = export(&ada, &document, "");
    assert_eq!(plain.body, ada.text(&document));
}

#[test]
fn ar14_nobody_speaks_for_others_by_an_archive() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let text = "One sentence. Another one.";
    let ghost = Uuid::now_v7();
    let hostile = json!({"galley": 1, "people": [{"author": ghost, "display": "Tomasz\u{202e}\n"}], "notes": [
        {"id": Uuid::now_v7(), "by": ghost, "at_ms": 1_792_000_000_000_u64, "body": "@ada look", "quote": "One sentence",
            "before": "", "after": "", "heading": "", "on": null, "resolved": null, "replies": []},
        {"id": Uuid::now_v7(), "by": ghost, "at_ms": u64::MAX, "body": "x".repeat(25_000), "quote": "Another",
            "on": {"before": "", "words": "Another one", "after": "."}, "resolved": ghost},
        {"id": Uuid::now_v7(), "by": ghost, "at_ms": 0, "body": "nothing", "quote": ""},
    ]});
    let manifest = json!({"galley": 1, "exported_ms": 0, "documents": [
        {"id": Uuid::now_v7(), "title": "x", "text": "x.md", "notes": "n.json", "files": [
            {"path": "../../key", "name": "key", "original": "key", "bytes": 1}]}]});
    let zip = packed(&[
        ("x.md", text.as_bytes()),
        ("n.json", hostile.to_string().as_bytes()),
        ("galley.json", manifest.to_string().as_bytes()),
    ]);
    let arrived = import(&ada, "x.zip", &zip).ok();
    let all = notes(&ada, &ids(&arrived)[0]);
    let me = ada.send("GET", "/api/me", None).ok();
    assert_eq!(all.len(), 2, "{arrived}");
    assert!(all.iter().all(|note| note["by"] == me["author"]), "{all:?}");
    assert_eq!(all[0]["body"], "Tomasz, 14 October 2026: @ada look");
    assert_eq!(all[0]["mentions"], json!([]));
    assert_eq!((&all[1]["quote"], &all[1]["place"]["changed"]), (&json!("Another"), &json!(true)), "{:?}", all[1]);
    assert_eq!(all[1]["replies"].as_array().map(Vec::len), Some(2), "a long one is several");
    assert!(!all[1]["resolved"].is_null());
    assert!(skipped(&arrived)[0].1.contains("could not be brought"), "{arrived}");
}

/// Sends the head of an import and no more, and leaves the connection open.
fn begun(server: &Server, person: &Person) -> std::net::TcpStream {
    let mut stream = crate::support::tcp(server);
    let head = format!(
        "POST /api/import?name=a.md HTTP/1.1\r\nhost: localhost:{}\r\norigin: {}\r\nx-galley: 1\r\ncookie: {}\r\n\
         content-type: application/octet-stream\r\ncontent-length: 100\r\n\r\n# half a te",
        server.port, person.url, person.cookie
    );
    stream.write_all(head.as_bytes()).expect("sent");
    stream
}

/// Asks until the answer is one of another status; fails at the deadline.
fn until(what: &str, status: u16, ask: impl Fn() -> Answer) -> Answer {
    let deadline = std::time::Instant::now() + crate::support::DEADLINE;
    loop {
        let answer = ask();
        if answer.status == status {
            return answer;
        }
        assert!(std::time::Instant::now() < deadline, "{what}: {answer:?}");
        std::thread::yield_now();
    }
}

#[test]
fn ar16_one_import_at_a_time_and_nothing_stays_of_it() {
    let (server, data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let half = std::cell::RefCell::new(None);
    let refused = until("the first one holds its place", 429, || {
        // It may have come while the other one was received, and been refused itself.
        half.replace(Some(begun(&server, &ada)));
        import(&ada, "b.md", b"# Two\n")
    });
    assert_eq!(refused.json()["error"]["code"], "import_running");
    let names = || std::fs::read_dir(data.path().join("spool")).map(|all| all.count()).unwrap_or_default();
    if cfg!(unix) {
        assert_eq!(names(), 0, "it has no name even while it is received, so that nothing is left by a kill");
    }
    drop(half);
    until("a connection that broke gives its place back", 200, || import(&ada, "b.md", b"# Two\n"));
    assert_eq!(names(), 0);
    let listed = ada.send("GET", "/api/documents", None).ok();
    assert_eq!(listed["documents"].as_array().map(Vec::len), Some(1), "half a text is no document");
}

#[test]
fn ar9_one_export_at_a_time_and_a_reader_that_goes_ends_it() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("# Large\n");
    let mut seed = 3_u32;
    for nth in 0..4 {
        let mut pdf = format!("%PDF-1.4 {nth} ").into_bytes();
        pdf.extend((0..6 << 20).map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        }));
        ada.upload(&document, &format!("{nth}.pdf"), &pdf).ok();
    }
    let mut reading = crate::support::tcp(&server);
    let head = format!("GET /api/export HTTP/1.1\r\nhost: localhost:{}\r\ncookie: {}\r\n\r\n", server.port, ada.cookie);
    reading.write_all(head.as_bytes()).expect("sent");
    let mut first = [0; 15];
    reading.read_exact(&mut first).expect("the answer begins");
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    let refused = ada.send("GET", "/api/export", None);
    assert_eq!(
        (refused.status, refused.json()["error"]["code"].as_str()),
        (429, Some("export_running")),
        "{refused:?}"
    );
    drop(reading);
    let whole = until("whoever goes away gives the place back", 200, || ada.send("GET", "/api/export", None));
    assert_eq!(unpacked(&whole.bytes).len(), 6);
}
