//! Where the text of a page comes from: every block's runs of text, and their places in the source.
//!
//! While a block is written its runs are [`Noted`] by the place in the output where their text begins. Markup that is
//! put in later (ids, labels, `<mark>`) moves them; how much text stands before each is counted only when somebody
//! asks, over the finished HTML, so what nobody asks for costs no second pass. All offsets that leave this crate are
//! UTF-16 units, as editors and browsers count. Nothing here changes a byte of the HTML.

use std::ops::Range;

use crate::escape;
use crate::inline::Pair;
use crate::search::find;
use crate::writer::Writer;

/// A stretch of a block's text and the source it was written from. Both in UTF-16 units. Of equal length they are the
/// same unit for unit; else (`&amp;`, `\*`, a footnote's number) the one as a whole stands for the other as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Where it begins in the block's text: all text of the element in order, what a page calls `textContent`.
    pub text: u32,
    /// Its length there.
    pub text_len: u32,
    /// Where it begins in the source, counted from where the block begins.
    pub source: u32,
    /// Its length there.
    pub source_len: u32,
}

/// A block's source map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map {
    /// How long the block's text is. A page whose block has another text cannot use the runs.
    pub text_len: u32,
    /// The runs, in the order of the text.
    pub runs: Vec<Run>,
}

/// A run as the writer notes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Noted {
    /// Where it was written: its text begins `skip` units behind this place of the output.
    pub(crate) out: usize,
    pub(crate) skip: u32,
    pub(crate) text_len: u32,
    pub(crate) source: u32,
    pub(crate) source_len: u32,
}

/// Which source a part of some gathered text was read from; equally long ones are the same byte for byte.
pub(crate) struct Origin {
    at: usize,
    len: usize,
    source: Range<usize>,
}

/// Turns byte offsets into UTF-16 offsets. It goes from one to the next, so that asking in order is one pass.
pub(crate) struct Units {
    byte: usize,
    unit: u32,
}

impl Units {
    /// `first` units come before the text.
    pub(crate) fn new(first: u32) -> Self {
        Units { byte: 0, unit: first }
    }

    fn at(&mut self, text: &str, byte: usize) -> u32 {
        let text = text.as_bytes();
        if byte >= self.byte {
            self.unit += count(&text[self.byte..byte]);
        } else {
            self.unit -= count(&text[byte..self.byte]);
        }
        self.byte = byte;
        self.unit
    }
}

/// How much of a text is noted that stands for other source as a whole: were both as long, each unit of the one would
/// count as a unit of the other, so then the last one goes without.
pub(crate) fn whole(text_len: u32, source_len: u32) -> u32 {
    text_len - u32::from(text_len == source_len && text_len > 1)
}

/// How long a text is in UTF-16 units.
pub(crate) fn units(text: &str) -> u32 {
    count(text.as_bytes())
}

/// As [`units`], of a part of a text that need not begin or end with a character. Never inlined, as the writer's `put`.
#[inline(never)]
fn count(text: &[u8]) -> u32 {
    text.iter().map(|&byte| u32::from(byte & 0xc0 != 0x80) + u32::from(byte >= 0xf0)).sum()
}

