//! Running text: pieces are gathered until something else comes, then links and `==marks==` are found in them.
//!
//! A mark's two ends may stand in different pieces (`==very **bold**==`), so both are written as text first and
//! their places noted; when the paragraph ends, the pairs become elements. Ends pair up only at the same level
//! of nesting, and marks do not nest.

use std::ops::Range;

use crate::emoji;
use crate::escape;
use crate::limits::{ABBREVIATED_BYTES_MAX, LABEL_CHARS_MAX};
use crate::links;
use crate::map::Origin;
use crate::search::first_chars;
use crate::url;
use crate::writer::{Role, Writer};

/// The text being gathered, and the marks of the paragraph it is in.
#[derive(Default)]
pub(crate) struct Inline {
    pub(crate) text: String,
    /// Which source it was read from, in order.
    pub(crate) origins: Vec<Origin>,
    /// How many of them have been written.
    pub(crate) noted: usize,
    /// How far the source has been gathered.
    pub(crate) reached: usize,
    /// Where in it stand `=`, `+` and `:` that a backslash made plain.
    escaped: Vec<usize>,
    /// Whether white space, or nothing, was before it.
    pub(crate) spaced: bool,
    /// The last `==` and the last `++` that may open: how many frames were open, and its place in the output.
    open: [Option<(usize, usize)>; 2],
    pairs: Vec<Pair>,
}

/// Where the two ends of a mark stand in the output.
pub(crate) struct Pair {
    pub(crate) open: usize,
    pub(crate) close: usize,
    pub(crate) kind: Mark,
}

#[derive(Clone, Copy)]
pub(crate) enum Mark {
    /// `==`
    Mark,
    /// `++`
    Ins,
}

impl Mark {
    /// The element's.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Mark::Mark => "mark",
            Mark::Ins => "ins",
        }
    }
}

impl Inline {
    /// Frames were closed until `level` are left: what was opened inside them cannot be closed any more.
    pub(crate) fn left(&mut self, level: usize) {
        self.open = self.open.map(|open| open.filter(|(opened_at, _)| *opened_at <= level));
    }
}

/// The spoken label of a task box: its item's text, known only when that has been read.
pub(crate) struct Label {
    at: usize,
    text: String,
}

impl Label {
    /// To be written at this place of the output.
    pub(crate) fn new(at: usize) -> Self {
        Label { at, text: String::new() }
    }
}

impl<'t> Writer<'t> {
    pub(crate) fn push_text(&mut self, text: &str, range: Range<usize>) {
        if text.starts_with(['=', '+', ':']) && range.start > 0 && self.text.as_bytes()[range.start - 1] == b'\\' {
            self.inline.escaped.push(self.inline.text.len());
        }
        self.gather(text, range);
    }

    /// Takes what was gathered; where it came from is known until `forget`.
    pub(crate) fn take_gathered(&mut self) -> String {
        std::mem::take(&mut self.inline.text)
    }

    pub(crate) fn forget(&mut self) {
        self.inline.origins.clear();
        self.inline.noted = 0;
        self.inline.escaped.clear();
    }

    /// Writes the text gathered so far; `next` stands for what follows it: a space, or anything else.
    pub(crate) fn flush_text(&mut self, next: char) {
        let text = self.take_gathered();
        if !text.is_empty() {
            let mut from = 0;
            while self.links == 0
                && let Some(found) = links::find(&text, from)
            {
                self.write_text(&text, from..found.range.start, next);
                let written = &text[found.range.clone()];
                self.say(written);
                match url::link(&[found.prefix, written].concat()) {
                    Some(address) => {
                        self.link_tag(&address, "");
                        self.write_gathered(&text, found.range.clone());
                        self.put("</a>");
                    }
                    None => self.write_gathered(&text, found.range.clone()),
                }
                from = found.range.end;
            }
            self.write_text(&text, from..text.len(), next);
        }
        self.forget();
        self.inline.spaced = false;
    }

