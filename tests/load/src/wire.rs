//! A WebSocket client that costs next to nothing, so that the generator is never what is measured.
//!
//! Ten thousand sockets share one reading buffer; what is kept of a socket is what was not yet a whole message. Frames are
//! masked with zeros, which the server unmasks like any other key. Invariant: only bytes that were read or written are counted.

use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::net::TcpStream;

/// Read at once, for all sockets of this thread.
const BUFFER_BYTES: usize = 256 * 1024;
/// The answer to an upgrade.
const HEAD_BYTES_MAX: usize = 16 * 1024;

const CONTINUATION: u8 = 0;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;
const FINAL: u8 = 0x80;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; BUFFER_BYTES]);
}

/// Why a socket did not open.
#[derive(Debug)]
pub enum Refused {
    /// The server answered something else than 101, and when to come again if it said so.
    Answered {
        /// HTTP status.
        status: u16,
        /// `Retry-After`.
        again: Option<Duration>,
    },
    /// It did not answer.
    Io(io::Error),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::Answered { status, .. } => write!(f, "the upgrade was answered {status}"),
            Refused::Io(error) => write!(f, "the socket did not open: {error}"),
        }
    }
}

impl std::error::Error for Refused {}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Refused {
        Refused::Io(error)
    }
}

/// The writing half, and what went through both.
pub struct Line {
    stream: TcpStream,
    waiting: RefCell<Vec<u8>>,
    writing: Cell<bool>,
    /// Bytes read so far.
    pub received: Cell<u64>,
    /// Bytes written so far.
    pub sent: Cell<u64>,
}

/// The reading half.
pub struct Reader {
    line: Rc<Line>,
    heard: Vec<u8>,
    /// Fragments of a message whose end is still to come.
    begun: Vec<u8>,
}