impl Writer<'_> {
    /// Where a byte of the text stands in the document.
    pub(crate) fn source_at(&mut self, byte: usize) -> u32 {
        self.units.at(self.text, byte)
    }

    /// Notes that a text of this length, about to be written, stands for this source.
    pub(crate) fn note(&mut self, text_len: u32, source: Range<usize>) {
        self.note_behind(0, text_len, source);
    }

    /// As [`Writer::note`], of a text that is not the source's own: all of it stands for all of the source.
    pub(crate) fn note_whole(&mut self, text_len: u32, source: Range<usize>) {
        self.note(text_len, source);
        if let Some(last) = self.runs.last_mut() {
            last.text_len = whole(text_len, last.source_len);
        }
        if self.runs.last().is_some_and(|last| last.text_len == 0) {
            self.runs.pop();
        }
    }

    fn note_behind(&mut self, skip: u32, text_len: u32, source: Range<usize>) {
        let from = self.source_at(source.start);
        let source_len = self.source_at(source.end) - from;
        self.runs.push(Noted { out: self.out.len(), skip, text_len, source: from, source_len });
    }

    /// Writes a part of the gathered text as element content and notes where it comes from. Parts come in order.
    pub(crate) fn write_gathered(&mut self, text: &str, range: Range<usize>) {
        self.note_gathered(text, range.clone(), units);
        escape::text(&mut self.out, &text[range]);
    }

    /// Writes a part of gathered raw HTML that is a character reference.
    pub(crate) fn write_reference(&mut self, html: &str, range: Range<usize>) {
        self.note_gathered(html, range.clone(), escape::reference_units);
        self.put(&html[range]);
    }

    /// The source of a part of the gathered text, from its first to its last. Parts come in order.
    #[cfg(feature = "full")]
    pub(crate) fn gathered_source(&mut self, range: Range<usize>) -> Option<Range<usize>> {
        let mut whole: Option<Range<usize>> = None;
        while let Some(Origin { at, len, source }) = self.inline.origins.get(self.inline.noted) {
            let (from, to) = (range.start.max(*at), range.end.min(at + len));
            if from < to {
                let same = *len == source.len();
                let start = if same { source.start + from - at } else { source.start };
                let end = if same { source.start + to - at } else { source.end };
                whole = Some(whole.map_or(start, |whole| whole.start)..end);
            }
            if at + len > range.end {
                break;
            }
            self.inline.noted += 1;
        }
        whole
    }

    fn note_gathered(&mut self, text: &str, range: Range<usize>, count: fn(&str) -> u32) {
        let mut at = range.start;
        let mut skip = 0;
        while let Some(origin) = self.inline.origins.get(self.inline.noted) {
            let Origin { at: begin, len, ref source } = *origin;
            if begin >= range.end {
                return;
            }
            let (from, to) = (begin.max(range.start), (begin + len).min(range.end));
            let source = if len == source.len() {
                source.start + from - begin..source.start + to - begin
            } else {
                source.clone()
            };
            // What cannot be cut goes with its beginning.
            if from < to && (from == begin || to - from == source.len()) {
                skip += units(&text[at..from]);
                let text_len = count(&text[from..to]);
                self.note_behind(skip, text_len, source);
                skip += text_len;
                at = to;
            }
            if begin + len > range.end {
                return;
            }
            self.inline.noted += 1;
        }
    }

    /// Puts markup in at an earlier place.
    pub(crate) fn insert(&mut self, at: usize, html: &str) {
        self.out.insert_str(at, html);
        for run in self.runs.iter_mut().rev().take_while(|run| run.out >= at) {
            run.out += html.len();
        }
    }

    /// Moves the runs behind `==` that become tags. What stood for the `==` themselves goes.
    pub(crate) fn move_runs(&mut self, pairs: &[Pair]) {
        let place = |tag: usize| match pairs.get(tag / 2) {
            Some(&Pair { open, close, .. }) => [open, close][tag % 2],
            None => usize::MAX - 2,
        };
        let mut moved = 0;
        let mut at = self.runs.len();
        while at > 0 && self.runs[at - 1].out >= place(0) {
            at -= 1;
        }
        let mut kept = at;
        let mut tags = 0;
        while let Some(&run) = self.runs.get(at) {
            at += 1;
            while run.out >= place(tags) + 2 {
                // `<mark>` is four bytes longer than `==`, `</mark>` five.
                moved += pairs[tags / 2].kind.name().len() + tags % 2;
                tags += 1;
            }
            if run.out < place(tags) {
                self.runs[kept] = Noted { out: run.out + moved, ..run };
                kept += 1;
            }
        }
        self.runs.truncate(kept);
    }

    /// Gathers text that was read from `source` as it stands there, or as a whole if it stands there otherwise.
    pub(crate) fn gather(&mut self, text: &str, mut source: Range<usize>) {
        let inline = &mut self.inline;
        let mut at = inline.text.len();
        inline.text.push_str(text);
        let mut len = text.len();
        // `\*`: the text begins behind a backslash that is no text itself.
        if source.start > inline.reached
            && self.text.as_bytes()[source.start - 1] == b'\\'
            && text.as_bytes().first().is_some_and(u8::is_ascii_punctuation)
        {
            inline.origins.push(Origin { at, len: 1, source: source.start - 1..source.start + 1 });
            (at, len, source.start) = (at + 1, len - 1, source.start + 1);
        }
        // The parser's range may reach further, over white space at a line's end.
        let there = &self.text[source.clone()];
        if there.starts_with('&') && there.len() != len {
            source.end = source.start + find(there, ";").map_or(there.len(), |end| end + 1);
        } else if there.starts_with(&text[text.len() - len..]) {
            source.end = source.start + len;
        }
        inline.reached = source.end;
        if len > 0 && !source.is_empty() {
            inline.origins.push(Origin { at, len, source });
        }
    }

    /// Gathers text that stands in `source` with something left out: a quote's marks, a cell's backslashes. A line's
    /// end may have become a space.
    pub(crate) fn gather_aligned(&mut self, text: &str, source: Range<usize>) {
        let inline = &mut self.inline;
        let begin = inline.text.len();
        inline.text.push_str(text);
        inline.reached = source.end;
        let bytes = self.text.as_bytes();
        let mut from = source.start;
        for (at, &byte) in text.as_bytes().iter().enumerate() {
            while from < source.end && bytes[from] != byte && (bytes[from], byte) != (b'\n', b' ') {
                from += 1;
            }
            if from == source.end {
                return;
            }
            match inline.origins.last_mut() {
                Some(last) if last.at + last.len == begin + at && last.source.end == from && at > 0 => {
                    last.len += 1;
                    last.source.end += 1;
                }
                _ => inline.origins.push(Origin { at: begin + at, len: 1, source: from..from + 1 }),
            }
            from += 1;
        }
    }
}

