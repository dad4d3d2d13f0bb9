//! Takes blocks in an order in which each rests only on blocks that are there.
//!
//! The same walk as Yjs and yrs do when they integrate: the highest client first, and when a block rests on another
//! client's, that client's first. What this walk takes they integrate without anything left over; what it cannot
//! take (a hole, a missing block, a circle) would have waited in their pending list. An explicit stack, every block
//! looked at no more than three times. A block that is taken must also stand at one place for everybody: `lineage.rs`.

use super::block::{Block, Content, Id};
use super::lineage::Growth;
use super::section::{Progress, Section};
use super::{Known, Refusal};

/// yrs searches its whole stack at each descent; this many comparisons take it about a second.
const DESCENT_MAX: u64 = 1 << 28;

/// The sections of an update, highest client first, each client once.
pub(super) struct Sections<'a, 'k> {
    pub(super) all: Vec<Section<'a>>,
    pub(super) growth: Growth<'k>,
    known: &'k dyn Known,
    places: Places,
    descent: u64,
}

/// What is asked of the places of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Places {
    /// Each must be the same for everybody.
    Proven,
    /// They are stored, and remembered.
    Settled,
    /// There are none: a map's values have keys.
    Keyed,
}

/// A section on the stack and how far it has to come.
struct Goal {
    section: usize,
    reach: u32,
}

/// What one block rests on.
enum Support {
    There,
    Never,
    After(Goal),
}

impl<'a, 'k> Sections<'a, 'k> {
    pub(super) fn new(mut all: Vec<Section<'a>>, known: &'k dyn Known, places: Places) -> Result<Self, Refusal> {
        all.sort_by_key(|section| std::cmp::Reverse(section.client));
        match all.windows(2).any(|pair| pair[0].client == pair[1].client) {
            true => Err(Refusal::Invalid("it names a client twice")),
            false => Ok(Sections { all, growth: Growth::over(known.lineage()), known, places, descent: 0 }),
        }
    }

    /// Takes everything that can be taken.
    pub(super) fn resolve(&mut self) -> Result<(), Refusal> {
        let mut stack = Vec::new();
        for section in 0..self.all.len() {
            stack.push(Goal { section, reach: self.all[section].end });
            while let Some(goal) = stack.last() {
                match self.advance(goal.section, goal.reach)? {
                    Some(needed) => {
                        self.descend(stack.len())?;
                        stack.push(needed);
                    }
                    None => drop(stack.pop()),
                }
            }
        }
        Ok(())
    }

    /// Up to which clock there are blocks of `client`, in the document or taken.
    pub(super) fn reach(&self, client: u64) -> u32 {
        match self.find(client) {
            Some(section) => self.all[section].reach,
            None => self.known.head(client),
        }
    }

    fn find(&self, client: u64) -> Option<usize> {
        self.all.binary_search_by(|section| client.cmp(&section.client)).ok()
    }

    fn descend(&mut self, depth: usize) -> Result<(), Refusal> {
        self.descent = self.descent.saturating_add(depth as u64);
        match self.descent > DESCENT_MAX {
            true => Err(Refusal::Invalid("its blocks rest on each other in too long a chain")),
            false => Ok(()),
        }
    }

    /// Takes blocks of one section until it reaches `target`, is stuck, or must wait for the section returned.
    fn advance(&mut self, at: usize, target: u32) -> Result<Option<Goal>, Refusal> {
        while self.all[at].progress != Progress::Stuck && self.all[at].reach < target {
            let Some(block) = self.all[at].peek()? else { break };
            match self.support(at, &block) {
                Support::There => {
                    self.place(at, &block)?;
                    self.all[at].take(block);
                }
                Support::Never => self.all[at].progress = Progress::Stuck,
                Support::After(goal) => {
                    self.all[at].progress = Progress::Waiting;
                    return Ok(Some(goal));
                }
            }
        }
        if self.all[at].progress == Progress::Waiting {
            self.all[at].progress = Progress::Open;
        }
        Ok(None)
    }

    /// Remembers behind what a block was written that is about to be taken, if everybody reads it at the same place.
    fn place(&mut self, at: usize, block: &Block) -> Result<(), Refusal> {
        let origin = self.all[at].origin(block);
        if self.places == Places::Proven && !self.growth.is_sound(block, origin) {
            return Err(Refusal::Invalid("its text stands where no editor can have put it"));
        }
        if self.places != Places::Keyed {
            let Section { client, head, .. } = self.all[at];
            self.growth.add(client, block, origin, block.clock.max(head));
        }
        Ok(())
    }

    fn support(&self, at: usize, block: &Block) -> Support {
        if block.content == Content::Skip {
            return Support::Never;
        }
        for id in [self.all[at].origin(block), block.right_origin].into_iter().flatten() {
            match self.lookup(at, id) {
                Support::There => {}
                other => return other,
            }
        }
        Support::There
    }

    fn lookup(&self, at: usize, id: Id) -> Support {
        if id.client == self.all[at].client {
            return Support::There;
        }
        let Some(section) = self.find(id.client) else {
            return if id.clock < self.known.head(id.client) { Support::There } else { Support::Never };
        };
        let other = &self.all[section];
        if id.clock < other.reach {
            Support::There
        } else if other.progress != Progress::Open || id.clock >= other.end {
            Support::Never
        } else {
            Support::After(Goal { section, reach: id.clock + 1 })
        }
    }
}
