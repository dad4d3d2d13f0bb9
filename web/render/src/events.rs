//! The parser's events: what it is asked to read, with a look ahead, and its texts as they were written.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, OffsetIter, Options, Parser};

use crate::map::units;
use crate::search::find;

/// The parser's events with a look ahead.
pub(crate) struct Events<'t> {
    /// What was written; what is parsed has marks of `scan.rs` in it.
    original: &'t str,
    text: &'t str,
    parser: OffsetIter<'t>,
    /// At most five.
    ahead: Vec<(Event<'t>, Range<usize>)>,
}

impl<'t> Events<'t> {
    pub(crate) fn new(text: &'t str, original: &'t str) -> Self {
        let mut options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_HEADING_ATTRIBUTES
            | Options::ENABLE_DEFINITION_LIST
            | Options::ENABLE_MATH;
        if lone_backslash_in_task(text) {
            options -= Options::ENABLE_HEADING_ATTRIBUTES;
        }
        let parser = Parser::new_ext(text, options).into_offset_iter();
        Events { original, text, parser, ahead: Vec::new() }
    }

    fn parsed(&mut self) -> Option<(Event<'t>, Range<usize>)> {
        let (event, range) = self.parser.next()?;
        Some((if !std::ptr::eq(self.text, self.original) { self.restored(event, &range) } else { event }, range))
    }

    /// The event with its text as it was written.
    fn restored(&self, event: Event<'t>, range: &Range<usize>) -> Event<'t> {
        match event {
            Event::Text(text) => Event::Text(self.written(text, range)),
            Event::Html(text) => Event::Html(self.written(text, range)),
            Event::InlineHtml(text) => Event::InlineHtml(self.written(text, range)),
            Event::Code(text) => Event::Code(self.written(text, range)),
            Event::InlineMath(text) => Event::InlineMath(self.written(text, range)),
            Event::DisplayMath(text) => Event::DisplayMath(self.written(text, range)),
            _ => event,
        }
    }

    /// Text that is not there as it stands (a code span has signs around it, its line ends are spaces) gets its colons.
    fn written(&self, text: CowStr<'t>, range: &Range<usize>) -> CowStr<'t> {
        let original = &self.original[range.clone()];
        if text.len() == original.len() {
            return CowStr::Borrowed(original);
        }
        let mut places = self.text[range.clone()].bytes().zip(original.bytes());
        let stands = |byte: u8, char: char| !char.is_ascii() || byte == char as u8 || (byte, char) == (b'\n', ' ');
        let restore = |char: char| match places.find(|&(byte, _)| stands(byte, char)) {
            Some((b'.', b':')) => ':',
            _ => char,
        };
        text.chars().map(restore).collect::<String>().into()
    }

    pub(crate) fn next(&mut self) -> Option<(Event<'t>, Range<usize>)> {
        if self.ahead.is_empty() { self.parsed() } else { Some(self.ahead.remove(0)) }
    }

    /// The event `index` ahead of the next.
    pub(crate) fn peek(&mut self, index: usize) -> Option<&(Event<'t>, Range<usize>)> {
        while self.ahead.len() <= index {
            let next = self.parsed()?;
            self.ahead.push(next);
        }
        self.ahead.get(index)
    }
}

/// Whether a task's first line is a lone backslash. With `-` under it the parser (0.13.6) looks for a heading's attributes
/// in a range that ends before it begins, and panics; such a text goes without attributes.
pub(crate) fn lone_backslash_in_task(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = find(&text[at..], "\\\n") {
        let before = bytes[..at + found].trim_ascii_end();
        if matches!(before, [.., b'[', b' ' | b'x' | b'X', b']']) {
            return true;
        }
        at += found + 2;
    }
    false
}

/// The length of the text of one line of Markdown.
pub(crate) fn text_units(text: &str) -> u32 {
    let mut events = Events::new(text, text);
    let mut count = 0;
    while let Some((event, _)) = events.next() {
        if let Event::Text(text) = event {
            count += units(&text);
        }
    }
    count
}
