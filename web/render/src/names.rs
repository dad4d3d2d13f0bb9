//! Names already seen, each with a number. The standard library's map is four kilobytes of machinery for every kind of
//! key, which the browser would download; a table that is never emptied needs one loop.

use std::hash::{BuildHasher, RandomState};

/// A hash table with open addressing, at most half full. The hasher is the standard library's, so that nobody can
/// choose names that collide.
#[derive(Default)]
pub(crate) struct Names {
    slots: Vec<Option<(String, u32)>>,
    count: usize,
    hasher: RandomState,
}

impl Names {
    /// The name's number, 0 at first, and whether the name is new.
    pub(crate) fn number(&mut self, name: &str) -> (&mut u32, bool) {
        if self.count * 2 >= self.slots.len() {
            let larger = (self.slots.len() * 2).max(16);
            for (name, number) in std::mem::replace(&mut self.slots, vec![None; larger]).into_iter().flatten() {
                let slot = self.slot(&name);
                self.slots[slot] = Some((name, number));
            }
        }
        let slot = self.slot(name);
        let new = self.slots[slot].is_none();
        self.count += usize::from(new);
        (&mut self.slots[slot].get_or_insert_with(|| (name.to_owned(), 0)).1, new)
    }

    /// The slot that holds the name or is free for it.
    fn slot(&self, name: &str) -> usize {
        let last = self.slots.len() - 1;
        let mut slot = self.hasher.hash_one(name) as usize & last;
        while self.slots[slot].as_ref().is_some_and(|(known, _)| known != name) {
            slot = (slot + 1) & last;
        }
        slot
    }
}
