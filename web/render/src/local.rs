//! An edit rendered where it was made.
//!
//! Why: a key in a text of a megabyte changes one block, and parsing the whole of it takes longer than a frame. The
//! blocks around the edit, from the one before it to the one behind it, are parsed on their own. That is enough where
//! the block behind begins where it began: what a block is depends on what is open where it begins, and between two
//! blocks at the top nothing is. What else reaches from one part of a text to another (definitions, footnotes,
//! abbreviations, containers, ids, lists of contents, formulas that are counted) is looked for, and then the whole is
//! rendered.
//!
//! Invariant: the answer is that of a whole rendering, or `None`. `tests/splice.rs` holds it to that (RE27).

use std::ops::Range;

use crate::limits::output_bytes_max;
use crate::search::find;
use crate::writer::{self, Written};
use crate::{Html, Span, escape, events, map};

/// Where [`Span::at`] points when a block is the renderer's own.
pub(crate) const NOWHERE: usize = usize::MAX;

/// How far below the limit of the output an edit must leave it.
const ROOM_BYTES: usize = 256 << 10;

/// What an edit did to the blocks: those before `from` and the last `tail` are the ones that were there.
pub(crate) struct Patched {
    pub(crate) from: usize,
    pub(crate) tail: usize,
    /// The blocks that stood between them.
    pub(crate) old: Vec<Gone>,
}

/// A block that was replaced.
pub(crate) struct Gone {
    pub(crate) html: String,
    pub(crate) runs: Vec<map::Noted>,
}

/// Whether nothing in this text speaks of another part of it, but ids and headings, which show in the rendering. Of a
/// part of a text that begins and ends with whole lines the same is asked.
pub(crate) fn plain(text: &str) -> bool {
    find(text, "]:").is_none()
        && find(text, "<!").is_none()
        && find(text, "<?").is_none()
        && !events::lone_backslash_in_task(text)
        && !text.split('\n').any(|line| line.trim_start_matches([' ', '>', '\t']).starts_with(':'))
}

/// Makes `html`, the rendering of `old` (plain) whose front matter ends at `start`, that of `new`. `None`: nothing was
/// changed, render the whole.
pub(crate) fn patch(html: &mut Html, old: &str, new: &str, start: usize) -> Option<Patched> {
    let (from, to, new_to) = change(old, new);
    if from == to && from == new_to {
        return Some(Patched { from: html.spans.len(), tail: 0, old: Vec::new() });
    }
    if from < start || (start == 0 && (new.starts_with("---") || new.starts_with("+++"))) {
        return None;
    }
    let Window { first, behind, begin, end, joint } = window(&html.spans, old, start, from..to)?;
    let moved = |at: usize| at + new_to - to;
    let (was, is) = (old.get(begin..end)?, new.get(begin..moved(end))?);
    if !plain(is) {
        return None;
    }
    let lead = map::units(&old[begin..start + html.spans[first].at]);
    let (dir, line, source) = (html.front.dir, html.spans[first].line, html.spans[first].source - lead);
    let (before, after) = (writer::write(was, dir, line, source), writer::write(is, dir, line, source));
    let kept = usize::from(joint.is_some());
    if before.spans.len() != behind - first + kept || before.rich || after.rich || after.spans.len() < kept {
        return None;
    }
    // The block behind begins where it began, and says what it said.
    if let Some(joint) = joint {
        let (a, b) = (before.spans.last()?, after.spans.last()?);
        let stands = begin + b.at == moved(joint) + (begin + a.at - joint);
        if !stands || before.body[a.from..a.to] != after.body[b.from..b.to] {
            return None;
        }
    }
    let changed = Changed::between(&before, &after, kept, from - begin);
    let blocks = first + changed.head..behind;
    let apart = blocks
        .clone()
        .zip(&before.spans[changed.head..])
        .all(|(at, alone)| html.body[html.spans[at].from..html.spans[at].to] == before.body[alone.from..alone.to]);
    let size = html.body.len() + after.body.len();
    if !apart || changed.names(&before, &after) || size + ROOM_BYTES > output_bytes_max(new.len().min(old.len())) {
        return None;
    }
    let shift = Shift { bytes: new.len().wrapping_sub(old.len()), begin: begin - start, joint: kept == 1 };
    Some(changed.put(html, &before, after, blocks, &shift))
}

/// What is rendered for an edit: the blocks from `first` on, the text from `begin` to `end`.
struct Window {
    first: usize,
    /// The first block that begins behind the edit: the window's last. Where there is none, how many there are.
    behind: usize,
    begin: usize,
    end: usize,
    /// Where the line of that block begins.
    joint: Option<usize>,
}

fn window(spans: &[Span], text: &str, start: usize, edit: Range<usize>) -> Option<Window> {
    let place = |span: &Span| line_start(text, start, span);
    // The last block that begins before the edit; one that begins with it may become a part of the one before.
    let mut touched =
        spans.partition_point(|span| span.at != NOWHERE && start + span.at <= edit.start).checked_sub(1)?;
    if place(&spans[touched])? == edit.start {
        touched = touched.checked_sub(1)?;
    }
    let behind =
        touched + spans[touched..].iter().take_while(|span| place(span).is_some_and(|at| at <= edit.end)).count();
    let first = touched.saturating_sub(1);
    let (end, joint) = match spans.get(behind) {
        Some(last) => (spans.get(behind + 1).map_or(Some(text.len()), place)?, Some(place(last)?)),
        None => (text.len(), None),
    };
    Some(Window { first, behind, begin: place(&spans[first])?, end, joint })
}

