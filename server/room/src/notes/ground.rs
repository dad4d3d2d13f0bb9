//! Where a passage is in the text as it is now.
//!
//! Invariant: an anchor is only ever put on the quote itself, on the reworded remains of the quote's own characters, or
//! on a passage that is nearly the quote; everything else is detached. Next: `find.rs`, which looks for words.

use std::cell::OnceCell;
use std::ops::Range;

use yrs::{Assoc, ID, IndexedSequence, ReadTxn, StickyIndex, Text, TextRef};

use super::find::{Found, Index, Wanted, find};
use super::{Anchor, Item, Passage, Position, Units};

/// The text that anchors are held against.
pub(crate) struct Ground<'a, T> {
    txn: &'a T,
    text: &'a TextRef,
    content: &'a str,
    units: OnceCell<Units<'a>>,
    index: OnceCell<Index<'a>>,
}

/// What became of a passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is on its very words, by this anchor.
    Firm(Anchor),
    /// What is left of it, or what is most like it, reads differently.
    Changed(Anchor),
    /// It is nowhere.
    Detached,
}

impl Verdict {
    /// Where it is now.
    pub fn anchor(self) -> Option<Anchor> {
        match self {
            Verdict::Firm(anchor) | Verdict::Changed(anchor) => Some(anchor),
            Verdict::Detached => None,
        }
    }
}

impl<'a, T: ReadTxn> Ground<'a, T> {
    /// `content` is what the text says.
    pub fn new(txn: &'a T, text: &'a TextRef, content: &'a str) -> Ground<'a, T> {
        Ground { txn, text, content, units: OnceCell::new(), index: OnceCell::new() }
    }

    /// Where an anchor is now, in bytes of the content; `None`: its characters are unknown or all gone.
    pub fn place(&self, anchor: &Anchor) -> Option<Range<usize>> {
        let start = self.offset(&anchor.start)?;
        let end = self.offset(&anchor.end)?;
        let byte = |units: u32| self.units().byte(units as usize);
        (start < end).then(|| byte(start)..byte(end))
    }

    /// Where the passage is: where its characters are; its very words instead, if they stand right there, or if they
    /// were taken elsewhere and left only a rest. Where no character is left, its words are looked for.
    pub fn settle(&self, passage: &Passage) -> Verdict {
        let held = passage.anchor.as_ref().and_then(|anchor| self.place(anchor));
        let wanted = Wanted { quote: &passage.quote, before: &passage.before, after: &passage.after };
        let verdict = match held {
            Some(place) if self.content[place.clone()] == passage.quote => self.anchor(&place).map(Verdict::Firm),
            Some(place) => {
                let is_rest = place.len() * 2 < passage.quote.len();
                let elsewhere = || wanted.exact(self.content).filter(|_| is_rest);
                match wanted.near(self.content, &place).or_else(elsewhere) {
                    Some(found) => self.anchor(&found).map(Verdict::Firm),
                    None => self.anchor(&place).map(Verdict::Changed),
                }
            }
            None => match find(self.content, &self.index, wanted) {
                Some(Found::Exact(place)) => self.anchor(&place).map(Verdict::Firm),
                Some(Found::Alike(place)) => self.anchor(&place).map(Verdict::Changed),
                None => None,
            },
        };
        verdict.unwrap_or(Verdict::Detached)
    }

    /// Whether the passage's own anchor holds any of its characters.
    pub fn holds(&self, passage: &Passage) -> bool {
        passage.anchor.as_ref().is_some_and(|anchor| self.place(anchor).is_some())
    }

    /// An anchor on a range of the content. It holds on to its first and its last character.
    pub fn anchor(&self, place: &Range<usize>) -> Option<Anchor> {
        let units = |byte| u32::try_from(self.units().before(byte)).ok();
        let (from, until) = (units(place.start)?, units(place.end)?);
        let start = self.text.sticky_index(self.txn, from, Assoc::After)?;
        let end = self.text.sticky_index(self.txn, until, Assoc::Before)?;
        Some(Anchor { start: position(&start)?, end: position(&end)? })
    }

    fn units(&self) -> &Units<'a> {
        self.units.get_or_init(|| Units::of(self.content))
    }

    /// In UTF-16 units.
    fn offset(&self, position: &Position) -> Option<u32> {
        let Some(Item { client, clock }) = position.item else { return Some(self.text.len(self.txn)) };
        let clock = u32::try_from(clock).ok().filter(|_| client < 1 << 53)?;
        let assoc = if position.assoc < 0 { Assoc::Before } else { Assoc::After };
        let id = ID::new(yrs::ClientID::new(client), clock);
        StickyIndex::from_id(id, assoc).get_offset(self.txn).map(|offset| offset.index)
    }
}

fn position(sticky: &StickyIndex) -> Option<Position> {
    let id = sticky.id()?;
    let assoc = if sticky.assoc == Assoc::Before { -1 } else { 0 };
    Some(Position::at(Some(Item { client: id.client.get(), clock: u64::from(id.clock) }), assoc))
}
