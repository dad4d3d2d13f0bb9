//! Judges a trace: which log write holds an edit, which sync covers it, and when its ack left.
//!
//! Invariant: an edit passes only if all three were seen and in this order: the write ended, a sync of the log began and ended
//! well, the send of the ack began. What the lint does not see, it refuses. Next: `trace.rs` for the order of things.

use std::collections::HashMap;

use super::trace::{Call, Ended, On};

/// An edit that was acked, as its writer knows it.
#[derive(Clone, Debug)]
pub struct Edit {
    /// Its text, found nowhere else: `<…>`.
    pub marker: String,
    /// What said that it is saved.
    pub told: Told,
}

/// What a writer is told with.
#[derive(Clone, Debug)]
pub enum Told {
    /// An ack to this end of a socket, of this write or a later one; they count from 1.
    Ack {
        /// The writer's port.
        port: u16,
        /// Which write on this socket it was.
        write: u64,
    },
    /// An answer by HTTP: these words are in it and were sent to nobody before.
    Answer(String),
}

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// Edits looked up.
    pub checked: usize,
    /// Syncs of the log.
    pub syncs: usize,
    /// Acks that left.
    pub acks: usize,
    /// Edits that do not pass: a sentence each.
    pub violations: Vec<String>,
}

/// Where sled keeps its log.
const LOG: &str = "/store/db";
/// The wire's message that settles writes.
const ACK: u8 = 112;

/// Looks every edit up.
pub fn judge(calls: &[Call], edits: &[Edit]) -> Report {
    let log: Vec<&Call> =
        calls.iter().filter(|call| matches!(&call.on, On::File(path) if path.ends_with(LOG))).collect();
    let written = written(&log);
    let syncs = Syncs::of(&log);
    let acks = acks(calls);
    let look = |Edit { marker, told }: &Edit| {
        let left = match told {
            Told::Ack { port, write } => {
                let acks = acks.get(port).map(Vec::as_slice).unwrap_or_default();
                acks.iter().find(|(settled, _)| settled >= write).map(|(_, left)| *left)
            }
            Told::Answer(words) => answered(calls, words),
        };
        let Some(left) = left else {
            return Err(format!("{marker} was acked to its writer, and the trace has no {told:?}"));
        };
        let Some(written) = written.get(marker.as_bytes()) else {
            return Err(format!("{marker} was acked on line {}, and no write of the log holds it", left + 1));
        };
        match syncs.covers(*written) {
            Some(synced) if synced < left => Ok(()),
            Some(synced) => Err(format!(
                "{marker} was acked on line {}, before the sync that covers it ended on line {}",
                left + 1,
                synced + 1
            )),
            None => Err(format!("{marker} was acked on line {}, and no sync covers it", left + 1)),
        }
    };
    let violations = edits.iter().filter_map(|edit| look(edit).err()).collect();
    let sent = acks.values().map(Vec::len).sum();
    Report { checked: edits.len(), syncs: syncs.0.len(), acks: sent, violations }
}

/// Where the first write that holds each marker ended.
fn written<'a>(log: &[&'a Call]) -> HashMap<&'a [u8], usize> {
    let mut written = HashMap::<&[u8], usize>::new();
    for call in log.iter().filter(|call| call.name.starts_with("pwrite")) {
        let Some(Ended { line, result: Some(length) }) = call.ended else { continue };
        // Whatever a short write left out is not there.
        let bytes = &call.bytes[..length.min(call.bytes.len())];
        for from in (0..bytes.len()).filter(|at| bytes[*at] == b'<') {
            let inside =
                bytes[from..].iter().skip(1).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'.').count();
            let to = from + inside + 2;
            if bytes.get(to - 1) == Some(&b'>') {
                let ended = written.entry(&bytes[from..to]).or_insert(line);
                *ended = line.min(*ended);
            }
        }
    }
    written
}

/// Syncs that ended well, by where they began, each with where the first of it and all later ones ended.
struct Syncs(Vec<(usize, usize)>);

