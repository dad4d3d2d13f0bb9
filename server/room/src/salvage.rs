//! What of a damaged log reads well.
//!
//! Invariant: nothing is served that did not pass the gate, and whatever is in the log, this returns.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::channel::Document;
use crate::{ChannelLog, Limits};

/// The text of the longest beginning of a log that reads well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salvaged {
    /// The text.
    pub text: String,
    /// How much was read: the snapshot, if there is one, and entries. The next is the bad one.
    pub good: usize,
}

/// Reads the text as far as it goes; `None` if nothing of it reads well.
pub fn salvage(mut log: ChannelLog, limits: &Limits) -> Option<Salvaged> {
    // Each panic makes what is read shorter, so this ends.
    loop {
        let mut good = 0;
        let read = catch_unwind(AssertUnwindSafe(|| Document::salvage(&log, limits, &mut good)));
        match read {
            Ok(text) => return (good > 0).then_some(Salvaged { text, good }),
            // Nothing shorter is left to try.
            Err(_) if good == 0 || log.tail.is_empty() => return None,
            Err(_) => {
                let entries = good - usize::from(log.snapshot.is_some());
                // It may have come after the last one was read, when the text was taken of it all.
                log.tail.truncate(entries.min(log.tail.len() - 1));
            }
        }
    }
}
