//! Frames: y-protocols messages, one or several, all read or none.
//!
//! Next: `awareness.rs` for what a cursor message holds, `update.rs` for what an update holds.

use std::collections::HashMap;

use super::lib0::Reader;
use super::{Inbound, Malformed, awareness};
use crate::{Channel, Limits};

/// Stock providers pack two or three; beyond this somebody is counting on our allocator.
const MESSAGES_MAX: usize = 64;

const SYNC: u64 = 0;
const AWARENESS: u64 = 1;
const QUERY_AWARENESS: u64 = 3;
const CHANNEL: u64 = 120;

/// Reads every message of a frame.
pub fn messages<'a>(frame: &'a [u8], limits: &Limits) -> Result<Vec<Inbound<'a>>, Malformed> {
    if frame.len() > limits.message_bytes {
        return Err(Malformed("it is larger than a message may be"));
    }
    let mut reader = Reader::new(frame);
    let mut messages = Vec::new();
    loop {
        let message = message(&mut reader, limits)?;
        let known = message != Inbound::Ignored;
        messages.push(message);
        if reader.left() == 0 || !known {
            return Ok(messages);
        }
        if messages.len() == MESSAGES_MAX {
            return Err(Malformed("it packs too many messages"));
        }
    }
}

/// Takes the galley.v1 wrapper off: which channel a frame speaks to, and what it says there.
pub fn channel(frame: &[u8]) -> Result<(Channel, &[u8]), Malformed> {
    let mut reader = Reader::new(frame);
    if reader.varuint()? != CHANNEL {
        return Ok((Channel::TEXT, frame));
    }
    let channel = u32::try_from(reader.varuint()?).map_err(|_| Malformed("there is no such channel"))?;
    let left = reader.left();
    Ok((Channel(channel), reader.take(left)?))
}

fn message<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Inbound<'a>, Malformed> {
    match reader.varuint()? {
        SYNC => match reader.varuint()? {
            0 => Ok(Inbound::Step1(state_vector(reader.chunk()?, limits.client_ids)?)),
            1 => Ok(Inbound::Step2(reader.chunk()?)),
            2 => Ok(Inbound::Update(reader.chunk()?)),
            _ => Err(Malformed("there is no such sync message")),
        },
        AWARENESS => Ok(Inbound::Awareness(awareness::entries(reader.chunk()?, limits.awareness_bytes)?)),
        QUERY_AWARENESS => Ok(Inbound::QueryAwareness),
        _ => Ok(Inbound::Ignored),
    }
}

fn state_vector(bytes: &[u8], client_ids: usize) -> Result<HashMap<u64, u32>, Malformed> {
    let mut reader = Reader::new(bytes);
    let count = reader.count(2)?;
    if count > client_ids {
        return Err(Malformed("its state vector names too many clients"));
    }
    let mut clocks = HashMap::new();
    for _ in 0..count {
        let client = reader.varuint()?;
        if clocks.insert(client, reader.clock()?).is_some() {
            return Err(Malformed("its state vector names a client twice"));
        }
    }
    reader.end()?;
    Ok(clocks)
}
