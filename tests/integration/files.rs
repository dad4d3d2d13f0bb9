//! Pictures and files over HTTP: what is kept, who sees it, what it looks like on the way out, and when it goes.

use crate::support::{Person, fresh};

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
