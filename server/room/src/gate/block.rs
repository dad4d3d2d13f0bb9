//! One struct of an update: what Yjs calls GC, Skip or Item.
//!
//! Invariant: whatever [`Blocks`] yields keeps to its [`Grammar`], has a length above zero, ends at or below 2^31 and
//! rests on no block of its own client that is not before it. Next: `resolve.rs`, which puts blocks in order.

use super::lib0::{Reader, clock_end, put_varuint, utf16_len, utf16_tail};
use super::{Malformed, any};

const KIND: u8 = 0x1f;
const HAS_ORIGIN: u8 = 0x80;
const HAS_RIGHT_ORIGIN: u8 = 0x40;
const HAS_PARENT_SUB: u8 = 0x20;

const GC: u8 = 0;
const DELETED: u8 = 1;
const STRING: u8 = 4;
const ANY: u8 = 8;
const SKIP: u8 = 10;

/// Which documents exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grammar {
    /// Channel 0: one Y.Text named `content`, without formatting.
    Text,
    /// Channel 1: one Y.Map named `notes` of plain JSON values.
    Notes,
}

impl Grammar {
    fn root(self) -> &'static str {
        match self {
            Grammar::Text => "content",
            Grammar::Notes => "notes",
        }
    }
}

/// One unit of one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id {
    pub(super) client: u64,
    pub(super) clock: u32,
}

impl Id {
    fn read(reader: &mut Reader) -> Result<Id, Malformed> {
        Ok(Id { client: reader.varuint()?, clock: reader.clock()? })
    }

    fn write(self, out: &mut Vec<u8>) {
        put_varuint(out, self.client);
        put_varuint(out, self.clock.into());
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content<'a> {
    Gc,
    Skip,
    Deleted,
    String(&'a str),
    Any,
}

/// A run of units of one client.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'a> {
    pub(super) clock: u32,
    pub(super) end: u32,
    pub(super) origin: Option<Id>,
    pub(super) right_origin: Option<Id>,
    pub(super) content: Content<'a>,
}

impl Block<'_> {
    /// The bytes of text it inserts after its first `offset` units.
    pub(super) fn text_bytes(&self, offset: u32) -> usize {
        match self.content {
            Content::String(string) if offset == 0 => string.len(),
            Content::String(string) => utf16_tail(string, offset as usize).1.len(),
            _ => 0,
        }
    }

    /// Writes a block of text with more text behind it.
    pub(super) fn write_with(&self, more: &str, out: &mut Vec<u8>) {
        let has = |id: Option<Id>, flag: u8| if id.is_some() { flag } else { 0 };
        out.push(STRING | has(self.origin, HAS_ORIGIN) | has(self.right_origin, HAS_RIGHT_ORIGIN));
        self.origin.into_iter().chain(self.right_origin).for_each(|id| id.write(out));
        if self.origin.is_none() && self.right_origin.is_none() {
            put_varuint(out, 1);
            put_string(Grammar::Text.root(), "", out);
        }
        if let Content::String(string) = self.content {
            put_string(string, more, out);
        }
    }

    /// Writes it without its first `offset` units, which are known: then it rests on the last of them.
    pub(super) fn write_tail(&self, client: u64, offset: u32, out: &mut Vec<u8>) {
        let kind = match self.content {
            Content::Gc | Content::Skip | Content::Any => GC,
            Content::Deleted => DELETED,
            Content::String(_) => STRING,
        };
        let left = u64::from(self.end - self.clock - offset);
        if kind == GC {
            out.push(GC);
            return put_varuint(out, left);
        }
        out.push(kind | HAS_ORIGIN | if self.right_origin.is_some() { HAS_RIGHT_ORIGIN } else { 0 });
        Id { client, clock: self.clock + offset - 1 }.write(out);
        if let Some(right) = self.right_origin {
            right.write(out);
        }
        match self.content {
            Content::String(string) => write_string_tail(string, offset, out),
            _ => put_varuint(out, left),
        }
    }
}

fn put_string(string: &str, more: &str, out: &mut Vec<u8>) {
    put_varuint(out, (string.len() + more.len()) as u64);
    out.extend_from_slice(string.as_bytes());
    out.extend_from_slice(more.as_bytes());
}

