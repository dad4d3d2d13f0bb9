//! A text, or a passage of it, as it was, in the text as it is.
//!
//! Nothing is changed here: the answer is the text somebody wants, and `Command::Edit` brings it into the text that
//! others go on writing in. Invariants for a passage: nothing outside it changes; what was written inside it goes, and
//! what belongs to a change that reaches beyond it stays; restoring what is there already is nothing new.

use std::ops::Range;

use similar::DiffOp;

use crate::command::diff;

/// Places looked at where the passage may stand already.
const PLACES_MAX: usize = 8;

/// Why a passage cannot be restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// It ends beyond the text, or before it begins.
    #[error("the passage does not lie in this version; from and to are UTF-16 offsets into its text, from before to")]
    Outside,
    /// An end is in the middle of a character.
    #[error("the passage begins or ends inside a character; from and to count UTF-16 units and may not split a pair")]
    Split,
}

/// The bytes between two offsets in UTF-16 units.
pub fn passage(text: &str, from: usize, to: usize) -> Result<Range<usize>, RestoreError> {
    if from > to {
        return Err(RestoreError::Outside);
    }
    Ok(byte_at(text, from)?..byte_at(text, to)?)
}

fn byte_at(text: &str, offset: usize) -> Result<usize, RestoreError> {
    let mut units = 0;
    for (at, letter) in text.char_indices() {
        match units {
            units if units == offset => return Ok(at),
            units if units > offset => return Err(RestoreError::Split),
            _ => units += letter.len_utf16(),
        }
    }
    match units {
        units if units == offset => Ok(text.len()),
        units if units > offset => Err(RestoreError::Split),
        _ => Err(RestoreError::Outside),
    }
}

/// `now` with the passage of `before` as it was.
pub fn restore(before: &str, passage: Range<usize>, now: &str) -> String {
    let words = &before[passage.clone()];
    let mut pieces = align(before, now);
    if words.is_empty() || stands(before, &passage, now, &pieces) {
        return now.to_owned();
    }
    pieces = slide(before, now, pieces, &passage);
    let place = place(&pieces, &passage);
    [&now[..place.start], words, &now[place.end..]].concat()
}

/// What of two texts is the same, and what is not: neighbours, first to last, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    same: Same,
    before: Range<usize>,
    now: Range<usize>,
    /// How many words that are.
    words: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Same {
    Yes,
    No,
}

/// The part of the text that takes the place of the passage. Pieces that are the same give its ends exactly; of one
/// that is not and reaches beyond the passage, all of the text stays.
fn place(pieces: &[Piece], passage: &Range<usize>) -> Range<usize> {
    let mut place: Option<Range<usize>> = None;
    for Piece { same, before, now, .. } in pieces {
        let inside = before.start.max(passage.start)..before.end.min(passage.end);
        // Also what was written between two characters of the passage: it lies between its parts.
        if inside.start >= inside.end {
            continue;
        }
        let part = match same {
            Same::Yes => now.start + inside.start - before.start..now.start + inside.end - before.start,
            Same::No if inside == *before => now.clone(),
            Same::No if before.start < passage.start => now.end..now.end,
            Same::No => now.start..now.start,
        };
        place = Some(place.map_or(part.clone(), |whole| whole.start..part.end));
    }
    // A passage is not empty, so some piece has a part in it.
    place.unwrap_or_default()
}

/// Whether the passage is there: as one piece, or in a place that fits the text around it as well as any.
fn stands(before: &str, passage: &Range<usize>, now: &str, pieces: &[Piece]) -> bool {
    let passed = &before[passage.clone()];
    let whole = |piece: &Piece| {
        piece.same == Same::Yes && piece.before.start <= passage.start && passage.end <= piece.before.end
    };
    if pieces.iter().any(whole) {
        return true;
    }
    let (best, own) = (weight(pieces), words(passed).len());
    now.match_indices(passed).take(PLACES_MAX).any(|(at, _)| {
        let head = weight(&align(&before[..passage.start], &now[..at]));
        let tail = weight(&align(&before[passage.end..], &now[at + passed.len()..]));
        head + own + tail >= best
    })
}

/// How many words of two texts are the same.
fn weight(pieces: &[Piece]) -> usize {
    pieces.iter().filter(|piece| piece.same == Same::Yes).map(|piece| piece.words).sum()
}

