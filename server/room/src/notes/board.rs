//! The notes of a live document, and which of them to hold against the text next.
//!
//! Looking at one note costs a walk over the text, so it is done only for those that may have moved: whose own first or
//! last character was deleted, and, when text was added, those that are not on their very words. Invariant: whatever
//! happens to the text, every note it concerns is looked at within a bounded number of turns, and a turn's work is
//! bounded. Next: `ground.rs`, which looks.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, Range};
use std::sync::Arc;

use uuid::Uuid;

use super::{Change, Item, Notes};

/// Notes looked at in one turn because their characters are gone.
const LOOSE_PER_TURN: usize = 64;
/// Notes looked at in one turn in case their words are back.
const ASTRAY_PER_TURN: usize = 16;

/// See the module.
#[derive(Default)]
pub(crate) struct Board {
    notes: Arc<Notes>,
    /// Which notes hold on to a character, by it.
    held: BTreeMap<Item, BTreeSet<Uuid>>,
    /// They lost a character of theirs, or are new here.
    loose: BTreeSet<Uuid>,
    /// Not on their very words: reworded, or nowhere.
    astray: BTreeSet<Uuid>,
    /// The one of `astray` looked at last, and how many are still to be looked at since text was added.
    last: Uuid,
    left: usize,
}

impl Board {
    /// Of notes that were loaded; all are looked at once.
    pub fn new(notes: Notes) -> Board {
        let mut board = Board { loose: notes.notes.keys().copied().collect(), ..Board::default() };
        for (id, note) in &notes.notes {
            hold(&mut board.held, *id, note.passage.anchor);
        }
        board.notes = Arc::new(notes);
        board
    }

    /// All of them.
    pub fn notes(&self) -> &Arc<Notes> {
        &self.notes
    }

    /// Takes changes that were written into the map.
    pub fn apply(&mut self, changes: &[Change]) {
        for (key, value) in changes {
            let id = key.strip_prefix("n.").and_then(|id| id.parse::<Uuid>().ok());
            let anchor = |notes: &Notes| notes.notes.get(&id?)?.passage.anchor;
            let before = anchor(&self.notes);
            Arc::make_mut(&mut self.notes).set(key, value.as_ref());
            let Some(id) = id else { continue };
            let after = anchor(&self.notes);
            if before != after {
                let_go(&mut self.held, id, before);
                hold(&mut self.held, id, after);
            }
            if !self.notes.notes.contains_key(&id) {
                self.loose.remove(&id);
                self.astray.remove(&id);
            } else if after.is_none() {
                self.astray.insert(id);
            } else if before.is_none() {
                self.loose.insert(id);
            }
        }
    }

    /// The text changed: these characters were deleted, and perhaps some added.
    pub fn text_changed(&mut self, deleted: &[(u64, Range<u32>)], grew: bool) {
        for (client, range) in deleted {
            let item = |clock: u32| Item { client: *client, clock: u64::from(clock) };
            for ids in self.held.range(item(range.start)..item(range.end)).map(|(_, ids)| ids) {
                self.loose.extend(ids);
            }
        }
        if grew {
            self.left = self.astray.len();
        }
    }

    /// The notes to look at now.
    pub fn turn(&mut self) -> Vec<Uuid> {
        let mut turn: Vec<Uuid> = self.loose.iter().take(LOOSE_PER_TURN).copied().collect();
        for id in &turn {
            self.loose.remove(id);
        }
        if turn.is_empty() {
            let count = self.left.min(ASTRAY_PER_TURN).min(self.astray.len());
            let after = (Bound::Excluded(self.last), Bound::Unbounded);
            turn.extend(self.astray.range(after).chain(self.astray.iter()).take(count));
            self.left -= self.left.min(ASTRAY_PER_TURN);
            self.last = turn.last().copied().unwrap_or(self.last);
        }
        turn
    }

    /// Whether a note was found to be on its very words.
    pub fn looked(&mut self, id: Uuid, on_its_words: bool) {
        if on_its_words {
            self.astray.remove(&id);
        } else {
            self.astray.insert(id);
        }
    }
}

fn hold(held: &mut BTreeMap<Item, BTreeSet<Uuid>>, id: Uuid, anchor: Option<super::Anchor>) {
    for item in ends(anchor) {
        held.entry(item).or_default().insert(id);
    }
}

fn let_go(held: &mut BTreeMap<Item, BTreeSet<Uuid>>, id: Uuid, anchor: Option<super::Anchor>) {
    for item in ends(anchor) {
        if let Some(ids) = held.get_mut(&item) {
            ids.remove(&id);
            if ids.is_empty() {
                held.remove(&item);
            }
        }
    }
}

fn ends(anchor: Option<super::Anchor>) -> impl Iterator<Item = Item> {
    anchor.into_iter().flat_map(|anchor| [anchor.start.item, anchor.end.item]).flatten()
}
