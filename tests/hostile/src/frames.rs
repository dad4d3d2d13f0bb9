//! FZ4: messages of a socket.

use room::Limits;
use room::gate::{Inbound, channel, messages};

use crate::tape::put_varuint;

/// Most awareness entries of one message that count.
const ENTRIES_MAX: usize = 64;

/// Any bytes as a frame, wrapped for a channel or not.
pub fn message(bytes: &[u8]) {
    if let Ok((_, inner)) = channel(bytes) {
        let _ = messages(inner, &Limits::default());
    }
}

/// Any bytes as the body of an awareness message; what is returned keeps to the limits.
pub fn awareness(bytes: &[u8]) {
    let limits = Limits::default();
    let mut frame = vec![1];
    put_varuint(&mut frame, bytes.len() as u64);
    frame.extend_from_slice(bytes);
    for message in messages(&frame, &limits).unwrap_or_default() {
        let Inbound::Awareness(entries) = message else { panic!("it was an awareness message") };
        assert!(entries.len() <= ENTRIES_MAX);
        for state in entries.iter().filter_map(|entry| entry.state.as_ref()) {
            assert!(!state.is_null());
        }
    }
}
