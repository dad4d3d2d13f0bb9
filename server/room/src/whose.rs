//! Whose every character is.
//!
//! Each character of a Y.Text belongs to the client id it was typed under, and each id to an author; walking the text
//! once tells both. Invariant: runs cover the text exactly, in UTF-16 units; whose id is not known is nobody's, and
//! nobody is guessed. Next: `authors.rs`, for the table.

use std::collections::{BTreeMap, BTreeSet};

use yrs::types::text::YChange;
use yrs::{Out, ReadTxn, Snapshot, StateVector, Text, Transact};

use crate::Author;
use crate::channel::copied;

/// A text and the table of its authors at one moment, to be walked without holding up the room.
pub struct Whose {
    state: Vec<u8>,
    table: BTreeMap<u64, Author>,
}

/// A stretch of text under one client id, in UTF-16 units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its first unit.
    pub from: u32,
    /// Behind its last.
    pub to: u32,
    /// Under which id it was typed.
    pub client: u64,
}

/// A stretch of text by one author, in UTF-16 units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its first unit.
    pub from: u32,
    /// Behind its last.
    pub to: u32,
    /// Whose it is, if that is known.
    pub author: Option<Author>,
}

impl Whose {
    /// A state of the text as one update, and whose each id is.
    pub(crate) fn new(state: Vec<u8>, table: BTreeMap<u64, Author>) -> Whose {
        Whose { state, table }
    }

    /// The text by client id, first to last.
    pub fn stretches(&self) -> Vec<Stretch> {
        let (doc, text) = copied(&self.state, 0);
        let mut transaction = doc.transact_mut();
        // Against an empty text every character is new, and what is new is told by who typed it.
        let (now, nothing) = (transaction.snapshot(), Snapshot::new(StateVector::default(), Default::default()));
        let pieces = text.diff_range(&mut transaction, Some(&now), Some(&nothing), YChange::identity);
        let mut stretches: Vec<Stretch> = Vec::new();
        let mut at = 0;
        for piece in pieces {
            let (Out::Any(yrs::Any::String(words)), Some(change)) = (piece.insert, piece.ychange) else { continue };
            let (from, client) = (at, change.id.client.get());
            at += words.encode_utf16().count() as u32;
            match stretches.last_mut() {
                Some(last) if last.client == client => last.to = at,
                _ => stretches.push(Stretch { from, to: at, client }),
            }
        }
        stretches
    }

    /// The text by author; `same` says who somebody is now.
    pub fn runs(stretches: &[Stretch], of: impl Fn(u64) -> Option<Author>) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for Stretch { from, to, client } in stretches {
            let author = of(*client);
            match runs.last_mut() {
                Some(last) if last.author == author => last.to = *to,
                _ => runs.push(Run { from: *from, to: *to, author }),
            }
        }
        runs
    }

    /// Whose each id is that has typed something that stands.
    pub fn clients(&self, stretches: &[Stretch]) -> BTreeMap<u64, Author> {
        let standing: BTreeSet<u64> = stretches.iter().map(|stretch| stretch.client).collect();
        standing.into_iter().filter_map(|client| Some((client, *self.table.get(&client)?))).collect()
    }
}