    /// Tells the text to those who want it without markup.
    pub(crate) fn say(&mut self, text: &str) {
        self.words.push(text);
        if let Some(heading) = &mut self.heading {
            escape::put(heading, text);
        }
        self.label_text(text);
    }

    pub(crate) fn label_text(&mut self, text: &str) {
        if let Some(label) = &mut self.label
            && label.text.len() < LABEL_CHARS_MAX
        {
            escape::put(&mut label.text, first_chars(text, LABEL_CHARS_MAX));
        }
    }

    fn write_text(&mut self, text: &str, range: Range<usize>, next: char) {
        let mut written = range.start;
        let mut at = range.start;
        while let Some(found) = text.as_bytes()[at..range.end].iter().position(|byte| b"=+".contains(byte)) {
            let from = at + found;
            let sign = text.as_bytes()[from];
            let run = text[from..range.end].bytes().take_while(|&byte| byte == sign).count();
            at = from + run;
            if run != 2 || self.is_escaped(from) || self.is_escaped(from + 1) {
                continue;
            }
            let first = if self.inline.spaced { ' ' } else { '*' };
            let before = text[..from].chars().next_back().unwrap_or(first);
            let after = text[at..].chars().next().unwrap_or(next);
            self.write_words(text, written..from);
            self.note_mark(before, after, if sign == b'=' { Mark::Mark } else { Mark::Ins });
            self.say(&text[from..at]);
            self.write_gathered(text, from..at);
            written = at;
        }
        self.write_words(text, written..range.end);
    }

    fn is_escaped(&self, place: usize) -> bool {
        self.inline.escaped.binary_search(&place).is_ok()
    }

    /// Writes text without marks: emoji codes become emoji, abbreviations are told. Not inside links.
    fn write_words(&mut self, text: &str, range: Range<usize>) {
        let mut written = range.start;
        let mut at = range.start;
        let mut inside = text[..at].ends_with(char::is_alphanumeric);
        while at < range.end && self.links == 0 {
            let char = text[at..].chars().next().unwrap_or(' ');
            if char == ':' && !self.is_escaped(at) {
                if let Some(end) = emoji::end(&text[..range.end], at, written) {
                    self.rich = true;
                    self.write_plain(text, written..at);
                    self.emoji(text, at..end);
                    (at, written, inside) = (end, end, false);
                    continue;
                }
            } else if !inside
                && char.is_alphanumeric()
                && let Some(&(short, long)) = self.abbreviation(&text[at..range.end])
            {
                self.write_plain(text, written..at);
                self.abbreviated += long.len();
                self.put("<abbr");
                self.attribute("title", long);
                self.put(">");
                self.write_plain(text, at..at + short.len());
                self.put("</abbr>");
                (at, written, inside) = (at + short.len(), at + short.len(), true);
                continue;
            }
            inside = char.is_alphanumeric();
            at += char.len_utf8();
        }
        self.write_plain(text, written..range.end);
    }

    fn write_plain(&mut self, text: &str, range: Range<usize>) {
        self.say(&text[range.clone()]);
        self.write_gathered(text, range);
    }

