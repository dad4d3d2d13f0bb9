//! Walks the parser's events and writes blocks.
//!
//! One pass, no recursion: what is open stands in `frames`, Markdown's elements and raw HTML's in one stack, so
//! they always nest. A raw tag never closes what Markdown opened, and the end of a Markdown element closes every
//! raw one inside it. Only a raw container (`<details>`, `<div>`, `<table>`) that was opened at the top stays
//! open over the blocks that follow; they all belong to one block then.
//!
//! This file: the stack, the blocks, the loop. `elements.rs`: Markdown's elements. `inline.rs`: running text.
//! `html.rs`: raw HTML. `footnotes.rs`: definitions, gathered for the end.

use std::ops::Range;

use pulldown_cmark::Event;

use crate::allow::{Element, Kind};
use crate::direction::{self, BLOCK_OPEN};
use crate::elements::Table;
use crate::escape;
use crate::events::Events;
use crate::footnotes::{Definition, Footnotes};
use crate::formula::Place;
use crate::ids::Ids;
use crate::inline::{Inline, Label};
use crate::limits::{DEPTH_MAX, OUTPUT_BYTES_MAX, OUTPUT_PER_FORMULA_BYTE, output_bytes_max};
use crate::local::NOWHERE;
use crate::map::{Noted, Units};
use crate::scan::{Line, Scanned, scan};
use crate::words::Words;
use crate::{Dir, Heading, Span, toc};

/// What the writer made of a text.
pub(crate) struct Written {
    pub(crate) body: String,
    pub(crate) spans: Vec<Span>,
    pub(crate) outline: Vec<Heading>,
    pub(crate) words: usize,
    pub(crate) rich: bool,
}

/// Writes a whole text; so many lines and UTF-16 units of the document come before it.
pub(crate) fn write(text: &str, dir: Option<Dir>, lines_before: u32, units_before: u32) -> Written {
    let scanned = scan(text);
    let mut writer = Writer::new(text, &scanned, lines_before, units_before);
    writer.dir = dir;
    let bytes_max = output_bytes_max(text.len());
    while let Some((event, range)) = writer.events.next() {
        writer.event(event, range);
        let more = writer.formula_bytes.saturating_mul(OUTPUT_PER_FORMULA_BYTE);
        if writer.out.len() + writer.footnotes.bytes() > (bytes_max + more).min(OUTPUT_BYTES_MAX) {
            return writer.finish(Ending::TooMuch);
        }
    }
    writer.finish(Ending::Whole)
}

#[derive(PartialEq, Eq)]
enum Ending {
    Whole,
    TooMuch,
}

pub(crate) struct Writer<'t> {
    pub(crate) text: &'t str,
    /// What the front matter says of the direction.
    dir: Option<Dir>,
    pub(crate) events: Events<'t>,
    /// Where lines begin that the parser takes for headings.
    pub(crate) own_lines: &'t [(usize, Line)],
    pub(crate) abbreviations: &'t [(&'t str, &'t str)],
    pub(crate) out: String,
    pub(crate) frames: Vec<Frame>,
    /// Elements open around the next one, the block's own included.
    pub(crate) depth: usize,
    /// Links open; a link may hold no other.
    pub(crate) links: usize,
    pub(crate) inline: Inline,
    pub(crate) label: Option<Label>,
    pub(crate) table: Option<Table>,
    pub(crate) heading: Option<String>,
    /// Definitions we are inside of, with what was going on around them.
    pub(crate) definitions: Vec<Definition>,
    pub(crate) footnotes: Footnotes,
    pub(crate) ids: Ids,
    pub(crate) words: Words,
    pub(crate) outline: Vec<Heading>,
    pub(crate) block: Option<Open>,
    /// Where the text in `out` since the block began comes from, in the order of the output.
    pub(crate) runs: Vec<Noted>,
    pub(crate) units: Units,
    /// The numbers of the blocks with a list of contents in them.
    pub(crate) tocs: Vec<usize>,
    /// Whether there are formulas or emoji codes.
    pub(crate) rich: bool,
    /// How much has been told of abbreviations.
    pub(crate) abbreviated: usize,
    /// How much source of formulas has been shown.
    pub(crate) formula_bytes: usize,
    lines: Lines,
    spans: Vec<Span>,
}

/// The block being written.
pub(crate) struct Open {
    /// Where its `<div>` begins in the output.
    from: usize,
    at: usize,
    source: u32,
    line: u32,
    last_line: u32,
}

/// One open element (or several that open and close together).
pub(crate) struct Frame {
    pub(crate) role: Role,
    /// What closes it; empty when nothing was written because it would be too deep, or must not be.
    pub(crate) close: &'static str,
    elements: usize,
}

/// What an open element is to those that come after it.
#[derive(Clone, Copy)]
pub(crate) enum Role {
    Markdown,
    Link,
    Heading { level: u8, at: usize, line: u32 },
    Cell,
    List(Tasks),
    AlertTitle,
    Container,
    Raw(&'static Element),
}

/// Whether a list shows boxes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tasks {
    Yes,
    No,
}

