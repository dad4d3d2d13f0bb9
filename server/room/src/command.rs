//! Changes asked of the server rather than made by a client.
//!
//! [`Command::Edit`] is the one door for server edits: what somebody changed between `base` and `text` is found word by
//! word and made in the text as it is now. Invariant: it never conflicts and never writes markers; what others typed
//! meanwhile stays; ends of lines become LF.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use uuid::Uuid;

use crate::notes::{NoteError, Wish};
use crate::{Author, Millis};

/// What can be asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Somebody saw `base` and wants `text`.
    Edit {
        /// What they saw.
        base: String,
        /// What they want.
        text: String,
    },
    /// Somebody wishes something of the notes.
    Note {
        /// Of the note or reply it is about, or of the new one; chosen by whoever asks.
        id: Uuid,
        /// What they wish.
        wish: Box<Wish>,
        /// Guests that have since become whoever asks.
        also: Vec<Author>,
        /// When, wall clock.
        at_ms: Millis,
    },
}

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// What was asked for is there and durable.
    Durable,
}

/// Why a command was not carried out. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The role does not allow it.
    #[error("your access does not allow editing this document")]
    ReadOnly,
    /// The text would pass its limit.
    #[error("the text would be larger than a document may be; shorten it")]
    TooLarge,
    /// The wish about notes was not granted.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// There is no room for it.
    #[error("the server’s disk is full, so nothing was changed; what was saved before is safe, try again later")]
    Full,
    /// It could not be stored.
    #[error("the change could not be saved; try again later")]
    Unsaved,
}

/// One change of a text: positions in UTF-16 units of the text before any of the changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// Where.
    pub at: u32,
    /// How much goes.
    pub removed: u32,
    /// What comes.
    pub inserted: String,
}

/// Above this many differing words on one side, lines are compared; above it in lines, the whole is replaced.
const TOKENS_MAX: usize = 20_000;

/// What changed from `base` to `text`, as changes of `current`, first to last, not overlapping.
pub fn carry(base: &str, text: &str, current: &str) -> Vec<Splice> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let cut = if fits(&[base, &text, current], words) { words } else { lines };
    let (old, new, now) = (cut(base), cut(&text), cut(current));
    let kept = kept(&old, &now);
    let starts = starts(&now);
    let mut splices: Vec<Splice> = Vec::new();
    for op in diff(&old, &new) {
        let (from, until) = (op.old_range().start, op.old_range().end);
        let inserted = match op {
            DiffOp::Equal { .. } => continue,
            _ => new[op.new_range()].concat(),
        };
        let doomed: Vec<usize> = (from..until).filter_map(|index| kept[index]).collect();
        let place = doomed.first().copied().unwrap_or_else(|| after(&kept, from));
        push(&mut splices, Splice { at: starts[place], removed: 0, inserted });
        for token in doomed {
            let removed = starts[token + 1] - starts[token];
            push(&mut splices, Splice { at: starts[token], removed, inserted: String::new() });
        }
    }
    splices.retain(|splice| splice.removed > 0 || !splice.inserted.is_empty());
    splices
}

/// Joins a change to the one before where they touch.
fn push(splices: &mut Vec<Splice>, next: Splice) {
    match splices.last_mut() {
        Some(last) if last.at + last.removed == next.at && (next.inserted.is_empty() || last.removed == 0) => {
            last.removed += next.removed;
            last.inserted.push_str(&next.inserted);
        }
        _ => splices.push(next),
    }
}

/// For each token of the old text, where it stands now, if it does.
fn kept(old: &[&str], now: &[&str]) -> Vec<Option<usize>> {
    let mut kept = vec![None; old.len()];
    for op in diff(old, now) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            (0..len).for_each(|offset| kept[old_index + offset] = Some(new_index + offset));
        }
    }
    kept
}

/// The place right behind the last token before `index` that still stands.
fn after(kept: &[Option<usize>], index: usize) -> usize {
    kept[..index].iter().rev().find_map(|place| *place).map_or(0, |place| place + 1)
}

/// Differences of two lists; what both begin and end with is never compared, and too much is one difference.
pub(crate) fn diff(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let prefix = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let suffix = old[prefix..].iter().rev().zip(new[prefix..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_middle, new_middle) = (&old[prefix..old.len() - suffix], &new[prefix..new.len() - suffix]);
    let equal = |old_index, new_index, len| DiffOp::Equal { old_index, new_index, len };
    let mut ops = vec![equal(0, 0, prefix)];
    if old_middle.len().max(new_middle.len()) > TOKENS_MAX {
        let (old_len, new_len) = (old_middle.len(), new_middle.len());
        ops.push(DiffOp::Replace { old_index: prefix, old_len, new_index: prefix, new_len });
    } else {
        let middle = capture_diff_slices(Algorithm::Myers, old_middle, new_middle);
        ops.extend(middle.into_iter().map(|op| shift(op, prefix)));
    }
    ops.push(equal(old.len() - suffix, new.len() - suffix, suffix));
    ops
}

fn shift(op: DiffOp, by: usize) -> DiffOp {
    match op {
        DiffOp::Equal { old_index, new_index, len } => {
            DiffOp::Equal { old_index: old_index + by, new_index: new_index + by, len }
        }
        DiffOp::Delete { old_index, old_len, new_index } => {
            DiffOp::Delete { old_index: old_index + by, old_len, new_index: new_index + by }
        }
        DiffOp::Insert { old_index, new_index, new_len } => {
            DiffOp::Insert { old_index: old_index + by, new_index: new_index + by, new_len }
        }
        DiffOp::Replace { old_index, old_len, new_index, new_len } => {
            DiffOp::Replace { old_index: old_index + by, old_len, new_index: new_index + by, new_len }
        }
    }
}

/// Where each token begins in UTF-16 units, and where the last one ends.
fn starts(tokens: &[&str]) -> Vec<u32> {
    let mut at = 0;
    let mut starts = vec![0];
    for token in tokens {
        at += token.encode_utf16().count() as u32;
        starts.push(at);
    }
    starts
}

fn fits(texts: &[&str], cut: fn(&str) -> Vec<&str>) -> bool {
    texts.iter().all(|text| text.len() <= TOKENS_MAX || cut(text).len() <= TOKENS_MAX)
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Runs of letters and digits, and every other character by itself.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = if first.is_alphanumeric() {
            rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (word, more) = rest.split_at(len);
        words.push(word);
        rest = more;
    }
    words
}