/// What was only deleted, or only written, may often be said to be a little earlier or later: deleting the second of two
/// equal words is deleting the first. It is said so that what was deleted lies inside the passage, and what was
/// written outside it.
fn slide(before: &str, now: &str, mut pieces: Vec<Piece>, passage: &Range<usize>) -> Vec<Piece> {
    for index in 1..pieces.len().saturating_sub(1) {
        let piece = &pieces[index];
        if piece.same == Same::Yes || !(piece.before.is_empty() || piece.now.is_empty()) {
            continue;
        }
        let (text, range) = match piece.now.is_empty() {
            true => (before, piece.before.clone()),
            false => (now, piece.now.clone()),
        };
        let (back, ahead) = (pieces[index - 1].before.len(), pieces[index + 1].before.len());
        let steps = steps_back(text, &range, back).chain(steps_ahead(text, &range, ahead));
        let at = piece.before.clone();
        let moved = |by: isize| at.start.saturating_add_signed(by)..at.end.saturating_add_signed(by);
        let suits = |by: &isize| match piece.now.is_empty() {
            true => passage.start <= moved(*by).start && moved(*by).end <= passage.end,
            false => moved(*by).start <= passage.start || passage.end <= moved(*by).start,
        };
        let by = std::iter::once(0).chain(steps).filter(suits).min_by_key(|by| by.abs()).unwrap_or(0);
        shift(&mut pieces[index - 1..=index + 1], by);
    }
    pieces
}

/// How far a range may be moved back without saying anything else, a character at a time.
fn steps_back(text: &str, range: &Range<usize>, most: usize) -> impl Iterator<Item = isize> {
    let earlier = text[..range.start].chars().rev();
    let same = earlier.zip(text[..range.end].chars().rev()).take_while(|(one, other)| one == other);
    steps(same.map(|(letter, _)| letter), most).map(|by| -by)
}

/// The same, ahead.
fn steps_ahead(text: &str, range: &Range<usize>, most: usize) -> impl Iterator<Item = isize> {
    let same = text[range.start..].chars().zip(text[range.end..].chars()).take_while(|(one, other)| one == other);
    steps(same.map(|(letter, _)| letter), most)
}

fn steps(letters: impl Iterator<Item = char>, most: usize) -> impl Iterator<Item = isize> {
    let sums = letters.scan(0, |sum, letter| {
        *sum += letter.len_utf8();
        Some(*sum)
    });
    sums.take_while(move |sum| *sum <= most).map(|sum| sum as isize)
}

/// Moves the middle one of three pieces.
fn shift(three: &mut [Piece], by: isize) {
    let [left, middle, right] = three else { return };
    for end in [&mut left.before.end, &mut middle.before.start, &mut middle.before.end, &mut right.before.start] {
        *end = end.saturating_add_signed(by);
    }
    for end in [&mut left.now.end, &mut middle.now.start, &mut middle.now.end, &mut right.now.start] {
        *end = end.saturating_add_signed(by);
    }
}

/// Compares two texts word by word.
fn align(before: &str, now: &str) -> Vec<Piece> {
    let (old, new) = (words(before), words(now));
    let mut pieces = Pieces::default();
    for op in diff(&old, &new) {
        let same = if matches!(op, DiffOp::Equal { .. }) { Same::Yes } else { Same::No };
        pieces.push(same, &old[op.old_range()], &new[op.new_range()]);
    }
    pieces.list
}

/// Runs of letters and digits, and every other character by itself, each with the spaces behind it: two words with a
/// space in common are not alike.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = match first.is_alphanumeric() {
            true => rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let spaces = if first == '\n' { 0 } else { rest[len..].bytes().take_while(|byte| *byte == b' ').count() };
        let (word, more) = rest.split_at(len + spaces);
        words.push(word);
        rest = more;
    }
    words
}

/// Pieces one behind the other; neighbours of a kind are one.
#[derive(Default)]
struct Pieces {
    list: Vec<Piece>,
}

impl Pieces {
    fn push(&mut self, same: Same, before: &[&str], now: &[&str]) {
        let length = |words: &[&str]| words.iter().map(|word| word.len()).sum::<usize>();
        let (from, at) = self.list.last().map_or((0, 0), |last| (last.before.end, last.now.end));
        let (until, to) = (from + length(before), at + length(now));
        match self.list.last_mut() {
            _ if before.is_empty() && now.is_empty() => {}
            Some(last) if last.same == same => {
                (last.before.end, last.now.end) = (until, to);
                last.words += before.len();
            }
            _ => self.list.push(Piece { same, before: from..until, now: at..to, words: before.len() }),
        }
    }
}
