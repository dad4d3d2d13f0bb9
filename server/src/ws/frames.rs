//! Looks at WebSocket frame headers before actix-ws buffers what follows them.
//!
//! actix-ws keeps a frame's bytes until the frame is whole and checks its size only then (4 -> 604 MB of memory measured
//! for one announced giant). Invariant: a frame that may not pass is refused at its header, whatever the chunking of
//! the bytes; bytes of incomplete messages are counted across all sockets. Next: `ws.rs`, which wraps the payload.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Fragments one message may come in: honest clients send one, proxies a few.
const FRAGMENTS_MAX: u32 = 4_096;

/// Why the socket ends here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A frame or message above the limit was announced.
    Oversized,
    /// A message in too many pieces.
    Shredded,
    /// All sockets together hold too many incomplete bytes.
    Crowded,
}

/// Bytes of incomplete messages over all sockets.
#[derive(Clone)]
pub struct Unfinished {
    bytes: Arc<AtomicUsize>,
    max: usize,
}

impl Unfinished {
    /// None yet.
    pub fn new(max: usize) -> Unfinished {
        Unfinished { bytes: Arc::default(), max }
    }

    /// How many there are.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// Follows one socket's bytes from header to header.
pub struct FrameGuard {
    message_bytes_max: usize,
    unfinished: Unfinished,
    /// What this socket has put into `unfinished`.
    held: usize,
    header: Header,
    payload_left: u64,
    /// Of the message being received, over its fragments so far.
    message_bytes: u64,
    fragments: u32,
    /// Whether the current frame is control, or ends a message.
    current: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Control,
    Middle,
    Last,
}

/// Header bytes as they trickle in; at most 14.
#[derive(Default)]
struct Header {
    bytes: [u8; 14],
    filled: usize,
}

impl Header {
    /// Length of the whole header as far as the bytes so far tell.
    fn needed(&self) -> usize {
        if self.filled < 2 {
            return 2;
        }
        let extended = match self.bytes[1] & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let mask = if self.bytes[1] & 0x80 != 0 { 4 } else { 0 };
        2 + extended + mask
    }

    fn payload_len(&self) -> u64 {
        match self.bytes[1] & 0x7f {
            126 => u64::from(u16::from_be_bytes([self.bytes[2], self.bytes[3]])),
            127 => self.bytes[2..10].iter().fold(0, |len, byte| len << 8 | u64::from(*byte)),
            short => u64::from(short),
        }
    }
}

impl FrameGuard {
    /// At the start of a socket.
    pub fn new(message_bytes_max: usize, unfinished: Unfinished) -> FrameGuard {
        FrameGuard {
            message_bytes_max,
            unfinished,
            held: 0,
            header: Header::default(),
            payload_left: 0,
            message_bytes: 0,
            fragments: 0,
            current: Kind::Last,
        }
    }

    /// Looks at the next bytes of the socket. After an error the socket must not be read again.
    pub fn feed(&mut self, mut bytes: &[u8]) -> Result<(), Violation> {
        while !bytes.is_empty() {
            if self.payload_left > 0 {
                let passed = bytes.len().min(usize::try_from(self.payload_left).unwrap_or(usize::MAX));
                bytes = &bytes[passed..];
                self.payload(passed)?;
                continue;
            }
            self.header.bytes[self.header.filled] = bytes[0];
            self.header.filled += 1;
            bytes = &bytes[1..];
            if self.header.filled == self.header.needed() {
                self.header_complete()?;
            }
        }
        Ok(())
    }

    fn header_complete(&mut self) -> Result<(), Violation> {
        let Header { bytes, .. } = self.header;
        let (last, opcode) = (bytes[0] & 0x80 != 0, bytes[0] & 0x0f);
        self.payload_left = self.header.payload_len();
        self.header.filled = 0;
        self.current = match (opcode, last) {
            (8.., _) => Kind::Control,
            (_, false) => Kind::Middle,
            (_, true) => Kind::Last,
        };
        if self.current != Kind::Control {
            self.message_bytes = self.message_bytes.saturating_add(self.payload_left);
            self.fragments += 1;
        }
        let max = if self.current == Kind::Control { 125 } else { self.message_bytes_max as u64 };
        if self.payload_left > max || self.message_bytes > self.message_bytes_max as u64 {
            return Err(Violation::Oversized);
        }
        if self.fragments > FRAGMENTS_MAX {
            return Err(Violation::Shredded);
        }
        if self.payload_left == 0 {
            self.frame_complete()
        }
        Ok(())
    }

