//! A peer: a real Y.Doc behind a real socket, in either dialect.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, Text, TextRef, Transact, Update};

use crate::{DEADLINE, Person};

/// Message types of the wire.
pub mod tag {
    #![allow(missing_docs)]
    pub const SYNC: u8 = 0;
    pub const STEP1: u8 = 0;
    pub const STEP2: u8 = 1;
    pub const UPDATE: u8 = 2;
    pub const AWARENESS: u8 = 1;
    pub const ACK: u64 = 112;
    pub const NACK: u64 = 113;
    pub const GRANT: u64 = 114;
    pub const PACKED: u64 = 121;
}

/// What came of listening for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Heard {
    /// A message, or a ping.
    Something,
    /// Not a byte.
    Nothing,
    /// The socket has ended.
    End,
}

/// A tab.
pub struct Peer {
    doc: Doc,
    text: TextRef,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Writes sent on this socket.
    pub sent: u64,
    /// Writes the server settled.
    pub acked: u64,
    /// Nacks: (which write, code).
    pub nacks: Vec<(u64, u64)>,
    /// Role numbers granted so far.
    pub grants: Vec<u64>,
    /// Bytes of awareness messages, as they came.
    pub awareness: Vec<Bytes>,
    /// Whether the server's answer to our Step1 is here.
    pub synced: bool,
    /// How the server closed the socket.
    pub closed: Option<u16>,
    galley: bool,
}

impl Peer {
    /// Joins with `galley.v1`; returns when the server's state is here.
    pub async fn join(person: &Person, document: &str) -> Peer {
        Peer::join_with(person, document, true, new_doc()).await
    }

    /// Joins as a stock y-websocket client.
    pub async fn stock(person: &Person, document: &str) -> Peer {
        Peer::join_with(person, document, false, new_doc()).await
    }

    /// Joins with a document that already has content.
    pub async fn join_with(person: &Person, document: &str, galley: bool, doc: Doc) -> Peer {
        let mut peer = Peer::open(person, document, galley, doc).await.expect("the upgrade is accepted");
        peer.until("synced", |peer| peer.synced).await;
        peer
    }

    /// Opens the socket and says hello; the error is the refused upgrade.
    pub async fn open(person: &Person, document: &str, galley: bool, doc: Doc) -> Result<Peer, Error> {
        let socket = connect(person, &format!("/sync/{document}"), galley).await?;
        Ok(Peer::over(socket, galley, doc).await)
    }

    /// Says hello on a socket that is open.
    pub async fn over(socket: WebSocketStream<MaybeTlsStream<TcpStream>>, galley: bool, doc: Doc) -> Peer {
        let mut peer = Peer::with(socket, galley, doc);
        let vector = peer.doc.transact().state_vector().encode_v1();
        peer.send(message(&[tag::SYNC, tag::STEP1], &vector)).await;
        peer
    }

    /// A tab with an empty document on a socket that is open.
    pub fn on(socket: WebSocketStream<MaybeTlsStream<TcpStream>>, galley: bool) -> Peer {
        Peer::with(socket, galley, new_doc())
    }

    fn with(socket: WebSocketStream<MaybeTlsStream<TcpStream>>, galley: bool, doc: Doc) -> Peer {
        let text = doc.get_or_insert_text("content");
        Peer {
            doc,
            text,
            socket,
            sent: 0,
            acked: 0,
            nacks: Vec::new(),
            grants: Vec::new(),
            awareness: Vec::new(),
            synced: false,
            closed: None,
            galley,
        }
    }

