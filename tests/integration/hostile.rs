//! Bytes nobody honest sends: each ends its own socket, the process and every other document go on.

use std::io::Write;

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::frames::upgrade;
use crate::support::{Person, fresh, tcp};
use peer::{Peer, message, tag};

/// Updates that hang, crash or poison yrs 0.28 when it reads them itself.
const POISON: [&str; 6] = [
    "02050404040107636f6e74656e7404f09f9880010107636f6e74656e740300050a01840000000404064400000000030005040107636f6e74656e740378797a0104010e01",
    "0101050042440500027a3100",
    "0101ca0100c4010a010b0620746865e56500",
    "0180808080808080800100040107636f6e74656e740161 00",
    "01018080808080808010000401 07636f6e74656e74016100",
    "ffffffff0f",
];

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair.get(1).unwrap_or(&0)) as u8).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn poison_never_reaches_the_document() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("safe");
    for poison in POISON {
        for kind in [tag::STEP1, tag::STEP2, tag::UPDATE] {
            let mut peer = Peer::join(&ada, &document).await;
            peer.send(message(&[tag::SYNC, kind], &unhex(poison))).await;
            peer.send(message(&[tag::AWARENESS], &unhex(poison))).await;
            // Judged, not only sent: a socket that is dropped at once may take its bytes along.
            peer.synced = false;
            peer.send(message(&[tag::SYNC, tag::STEP1], &[0])).await;
            peer.wait(|peer| peer.synced).await;
        }
    }
    let mut after = Peer::join(&ada, &document).await;
    after.shows("safe").await;
    after.append("!").await;
    after.saved().await;
    assert_eq!(ada.text(&document), "safe!");
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_writes_are_named_and_honest_ones_go_on() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("");
    let mut peer = Peer::join(&ada, &document).await;
    peer.append("a").await;
    peer.saved().await;
    let refused = peer.sent + 1;
    peer.update(&unhex(POISON[1])).await;
    peer.until("a Nack or the end", |peer| !peer.nacks.is_empty() || peer.closed.is_some()).await;
    if let Some(nack) = peer.nacks.first() {
        assert_eq!(*nack, (refused, 3), "the write, and: invalid");
    }
    assert_eq!(ada.text(&document), "a");
}

#[tokio::test(flavor = "multi_thread")]
async fn text_frames_and_unknown_messages() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("x");
    let mut peer = Peer::join(&ada, &document).await;
    peer.raw(Message::text("hello")).await;
    assert_eq!(peer.until_closed().await, Some(4400));
    let mut peer = Peer::join(&ada, &document).await;
    peer.send(vec![99, 1, 2, 3]).await;
    peer.append("y").await;
    peer.shows("xy").await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn sk1_a_giant_frame_is_refused_at_its_header() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("x");
    let before = resident_bytes();
    let mut stream = tcp(&server);
    upgrade(&mut stream, &ada, &document);
    let mut header = vec![0x82, 0x80 | 127];
    header.extend(600_u64.pow(3).max(629_145_600).to_be_bytes());
    header.extend([0; 4]);
    stream.write_all(&header).expect("the header is sent");
    // The server hangs up long before all of it is sent; how early depends on buffers, memory does not.
    let chunk = vec![0; 1 << 20];
    let sent = (0..600).take_while(|_| stream.write_all(&chunk).is_ok()).count();
    let grown = resident_bytes().saturating_sub(before);
    assert!(grown < 48 << 20, "{sent} MiB were sent, memory grew by {} MiB", grown >> 20);
    let mut other = Peer::join(&ada, &document).await;
    other.shows("x").await;
}

#[cfg(target_os = "linux")]
fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").expect("statm");
    let pages: usize = status.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("pages");
    pages * 4_096
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_beyond_the_limit_is_refused_whole() {
    let data = crate::support::folder();
    let mut config = galley::config::Config::for_tests(data.path());
    config.limits.set("text_bytes=1000").expect("a limit");
    let server = crate::support::Server::with(config, None);
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("");
    let mut peer = Peer::join(&ada, &document).await;
    peer.append(&"x".repeat(2_000)).await;
    peer.until("a Nack", |peer| !peer.nacks.is_empty()).await;
    assert_eq!(peer.nacks[0].1, 2, "too large");
    let mut other = Peer::join(&ada, &document).await;
    other.append("fits").await;
    other.saved().await;
    assert_eq!(ada.text(&document), "fits");
    let answer = ada.send("POST", "/api/documents", Some(json!({"text": "x".repeat(2_000)})));
    assert_eq!(answer.status, 413, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_sockets_of_one_person() {
    let data = crate::support::folder();
    let mut config = galley::config::Config::for_tests(data.path());
    config.limits.set("connections_per_person=2").expect("a limit");
    let server = crate::support::Server::with(config, None);
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("");
    let _one = Peer::join(&ada, &document).await;
    let two = Peer::join(&ada, &document).await;
    let refused = peer::connect(&ada, &format!("/sync/{document}"), true).await;
    assert!(matches!(refused, Err(tokio_tungstenite::tungstenite::Error::Http(answer)) if answer.status() == 503));
    drop(two);
}
