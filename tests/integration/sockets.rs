//! What a socket, and the connection under it, may hold without saying or taking anything: W1 to W20, by hand over bare TCP.
//!
//! Waits are made short by configuration, and what is waited for is the end of a connection or a counter, never a time.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};

use galley::config::Config;
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::Error;
use yrs::{Text, Transact};

use crate::frames::{frame, rest, upgrade};
use crate::support::{DEADLINE, Person, Server, folder, tcp};
use peer::{Peer, connect, message, new_doc, tag};

/// A server with these limits, somebody, and their document.
pub struct Stand {
    pub server: Server,
    pub ada: Person,
    pub document: String,
    _data: TempDir,
}

impl Stand {
    pub fn with(limits: &[&str]) -> Stand {
        let data = folder();
        let mut config = Config::for_tests(data.path());
        for limit in limits {
            config.limits.set(limit).expect("a limit");
        }
        let server = Server::with(config, None);
        let ada = Person::sign_up(&server, "ada");
        let document = ada.document("alive");
        Stand { server, ada, document, _data: data }
    }

    /// A socket by hand.
    fn open(&self) -> TcpStream {
        let mut stream = tcp(&self.server);
        upgrade(&mut stream, &self.ada, &self.document);
        stream
    }

    /// How often a limit was reached.
    pub fn counted(&self, limit: &str) -> u64 {
        let text = self.server.state.metrics.text().expect("metrics");
        let start = format!("galley_limit_reached_total{{limit=\"{limit}\"}} ");
        text.lines().find_map(|line| line.strip_prefix(&start)?.parse().ok()).unwrap_or(0)
    }

    /// Sends the bytes on a new socket; the code it is closed with, once the server has ended the connection too.
    fn code_after(&self, bytes: &[u8]) -> u16 {
        let mut stream = self.open();
        stream.write_all(bytes).expect("sent");
        code(&mut stream)
    }

    /// Nothing but the socket in question ended, and nothing of it is held.
    fn is_well(&self) {
        assert_eq!(self.ada.text(&self.document), "alive");
        self.until("nothing of it is held", || self.server.state.sockets.unfinished().bytes() == 0);
    }

    /// Looks again and again; only a failure ever waits long.
    fn until(&self, what: &str, condition: impl Fn() -> bool) {
        let begun = std::time::Instant::now();
        while !condition() {
            assert!(begun.elapsed() < DEADLINE, "never: {what}");
            std::thread::yield_now();
        }
    }
}

/// The server ended it; never waits.
fn is_over(mut stream: &TcpStream) -> bool {
    match stream.read(&mut [0]) {
        Ok(read) => read == 0,
        Err(failure) => failure.kind() != ErrorKind::WouldBlock,
    }
}

fn code(stream: &mut TcpStream) -> u16 {
    let frames = rest(stream);
    let (opcode, payload) = frames.last().expect("a Close before the end");
    assert_eq!(*opcode, 8, "{frames:?}");
    u16::from_be_bytes([payload[0], payload[1]])
}

/// A frame with a length of eight bytes.
fn announced(first: u8, len: u64) -> Vec<u8> {
    [vec![first, 0x80 | 127], len.to_be_bytes().to_vec(), vec![0; 4]].concat()
}

const STEP1: [u8; 4] = [0, 0, 1, 0];

#[test]
fn sk24_of_a_giant_frame_nothing_is_kept() {
    let stand = Stand::with(&[]);
    let mut stream = stand.open();
    stream.write_all(&announced(0x82, 600 << 20)).expect("the header is sent");
    assert_eq!(code(&mut stream), 4413, "at its header, with none of it sent");
    stand.is_well();
    assert_eq!(stand.counted("message_bytes"), 1);
}

#[test]
fn sk25_a_message_in_fragments_has_the_limit_of_a_frame() {
    let stand = Stand::with(&["message_bytes=200"]);
    assert_eq!(stand.code_after(&[frame(0x02, &[0; 120]), frame(0x00, &[0; 120])].concat()), 4413);
    assert_eq!(stand.counted("message_bytes"), 1);
    stand.is_well();
}

#[test]
fn sk26_empty_fragments_without_end_are_too_many() {
    let stand = Stand::with(&["fragments=64"]);
    let flood = [frame(0x02, &[0]), frame(0x00, &[]).repeat(100)].concat();
    assert_eq!(stand.code_after(&flood), 4400);
    assert_eq!(stand.counted("fragments"), 1);
    stand.is_well();
}