    /// What this tab shows.
    pub fn content(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    /// The client id this tab types under.
    pub fn client(&self) -> u64 {
        self.doc.client_id().get()
    }

    /// The port of this end of the socket.
    pub fn port(&self) -> Option<u16> {
        let MaybeTlsStream::Plain(socket) = self.socket.get_ref() else { return None };
        socket.local_addr().ok().map(|address| address.port())
    }

    /// Leaves; the document stays with the caller, as in a tab that lost its network.
    pub fn leave(self) -> Doc {
        self.doc
    }

    /// Inserts at a UTF-16 offset and sends the update.
    pub async fn insert(&mut self, at: u32, text: &str) {
        let update = {
            let mut transaction = self.doc.transact_mut();
            self.text.insert(&mut transaction, at, text);
            transaction.encode_update_v1()
        };
        self.update(&update).await;
    }

    /// Types at the end.
    pub async fn append(&mut self, text: &str) {
        let end = self.text.len(&self.doc.transact());
        self.insert(end, text).await;
    }

    /// Deletes and sends the update.
    pub async fn delete(&mut self, at: u32, len: u32) {
        let update = {
            let mut transaction = self.doc.transact_mut();
            self.text.remove_range(&mut transaction, at, len);
            transaction.encode_update_v1()
        };
        self.update(&update).await;
    }

    /// Sends bytes as an Update message.
    pub async fn update(&mut self, update: &[u8]) {
        self.sent += 1;
        self.send(message(&[tag::SYNC, tag::UPDATE], update)).await;
    }

    /// Sends a whole message; an already closed socket is noticed when reading.
    pub async fn send(&mut self, bytes: Vec<u8>) {
        self.socket.send(Message::binary(bytes)).await.ok();
    }

    /// Sends anything.
    pub async fn raw(&mut self, message: Message) {
        self.socket.send(message).await.ok();
    }

    /// Reads messages until the condition holds; fails the test at the deadline or when the socket ends first.
    pub async fn until(&mut self, what: &str, condition: impl Fn(&Peer) -> bool) {
        let waiting = async {
            while !condition(self) {
                assert!(self.step().await || condition(self), "the socket ended ({:?}) before: {what}", self.closed);
            }
        };
        assert!(timeout(DEADLINE, waiting).await.is_ok(), "never: {what}");
    }

    /// Everything sent is settled.
    pub async fn saved(&mut self) {
        assert!(self.galley, "stock clients are not told");
        self.until("everything is acked", |peer| peer.acked >= peer.sent).await;
    }

    /// The content is exactly this.
    pub async fn shows(&mut self, text: &str) {
        let shown = tokio::time::timeout(DEADLINE, self.wait(|peer| peer.content() == text)).await;
        assert!(shown == Ok(true), "shows {:?}, not {text:?}; closed: {:?}", self.content(), self.closed);
    }

    /// Reads until the server closes; the code.
    pub async fn until_closed(&mut self) -> Option<u16> {
        let ending = async { while self.step().await {} };
        assert!(timeout(DEADLINE, ending).await.is_ok(), "never closed");
        self.closed
    }

    /// Reads until the condition holds; `false` if the socket ended before.
    pub async fn wait(&mut self, condition: impl Fn(&Peer) -> bool) -> bool {
        while !condition(self) {
            if !self.step().await {
                return condition(self);
            }
        }
        true
    }

    /// Takes one message, if one comes in time.
    pub async fn hear(&mut self, patience: Duration) -> Heard {
        let Ok(next) = timeout(patience, self.socket.next()).await else { return Heard::Nothing };
        if self.take(next).await { Heard::Something } else { Heard::End }
    }

    /// Takes one message; `false` at the end.
    async fn step(&mut self) -> bool {
        let next = self.socket.next().await;
        self.take(next).await
    }

    async fn take(&mut self, next: Option<Result<Message, Error>>) -> bool {
        match next {
            Some(Ok(Message::Binary(bytes))) => self.receive(&bytes).await,
            Some(Ok(Message::Close(frame))) => {
                self.closed = frame.map(|CloseFrame { code, .. }| code.into());
                return false;
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return false,
        }
        true
    }

    async fn receive(&mut self, bytes: &Bytes) {
        let mut reader = Reader(bytes);
        match reader.varuint() {
            0 => self.receive_sync(&mut reader).await,
            1 => self.awareness.push(bytes.clone()),
            tag::ACK => self.acked = reader.varuint(),
            tag::NACK => {
                let nack = (reader.varuint(), reader.varuint());
                self.nacks.push(nack);
            }
            tag::GRANT => {
                let role = reader.varuint();
                self.grants.push(role);
            }
            tag::PACKED => {
                assert_eq!(reader.varuint(), 1, "deflate-raw");
                let inner = inflate(reader.bytes());
                Box::pin(self.receive(&Bytes::from(inner))).await;
            }
            other => assert!(self.galley || other < 4, "an un-negotiated message {other} to a stock client"),
        }
    }

    async fn receive_sync(&mut self, reader: &mut Reader<'_>) {
        match reader.varuint() {
            0 => {
                let vector = StateVector::decode_v1(reader.bytes()).expect("the server's state vector");
                let missing = self.doc.transact().encode_diff_v1(&vector);
                self.sent += 1;
                self.send(message(&[tag::SYNC, tag::STEP2], &missing)).await;
            }
            kind => {
                let update = Update::decode_v1(reader.bytes()).expect("the server's update");
                self.doc.transact_mut().apply_update(update).expect("applies");
                assert!(!self.doc.transact().has_missing_updates(), "an update came before what it builds on");
                self.synced |= kind == 1;
            }
        }
    }
}

/// Opens a socket as this person's browser would.
pub async fn connect(
    person: &Person,
    path: &str,
    galley: bool,
) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, Error> {
    let mut headers = HashMap::from([("origin", person.url.as_str())]);
    if !person.cookie.is_empty() {
        headers.insert("cookie", &person.cookie);
    }
    if galley {
        headers.insert("sec-websocket-protocol", "galley.v1");
    }
    connect_with(&person.url, path, &headers).await
}

/// Opens a socket with exactly these headers.
pub async fn connect_with(
    site: &str,
    path: &str,
    headers: &HashMap<&'static str, &str>,
) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, Error> {
    let mut request = format!("{}{path}", site.replacen("http", "ws", 1)).into_client_request()?;
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().expect("a header value"));
    }
    tokio_tungstenite::connect_async_with_config(request, None, true).await.map(|(socket, _)| socket)
}

/// A tab's document: UTF-16 offsets, as in a browser.
pub fn new_doc() -> Doc {
    Doc::with_options(Options { offset_kind: OffsetKind::Utf16, ..Options::default() })
}

/// Type bytes and a length-prefixed payload.
pub fn message(kind: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_vec();
    let mut len = payload.len();
    while len >= 0x80 {
        bytes.push(len as u8 | 0x80);
        len >>= 7;
    }
    bytes.push(len as u8);
    bytes.extend_from_slice(payload);
    bytes
}

fn inflate(packed: &[u8]) -> Vec<u8> {
    let mut inner = Vec::new();
    let mut decoder = flate2::read::DeflateDecoder::new(packed);
    std::io::Read::read_to_end(&mut decoder, &mut inner).expect("inflates");
    inner
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn varuint(&mut self) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let (byte, rest) = self.0.split_first().expect("the server's messages are whole");
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        value
    }

    fn bytes(&mut self) -> &'a [u8] {
        let len = usize::try_from(self.varuint()).expect("a length");
        let (bytes, rest) = self.0.split_at(len);
        self.0 = rest;
        bytes
    }
}
