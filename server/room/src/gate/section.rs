//! What an update brings of one client, and how much of it has been taken.

use super::block::{Block, Blocks, Content, Id};
use super::lib0::{Reader, put_varuint};
use super::{Arrival, Malformed, Refusal};

/// How far a section has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Its next block may be looked at.
    Open,
    /// Its next block rests on another section that is being looked at.
    Waiting,
    /// Its next block cannot be taken, so none after it can.
    Stuck,
}

/// One client's blocks. Taken are the units `head..reach`; what lies below `head` is known and never looked at.
#[derive(Debug)]
pub(super) struct Section<'a> {
    pub(super) client: u64,
    pub(super) head: u32,
    pub(super) reach: u32,
    /// Where the last block that is not a Skip ends.
    pub(super) end: u32,
    pub(super) progress: Progress,
    blocks: Blocks<'a>,
    next: Option<Block<'a>>,
    taken: Taken<'a>,
}

/// The taken blocks, in the received bytes.
#[derive(Debug, Default)]
struct Taken<'a> {
    /// The first block, if its beginning is known.
    cut: Option<Block<'a>>,
    /// Where the others begin, to be read again.
    rest: Option<Blocks<'a>>,
    count: u64,
    from: usize,
    to: usize,
    text_bytes: usize,
    joints: Joints,
}

/// From so many blocks on, runs are joined.
const JOIN_MIN: u64 = 64;
/// What is stored is left as it is while yrs copies at most so many bytes, some milliseconds, to join its runs. It has joined
/// what it could when it wrote a state: what looks like a run there has something in its middle, and would be cut again.
const STORED_COPIES_MAX: usize = 1 << 26;

/// What it would take yrs to join the runs among blocks, one after the other.
#[derive(Debug, Default)]
struct Joints {
    /// The right origin of the text at the end, if there is text.
    last: Option<Option<Id>>,
    /// The blocks of the run there, and their bytes.
    blocks: usize,
    bytes: usize,
    /// Bytes copied for the runs before it, at most.
    before: usize,
}

impl Joints {
    fn add(&mut self, behind: Id, block: &Block, bytes: usize) {
        let is_text = matches!(block.content, Content::String(_));
        if !(is_text && block.origin == Some(behind) && self.last == Some(block.right_origin)) {
            (self.before, self.blocks, self.bytes) = (self.copies(), 0, 0);
        }
        self.last = is_text.then_some(block.right_origin);
        self.blocks += 1;
        self.bytes += bytes;
    }

    fn copies(&self) -> usize {
        let joined = self.blocks.saturating_sub(1);
        self.before.saturating_add(joined.saturating_mul(self.bytes))
    }
}

/// Blocks that are one.
struct Run<'a> {
    first: Block<'a>,
    end: u32,
    more: String,
    from: usize,
    to: usize,
}

impl<'a> Run<'a> {
    fn new(first: Block<'a>, from: usize, to: usize) -> Run<'a> {
        Run { end: first.end, first, more: String::new(), from, to }
    }

    /// Whether a block is what its writer would have made part of this one: text right behind it, for the same place.
    fn goes_on(&self, client: u64, block: &Block) -> bool {
        let behind = Id { client, clock: self.end - 1 };
        matches!((self.first.content, block.content), (Content::String(_), Content::String(_)))
            && block.origin == Some(behind)
            && block.right_origin == self.first.right_origin
    }

    fn add(&mut self, block: &Block) {
        if let Content::String(string) = block.content {
            self.more.push_str(string);
        }
        self.end = block.end;
    }

    fn write(self, source: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        if self.more.is_empty() {
            let whole = source.get(self.from..self.to);
            out.extend_from_slice(whole.ok_or(Refusal::Invalid("its blocks are out of order"))?);
        } else {
            self.first.write_with(&self.more, out);
        }
        Ok(())
    }
}

impl<'a> Section<'a> {
    /// Reads a whole section; `reader` goes on behind it. All its bytes are checked here, even what is known.
    pub(super) fn read(
        reader: &mut Reader<'a>,
        mut blocks: Blocks<'a>,
        head: u32,
        arrival: Arrival,
    ) -> Result<Section<'a>, Malformed> {
        let client = blocks.client();
        let hole = blocks.clock() > head;
        let mut fresh = None;
        let mut end = 0;
        loop {
            let before = blocks.clone();
            let Some(block) = blocks.next()? else { break };
            match block.content {
                Content::Skip if arrival != Arrival::Step2 => return Err(Malformed("it skips blocks")),
                Content::Skip => {}
                _ => end = block.end,
            }
            if block.end > head && fresh.is_none() {
                fresh = Some(before);
            }
        }
        let progress = if hole { Progress::Stuck } else { Progress::Open };
        let rest = fresh.unwrap_or_else(|| blocks.clone());
        *reader = blocks.into_reader();
        Ok(Section { client, head, reach: head, end, progress, blocks: rest, next: None, taken: Taken::default() })
    }