#[test]
fn sk27_a_message_that_is_never_finished_is_not_waited_for() {
    let stand = Stand::with(&["patience=1"]);
    let begun = [frame(0x82, &STEP1), frame(0x02, &[0])].concat();
    assert_eq!(stand.code_after(&begun), 4503, "a fragment and no end");
    assert_eq!(stand.code_after(&[0x82]), 4503, "half a header");
    let half = &frame(0x82, &[0; 100])[..50];
    assert_eq!(stand.code_after(half), 4503, "half a frame");
    assert_eq!(stand.counted("patience"), 3);
    stand.is_well();
}

#[test]
fn sk28_a_flood_of_pings_is_ended() {
    let stand = Stand::with(&["pings_burst=5", "pings_per_second=1"]);
    assert_eq!(stand.code_after(&[frame(0x82, &STEP1), frame(0x89, b"?").repeat(200)].concat()), 1008);
    assert_eq!(stand.counted("pings_per_second"), 1);
    stand.is_well();
}

#[test]
fn sk28_pongs_nobody_reads_are_not_gathered() {
    let stand = Stand::with(&["pings_burst=4000000000", "pings_per_second=4000000000", "stalled=0.5"]);
    let mut stream = stand.open();
    stream.set_write_timeout(Some(DEADLINE)).expect("a timeout");
    let flood = frame(0x89, &[7; 125]).repeat(500);
    // The server stops reading when its pongs are not taken, and lets go of who takes none.
    let sent = (0..10_000).take_while(|_| stream.write_all(&flood).is_ok()).count();
    assert!(sent < 10_000, "600 MB of pings were read");
    stand.until("counted", || stand.counted("stalled") >= 1);
    stand.is_well();
}

#[test]
fn sk29_every_violation_of_rfc_6455_ends_with_1002() {
    let stand = Stand::with(&[]);
    let first = |byte: u8| frame(byte, b"x");
    let mut cases: Vec<(String, Vec<u8>)> = vec![
        ("no mask".into(), vec![0x82, 1, 0]),
        ("fragmented ping".into(), first(0x09)),
        ("continuation of nothing".into(), first(0x80)),
        ("a message inside another".into(), [first(0x02), first(0x82)].concat()),
        ("a ping of 126 bytes".into(), vec![0x89, 0x80 | 126, 0, 126]),
        ("a length of 2^63".into(), announced(0x82, 1 << 63)),
        ("a close of one byte".into(), frame(0x88, &[3])),
    ];
    cases.extend([0x40, 0x20, 0x10].map(|bit| (format!("reserved bit {bit:#x}"), first(0x82 | bit))));
    cases.extend([3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(|opcode| (format!("opcode {opcode}"), first(0x80 | opcode))));
    cases.extend([0, 999, 1004, 1005, 1006, 1016, 2999, 5000].map(|code: u16| {
        let payload = code.to_be_bytes();
        (format!("close code {code}"), frame(0x88, &payload))
    }));
    for (name, bytes) in cases {
        assert_eq!(stand.code_after(&bytes), 1002, "{name}");
    }
    let not_text = frame(0x88, &[3, 0xe8, 0xff, 0xff]);
    assert!(matches!(stand.code_after(&not_text), 1002 | 1007), "a close that is not UTF-8");
    stand.is_well();
}

#[test]
fn sk29_what_came_before_a_violation_is_heard() {
    let stand = Stand::with(&[]);
    let update = {
        let doc = new_doc();
        let text = doc.get_or_insert_text("content");
        let mut transaction = doc.transact_mut();
        text.insert(&mut transaction, 0, "heard ");
        transaction.encode_update_v1()
    };
    let bytes = [frame(0x82, &message(&[tag::SYNC, tag::UPDATE], &update)), vec![0xff, 0xff]].concat();
    assert_eq!(stand.code_after(&bytes), 1002);
    stand.until("the edit is there", || stand.ada.text(&stand.document).contains("heard"));
}

#[test]
fn sk30_a_head_that_never_ends_is_not_waited_for() {
    let stand = Stand::with(&["request_head=2"]);
    for answered in ["", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"] {
        let mut stream = tcp(&stand.server);
        write!(stream, "{answered}").expect("sent");
        let mut seen = Vec::new();
        while !answered.is_empty() && !seen.ends_with(b"ok\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("an answer");
            seen.push(byte[0]);
        }
        write!(stream, "GET /healthz HTTP/1.1\r\nX-Slow: ").expect("sent");
        let mut end = Vec::new();
        stream.read_to_end(&mut end).ok();
        assert!(end.is_empty() || end.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&end));
    }
    assert_eq!(stand.counted("request_head"), 1, "the second; the first is counted by nobody but answered with 408");
}

