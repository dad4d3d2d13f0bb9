//! Behind which unit each unit was written: what tells whether everybody will read a block at the same place.
//!
//! Yjs and yrs find a block's place by walking from its origin to the right, over the origin's descendants, until they
//! meet its right origin or something that is no descendant. All orders of arrival lead to one text if the walk never
//! ends in the middle of a descendant's own descendants, that is, if the right origin was itself written behind the
//! origin or behind one of the origin's ancestors. An editor puts text between two units that are neighbours on its
//! screen: of these the right one was always written behind the left one or an ancestor of it, so no honest block fails
//! this, and no order of the text has to be known to see it. GC has lost its origins, so nothing may rest on it.
//!
//! A unit's origin never changes, so this only grows. Units behind their own client's unit before them are one run.
//! Invariant: a run's parent comes before it; finding out costs the logarithm of the depth.

use std::collections::HashMap;

use super::block::{Block, Content, Id};

const NOBODY: u32 = u32::MAX;

/// The origins of everything in a document.
#[derive(Debug, Default)]
pub struct Lineage {
    runs: Vec<Run>,
    /// Each client's, ascending.
    of: HashMap<u64, Vec<u32>>,
}

/// Where a run of units begins and behind what. For the jumps see "skew-binary jump pointers".
#[derive(Clone, Copy, Debug)]
struct Run {
    from: u32,
    kind: Kind,
    depth: u32,
    parent: Unit,
    jump: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Item,
    Gc,
}

/// A unit by its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unit {
    run: u32,
    clock: u32,
}

/// The beginning of the text.
const ROOT: Unit = Unit { run: NOBODY, clock: 0 };

/// The first unit of a run, as an update brought it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    id: Id,
    kind: Kind,
    origin: Option<Id>,
}

impl Lineage {
    /// Adds what was accepted. Call once for each, in the order in which they were judged.
    pub fn grow(&mut self, checked: &super::Checked) {
        let mut growth = Growth::over(self);
        checked.starts.iter().for_each(|start| growth.start(*start));
        let Growth { runs, lists, .. } = growth;
        self.runs.extend(runs);
        for (client, runs) in lists {
            self.of.entry(client).or_default().extend(runs);
        }
    }
}

/// A lineage and what an update adds to it.
#[derive(Debug)]
pub(super) struct Growth<'l> {
    base: &'l Lineage,
    runs: Vec<Run>,
    /// Each client's, ascending.
    lists: Vec<(u64, Vec<u32>)>,
    /// Which of these is whose.
    of: HashMap<u64, usize>,
    /// The one that grew last: most of what is asked is about it.
    recent: usize,
    starts: Vec<Start>,
}

impl<'l> Growth<'l> {
    pub(super) fn over(base: &'l Lineage) -> Growth<'l> {
        Growth { base, runs: Vec::new(), lists: Vec::new(), of: HashMap::new(), recent: 0, starts: Vec::new() }
    }

    pub(super) fn starts(self) -> Vec<Start> {
        self.starts
    }

    /// Whether a block stands at the same place for everybody. What it rests on must be there.
    pub(super) fn is_sound(&self, block: &Block, origin: Option<Id>) -> bool {
        let neighbours = [origin, block.right_origin].map(|id| id.map(|id| self.unit(id)));
        if block.content == Content::Gc || neighbours.iter().flatten().any(|unit| self.kind(*unit) == Kind::Gc) {
            return false;
        }
        let [left, right] = neighbours;
        let left = left.unwrap_or(ROOT);
        right.is_none_or(|right| self.is_behind(left, self.parent(right)) && !self.is_behind(left, right))
    }

    /// Adds a block; what it rests on must be there.
    pub(super) fn add(&mut self, client: u64, block: &Block, origin: Option<Id>, from: u32) {
        let kind = if block.content == Content::Gc { Kind::Gc } else { Kind::Item };
        let id = Id { client, clock: from };
        let goes_on = from > 0 && {
            let before = Id { client, clock: from - 1 };
            let same = self.kind(self.unit(before)) == kind;
            same && (kind == Kind::Gc || origin == Some(before))
        };
        if !goes_on {
            self.start(Start { id, kind, origin });
        }
    }

    fn start(&mut self, start: Start) {
        let parent = start.origin.map_or(ROOT, |origin| self.unit(origin));
        let at = (self.base.runs.len() + self.runs.len()) as u32;
        let (depth, jump) = match parent {
            ROOT => (0, at),
            Unit { run, .. } => {
                let above = self.run(run);
                let far = self.run(above.jump);
                let even = above.depth - far.depth == far.depth - self.run(far.jump).depth;
                (above.depth + 1, if even { far.jump } else { run })
            }
        };
        self.runs.push(Run { from: start.id.clock, kind: start.kind, depth, parent, jump });
        let client = start.id.client;
        self.recent = self.list(client).unwrap_or(self.lists.len());
        if self.recent == self.lists.len() {
            self.of.insert(client, self.recent);
            self.lists.push((client, Vec::new()));
        }
        self.lists[self.recent].1.push(at);
        self.starts.push(start);
    }

    /// Which list is a client's.
    fn list(&self, client: u64) -> Option<usize> {
        match self.lists.get(self.recent) {
            Some((recent, _)) if *recent == client => Some(self.recent),
            _ => self.of.get(&client).copied(),
        }
    }

    fn run(&self, at: u32) -> Run {
        let (at, below) = (at as usize, self.base.runs.len());
        if at < below { self.base.runs[at] } else { self.runs[at - below] }
    }

    fn kind(&self, unit: Unit) -> Kind {
        if unit == ROOT { Kind::Item } else { self.run(unit.run).kind }
    }

    /// A unit that is there. One that is not stands at the beginning: the walk of the gate has seen to that.
    fn unit(&self, id: Id) -> Unit {
        let new = self.list(id.client).and_then(|list| self.among(&self.lists[list].1, id.clock));
        let found = new.or_else(|| self.among(self.base.of.get(&id.client)?, id.clock));
        found.map_or(ROOT, |run| Unit { run, clock: id.clock })
    }

    /// Which of a client's runs a unit is in: mostly the last, as what a block goes on from is.
    fn among(&self, runs: &[u32], clock: u32) -> Option<u32> {
        let is_after = |run: &u32| self.run(*run).from > clock;
        match runs.last() {
            Some(last) if !is_after(last) => Some(*last),
            _ => runs.partition_point(|run| !is_after(run)).checked_sub(1).map(|at| runs[at]),
        }
    }

    fn parent(&self, unit: Unit) -> Unit {
        if unit == ROOT {
            return ROOT;
        }
        let run = self.run(unit.run);
        if unit.clock > run.from { Unit { clock: unit.clock - 1, ..unit } } else { run.parent }
    }

    /// Whether `unit` is `above` or was written behind it, however far.
    fn is_behind(&self, unit: Unit, above: Unit) -> bool {
        if above == ROOT || unit == ROOT {
            return above == ROOT;
        }
        let depth = self.run(above.run).depth;
        let mut unit = unit;
        while unit.run != above.run {
            let run = self.run(unit.run);
            if run.depth <= depth {
                return false;
            }
            let far = self.run(run.jump);
            unit = if far.depth > depth { Unit { run: run.jump, clock: far.from } } else { run.parent };
        }
        above.clock <= unit.clock
    }
}
