//! RFC 6455 by hand over bare TCP: what a WebSocket library would never let us send.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::support::{Person, fresh, tcp};

/// Sends the upgrade and reads its answer.
pub fn upgrade(stream: &mut TcpStream, person: &Person, document: &str) {
    let host = person.url.trim_start_matches("http://");
    write!(
        stream,
        "GET /sync/{document} HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nCookie: {}\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        person.url, person.cookie
    )
    .expect("the upgrade is sent");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("an answer");
        answer.push(byte[0]);
    }
    let answer = String::from_utf8(answer).expect("text");
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    assert!(!answer.to_lowercase().contains("sec-websocket-extensions"), "no compression is negotiated");
}

/// A masked client frame (mask zero).
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first, 0x80 | u8::try_from(payload.len()).expect("short")];
    bytes.extend([0; 4]);
    bytes.extend(payload);
    bytes
}

/// Everything until the server hangs up: (opcode, payload).
pub fn rest(stream: &mut TcpStream) -> Vec<(u8, Vec<u8>)> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok();
    let mut frames = Vec::new();
    let mut at = 0;
    while at + 2 <= bytes.len() {
        let short = usize::from(bytes[at + 1] & 0x7f);
        let (len, start) = match short {
            126 => (usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]])), at + 4),
            127 => unreachable!("nothing that long is sent here"),
            len => (len, at + 2),
        };
        frames.push((bytes[at] & 0x0f, bytes[start..(start + len).min(bytes.len())].to_vec()));
        at = start + len;
    }
    frames
}

/// The frames sent by the client, and what the server must do.
fn case(name: &str, bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("alive");
    let mut stream = tcp(&server);
    upgrade(&mut stream, &ada, &document);
    stream.write_all(bytes).expect(name);
    let frames = rest(&mut stream);
    assert_eq!(ada.text(&document), "alive", "{name}: the server goes on");
    frames
}

#[test]
fn sk8_protocol_violations_end_the_socket_with_a_close() {
    let unmasked = [0x82, 1, 0].to_vec();
    let cases: [(&str, Vec<u8>); 9] = [
        ("unmasked frame", unmasked),
        ("reserved bit", frame(0xc2, b"x")),
        ("reserved opcode 3", frame(0x83, b"x")),
        ("reserved control opcode 11", frame(0x8b, b"x")),
        ("fragmented ping", frame(0x09, b"x")),
        ("continuation without a start", frame(0x80, b"x")),
        ("a new message inside another", [frame(0x02, b"x"), frame(0x82, b"y")].concat()),
        ("text", frame(0x81, b"hello")),
        ("malformed sync message", frame(0x82, &[0, 2, 0xff, 0xff, 0xff])),
    ];
    for (name, bytes) in cases {
        let frames = case(name, &bytes);
        let (opcode, payload) = frames.last().unwrap_or_else(|| panic!("{name}: no close frame"));
        assert_eq!(*opcode, 8, "{name}: {frames:?}");
        let code = u16::from_be_bytes([payload[0], payload[1]]);
        assert!(matches!(code, 1002 | 4400), "{name}: {code}");
    }
}

#[test]
fn pings_are_answered_and_a_close_is_returned() {
    let frames = case("ping, close", &[frame(0x89, b"are you there"), frame(0x88, &[0x03, 0xe8])].concat());
    assert!(frames.contains(&(10, b"are you there".to_vec())), "{frames:?}");
    assert_eq!(frames.last().map(|(opcode, _)| *opcode), Some(8), "{frames:?}");
}

#[test]
fn a_message_may_come_in_pieces_with_pings_between() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("in pieces");
    let mut stream = tcp(&server);
    upgrade(&mut stream, &ada, &document);
    // SyncStep1 with an empty state vector: 00 00 01 00.
    let pieces = [frame(0x02, &[0]), frame(0x00, &[0, 1]), frame(0x89, b"p"), frame(0x80, &[0])];
    stream.write_all(&pieces.concat()).expect("sent");
    let mut received = Vec::new();
    while !received.windows(9).any(|window| window == b"in pieces") {
        let mut chunk = [0; 1024];
        let count = stream.read(&mut chunk).expect("an answer");
        assert!(count > 0, "the socket ended before the Step2");
        received.extend_from_slice(&chunk[..count]);
    }
}