#[test]
fn sk30_connections_that_ask_nothing_are_bounded() {
    let stand = Stand::with(&["connections_per_address=3"]);
    // Workers begin them in any order: which of the four is one too many is not said.
    let silent: Vec<TcpStream> = (0..4).map(|_| tcp(&stand.server)).collect();
    for stream in &silent {
        stream.set_nonblocking(true).expect("a setting");
    }
    stand.until("one of the four is refused", || silent.iter().any(is_over));
    assert_eq!(stand.counted("connections_per_address"), 1);
    drop(silent);
    stand.until("there is room again", || {
        let mut stream = tcp(&stand.server);
        let asked = write!(stream, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let mut answer = String::new();
        asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
    });
}

#[test]
fn sk31_a_body_that_does_not_come_is_not_waited_for() {
    let stand = Stand::with(&["patience=1"]);
    let mut stream = tcp(&stand.server);
    let url = &stand.server.url;
    write!(
        stream,
        "POST /api/login HTTP/1.1\r\nHost: {}\r\nOrigin: {url}\r\nX-Galley: 1\r\nContent-Type: application/json\r\n\
         Content-Length: 1000\r\n\r\n{{\"name\":",
        url.trim_start_matches("http://")
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert_eq!(stand.counted("patience"), 1);
}

#[test]
fn sk32_a_socket_that_says_nothing_is_closed_though_it_pings() {
    let stand = Stand::with(&["first_message=0.3", "pings_burst=4000000000", "pings_per_second=4000000000"]);
    assert_eq!(stand.code_after(&[]), 4503);
    let mut stream = stand.open();
    let mut heard = Vec::new();
    let mut chunk = [0; 4096];
    // A ping for every pong, until the server has had enough.
    while stream.write_all(&frame(0x89, b"?")).is_ok() {
        match stream.read(&mut chunk) {
            Ok(read) if read > 0 => heard.extend_from_slice(&chunk[..read]),
            _ => break,
        }
    }
    assert!(heard.windows(2).any(|pair| pair == 4503_u16.to_be_bytes()), "closed with its code");
    assert_eq!(stand.counted("first_message"), 2);
}

#[test]
fn sk33_a_peer_that_vanished_is_let_go() {
    let stand = Stand::with(&["dead=0.3", "ping=0.1"]);
    let mut stream = stand.open();
    stream.write_all(&frame(0x82, &STEP1)).expect("sent");
    // Nothing is read or written any more, and the connection stays open on this side.
    stand.until("noticed", || stand.counted("dead") == 1);
    stand.until("let go", || stand.server.state.metrics.connections.get() == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn sk34_a_reader_that_reads_nothing_costs_a_bounded_outbox_and_is_let_go() {
    let stand = Stand::with(&["lag=0.5", "stalled=3600", "outbox_bytes=65536", "bytes_burst=400000000", "ping=3600"]);
    let mut stuck = stand.open();
    stuck.write_all(&frame(0x82, &STEP1)).expect("sent");
    stand.until("in", || stand.server.state.metrics.connections.get() == 1);
    let mut writer = Peer::join(&stand.ada, &stand.document).await;
    // Buffers of the system hold a few megabytes before anything is stuck.
    let block = "0123456789abcdef".repeat(32 * 1024);
    let gone = || stand.counted("lag") > 0;
    for _ in 0..400 {
        if gone() {
            break;
        }
        writer.append(&block).await;
        writer.saved().await;
        writer.delete(5, u32::try_from(block.len()).expect("short")).await;
        writer.saved().await;
    }
    stand.until("let go", gone);
    stand.until("the writer is left", || stand.server.state.metrics.connections.get() == 1);
    assert!(stand.counted("outbox_bytes") >= 1, "it was sent nothing more while it lagged");
    writer.append("!").await;
    Peer::join(&stand.ada, &stand.document).await.shows("alive!").await;
}

#[test]
fn sk35_after_the_close_handshake_the_server_ends_the_connection() {
    let stand = Stand::with(&[]);
    let mut stream = stand.open();
    stream.write_all(&frame(0x88, &1000_u16.to_be_bytes())).expect("sent");
    // This side stays open; `rest` comes back when the other is closed.
    assert_eq!(code(&mut stream), 1000);
    stand.until("let go", || stand.server.state.metrics.connections.get() == 0);
}

#[test]
fn sk37_more_upgrades_than_a_second_takes_are_asked_to_wait() {
    for (limits, counted, is_ada) in [
        (&["upgrades_per_second=1"][..], "upgrades_per_second", true),
        (&["person_upgrades_per_second=1", "connections_per_person=1"], "person_upgrades_per_second", true),
        (&["address_upgrades_per_second=1", "connections_per_address=1"], "address_upgrades_per_second", false),
    ] {
        let stand = Stand::with(limits);
        let person = if is_ada { stand.ada.clone() } else { Person::stranger(&stand.server) };
        let refused = (0..20).find_map(|_| {
            let origin = [("origin", person.url.as_str())];
            let answer = person.send_raw("GET", &format!("/sync/{}", stand.document), &origin, "");
            (answer.status == 503).then_some(answer)
        });
        let refused = refused.unwrap_or_else(|| panic!("{counted}: twenty in a row do not take twenty seconds"));
        assert!(refused.headers["retry-after"].parse::<u32>().is_ok_and(|seconds| seconds >= 1));
        assert!(stand.counted(counted) >= 1, "{counted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sk39_sockets_are_bounded_by_person_address_and_document() {
    for (limit, counted) in [
        ("connections_per_person=1", "connections_per_person"),
        ("connections_per_address=1", "connections_per_address"),
        ("connections_per_document=1", "connections_per_document"),
    ] {
        let stand = Stand::with(&[limit, "person_upgrades_per_second=1000000"]);
        let _first = Peer::join(&stand.ada, &stand.document).await;
        let path = format!("/sync/{}", stand.document);
        match connect(&stand.ada, &path, true).await {
            Err(Error::Http(answer)) => assert_eq!(answer.status(), 503, "{limit}"),
            Ok(socket) => assert_eq!(Peer::on(socket, true).until_closed().await, Some(4503), "{limit}"),
            Err(error) => panic!("{limit}: {error}"),
        }
        assert_eq!(stand.counted(counted), 1, "{limit}");
    }
}

#[test]
fn sk40_sk41_neither_compression_nor_http_2_is_negotiated() {
    let stand = Stand::with(&[]);
    let host = stand.server.url.trim_start_matches("http://").to_owned();
    let asked = |head: &str| {
        let mut stream = tcp(&stand.server);
        stream.write_all(head.as_bytes()).expect("sent");
        stream.shutdown(Shutdown::Write).ok();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok();
        String::from_utf8_lossy(&answer).to_lowercase()
    };
    let upgrade = format!(
        "GET /sync/{} HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nCookie: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-webkit-deflate-frame\r\n\r\n",
        stand.document, stand.server.url, stand.ada.cookie
    );
    let answer = asked(&upgrade);
    assert!(answer.starts_with("http/1.1 101") && !answer.contains("sec-websocket-extensions"), "{answer}");
    let h2c = asked(&format!(
        "GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n"
    ));
    assert!(h2c.starts_with("http/1.1 200"), "{h2c}");
    let preface = asked("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    assert!(preface.is_empty() || preface.starts_with("http/1.1 4") || preface.starts_with("http/1.1 5"), "{preface}");
}

#[test]
fn the_echo_for_autobahn_is_nowhere_else() {
    let stand = Stand::with(&[]);
    assert_eq!(stand.ada.send("GET", "/echo", None).status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn sk44_who_writes_too_fast_is_slowed_and_then_let_go() {
    let fast = ["updates_burst=5", "updates_per_second=20", "flood=0.3"];
    let large = ["bytes_burst=500", "bytes_per_second=2000", "flood=0.3"];
    let together = ["document_bytes_per_second=2000"];
    let cases: [(&[&str], &[&str]); 3] = [
        (&fast, &["updates_per_second", "flood"]),
        (&large, &["bytes_per_second", "flood"]),
        (&together, &["document_bytes_per_second"]),
    ];
    for (limits, counted) in cases {
        let stand = Stand::with(limits);
        let mut peer = Peer::join(&stand.ada, &stand.document).await;
        for _ in 0..60 {
            peer.append(&"x".repeat(200)).await;
        }
        if counted.contains(&"flood") {
            assert_eq!(peer.until_closed().await, Some(4503), "{limits:?}");
        } else {
            peer.saved().await;
        }
        for limit in counted {
            assert!(stand.counted(limit) >= 1, "{limit}");
        }
    }
}
