//! Lines that are the dialect's own, found before the parser sees the text: containers (`:::note`) and abbreviations
//! (`*[HTML]: …`). The parser would take the ones for definition lists and the others for emphasis.
//!
//! What marks such a line becomes a heading of the same length, because a heading ends whatever was open and stays a
//! heading's text where there is a title. When its event comes, the writer knows it by its place; where the parser saw
//! code or raw HTML there comes none. A colon that begins a line and no definition is made a full stop. All text is taken
//! from the original again (`Events` in `writer.rs`). Invariant: every byte keeps its place.
//! Only lines that begin at the margin count, so inside lists, quotes and indented code there are none.

use std::borrow::Cow;

use crate::limits::{ABBREVIATION_CHARS_MAX, ABBREVIATIONS_MAX};
use crate::search::{find, first_chars};

/// What a line is.
#[derive(Clone, Copy)]
pub(crate) enum Line {
    /// Begins a container; its name ends there.
    Open(&'static Kind, usize),
    Close,
    /// Colons that are no container's.
    Text,
    Abbreviation,
}

/// A container.
pub(crate) struct Kind {
    name: &'static str,
    /// Of an alert; empty for details.
    pub(crate) class: &'static str,
    pub(crate) title: &'static str,
}

const fn kind(name: &'static str, class: &'static str, title: &'static str) -> Kind {
    Kind { name, class, title }
}

static KINDS: &[Kind] = &[
    kind("note", "note", "Note"),
    kind("info", "note", "Info"),
    kind("tip", "tip", "Tip"),
    kind("success", "tip", "Success"),
    kind("important", "important", "Important"),
    kind("warning", "warning", "Warning"),
    kind("caution", "caution", "Caution"),
    kind("danger", "caution", "Danger"),
    kind("details", "", "Details"),
    kind("spoiler", "", "Spoiler"),
];

/// A text before it is parsed.
pub(crate) struct Scanned<'t> {
    /// What the parser is given.
    pub(crate) text: Cow<'t, str>,
    /// Where lines of our own begin, in order.
    pub(crate) lines: Vec<(usize, Line)>,
    /// What is shortened, and what it stands for.
    pub(crate) abbreviations: Vec<(&'t str, &'t str)>,
}

/// Looks for lines of our own.
pub(crate) fn scan(text: &str) -> Scanned<'_> {
    let mut scanned = Scanned { text: Cow::Borrowed(text), lines: Vec::new(), abbreviations: Vec::new() };
    let mut at = 0;
    let mut fence: &str = "";
    let mut open = 0;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end();
        // `:tada:` below a paragraph is no definition: that has a space behind its colon.
        let inner = line.trim_start_matches([' ', '>']);
        if inner.starts_with(':') && !inner[1..].starts_with([' ', '\t', '-']) && inner.len() > 1 {
            let colon = at + line.len() - inner.len();
            scanned.text.to_mut().replace_range(colon..=colon, ".");
        }
        if let Some(ticks) = fence_of(line) {
            if fence.is_empty() {
                fence = ticks;
            } else if ticks.starts_with(fence) && line.trim_start().len() == ticks.len() {
                fence = "";
            }
        } else if fence.is_empty() {
            if let Some((what, len)) = container(line, open) {
                match what {
                    Line::Open(..) => open += 1,
                    Line::Close => open -= 1,
                    Line::Text | Line::Abbreviation => {}
                }
                scanned.replace(at, what, len);
            } else if let Some(abbreviation) = abbreviation(line)
                && scanned.abbreviations.len() < ABBREVIATIONS_MAX
            {
                scanned.abbreviations.push(abbreviation);
                scanned.replace(at, Line::Abbreviation, line.len());
            }
        }
        at += whole.len();
    }
    scanned
}

impl Scanned<'_> {
    /// Makes the first `len` bytes of a line a heading's mark.
    fn replace(&mut self, at: usize, what: Line, len: usize) {
        let what = if let Line::Open(kind, end) = what { Line::Open(kind, at + end) } else { what };
        self.lines.push((at, what));
        let blank = ["#", &" ".repeat(len - 1)].concat();
        self.text.to_mut().replace_range(at..at + len, &blank);
    }
}

/// The run of `` ` `` or `~` that begins or ends a block of code.
fn fence_of(line: &str) -> Option<&str> {
    let inner = line.trim_start_matches(' ');
    let first = inner.chars().next().filter(|&char| char == '`' || char == '~')?;
    let run = &inner[..inner.len() - inner.trim_start_matches(first).len()];
    (run.len() >= 3 && line.len() - inner.len() <= 3 && !(first == '`' && inner[run.len()..].contains('`')))
        .then_some(run)
}

/// A container's first or last line, and how long its mark is.
fn container(line: &str, open: usize) -> Option<(Line, usize)> {
    let rest = line.trim_start_matches(':');
    let colons = line.len() - rest.len();
    if colons < 3 {
        return None;
    }
    if rest.is_empty() {
        return Some((if open > 0 { Line::Close } else { Line::Text }, colons));
    }
    let inner = rest.trim_start_matches(' ');
    let name = &inner[..inner.bytes().take_while(u8::is_ascii_alphabetic).count()];
    let end = line.len() - inner.len() + name.len();
    let ends = matches!(line.as_bytes().get(end), None | Some(b' '));
    match KINDS.iter().find(|kind| ends && kind.name.eq_ignore_ascii_case(name)) {
        Some(kind) => Some((Line::Open(kind, end), end)),
        None => Some((Line::Text, line.len())),
    }
}

/// `*[short]: long`.
fn abbreviation(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("*[")?;
    let end = find(rest, "]:")?;
    let (short, long) = (&rest[..end], rest[end + 2..].trim());
    let valid = (1..=ABBREVIATION_CHARS_MAX).contains(&short.len()) && short.trim() == short && !long.is_empty();
    let word = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
    (valid && word(short.chars().next())).then_some((short, first_chars(long, 3 * ABBREVIATION_CHARS_MAX)))
}
