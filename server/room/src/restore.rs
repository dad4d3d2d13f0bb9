//! A text, or a passage of it, as it was, in the text as it is.
//!
//! Nothing is changed here: the answer is the text somebody wants, and `Command::Edit` brings it into the text that
//! others go on writing in. Invariants for a passage: nothing outside it changes; what was written inside it goes, and
//! what belongs to a change that reaches beyond it stays; restoring what is there already is nothing new.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::command::words;

/// Above this many characters of difference on one side, words are compared rather than characters.
const CHARACTERS_MAX: usize = 2_000;
/// Above this many words, what differs is one difference.
const WORDS_MAX: usize = 20_000;
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
    let aligned = align(before, now);
    if words.is_empty() || stands(before, &passage, now, &aligned) {
        return now.to_owned();
    }
    let place = place(&aligned, &passage);
    [&now[..place.start], words, &now[place.end..]].concat()
}

/// What of two texts is the same, and what is not: neighbours, first to last, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    same: Same,
    before: Range<usize>,
    now: Range<usize>,
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
    for Piece { same, before, now } in pieces {
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
    let words = &before[passage.clone()];
    let whole = |piece: &Piece| {
        piece.same == Same::Yes && piece.before.start <= passage.start && passage.end <= piece.before.end
    };
    if pieces.iter().any(whole) {
        return true;
    }
    let best = weight(pieces);
    now.match_indices(words).take(PLACES_MAX).any(|(at, _)| {
        let head = weight(&align(&before[..passage.start], &now[..at]));
        let tail = weight(&align(&before[passage.end..], &now[at + words.len()..]));
        head + words.len() + tail >= best
    })
}

/// How much of two texts is the same.
fn weight(pieces: &[Piece]) -> usize {
    pieces.iter().filter(|piece| piece.same == Same::Yes).map(|piece| piece.now.len()).sum()
}

/// Compares two texts: character by character where little differs, else word by word.
fn align(before: &str, now: &str) -> Vec<Piece> {
    let head = common_prefix(before, now);
    let tail = common_suffix(&before[head..], &now[head..]);
    let (old, new) = (&before[head..before.len() - tail], &now[head..now.len() - tail]);
    let mut pieces = Pieces::default();
    pieces.push(Same::Yes, head, head);
    middle(old, new, &mut pieces);
    pieces.push(Same::Yes, tail, tail);
    pieces.list
}

fn middle(old: &str, new: &str, pieces: &mut Pieces) {
    if old.len().max(new.len()) <= CHARACTERS_MAX {
        return compare(&characters(old), &characters(new), pieces);
    }
    let (old_words, new_words) = (words(old), words(new));
    if old_words.len().max(new_words.len()) > WORDS_MAX {
        return pieces.push(Same::No, old.len(), new.len());
    }
    compare(&old_words, &new_words, pieces);
}

fn compare(old: &[&str], new: &[&str], pieces: &mut Pieces) {
    let length = |words: &[&str]| words.iter().map(|word| word.len()).sum();
    for op in capture_diff_slices(Algorithm::Myers, old, new) {
        let same = if matches!(op, DiffOp::Equal { .. }) { Same::Yes } else { Same::No };
        pieces.push(same, length(&old[op.old_range()]), length(&new[op.new_range()]));
    }
}

fn characters(text: &str) -> Vec<&str> {
    text.split_inclusive(|_: char| true).collect()
}

fn common_prefix(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

fn common_suffix(one: &str, other: &str) -> usize {
    one.chars().rev().zip(other.chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

/// Pieces one behind the other; neighbours of a kind are one.
#[derive(Default)]
struct Pieces {
    list: Vec<Piece>,
}

impl Pieces {
    fn push(&mut self, same: Same, before: usize, now: usize) {
        if before == 0 && now == 0 {
            return;
        }
        let (from, at) = self.list.last().map_or((0, 0), |last| (last.before.end, last.now.end));
        match self.list.last_mut() {
            Some(last) if last.same == same => {
                last.before.end += before;
                last.now.end += now;
            }
            _ => self.list.push(Piece { same, before: from..from + before, now: at..at + now }),
        }
    }
}