/// Counts the text of a block's HTML and gives each run its place in it.
pub(crate) fn read(html: &str, noted: &[Noted]) -> Map {
    let mut scan = Scan { html: html.as_bytes(), at: 0, units: 0 };
    let mut runs: Vec<Run> = Vec::new();
    for run in noted {
        scan.to(run.out);
        let Noted { skip, text_len, source, source_len, .. } = *run;
        let text = scan.units + skip;
        match runs.last_mut() {
            Some(last)
                if last.text_len == last.source_len
                    && text_len == source_len
                    && last.text + last.text_len == text
                    && last.source + last.source_len == source =>
            {
                last.text_len += text_len;
                last.source_len += source_len;
            }
            _ => runs.push(Run { text, text_len, source, source_len }),
        }
    }
    scan.to(html.len());
    Map { text_len: scan.units, runs }
}

/// Reads the writer's own HTML: a tag ends at its first `>`, and references are whole.
struct Scan<'a> {
    html: &'a [u8],
    at: usize,
    units: u32,
}

impl Scan<'_> {
    fn to(&mut self, end: usize) {
        while self.at < end {
            let rest = &self.html[self.at..];
            let len = match rest[0] {
                b'<' => self.tag(),
                b'&' => {
                    let len = escape::reference_len(rest).unwrap_or(1);
                    self.units += std::str::from_utf8(&rest[..len]).map_or(1, escape::reference_units);
                    len
                }
                _ => {
                    self.units += count(&rest[..1]);
                    1
                }
            };
            self.at += len;
        }
    }

    /// The length of the tag that begins here; browsers leave out a line's end right behind a `<pre>`.
    fn tag(&self) -> usize {
        let rest = &self.html[self.at..];
        let len = rest.iter().position(|&byte| byte == b'>').map_or(rest.len(), |end| end + 1);
        len + usize::from(rest.starts_with(b"<pre") && rest.get(len) == Some(&b'\n'))
    }
}