    fn payload(&mut self, passed: usize) -> Result<(), Violation> {
        self.payload_left -= passed as u64;
        if self.current != Kind::Control {
            self.held += passed;
            let all = self.unfinished.bytes.fetch_add(passed, Ordering::Relaxed) + passed;
            if all > self.unfinished.max {
                return Err(Violation::Crowded);
            }
        }
        if self.payload_left == 0 {
            self.frame_complete()
        }
        Ok(())
    }

    fn frame_complete(&mut self) {
        if self.current == Kind::Last {
            self.release();
            self.message_bytes = 0;
            self.fragments = 0;
        }
    }

    fn release(&mut self) {
        self.unfinished.bytes.fetch_sub(self.held, Ordering::Relaxed);
        self.held = 0;
    }
}

impl Drop for FrameGuard {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(first: u8, len: u64, payload: usize) -> Vec<u8> {
        let mut bytes = vec![first];
        match len {
            0..=125 => bytes.push(0x80 | len as u8),
            126..=0xffff => {
                bytes.push(0x80 | 126);
                bytes.extend((len as u16).to_be_bytes());
            }
            _ => {
                bytes.push(0x80 | 127);
                bytes.extend(len.to_be_bytes());
            }
        }
        bytes.extend([1, 2, 3, 4]);
        bytes.extend(vec![0; payload]);
        bytes
    }

    fn whole(first: u8, len: usize) -> Vec<u8> {
        frame(first, len as u64, len)
    }

    /// The verdict must not depend on how TCP cuts the bytes.
    fn verdict(bytes: &[u8], max: usize) -> Result<(), Violation> {
        let mut verdicts = Vec::new();
        for chunk in [1, 2, 3, 7, 64, usize::MAX] {
            let unfinished = Unfinished::new(1_000);
            let mut guard = FrameGuard::new(max, unfinished.clone());
            let mut verdict = Ok(());
            for part in bytes.chunks(chunk.min(bytes.len().max(1))) {
                verdict = guard.feed(part);
                if verdict.is_err() {
                    break;
                }
            }
            drop(guard);
            assert_eq!(unfinished.bytes(), 0, "released at the end");
            verdicts.push(verdict);
        }
        verdicts.dedup();
        assert_eq!(verdicts.len(), 1, "chunking changed the verdict: {verdicts:?}");
        verdicts[0]
    }

    #[test]
    fn sk1_honest_frames_pass() {
        let bytes = [whole(0x82, 0), whole(0x82, 125), whole(0x82, 126), whole(0x89, 4), whole(0x82, 300)].concat();
        assert_eq!(verdict(&bytes, 300), Ok(()));
    }

    #[test]
    fn sk1_a_giant_is_refused_at_its_header() {
        assert_eq!(verdict(&frame(0x82, 1 << 40, 0), 300), Err(Violation::Oversized));
        assert_eq!(verdict(&frame(0x82, 301, 0), 300), Err(Violation::Oversized));
        assert_eq!(verdict(&frame(0x82, u64::MAX, 0), 300), Err(Violation::Oversized));
    }

    #[test]
    fn sk2_fragments_add_up() {
        let fits = [whole(0x02, 150), whole(0x89, 10), whole(0x80, 150)].concat();
        assert_eq!(verdict(&fits, 300), Ok(()));
        let above = [whole(0x02, 150), whole(0x00, 150), whole(0x80, 1)].concat();
        assert_eq!(verdict(&above, 300), Err(Violation::Oversized));
        let crumbs: Vec<u8> = std::iter::repeat_n(whole(0x00, 0), FRAGMENTS_MAX as usize + 1).flatten().collect();
        assert_eq!(verdict(&crumbs, 300), Err(Violation::Shredded));
    }

    #[test]
    fn sk3_control_frames_are_short() {
        assert_eq!(verdict(&frame(0x89, 126, 0), 300), Err(Violation::Oversized));
    }

    #[test]
    fn sk4_unfinished_bytes_are_bounded_over_all_sockets() {
        let unfinished = Unfinished::new(250);
        let mut one = FrameGuard::new(300, unfinished.clone());
        let mut other = FrameGuard::new(300, unfinished.clone());
        assert_eq!(one.feed(&frame(0x82, 200, 199)), Ok(()));
        assert_eq!(other.feed(&frame(0x82, 200, 52)), Err(Violation::Crowded));
        drop(other);
        assert_eq!(one.feed(&[0]), Ok(()));
        assert_eq!(unfinished.bytes(), 0);
    }
}