    /// The longest abbreviation that is the first word of a text.
    fn abbreviation(&self, text: &str) -> Option<&'t (&'t str, &'t str)> {
        let whole = |(short, _): &&(&str, &str)| {
            text.strip_prefix(short).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        };
        let told = if self.abbreviated < ABBREVIATED_BYTES_MAX { self.abbreviations } else { &[] };
        told.iter().filter(whole).max_by_key(|(short, _)| short.len())
    }

    /// Writes the emoji of a code; without the table the code itself.
    fn emoji(&mut self, text: &str, range: Range<usize>) {
        #[cfg(feature = "full")]
        if let Some(emoji) = emoji::find(&text[range.start + 1..range.end - 1]) {
            if let Some(source) = self.gathered_source(range) {
                self.note_whole(crate::map::units(emoji), source);
            }
            self.say(emoji);
            return self.put(emoji);
        }
        self.write_plain(text, range);
    }

    /// An `==` or `++` is about to be written: does it end a mark, begin one, or neither?
    fn note_mark(&mut self, before: char, after: char, kind: Mark) {
        // `a==b` is a comparison; in scripts without spaces marks do stand between letters.
        if before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric() {
            return;
        }
        let level = self.frames.len();
        let place = self.out.len();
        match self.inline.open[kind as usize] {
            Some((opened_at, open)) if opened_at == level && !before.is_whitespace() && place > open + 2 => {
                // Marks do not nest: what began inside this one is text.
                self.inline.open = self.inline.open.map(|other| other.filter(|&(_, at)| at < open));
                while self.inline.pairs.last().is_some_and(|last| last.open > open) {
                    self.inline.pairs.pop();
                }
                self.inline.pairs.push(Pair { open, close: place, kind });
            }
            _ if !after.is_whitespace() => self.inline.open[kind as usize] = Some((level, place)),
            _ => {}
        }
    }

    /// Ends a paragraph's, a cell's, a tight item's text: everything that waits for its end happens now.
    pub(crate) fn end_leaf(&mut self) {
        self.flush_text(' ');
        while self.raw_top().is_some_and(|element| element.kind == crate::allow::Kind::Inline) {
            self.pop();
        }
        self.write_marks();
        self.inline.open = [None; 2];
        self.inline.spaced = true;
        self.words.end();
        if self.label.as_ref().is_some_and(|label| !label.text.trim().is_empty()) {
            self.finish_label();
        }
    }

    fn write_marks(&mut self) {
        let Some(&Pair { open: first, .. }) = self.inline.pairs.first() else { return };
        let tail = self.out.split_off(first);
        let mut from = 0;
        let pairs = std::mem::take(&mut self.inline.pairs);
        self.move_runs(&pairs);
        for Pair { open, close, kind } in pairs {
            let (open, close) = (open - first, close - first);
            let parts = [&tail[from..open], "<", kind.name(), ">", &tail[open + 2..close], "</", kind.name(), ">"];
            for part in parts {
                self.put(part);
            }
            from = close + 2;
        }
        self.put(&tail[from..]);
    }

    /// Writes the label of the task box that waits for one.
    pub(crate) fn finish_label(&mut self) {
        let Some(Label { at, text }) = self.label.take() else { return };
        let words = crate::words::squeeze(&text);
        let mut label = String::from(" aria-label=\"");
        escape::text(&mut label, if words.is_empty() { "Task" } else { &words });
        label.push('"');
        self.insert(at, &label);
    }

    pub(crate) fn code_span(&mut self, code: &str, range: Range<usize>) {
        self.flush_text('*');
        self.say(code);
        self.gather_aligned(code, code_inside(&self.text[range.clone()], code, range.start));
        self.put("<code>");
        let code = self.take_gathered();
        self.write_gathered(&code, 0..code.len());
        self.put("</code>");
        self.forget();
    }

    /// A line ends inside a paragraph; after an alert's title the alert's text begins.
    pub(crate) fn line_break(&mut self, html: &str, range: Range<usize>) {
        self.flush_text(' ');
        if let Some(frame) = self.frames.last_mut()
            && matches!(frame.role, Role::AlertTitle)
        {
            frame.role = Role::Markdown;
            let close = frame.close;
            self.end_leaf();
            if !close.is_empty() {
                self.put_tag("</p>\n<p", range.end);
            }
            return;
        }
        self.put(html);
        self.note(1, range);
        self.put("\n");
        self.say(" ");
        self.inline.spaced = true;
    }
}

/// Where the content of a code span stands, which begins at `at`: without its backticks, and without one space at
/// either end where both were left out.
fn code_inside(span: &str, code: &str, at: usize) -> Range<usize> {
    let ticks = span.bytes().take_while(|&byte| byte == b'`').count();
    let inside = &span[ticks..span.len() - ticks];
    let blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\n'));
    let bytes = inside.as_bytes();
    let spaced = blank(bytes.first()) && blank(bytes.last()) && code.bytes().any(|byte| byte != b' ');
    let ticks = ticks + usize::from(spaced);
    at + ticks..at + span.len() - ticks
}
