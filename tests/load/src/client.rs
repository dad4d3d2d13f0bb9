//! One client: a real y-websocket conversation, with markers in the text instead of a second clock.
//!
//! Writers own a Y.Doc and insert `[writer.number]`; readers find the markers in the bytes they receive, so a reader
//! costs the generator nothing but a search.

use futures_util::{SinkExt, StreamExt};
use peer::message;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use yrs::{Doc, Text, TextRef, Transact};

use crate::Error;
use crate::target::Target;

/// A connected socket.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Message types this client reads or writes.
pub const SYNC: u8 = 0;
const STEP2: u8 = 1;
const UPDATE: u8 = 2;
/// Ack(n) of `galley.v1`.
pub const ACK: u8 = 112;

/// Opens a socket and says hello as a stock provider does.
pub async fn connect(target: &Target) -> Result<Socket, Error> {
    let mut request = target.url.as_str().into_client_request()?;
    for (name, value) in &target.headers {
        request.headers_mut().insert(*name, HeaderValue::from_str(value)?);
    }
    if let Some(name) = target.subprotocol {
        request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static(name));
    }
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await?;
    if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
        stream.set_nodelay(true)?;
    }
    // Step1 with an empty state vector.
    socket.send(Message::binary(vec![SYNC, 0, 1, 0])).await?;
    Ok(socket)
}

/// The text a writer makes.
pub struct Writer {
    doc: Doc,
    text: TextRef,
    id: usize,
    written: usize,
}

impl Writer {
    /// An empty document of its own; the server merges it with everybody's.
    pub fn new(id: usize) -> Writer {
        let doc = Doc::new();
        let text = doc.get_or_insert_text("content");
        Writer { doc, text, id, written: 0 }
    }

    /// The next edit as one Update message, and its marker.
    pub fn edit(&mut self) -> (Vec<u8>, Marker) {
        let marker = Marker { writer: self.id, number: self.written };
        self.written += 1;
        let mut transaction = self.doc.transact_mut();
        let end = self.text.len(&transaction);
        self.text.insert(&mut transaction, end, &marker.to_string());
        (message(&[SYNC, UPDATE], &transaction.encode_update_v1()), marker)
    }

    /// What a provider answers to the server's Step1 before it has written: nothing.
    pub fn hello(&self) -> Vec<u8> {
        message(&[SYNC, STEP2], &[0, 0])
    }
}

/// Names one edit inside the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Marker {
    /// Who wrote it.
    pub writer: usize,
    /// Counted from 0.
    pub number: usize,
}

impl std::fmt::Display for Marker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{}.{}]", self.writer, self.number)
    }
}

/// Every marker in a message; several when the server merged edits.
pub fn markers(message: &[u8]) -> Vec<Marker> {
    let mut found = Vec::new();
    for part in message.split(|byte| *byte == b'[').skip(1) {
        let Some(end) = part.iter().position(|byte| *byte == b']') else {
            continue;
        };
        let Ok(inside) = std::str::from_utf8(&part[..end]) else {
            continue;
        };
        let Some((writer, number)) = inside.split_once('.') else {
            continue;
        };
        if let (Ok(writer), Ok(number)) = (writer.parse(), number.parse()) {
            found.push(Marker { writer, number });
        }
    }
    found
}

/// The next binary message; `None` when the socket ended.
pub async fn receive(
    socket: &mut (impl StreamExt<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin),
) -> Option<bytes::Bytes> {
    loop {
        match socket.next().await? {
            Ok(Message::Binary(bytes)) => return Some(bytes),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// A lib0 varuint, and how many bytes it took.
pub fn varuint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(8).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_survive_the_wire() {
        let mut writer = Writer::new(7);
        let (first, marker) = writer.edit();
        assert_eq!(markers(&first), [marker]);
        let (second, next) = writer.edit();
        assert_eq!(next, Marker { writer: 7, number: 1 });
        assert_eq!(markers(&[first, second].concat()), [marker, next]);
        assert_eq!(markers(b"[x.1][1.][2.3"), []);
    }
}