    /// Whether it names units the document does not have.
    pub(super) fn is_fresh(&self) -> bool {
        self.end > self.head
    }

    /// Whether some of those were not taken.
    pub(super) fn is_short(&self) -> bool {
        self.is_fresh() && self.reach < self.end
    }

    /// The next block to take.
    pub(super) fn peek(&mut self) -> Result<Option<Block<'a>>, Malformed> {
        if self.next.is_none() {
            if self.taken.count == 0 {
                self.taken.from = self.blocks.at();
                self.taken.rest = Some(self.blocks.clone());
            }
            self.next = self.blocks.next()?;
        }
        Ok(self.next)
    }

    /// Behind what a block stands: if its known beginning is cut off, behind its own client's last known unit.
    pub(super) fn origin(&self, block: &Block) -> Option<Id> {
        match block.clock < self.head {
            true => Some(Id { client: self.client, clock: self.head - 1 }),
            false => block.origin,
        }
    }

    /// Takes the block `peek` returned.
    pub(super) fn take(&mut self, block: Block<'a>) {
        let known = self.head.saturating_sub(block.clock);
        if known > 0 {
            self.taken.cut = Some(block);
            self.taken.from = self.blocks.at();
            self.taken.rest = Some(self.blocks.clone());
        }
        self.taken.count += 1;
        self.taken.to = self.blocks.at();
        let bytes = block.text_bytes(known);
        self.taken.text_bytes += bytes;
        self.taken.joints.add(Id { client: self.client, clock: self.reach.saturating_sub(1) }, &block, bytes);
        self.reach = block.end;
        self.next = None;
    }

    pub(super) fn text_bytes(&self) -> usize {
        self.taken.text_bytes
    }

    /// Writes what was taken; `source` are the bytes it was read from.
    pub(super) fn write(&self, source: &[u8], arrival: Arrival, out: &mut Vec<u8>) -> Result<(), Refusal> {
        let as_it_is = arrival == Arrival::Stored && self.taken.joints.copies() <= STORED_COPIES_MAX;
        if self.taken.count >= JOIN_MIN
            && !as_it_is
            && let Some(rest) = &self.taken.rest
        {
            return self.write_joined(rest.clone(), source, out);
        }
        put_varuint(out, self.taken.count);
        put_varuint(out, self.client);
        put_varuint(out, self.head.into());
        if let Some(block) = &self.taken.cut {
            block.write_tail(self.client, self.head - block.clock, out);
        }
        let whole = source.get(self.taken.from..self.taken.to);
        out.extend_from_slice(whole.ok_or(Refusal::Invalid("its blocks are out of order"))?);
        Ok(())
    }

    /// The same with what was typed in one go as one block, as Yjs writes it: of single units yrs makes the same text at
    /// the cost of the square of their number.
    fn write_joined(&self, mut rest: Blocks<'a>, source: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        let mut joined = Vec::with_capacity(self.taken.to.saturating_sub(self.taken.from));
        let mut count = 0;
        if let Some(block) = &self.taken.cut {
            block.write_tail(self.client, self.head - block.clock, &mut joined);
            count += 1;
        }
        let mut run: Option<Run<'a>> = None;
        while rest.at() < self.taken.to {
            let from = rest.at();
            let Some(block) = rest.next()? else { break };
            match &mut run {
                Some(run) if run.goes_on(self.client, &block) => run.add(&block),
                _ => {
                    let before = run.replace(Run::new(block, from, rest.at()));
                    before.into_iter().try_for_each(|before| before.write(source, &mut joined))?;
                    count += 1;
                }
            }
        }
        run.into_iter().try_for_each(|run| run.write(source, &mut joined))?;
        put_varuint(out, count);
        put_varuint(out, self.client);
        put_varuint(out, self.head.into());
        out.extend_from_slice(&joined);
        Ok(())
    }
}