/// Opens a socket.
pub async fn open(
    address: SocketAddr,
    path: &str,
    headers: &[(&'static str, String)],
) -> Result<(Reader, Rc<Line>), Refused> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut head = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        address.port()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let line = Rc::new(Line {
        stream,
        waiting: RefCell::default(),
        writing: Cell::default(),
        received: Cell::default(),
        sent: Cell::default(),
    });
    line.waiting.borrow_mut().extend_from_slice(head.as_bytes());
    line.flush().await?;
    let mut reader = Reader { line: line.clone(), heard: Vec::new(), begun: Vec::new() };
    reader.upgraded().await?;
    Ok((reader, line))
}

impl Line {
    /// Sends one message; returns when the system has taken all of it.
    pub async fn send(&self, message: &[u8]) -> io::Result<()> {
        frame(FINAL | BINARY, message, &mut self.waiting.borrow_mut());
        self.flush().await
    }

    /// Sends frames that [`framed`] made.
    pub async fn send_framed(&self, frames: &[u8]) -> io::Result<()> {
        self.waiting.borrow_mut().extend_from_slice(frames);
        self.flush().await
    }

    async fn flush(&self) -> io::Result<()> {
        // Whoever is writing already takes what is waiting along.
        while !self.waiting.borrow().is_empty() && !self.writing.get() {
            let bytes = self.waiting.take();
            self.writing.set(true);
            let written = self.write(&bytes).await;
            self.writing.set(false);
            written?;
        }
        Ok(())
    }

    async fn write(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.stream.try_write(bytes) {
                Ok(written) => {
                    self.sent.set(self.sent.get() + written as u64);
                    bytes = &bytes[written..];
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.stream.writable().await?,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// A message as it goes over the wire, for those that are sent many at once.
pub fn framed(message: &[u8], out: &mut Vec<u8>) {
    frame(FINAL | BINARY, message, out);
}

fn frame(first: u8, payload: &[u8], out: &mut Vec<u8>) {
    out.push(first);
    match payload.len() {
        len @ ..126 => out.push(0x80 | len as u8),
        len @ ..=0xffff => {
            out.push(0x80 | 126);
            out.extend_from_slice(&(len as u16).to_be_bytes());
        }
        len => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

impl Reader {
    /// Reads once and gives each whole message to `each`; `false` when the socket has ended.
    pub async fn next(&mut self, each: &mut impl FnMut(&[u8])) -> bool {
        match self.read_once(each).await {
            Ok(Outcome::Open) => {}
            Ok(Outcome::Ended) | Err(_) => return false,
        }
        // Pongs.
        self.line.flush().await.is_ok()
    }

    async fn read_once(&mut self, each: &mut impl FnMut(&[u8])) -> io::Result<Outcome> {
        loop {
            self.line.stream.readable().await?;
            let outcome = BUFFER.with_borrow_mut(|buffer| match self.line.stream.try_read(buffer) {
                Ok(0) => Ok(Some(Outcome::Ended)),
                Ok(read) => Ok(Some(self.take(&buffer[..read], each))),
                Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
                Err(error) => Err(error),
            })?;
            if let Some(outcome) = outcome {
                return Ok(outcome);
            }
        }
    }

    fn take(&mut self, bytes: &[u8], each: &mut impl FnMut(&[u8])) -> Outcome {
        self.line.received.set(self.line.received.get() + bytes.len() as u64);
        if self.heard.is_empty() {
            let (used, outcome) = parse(bytes, &mut self.begun, &self.line, each);
            self.heard.extend_from_slice(&bytes[used..]);
            return outcome;
        }
        self.heard.extend_from_slice(bytes);
        let (used, outcome) = parse(&self.heard, &mut self.begun, &self.line, each);
        self.heard.drain(..used);
        if self.heard.is_empty() {
            // Most sockets are idle; none keeps room for what it once was sent.
            self.heard = Vec::new();
        }
        outcome
    }

    async fn upgraded(&mut self) -> Result<(), Refused> {
        let mut head = Vec::new();
        let end = loop {
            if let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            if head.len() > HEAD_BYTES_MAX {
                return Err(io::Error::from(ErrorKind::InvalidData).into());
            }
            self.line.stream.readable().await?;
            let mut piece = [0; 1024];
            match self.line.stream.try_read(&mut piece) {
                Ok(0) => return Err(io::Error::from(ErrorKind::UnexpectedEof).into()),
                Ok(read) => head.extend_from_slice(&piece[..read]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        };
        self.line.received.set(self.line.received.get() + head.len() as u64);
        let text = String::from_utf8_lossy(&head[..end]).to_ascii_lowercase();
        let status = text.split_whitespace().nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        if status != 101 {
            let again = text.lines().find_map(|line| line.strip_prefix("retry-after:")?.trim().parse().ok());
            return Err(Refused::Answered { status, again: again.map(Duration::from_secs) });
        }
        self.heard = head.split_off(end);
        Ok(())
    }

    /// Messages that came in one piece with the answer to the upgrade.
    pub fn early(&mut self, each: &mut impl FnMut(&[u8])) {
        let (used, _) = parse(&self.heard, &mut self.begun, &self.line, each);
        self.heard.drain(..used);
    }
}

enum Outcome {
    Open,
    Ended,
}

/// Every whole frame; how many bytes they took.
fn parse(bytes: &[u8], begun: &mut Vec<u8>, line: &Line, each: &mut impl FnMut(&[u8])) -> (usize, Outcome) {
    let mut used = 0;
    while let Some((first, payload)) = whole(&bytes[used..]) {
        let message = &bytes[used + payload.start..used + payload.end];
        used += payload.end;
        match (first & 0x0f, first & FINAL != 0) {
            (BINARY, true) => each(message),
            (BINARY | CONTINUATION, false) => begun.extend_from_slice(message),
            (CONTINUATION, true) => {
                begun.extend_from_slice(message);
                each(begun);
                *begun = Vec::new();
            }
            (PING, _) => frame(FINAL | PONG, message, &mut line.waiting.borrow_mut()),
            (CLOSE, _) => return (used, Outcome::Ended),
            _ => {}
        }
    }
    (used, Outcome::Open)
}

/// The first byte of the frame in front and where its payload is, if it is all there.
fn whole(bytes: &[u8]) -> Option<(u8, std::ops::Range<usize>)> {
    let (first, second) = (*bytes.first()?, *bytes.get(1)?);
    let (len, start) = match second & 0x7f {
        126 => (u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?).into(), 4),
        127 => (u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?), 10),
        len => (len.into(), 2),
    };
    let end = start + usize::try_from(len).ok()?;
    (bytes.len() >= end).then_some((first, start..end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_every_length_are_found() {
        for len in [0, 1, 125, 126, 0xffff, 0x1_0000] {
            let mut bytes = Vec::new();
            frame(FINAL | BINARY, &vec![7; len], &mut bytes);
            // A server does not mask: the same without the key.
            let key = bytes.len() - len - 4;
            bytes.drain(key..key + 4);
            bytes[1] &= 0x7f;
            let (first, payload) = whole(&bytes).expect("whole");
            assert_eq!((first, payload.len(), payload.end), (FINAL | BINARY, len, bytes.len()));
            assert!(whole(&bytes[..bytes.len() - 1]).is_none());
        }
    }
}
