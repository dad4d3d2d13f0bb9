//! Looks at WebSocket frame headers before actix-ws buffers what follows them.
//!
//! actix-ws keeps a frame's bytes until the frame is whole and checks its size only then (4 -> 604 MB of memory measured
//! for one announced giant), and it drops what came before a bad frame in the same read. Invariant: a frame that may not
//! pass is refused at the earliest byte that tells, whatever the chunking of the bytes, and everything before it is still
//! heard; bytes of incomplete messages are counted across all sockets. Next: `guarded.rs`, which wraps the payload.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::pace::{Pace, Verdict};
use crate::limits::Limits;

/// Why the socket ends here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A frame or message above the limit was announced.
    Oversized,
    /// A message in too many pieces.
    Shredded,
    /// All sockets together hold too many incomplete bytes.
    Crowded,
    /// Text where only binary messages are taken.
    Text,
    /// Pings and pongs without end.
    Pinging,
    /// Not a frame of RFC 6455.
    Malformed,
}

/// Where a violation was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// What it is.
    pub why: Violation,
    /// How many of the bytes just fed come before the frame it is in.
    pub good: usize,
}

/// Which messages a route takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Only binary ones, as the sync protocol has them.
    Binary,
    /// Text, too.
    #[cfg_attr(not(feature = "autobahn"), allow(dead_code, reason = "only the echo for Autobahn takes text"))]
    Anything,
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
    takes: Takes,
    message_bytes_max: usize,
    fragments_max: u32,
    pings: Pace,
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
    /// Bytes up to the end of the length.
    fn length_end(&self) -> usize {
        match self.bytes[1] & 0x7f {
            126 => 4,
            127 => 10,
            _ => 2,
        }
    }

    fn payload_len(&self) -> u64 {
        match self.bytes[1] & 0x7f {
            126 => u64::from(u16::from_be_bytes([self.bytes[2], self.bytes[3]])),
            127 => self.bytes[2..10].iter().fold(0, |len, byte| len << 8 | u64::from(*byte)),
            short => u64::from(short),
        }
    }
}

/// Of a client's frames: the mask's key.
const MASK: usize = 4;
/// RFC 6455, 5.5.
const CONTROL_MAX: u64 = 125;

impl FrameGuard {
    /// At the start of a socket.
    pub fn new(takes: Takes, limits: &Limits, unfinished: Unfinished) -> FrameGuard {
        FrameGuard {
            takes,
            message_bytes_max: limits.room.message_bytes,
            fragments_max: limits.fragments,
            pings: Pace::new(limits.pings_per_second, limits.pings_burst, Duration::MAX),
            unfinished,
            held: 0,
            header: Header::default(),
            payload_left: 0,
            message_bytes: 0,
            fragments: 0,
            current: Kind::Last,
        }
    }

    /// Looks at the next bytes of the socket, which came at `now` (since any fixed point). After an error the socket must not
    /// be read again.
    pub fn feed(&mut self, now: Duration, bytes: &[u8]) -> Result<(), Stop> {
        let (mut at, mut good) = (0, 0);
        while at < bytes.len() {
            let stop = |why| Stop { why, good };
            if self.payload_left > 0 {
                let left = bytes.len() - at;
                let passed = left.min(usize::try_from(self.payload_left).unwrap_or(usize::MAX));
                at += passed;
                self.payload(passed).map_err(stop)?;
            } else {
                self.header.bytes[self.header.filled] = bytes[at];
                self.header.filled += 1;
                at += 1;
                self.header_byte(now).map_err(stop)?;
            }
            if self.header.filled == 0 && self.payload_left == 0 {
                good = at;
            }
        }
        Ok(())
    }

    /// Whether a message or a frame has begun and not ended.
    pub fn is_amid(&self) -> bool {
        self.header.filled > 0 || self.payload_left > 0 || self.fragments > 0
    }

    fn header_byte(&mut self, now: Duration) -> Result<(), Violation> {
        let filled = self.header.filled;
        if filled < 2 {
            return Ok(());
        }
        if filled == 2 {
            self.opcode(now)?;
        }
        if filled == self.header.length_end() {
            self.length()?;
        }
        if filled == self.header.length_end() + MASK {
            self.header.filled = 0;
            self.payload_left = self.header.payload_len();
            if self.payload_left == 0 {
                self.frame_complete();
            }
        }
        Ok(())
    }

    /// What the first two bytes tell.
    fn opcode(&mut self, now: Duration) -> Result<(), Violation> {
        let [first, second, ..] = self.header.bytes;
        let (last, reserved, opcode) = (first & 0x80 != 0, first & 0x70 != 0, first & 0x0f);
        let (masked, short) = (second & 0x80 != 0, u64::from(second & 0x7f));
        let amid = self.fragments > 0;
        let fits = match opcode {
            0 => amid,
            1 | 2 => !amid,
            // A Close carries no code, or two bytes of one.
            8 => last && short <= CONTROL_MAX && short != 1,
            9 | 10 => last && short <= CONTROL_MAX,
            _ => false,
        };
        if reserved || !masked || !fits {
            return Err(Violation::Malformed);
        }
        if opcode == 1 && self.takes == Takes::Binary {
            return Err(Violation::Text);
        }
        self.current = match (opcode, last) {
            (8.., _) => Kind::Control,
            (_, false) => Kind::Middle,
            (_, true) => Kind::Last,
        };
        if self.current != Kind::Control {
            self.fragments += 1;
            return if self.fragments > self.fragments_max { Err(Violation::Shredded) } else { Ok(()) };
        }
        if self.pings.message(now) == Verdict::Go { Ok(()) } else { Err(Violation::Pinging) }
    }

    fn length(&mut self) -> Result<(), Violation> {
        let length = self.header.payload_len();
        if length >> 63 != 0 {
            return Err(Violation::Malformed);
        }
        if self.current != Kind::Control {
            self.message_bytes = self.message_bytes.saturating_add(length);
        }
        if self.message_bytes > self.message_bytes_max as u64 { Err(Violation::Oversized) } else { Ok(()) }
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
mod tests;