/// Where the line begins that a block begins on, if nothing else stands on it before.
fn line_start(text: &str, start: usize, span: &Span) -> Option<usize> {
    let at = start + if span.at == NOWHERE { return None } else { span.at };
    let line = text.as_bytes()[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    (line >= start && text.as_bytes()[line..at].iter().all(|&byte| byte == b' ' || byte == b'\t')).then_some(line)
}

/// The part that differs: from where, to where in the one, to where in the other.
fn change(old: &str, new: &str) -> (usize, usize, usize) {
    let (a, b) = (old.as_bytes(), new.as_bytes());
    let shorter = a.len().min(b.len());
    let mut from = 0;
    let mut step = STRIDE;
    while from < shorter {
        step = step.min(shorter - from);
        if a[from..from + step] == b[from..from + step] {
            from += step;
        } else if step == 1 {
            break;
        } else {
            step = 1;
        }
    }
    while !old.is_char_boundary(from) || !new.is_char_boundary(from) {
        from -= 1;
    }
    let (mut to, mut new_to) = (a.len(), b.len());
    step = STRIDE;
    while to.min(new_to) > from {
        step = step.min(to.min(new_to) - from);
        if a[to - step..to] == b[new_to - step..new_to] {
            (to, new_to) = (to - step, new_to - step);
        } else if step == 1 {
            break;
        } else {
            step = 1;
        }
    }
    while !old.is_char_boundary(to) || !new.is_char_boundary(new_to) {
        (to, new_to) = (to + 1, new_to + 1);
    }
    (from, to, new_to)
}

/// So many bytes are compared at once.
const STRIDE: usize = 1 << 10;

/// Which blocks of the window are others now: those from `head` on but for the last `kept`.
struct Changed {
    head: usize,
    kept: usize,
}

impl Changed {
    /// Blocks that end before the edit, and say what they said, stay.
    fn between(before: &Written, after: &Written, kept: usize, edit: usize) -> Changed {
        let most = before.spans.len().min(after.spans.len()) - kept;
        let same = |at: &usize| {
            let (a, b) = (&before.spans[*at], &after.spans[*at]);
            let next = before.spans.get(at + 1).map_or(usize::MAX, |next| next.at);
            next <= edit && a.at == b.at && a.runs == b.runs && before.body[a.from..a.to] == after.body[b.from..b.to]
        };
        Changed { head: (0..most).take_while(same).count(), kept }
    }

    /// Whether a block that goes or comes has a name, or is a list of names: ids are numbered over the whole text.
    fn names(&self, before: &Written, after: &Written) -> bool {
        [before, after].iter().any(|written| {
            let blocks = &written.spans[self.head..written.spans.len() - self.kept];
            let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { return false };
            let html = &written.body[first.from..last.to];
            find(html, " id=\"").is_some() || find(html, "<nav ").is_some()
        })
    }

    fn put(&self, html: &mut Html, before: &Written, after: Written, blocks: Range<usize>, shift: &Shift) -> Patched {
        let tail = html.spans.len() - blocks.end;
        let fresh = self.head..after.spans.len() - self.kept;
        let cut = |spans: &[Span], body: &str| match (spans.first(), spans.last()) {
            (Some(first), Some(last)) => first.from..last.to,
            _ => body.len()..body.len(),
        };
        let old_body = if blocks.is_empty() {
            let at = html.spans.get(blocks.start).map_or(html.body.len(), |span| span.from);
            at..at
        } else {
            cut(&html.spans[blocks.clone()], &html.body)
        };
        let new_body = cut(&after.spans[fresh.clone()], &after.body);
        if let (true, Some(a), Some(b)) = (shift.joint, before.spans.last(), after.spans.last()) {
            let (lines, source) = (b.line.wrapping_sub(a.line), b.source.wrapping_sub(a.source));
            let bytes = new_body.len().wrapping_sub(old_body.len());
            for heading in html.outline.iter_mut().filter(|heading| heading.line >= a.line) {
                heading.line = heading.line.wrapping_add(lines);
            }
            for span in &mut html.spans[blocks.end..] {
                span.from = span.from.wrapping_add(bytes);
                span.to = span.to.wrapping_add(bytes);
                span.line = span.line.wrapping_add(lines);
                span.source = span.source.wrapping_add(source);
                span.at = span.at.wrapping_add(shift.bytes);
            }
        }
        html.words = html.words + after.words - before.words;
        let from = blocks.start;
        let behind = html.spans.split_off(blocks.end);
        let old = html
            .spans
            .drain(from..)
            .map(|span| Gone { html: html.body[span.from..span.to].to_owned(), runs: span.runs })
            .collect();
        let mut body = String::with_capacity(html.body.len() + new_body.len());
        for part in [&html.body[..old_body.start], &after.body[new_body.clone()], &html.body[old_body.end..]] {
            escape::put(&mut body, part);
        }
        html.body = body;
        for mut span in after.spans.into_iter().take(fresh.end).skip(fresh.start) {
            span.from = span.from - new_body.start + old_body.start;
            span.to = span.to - new_body.start + old_body.start;
            span.at += shift.begin;
            html.spans.push(span);
        }
        html.spans.extend(behind);
        Patched { from, tail, old }
    }
}

/// How what stands behind an edit moves.
struct Shift {
    bytes: usize,
    /// Where the window begins, behind the front matter.
    begin: usize,
    /// Whether anything stands behind.
    joint: bool,
}
