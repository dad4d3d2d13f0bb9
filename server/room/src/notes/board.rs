//! The notes of a live document, and which of them to hold against the text next.
//!
//! Looking at one note costs a walk over the text, so it is done only for those that may have moved: whose own first or
//! last character was deleted, and, after any change, those that are not on their very words. Invariant: whatever
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
    /// Not on their very words: reworded, or nowhere; with the text they were last held against.
    astray: BTreeMap<Uuid, u64>,
    /// Counts the changes of the text.
    text: u64,
    /// The one of `astray` looked at last.
    last: Uuid,
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
                self.astray.insert(id, self.text);
            } else if before.is_none() {
                self.loose.insert(id);
            }
        }
    }

    /// The text changed: these characters were deleted, and perhaps some added. Either can bring words back.
    pub fn text_changed(&mut self, deleted: &[(u64, Range<u32>)]) {
        for (client, range) in deleted {
            let item = |clock: u32| Item { client: *client, clock: u64::from(clock) };
            for ids in self.held.range(item(range.start)..item(range.end)).map(|(_, ids)| ids) {
                self.loose.extend(ids);
            }
        }
        self.text += 1;
    }

    /// Whether there are none to look at until something changes.
    pub fn is_settled(&self) -> bool {
        self.loose.is_empty() && self.astray.values().all(|text| *text >= self.text)
    }

    /// The notes to look at now.
    pub fn turn(&mut self) -> Vec<Uuid> {
        let mut turn: Vec<Uuid> = self.loose.iter().take(LOOSE_PER_TURN).copied().collect();
        for id in &turn {
            self.loose.remove(id);
        }
        if turn.is_empty() {
            let after = (Bound::Excluded(self.last), Bound::Unbounded);
            let round = self.astray.range(after).chain(self.astray.range(..=self.last));
            let due = round.filter(|(_, text)| **text < self.text).map(|(id, _)| *id);
            turn.extend(due.take(ASTRAY_PER_TURN));
            self.last = turn.last().copied().unwrap_or(self.last);
        }
        turn
    }

    /// Whether a note was found to be on its very words.
    pub fn looked(&mut self, id: Uuid, on_its_words: bool) {
        if on_its_words {
            self.astray.remove(&id);
        } else {
            self.astray.insert(id, self.text);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notes::{Anchor, Asker, Passage, Position, Wish, Words};
    use crate::{Author, Role};

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    /// Notes 1 to `count`, each on one character of client 7.
    fn board(count: u128) -> Board {
        let mut notes = Notes::default();
        let asker = Asker { by: Author(id(1)), also: &[], role: Role::Own, at_ms: 1 };
        for n in 1..=count {
            let at = |assoc| Position::at(Some(Item { client: 7, clock: n as u64 }), assoc);
            let anchor = Some(Anchor { start: at(0), end: at(-1) });
            let passage = Passage { anchor, quote: "words".into(), ..Passage::default() };
            let wish = Wish::Note { passage, words: Words { body: "x".into(), mentions: Vec::new() } };
            for (key, value) in notes.grant(id(n), wish, &asker).expect("granted") {
                notes.set(&key, value.as_ref());
            }
        }
        let mut board = Board::new(notes);
        loop {
            let turn = board.turn();
            if turn.is_empty() {
                return board;
            }
            turn.iter().for_each(|id| board.looked(*id, true));
        }
    }

    /// Everything that is looked at until there is nothing more to do; never on its words.
    fn looked_at(board: &mut Board) -> Vec<Uuid> {
        let mut all = Vec::new();
        loop {
            let turn = board.turn();
            if turn.is_empty() {
                return all;
            }
            assert!(turn.len() <= LOOSE_PER_TURN);
            turn.iter().for_each(|id| board.looked(*id, false));
            all.extend(turn);
        }
    }

    #[test]
    fn nt8_only_what_lost_a_character_is_looked_at() {
        let mut board = board(100);
        board.text_changed(&[(7, 3..5), (8, 1..100)]);
        assert_eq!(looked_at(&mut board), [id(3), id(4)]);
    }

    #[test]
    fn nt8_what_is_astray_is_looked_at_once_after_each_change_whoever_joins_it() {
        let mut board = board(100);
        board.text_changed(&[(7, 9..10)]);
        assert_eq!(looked_at(&mut board), [id(9)]);
        // While a note that has just gone astray is looked at, those that were must not lose their turn to it.
        board.text_changed(&[(7, 2..4)]);
        let mut seen = looked_at(&mut board);
        seen.sort_unstable();
        assert_eq!(seen, [id(2), id(3), id(9)]);
        board.text_changed(&[]);
        assert_eq!(looked_at(&mut board).len(), 3);
        assert!(looked_at(&mut board).is_empty(), "nothing changed since");
        board.text_changed(&[(7, 1..101)]);
        assert_eq!(looked_at(&mut board).len(), 100);
    }
}
