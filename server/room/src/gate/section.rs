//! What an update brings of one client, and how much of it has been taken.

use super::block::{Block, Blocks, Content};
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
    count: u64,
    from: usize,
    to: usize,
    text_bytes: usize,
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
            }
            self.next = self.blocks.next()?;
        }
        Ok(self.next)
    }

    /// Takes the block `peek` returned.
    pub(super) fn take(&mut self, block: Block<'a>) {
        let known = self.head.saturating_sub(block.clock);
        if known > 0 {
            self.taken.cut = Some(block);
            self.taken.from = self.blocks.at();
        }
        self.taken.count += 1;
        self.taken.to = self.blocks.at();
        self.taken.text_bytes += block.text_bytes(known);
        self.reach = block.end;
        self.next = None;
    }

    pub(super) fn text_bytes(&self) -> usize {
        self.taken.text_bytes
    }

    /// Writes what was taken; `source` are the bytes it was read from.
    pub(super) fn write(&self, source: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
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
}