fn write_string_tail(string: &str, offset: u32, out: &mut Vec<u8>) {
    let (halved, tail) = utf16_tail(string, offset as usize);
    let first = if halved { "\u{fffd}" } else { "" };
    put_varuint(out, (first.len() + tail.len()) as u64);
    out.extend_from_slice(first.as_bytes());
    out.extend_from_slice(tail.as_bytes());
}

/// The blocks of one client in an update.
#[derive(Clone, Debug)]
pub(super) struct Blocks<'a> {
    reader: Reader<'a>,
    grammar: Grammar,
    client: u64,
    clock: u32,
    left: usize,
}

impl<'a> Blocks<'a> {
    /// Reads the head of a client's section; the blocks follow in `reader`.
    pub(super) fn open(reader: &mut Reader<'a>, grammar: Grammar) -> Result<Blocks<'a>, Malformed> {
        let left = reader.count(2)?;
        let client = reader.varuint()?;
        let clock = reader.clock()?;
        Ok(Blocks { reader: reader.clone(), grammar, client, clock, left })
    }

    pub(super) fn client(&self) -> u64 {
        self.client
    }

    /// The clock of the next block.
    pub(super) fn clock(&self) -> u32 {
        self.clock
    }

    /// Where the next block begins.
    pub(super) fn at(&self) -> usize {
        self.reader.at()
    }

    /// Where reading goes on after the last block.
    pub(super) fn into_reader(self) -> Reader<'a> {
        self.reader
    }

    /// The next block.
    pub(super) fn next(&mut self) -> Result<Option<Block<'a>>, Malformed> {
        if self.left == 0 {
            return Ok(None);
        }
        let clock = self.clock;
        let block = match self.reader.byte()? {
            GC => self.bare(Content::Gc)?,
            SKIP => self.bare(Content::Skip)?,
            info => self.item(info)?,
        };
        if block.end == clock {
            return Err(Malformed("a block is empty"));
        }
        self.clock = block.end;
        self.left -= 1;
        Ok(Some(block))
    }

    fn bare(&mut self, content: Content<'a>) -> Result<Block<'a>, Malformed> {
        let end = clock_end(self.clock, self.reader.clock()?)?;
        Ok(Block { clock: self.clock, end, origin: None, right_origin: None, content })
    }

    fn item(&mut self, info: u8) -> Result<Block<'a>, Malformed> {
        if info & HAS_PARENT_SUB != 0 && self.grammar == Grammar::Text {
            return Err(Malformed("a block has a key, as only maps have"));
        }
        let origin = (info & HAS_ORIGIN != 0).then(|| self.neighbour()).transpose()?;
        let right_origin = (info & HAS_RIGHT_ORIGIN != 0).then(|| self.neighbour()).transpose()?;
        if origin.is_none() && right_origin.is_none() {
            self.parent(info)?;
        }
        let (content, len) = self.content(info & KIND)?;
        Ok(Block { clock: self.clock, end: clock_end(self.clock, len)?, origin, right_origin, content })
    }

    fn neighbour(&mut self) -> Result<Id, Malformed> {
        let id = Id::read(&mut self.reader)?;
        if id.client == self.client && id.clock >= self.clock {
            return Err(Malformed("a block rests on itself"));
        }
        Ok(id)
    }

    fn parent(&mut self, info: u8) -> Result<(), Malformed> {
        if self.reader.varuint()? != 1 || self.reader.string()? != self.grammar.root() {
            return Err(Malformed("a block is outside of the document's root"));
        }
        if info & HAS_PARENT_SUB != 0 {
            return self.reader.string().map(|_| ());
        }
        match self.grammar {
            Grammar::Notes => Err(Malformed("a note has no key")),
            Grammar::Text => Ok(()),
        }
    }

    fn content(&mut self, kind: u8) -> Result<(Content<'a>, u32), Malformed> {
        match (kind, self.grammar) {
            (DELETED, _) => Ok((Content::Deleted, self.reader.clock()?)),
            (STRING, Grammar::Text) => {
                let string = self.reader.string()?;
                let len = u32::try_from(utf16_len(string)).map_err(|_| Malformed("a clock is above 2^31"))?;
                Ok((Content::String(string), len))
            }
            (ANY, Grammar::Notes) => {
                any::skip_one(&mut self.reader)?;
                Ok((Content::Any, 1))
            }
            _ => Err(Malformed("a block holds what a plain text cannot")),
        }
    }
}
