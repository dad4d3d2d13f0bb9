//! Cursor messages.
//!
//! Stock clients repeat what they hear about others, in messages as long as the room is full and with states the
//! server has rewritten since. So only a broken message is an error; an entry that passes a limit is left out,
//! silently: else one peer with a long state could have everybody else closed.

use serde_json::Value;

use super::lib0::Reader;
use super::{AwarenessEntry, Malformed};

/// A connection speaks for at most four client ids; a longer message only repeats others.
const ENTRIES_MAX: usize = 64;

const DEPTH_MAX: usize = 8;

/// A client id, a clock and an empty string.
const ENTRY_BYTES_MIN: usize = 3;

pub(super) fn entries(bytes: &[u8], state_bytes: usize) -> Result<Vec<AwarenessEntry>, Malformed> {
    let mut reader = Reader::new(bytes);
    let count = reader.count(ENTRY_BYTES_MIN)?;
    let mut entries = Vec::new();
    for _ in 0..count {
        let client = reader.varuint()?;
        let clock = reader.clock()?;
        let json = reader.string()?;
        if count <= ENTRIES_MAX
            && let Some(state) = state(json, state_bytes)
        {
            entries.push(AwarenessEntry { client, clock, state });
        }
    }
    reader.end()?;
    Ok(entries)
}

/// The outer `None` means: leave this entry out.
fn state(json: &str, state_bytes: usize) -> Option<Option<Value>> {
    if json.len() > state_bytes || depth(json.as_bytes()) > DEPTH_MAX {
        return None;
    }
    match serde_json::from_str(json).ok()? {
        Value::Null => Some(None),
        state => Some(Some(state)),
    }
}

/// How deep arrays and objects nest, without building any of them. Right for every valid JSON text.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => depth += 1,
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}