impl Syncs {
    fn of(log: &[&Call]) -> Syncs {
        let well = |call: &&&Call| matches!(call.name.as_str(), "fdatasync" | "fsync");
        let ended = |call: &&Call| match call.ended {
            Some(Ended { line, result: Some(0) }) => Some((call.begun, line)),
            _ => None,
        };
        let mut syncs: Vec<_> = log.iter().filter(well).filter_map(ended).collect();
        for at in (1..syncs.len()).rev() {
            syncs[at - 1].1 = syncs[at - 1].1.min(syncs[at].1);
        }
        Syncs(syncs)
    }

    /// Where the first sync that began after this line ended.
    fn covers(&self, written: usize) -> Option<usize> {
        let after = self.0.partition_point(|(begun, _)| *begun <= written);
        self.0.get(after).map(|(_, ended)| *ended)
    }
}

/// Of every WebSocket: how far each ack settles, and the line where its first byte began to leave.
fn acks(calls: &[Call]) -> HashMap<u16, Vec<(u64, usize)>> {
    let (mut streams, mut acks) = (HashMap::<u16, Stream>::new(), HashMap::<u16, Vec<_>>::new());
    for call in calls {
        let On::Socket(port) = call.on else { continue };
        // A call without an end may have sent everything.
        let length = match call.ended {
            Some(Ended { result: Some(length), .. }) => length,
            Some(Ended { result: None, .. }) => continue,
            None => usize::MAX,
        };
        let bytes = &call.bytes[..length.min(call.bytes.len())];
        let settled = streams.entry(port).or_default().take(bytes, call.begun);
        acks.entry(port).or_default().extend(settled);
    }
    acks
}

/// Where the first bytes with these words began to leave.
fn answered(calls: &[Call], words: &str) -> Option<usize> {
    let holds = |call: &&Call| {
        matches!(call.on, On::Socket(_)) && call.bytes.windows(words.len()).any(|bytes| bytes == words.as_bytes())
    };
    calls.iter().find(holds).map(|call| call.begun)
}

/// What one connection was sent.
#[derive(Default)]
struct Stream {
    upgraded: bool,
    rest: Vec<u8>,
    /// Where the first byte of the rest began to leave.
    since: usize,
}

impl Stream {
    /// The acks that are whole with these bytes.
    fn take(&mut self, bytes: &[u8], begun: usize) -> Vec<(u64, usize)> {
        if self.rest.is_empty() {
            self.since = begun;
        }
        self.rest.extend_from_slice(bytes);
        if !self.upgraded {
            let Some(head) = self.rest.windows(4).position(|four| four == b"\r\n\r\n") else { return Vec::new() };
            self.upgraded = self.rest.starts_with(b"HTTP/1.1 101");
            // An answer without an upgrade holds no frames; the next one may be the upgrade.
            let upto = if self.upgraded { head + 4 } else { self.rest.len() };
            self.rest.drain(..upto);
            self.since = begun;
        }
        let mut acks = Vec::new();
        while let Some((frame, length)) = self.upgraded.then(|| frame(&self.rest)).flatten() {
            if let Some((&ACK, number)) = frame.split_first() {
                acks.push((varuint(number), self.since));
            }
            self.rest.drain(..length);
            self.since = begun;
        }
        acks
    }
}

/// The payload of the first frame if it is binary, and the length of the whole frame; `None` until it is whole.
fn frame(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let (opcode, short) = (bytes.first()? & 0x0f, usize::from(bytes.get(1)? & 0x7f));
    let (head, length): (usize, usize) = match short {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        short => (2, short),
    };
    let payload = bytes.get(head..head.checked_add(length)?)?;
    Some((if opcode == 2 { payload } else { &[] }, head + length))
}

fn varuint(bytes: &[u8]) -> u64 {
    let mut value = 0;
    for (place, byte) in bytes.iter().take(9).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            break;
        }
    }
    value
}

#[cfg(test)]
#[path = "lint/tests.rs"]
mod tests;
