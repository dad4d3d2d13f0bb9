//! A recorded session as updates, encoded by hand: a Y.Doc looks for every position from the start of the text, for a minute.
//!
//! The characters are kept in the order of the document, deleted ones too, in blocks that are counted. Invariant: each update
//! is byte for byte what a Y.Doc makes of the keystroke; a test holds yrs against it.

use crate::typing::{string, varuint};

/// Characters of one block, before it is cut in two.
const BLOCK: usize = 1024;

/// Somebody's document, for encoding what they type.
pub struct Keystrokes {
    client: u64,
    clock: u64,
    blocks: Vec<Block>,
}

#[derive(Default)]
struct Block {
    visible: usize,
    characters: Vec<Character>,
}

#[derive(Clone, Copy)]
struct Character {
    clock: u64,
    shown: Option<char>,
}

impl Keystrokes {
    /// An empty document, and the client id it is typed under.
    pub fn new(client: u32) -> Keystrokes {
        Keystrokes { client: client.into(), clock: 0, blocks: vec![Block::default()] }
    }

    /// Deletes and then inserts at a position among the visible characters, each one UTF-16 unit; the update.
    pub fn patch(&mut self, at: usize, deleted: usize, inserted: &str) -> Vec<u8> {
        let gone = self.delete(at, deleted);
        let mut update = if inserted.is_empty() { vec![0] } else { self.insert(at, inserted) };
        if gone.is_empty() {
            update.push(0);
            return update;
        }
        update.push(1);
        varuint(self.client, &mut update);
        varuint(gone.len() as u64, &mut update);
        for (clock, len) in gone {
            varuint(clock, &mut update);
            varuint(len, &mut update);
        }
        update
    }

    /// What is visible.
    pub fn text(&self) -> String {
        self.blocks.iter().flat_map(|block| &block.characters).filter_map(|character| character.shown).collect()
    }

    /// How many characters that are.
    pub fn len(&self) -> usize {
        self.blocks.iter().map(|block| block.visible).sum()
    }

    fn insert(&mut self, at: usize, text: &str) -> Vec<u8> {
        let (mut block, mut place) = match at.checked_sub(1) {
            None => (0, 0),
            Some(before) => {
                let (block, place) = self.find(before);
                (block, place + 1)
            }
        };
        let mut left = place.checked_sub(1).map(|place| self.blocks[block].characters[place].clock);
        // Behind the deleted ones that follow, as Yjs and yrs insert.
        let right = loop {
            match self.blocks[block].characters.get(place) {
                Some(Character { clock, shown: None }) => (left, place) = (Some(*clock), place + 1),
                Some(Character { clock, .. }) => break Some(*clock),
                None if block + 1 < self.blocks.len() => (block, place) = (block + 1, 0),
                None => break None,
            }
        };
        let update = self.encode(left, right, text);
        let clocks = self.clock..;
        let typed = text.chars().zip(clocks).map(|(shown, clock)| Character { clock, shown: Some(shown) });
        let typed: Vec<Character> = typed.collect();
        self.clock += typed.len() as u64;
        let into = &mut self.blocks[block];
        into.visible += typed.len();
        into.characters.splice(place..place, typed);
        self.cut(block);
        update
    }

    fn encode(&self, left: Option<u64>, right: Option<u64>, text: &str) -> Vec<u8> {
        let mut update = vec![1, 1];
        varuint(self.client, &mut update);
        varuint(self.clock, &mut update);
        // Content string, and which neighbours are named.
        update.push(0x04 | u8::from(left.is_some()) << 7 | u8::from(right.is_some()) << 6);
        for neighbour in [left, right].into_iter().flatten() {
            varuint(self.client, &mut update);
            varuint(neighbour, &mut update);
        }
        if left.is_none() && right.is_none() {
            update.push(1);
            string("content", &mut update);
        }
        string(text, &mut update);
        update
    }

    /// Ranges of clocks, in order.
    fn delete(&mut self, at: usize, len: usize) -> Vec<(u64, u64)> {
        let mut clocks = Vec::new();
        for _ in 0..len {
            let (block, place) = self.find(at);
            self.blocks[block].visible -= 1;
            let character = &mut self.blocks[block].characters[place];
            character.shown = None;
            clocks.push(character.clock);
        }
        clocks.sort_unstable();
        let mut ranges: Vec<(u64, u64)> = Vec::new();
        for clock in clocks {
            match ranges.last_mut() {
                Some((start, len)) if *start + *len == clock => *len += 1,
                _ => ranges.push((clock, 1)),
            }
        }
        ranges
    }

    /// Block and place of a visible character.
    fn find(&self, mut at: usize) -> (usize, usize) {
        let holds = self.blocks.iter().position(|block| {
            let here = at < block.visible;
            at -= if here { 0 } else { block.visible };
            here
        });
        let block = holds.expect("a recorded position is inside the text");
        let shown = self.blocks[block].characters.iter().enumerate().filter(|(_, character)| character.shown.is_some());
        (block, shown.map(|(place, _)| place).nth(at).expect("counted"))
    }

    fn cut(&mut self, block: usize) {
        while self.blocks[block].characters.len() > BLOCK {
            let half = self.blocks[block].characters.len() - BLOCK / 2;
            let characters = self.blocks[block].characters.split_off(half);
            let visible = characters.iter().filter(|character| character.shown.is_some()).count();
            self.blocks[block].visible -= visible;
            self.blocks.insert(block + 1, Block { visible, characters });
        }
    }
}

#[cfg(test)]
mod tests {
    use yrs::{Doc, GetString, OffsetKind, Options, Text, Transact};

    use super::*;
    use crate::trace::{Trace, patches};

    #[test]
    fn a_document_encodes_the_same() {
        let client = 7_u32;
        let options = Options {
            client_id: yrs::block::ClientID::new(client.into()),
            offset_kind: OffsetKind::Utf16,
            ..Options::default()
        };
        let doc = Doc::with_options(options);
        let content = doc.get_or_insert_text("content");
        let mut keystrokes = Keystrokes::new(client);
        for (at, deleted, inserted) in patches(&Trace::named("seph-blog1"), 4_000).expect("recorded") {
            let mut transaction = doc.transact_mut();
            content.remove_range(&mut transaction, at as u32, deleted as u32);
            content.insert(&mut transaction, at as u32, &inserted);
            assert_eq!(keystrokes.patch(at, deleted, &inserted), transaction.encode_update_v1());
        }
        assert_eq!(keystrokes.text(), content.get_string(&doc.transact()));
        assert_eq!(keystrokes.len(), keystrokes.text().chars().count());
    }
}
