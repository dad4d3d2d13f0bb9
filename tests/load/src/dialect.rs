//! What the servers speak: y-websocket, `galley.v1`, Hocuspocus' framing of it, and the relay, which speaks nothing.

use peer::message;

/// How messages are wrapped for a server and what it adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Updates go to everybody; nobody answers a Step1.
    Bare,
    /// The stock protocol.
    Yjs,
    /// The stock protocol, and acks, and large messages packed.
    Galley,
    /// The stock protocol behind the document's name.
    Hocuspocus(String),
}

/// A message that was heard.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard<'a> {
    /// The server asks what it lacks.
    Step1,
    /// What the server has: an update.
    Step2(&'a [u8]),
    /// Somebody's edit, or several.
    Update(&'a [u8]),
    /// So many writes of this socket are settled.
    Ack(u64),
    /// A write was refused, with this code.
    Nack(u64),
    /// Anything else.
    Other,
}

const SYNC: u8 = 0;
const STEP1: u8 = 0;
const STEP2: u8 = 1;
const UPDATE: u8 = 2;
const ACK: u64 = 112;
const NACK: u64 = 113;
const PACKED: u64 = 121;
/// Hocuspocus: Auth with a token, its reply to a Step1, and its ping.
const AUTH: u8 = 2;
const TOKEN: u8 = 0;
const SYNC_REPLY: u64 = 4;

impl Dialect {
    /// What a client says first, a message each.
    pub fn hello(&self) -> Vec<Vec<u8>> {
        let step1 = self.wrapped(message(&[SYNC, STEP1], &[0]));
        match self {
            Dialect::Bare => Vec::new(),
            Dialect::Yjs | Dialect::Galley => vec![step1],
            Dialect::Hocuspocus(_) => vec![self.wrapped(message(&[AUTH, TOKEN], b"load")), step1],
        }
    }

    /// An edit.
    pub fn update(&self, update: &[u8]) -> Vec<u8> {
        self.wrapped(message(&[SYNC, UPDATE], update))
    }

    /// The answer to the server's Step1: nothing it lacks.
    pub fn nothing(&self) -> Vec<u8> {
        self.wrapped(message(&[SYNC, STEP2], &[0, 0]))
    }

    /// Whether somebody who comes is told the state.
    pub fn has_state(&self) -> bool {
        *self != Dialect::Bare
    }

    fn wrapped(&self, inner: Vec<u8>) -> Vec<u8> {
        match self {
            Dialect::Hocuspocus(name) => [message(&[], name.as_bytes()), inner].concat(),
            _ => inner,
        }
    }

    /// Reads one message; `unpacked` is where a packed one is unpacked to.
    pub fn read<'a>(&self, bytes: &'a [u8], unpacked: &'a mut Vec<u8>) -> Heard<'a> {
        match self {
            Dialect::Galley if bytes.first() == Some(&(PACKED as u8)) => {
                unpacked.clear();
                let inner = Reading(bytes).packed();
                let read = inner
                    .map(|inner| std::io::Read::read_to_end(&mut flate2::read::DeflateDecoder::new(inner), unpacked));
                match read {
                    Some(Ok(_)) => Reading(unpacked).heard().unwrap_or(Heard::Other),
                    _ => Heard::Other,
                }
            }
            Dialect::Hocuspocus(_) => {
                let mut reading = Reading(bytes);
                reading.bytes().and_then(|_| reading.heard()).unwrap_or(Heard::Other)
            }
            _ => Reading(bytes).heard().unwrap_or(Heard::Other),
        }
    }
}

/// lib0's integers and strings.
struct Reading<'a>(&'a [u8]);

impl<'a> Reading<'a> {
    fn heard(&mut self) -> Option<Heard<'a>> {
        Some(match self.varuint()? {
            0 | SYNC_REPLY => match self.varuint()? {
                0 => Heard::Step1,
                1 => Heard::Step2(self.bytes()?),
                _ => Heard::Update(self.bytes()?),
            },
            ACK => Heard::Ack(self.varuint()?),
            NACK => {
                self.varuint()?;
                Heard::Nack(self.varuint()?)
            }
            _ => Heard::Other,
        })
    }

    fn packed(&mut self) -> Option<&'a [u8]> {
        self.varuint()?;
        (self.varuint()? == 1).then(|| self.bytes())?
    }

    fn varuint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(self.varuint()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dialect_reads_what_it_writes() {
        let hocuspocus = Dialect::Hocuspocus("a name".into());
        for dialect in [Dialect::Yjs, Dialect::Galley, hocuspocus] {
            let (sent, mut unpacked) = (dialect.update(&[7; 300]), Vec::new());
            assert_eq!(dialect.read(&sent, &mut unpacked), Heard::Update(&[7; 300]), "{dialect:?}");
            let hello = dialect.hello();
            assert_eq!(dialect.read(hello.last().expect("one"), &mut unpacked), Heard::Step1);
        }
        assert_eq!(Dialect::Galley.read(&[112, 0x80, 1], &mut Vec::new()), Heard::Ack(128));
        assert_eq!(Dialect::Galley.read(&[112, 0x80], &mut Vec::new()), Heard::Other);
    }

    #[test]
    fn packed_messages_are_unpacked() {
        let inner = Dialect::Galley.update(&[9; 5_000]);
        let mut encoder = flate2::read::DeflateEncoder::new(&inner[..], flate2::Compression::fast());
        let mut packed = Vec::new();
        std::io::Read::read_to_end(&mut encoder, &mut packed).expect("packs");
        let sent = message(&[PACKED as u8, 1], &packed);
        assert_eq!(Dialect::Galley.read(&sent, &mut Vec::new()), Heard::Update(&[9; 5_000]));
    }
}