/// Leaf writers (`<sup><a>`, `<code><span>`, `<mark>`) go this much deeper without asking.
const LEAF_DEPTH: usize = 3;

impl<'t> Writer<'t> {
    fn new(text: &'t str, scanned: &'t Scanned<'t>, lines_before: u32, units_before: u32) -> Self {
        Writer {
            text,
            dir: None,
            events: Events::new(&scanned.text, text),
            own_lines: &scanned.lines,
            abbreviations: &scanned.abbreviations,
            out: String::with_capacity(text.len() + text.len() / 2),
            frames: Vec::new(),
            depth: 1,
            links: 0,
            inline: Inline::default(),
            label: None,
            table: None,
            heading: None,
            definitions: Vec::new(),
            footnotes: Footnotes::default(),
            ids: Ids::default(),
            words: Words::default(),
            outline: Vec::new(),
            block: None,
            runs: Vec::new(),
            units: Units::new(units_before),
            tocs: Vec::new(),
            rich: false,
            abbreviated: 0,
            formula_bytes: 0,
            lines: Lines::new(text, lines_before),
            spans: Vec::new(),
        }
    }

    fn event(&mut self, event: Event<'t>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) => self.push_text(&text, range),
            Event::Code(code) => self.code_span(&code, range),
            Event::InlineHtml(html) => self.inline_html(&html, range),
            Event::FootnoteReference(label) => self.footnote_reference(&label, range),
            Event::SoftBreak => self.line_break("", range),
            Event::HardBreak => self.line_break("<br>", range),
            Event::Rule => self.rule(range),
            Event::InlineMath(source) => self.formula(&source, Place::Line, range),
            Event::DisplayMath(source) => self.formula(&source, Place::Own, range),
            // Html stands only in blocks and boxes only at an item's start, where they are read.
            Event::Html(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn finish(mut self, ending: Ending) -> Written {
        while !self.definitions.is_empty() {
            self.close_all();
            self.end_definition();
        }
        self.close_all();
        self.end_block();
        if ending == Ending::TooMuch {
            self.notice(
                "The rest of this document is not shown: as a page it would be many times longer than its text.",
            );
        }
        self.write_footnotes();
        toc::fill(&mut self.out, &mut self.spans, &self.tocs, &self.outline);
        Written { body: self.out, spans: self.spans, outline: self.outline, words: self.words.count(), rich: self.rich }
    }

    fn close_all(&mut self) {
        self.end_leaf();
        while self.pop() {}
    }

    /// Writes markup of our own.
    pub(crate) fn put(&mut self, html: &str) {
        escape::put(&mut self.out, html);
    }

    /// Opens a frame of `elements` elements. `false`: too deep, write nothing; the frame is there all the same.
    pub(crate) fn enter(&mut self, role: Role, close: &'static str, elements: usize) -> bool {
        let fits = self.fits(elements);
        if fits {
            self.depth += elements;
            self.links += usize::from(is_link(role));
            self.frames.push(Frame { role, close, elements });
        } else {
            // What has an end of its own must be found when that comes.
            let role = if matches!(role, Role::Container) { role } else { Role::Markdown };
            self.frames.push(Frame { role, close: "", elements: 0 });
        }
        fits
    }

    /// Whether this many elements more, one in another, stay within the limit.
    pub(crate) fn fits(&self, elements: usize) -> bool {
        self.depth + elements + LEAF_DEPTH <= DEPTH_MAX
    }

    /// Opens a frame that writes nothing.
    pub(crate) fn enter_silent(&mut self) {
        self.frames.push(Frame { role: Role::Markdown, close: "", elements: 0 });
    }

    /// Closes the innermost frame; `false` if there is none.
    pub(crate) fn pop(&mut self) -> bool {
        let Some(frame) = self.frames.pop() else { return false };
        self.inline.left(self.frames.len());
        self.depth -= frame.elements;
        self.links -= usize::from(is_link(frame.role));
        match frame.role {
            Role::Raw(element) => {
                self.put("</");
                self.put(element.name);
                self.put(">");
                if element.kind != Kind::Inline {
                    self.put("\n");
                }
            }
            Role::Heading { level, at, line } => self.end_heading(level, at, line),
            _ => self.put(frame.close),
        }
        true
    }

    /// Closes the innermost Markdown frame and every raw one inside it.
    pub(crate) fn leave(&mut self) {
        while matches!(self.frames.last(), Some(Frame { role: Role::Raw(_), .. })) {
            self.pop();
        }
        self.pop();
    }

    /// The innermost open raw element, unless a Markdown one is inside it.
    pub(crate) fn raw_top(&self) -> Option<&'static Element> {
        match self.frames.last()?.role {
            Role::Raw(element) => Some(element),
            _ => None,
        }
    }

    /// Makes room for a block: ends the text before it, closes raw elements that hold no blocks, begins the block
    /// if none is open, and starts a line.
    pub(crate) fn prepare_block(&mut self, at: usize) {
        self.end_leaf();
        while self.raw_top().is_some_and(|element| element.kind != Kind::Container) {
            self.pop();
        }
        if self.block.is_none() && self.definitions.is_empty() {
            let line = self.lines.at(self.text, at);
            let source = self.source_at(at);
            self.block = Some(Open { from: self.out.len(), at, source, line, last_line: line });
            self.put(BLOCK_OPEN);
        }
        let content_at = self.block.as_ref().map_or(0, |block| block.from + BLOCK_OPEN.len());
        if self.out.len() > content_at && !self.out.ends_with('\n') {
            self.put("\n");
        }
    }

    /// Notes how far the block reaches, and ends it if nothing in it is open.
    pub(crate) fn block_reaches(&mut self, end: usize) {
        if self.definitions.is_empty()
            && let Some(block) = &mut self.block
        {
            let end = self.text[..end].trim_end().len().max(1);
            block.last_line = block.last_line.max(self.lines.at(self.text, end - 1));
            if self.frames.is_empty() {
                self.end_block();
            }
        }
    }

    fn end_block(&mut self) {
        let Some(Open { from, at, source, line, last_line }) = self.block.take() else { return };
        let content = self.out.trim_end_matches('\n').len();
        self.out.truncate(content);
        let inside = from + BLOCK_OPEN.len();
        if content == inside {
            self.out.truncate(from);
            return;
        }
        let open = direction::open(&self.out[inside..], self.dir);
        self.insert(inside - 1, &open[BLOCK_OPEN.len() - 1..open.len() - 1]);
        let mut runs = std::mem::take(&mut self.runs);
        self.put("</div>");
        for run in &mut runs {
            run.out -= from;
            run.source -= source;
        }
        self.spans.push(Span { from, to: self.out.len(), at, line, lines: last_line - line + 1, source, runs });
    }

    /// Appends a block of our own at the end of the document. It begins in the source where the first of its runs does.
    pub(crate) fn append_block(&mut self, html: &str, mut runs: Vec<Noted>) {
        let from = self.out.len();
        let open = direction::open(html, self.dir);
        self.put(open);
        self.put(html);
        self.put("</div>");
        let end = self.source_at(self.text.len());
        let source = runs.iter().map(|run| run.source).min().unwrap_or(end);
        for run in &mut runs {
            run.out += open.len();
            run.source -= source;
        }
        let at = NOWHERE;
        self.spans.push(Span { from, to: self.out.len(), at, line: self.lines.end(), lines: 0, source, runs });
    }

    fn notice(&mut self, sentence: &str) {
        self.append_block(&["<p class=\"notice\" role=\"note\">", sentence, "</p>"].concat(), Vec::new());
    }

    /// Writes a tag that begins with `open` and knows its line.
    pub(crate) fn put_tag(&mut self, open: &str, at: usize) {
        self.put(open);
        self.line_attribute(at);
        self.put(">");
    }

    /// Writes `data-line` for what begins at `at`, unless it is where the block begins.
    pub(crate) fn line_attribute(&mut self, at: usize) {
        if let Some(line) = self.line_in_block(at).filter(|&line| line > 0) {
            self.put_line(line);
        }
    }

    #[inline(never)]
    pub(crate) fn put_line(&mut self, line: u32) {
        self.put(" data-line=\"");
        escape::number(&mut self.out, line.into());
        self.put("\"");
    }

    /// The line of `at`, counted from the block's first; `None` in a footnote, which stands in no block of its own.
    pub(crate) fn line_in_block(&self, at: usize) -> Option<u32> {
        let block = self.block.as_ref().filter(|_| self.definitions.is_empty())?;
        Some(self.lines.at(self.text, at).saturating_sub(block.line))
    }

    /// How many blocks are finished.
    pub(crate) fn blocks(&self) -> usize {
        self.spans.len()
    }

    /// Whether the paragraph that has just begun is text from its first letter to its last.
    pub(crate) fn is_plain_paragraph(&mut self) -> bool {
        let texts = (0..4).take_while(|&index| matches!(self.events.peek(index), Some((Event::Text(_), _)))).count();
        matches!(self.events.peek(texts), Some((Event::End(_), _)))
    }

    pub(crate) fn line_at(&self, at: usize) -> u32 {
        self.lines.at(self.text, at)
    }
}

fn is_link(role: Role) -> bool {
    match role {
        Role::Link => true,
        Role::Raw(element) => element.name == "a",
        _ => false,
    }
}

/// Offsets to line numbers.
struct Lines {
    starts: Vec<usize>,
    first: u32,
}

impl Lines {
    fn new(text: &str, first: u32) -> Self {
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1).collect();
        Lines { starts, first }
    }

    /// The line of the first thing to be seen at or after `at`.
    fn at(&self, text: &str, at: usize) -> u32 {
        let blank = text.as_bytes()[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let at = if at + blank == text.len() { at } else { at + blank };
        self.first + self.starts.partition_point(|&start| start <= at) as u32
    }

    fn end(&self) -> u32 {
        self.first + self.starts.len() as u32
    }
}
