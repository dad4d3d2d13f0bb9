//! Notes: threads anchored in the text, written only by the server from authorised wishes.
//!
//! | key in the root map `notes` | holds |
//! |---|---|
//! | `n.{id}` | a note: who, when, anchor, quote and its surroundings, body, whether it is resolved |
//! | `r.{id}` | a reply: to which note, who, when, body |
//! | `e.{id}.{author}` | one person's reactions to a note or reply |
//!
//! Invariant: a note keeps its quote for ever. Its anchor is where those words are; when its characters are gone the
//! words are looked for, and where they are nowhere the note is detached. It never vanishes, and never sits on other words
//! as if they were its own. Next: `notes/wish.rs` for what may be asked, `notes/ground.rs` and `notes/find.rs` for where a passage is,
//! `notes/board.rs` for which notes to look at, `room/notes.rs` for how it all gets to screens and to disk.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;
use yrs::{Any, Doc, Map, MapRef, ReadTxn, TransactionMut};

use crate::Author;

mod board;
mod find;
mod ground;
mod units;
mod wish;

pub(crate) use board::Board;
pub(crate) use ground::{Ground, Verdict};
pub use units::Units;
pub(crate) use wish::Asker;
pub use wish::{NoteError, Settled, Wish};

/// Longest body of a note or reply, in characters.
pub const BODY_CHARS_MAX: usize = 10_000;
/// Longest quote kept, in characters.
pub const QUOTE_CHARS_MAX: usize = 2_000;
/// Characters of the surroundings kept on each side.
pub const AROUND_CHARS_MAX: usize = 32;
/// Longest heading kept, in characters.
pub const HEADING_CHARS_MAX: usize = 200;
/// Notes, replies and reactions in one document.
pub const ENTRIES_MAX: usize = 20_000;
/// Bytes of all quotes and bodies in one document; all of it is one message to whoever opens it.
pub const BYTES_MAX: usize = 4 << 20;
/// People one note or reply may mention.
pub const MENTIONS_MAX: usize = 20;
/// Different reactions of one person to one thing.
pub const EMOJI_MAX: usize = 8;
/// Longest reaction in bytes; some flags and families are long.
pub const EMOJI_BYTES_MAX: usize = 32;

/// A place in the text, in the words of Yjs' `relativePositionToJSON`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Always the text; Yjs compares it.
    tname: Root,
    /// The character it holds on to; absent: the end of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Item>,
    /// Below zero it holds on to the character before it.
    #[serde(default)]
    pub assoc: i8,
}

impl Position {
    /// At a character of the text.
    pub fn at(item: Option<Item>, assoc: i8) -> Position {
        Position { tname: Root::Content, item, assoc }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Root {
    #[default]
    #[serde(rename = "content")]
    Content,
}

/// One character of the text, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Item {
    /// Who inserted it.
    #[serde(deserialize_with = "whole")]
    pub client: u64,
    /// Which of theirs it is.
    #[serde(deserialize_with = "whole")]
    pub clock: u64,
}

/// A range of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Its first character.
    pub start: Position,
    /// Behind its last.
    pub end: Position,
}

/// What a note is about, as whoever wrote it saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Where it is; `None`: nowhere any more.
    pub anchor: Option<Anchor>,
    /// Its words.
    pub quote: String,
    /// What stood before them.
    #[serde(default)]
    pub before: String,
    /// What stood after them.
    #[serde(default)]
    pub after: String,
    /// The heading they stood under.
    #[serde(default)]
    pub heading: String,
}

/// What somebody says, and whom it mentions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Plain text.
    pub body: String,
    /// People it names; whoever asks has looked them up.
    pub mentions: Vec<Author>,
}

/// `n.{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    v: u8,
    /// Who wrote it.
    pub by: Author,
    /// When, wall clock, milliseconds.
    #[serde(deserialize_with = "whole")]
    pub at: u64,
    /// What it is about.
    #[serde(flatten)]
    pub passage: Passage,
    /// Plain text.
    pub body: String,
    /// When its body was last changed.
    #[serde(deserialize_with = "whole_or_none")]
    pub edited: Option<u64>,
    /// Who resolved it.
    pub resolved: Option<Author>,
    /// People the body names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Author>,
}

/// `r.{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    v: u8,
    /// The note it answers.
    pub note: Uuid,
    /// Who wrote it.
    pub by: Author,
    /// When, wall clock, milliseconds.
    #[serde(deserialize_with = "whole")]
    pub at: u64,
    /// Plain text.
    pub body: String,
    /// When its body was last changed.
    #[serde(deserialize_with = "whole_or_none")]
    pub edited: Option<u64>,
    /// People the body names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Author>,
}

/// One change of the map: a value for a key, or none any more.
pub(crate) type Change = (String, Option<Any>);

/// Everything in the map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// By id; ids are in order of time.
    pub notes: BTreeMap<Uuid, Note>,
    /// By id.
    pub replies: BTreeMap<Uuid, Answer>,
    /// By what they react to, and by whom.
    pub reactions: BTreeMap<(Uuid, Author), Vec<String>>,
    /// Of all quotes and bodies.
    bytes: usize,
    /// Notes that are not resolved.
    open: usize,
}

impl Notes {
    /// Reads the map; what is not understood is left alone.
    pub(crate) fn read<T: ReadTxn>(map: &MapRef, txn: &T) -> Notes {
        let mut all = Notes::default();
        for (key, value) in map.iter(txn) {
            if let yrs::Out::Any(value) = value {
                all.set(key, Some(&value));
            }
        }
        all
    }

    /// Takes one entry of the map as it is now.
    pub(crate) fn set(&mut self, key: &str, value: Option<&Any>) {
        let mut parts = key.split('.');
        let (kind, id) = (parts.next(), parts.next().and_then(|id| id.parse::<Uuid>().ok()));
        let Some(id) = id else { return };
        match (kind, parts.next().map(str::parse)) {
            (Some("n"), None) => {
                let note: Option<Note> = value.and_then(parse);
                let weight = |note: &Note| (note.body.len() + note.passage.quote.len(), note.resolved.is_none());
                let (bytes, open) = note.as_ref().map_or((0, false), weight);
                let (old_bytes, old_open) = put(&mut self.notes, id, note).as_ref().map_or((0, false), weight);
                self.bytes = self.bytes + bytes - old_bytes;
                self.open = self.open + usize::from(open) - usize::from(old_open);
            }
            (Some("r"), None) => {
                let reply: Option<Answer> = value.and_then(parse);
                self.bytes += reply.as_ref().map_or(0, |reply| reply.body.len());
                let before = put(&mut self.replies, id, reply);
                self.bytes -= before.map_or(0, |reply| reply.body.len());
            }
            (Some("e"), Some(Ok(author))) => {
                drop(put(&mut self.reactions, (id, Author(author)), value.and_then(parse)))
            }
            _ => {}
        }
    }

    /// Replies to a note, oldest first.
    pub fn replies_to(&self, note: Uuid) -> impl Iterator<Item = (Uuid, &Answer)> {
        self.replies.iter().filter(move |(_, reply)| reply.note == note).map(|(id, reply)| (*id, reply))
    }

    /// Reactions to a note or a reply.
    pub fn reactions_to(&self, id: Uuid) -> impl Iterator<Item = (Author, &[String])> {
        let from = (id, Author(Uuid::nil()));
        let of = self.reactions.range(from..).take_while(move |((target, _), _)| *target == id);
        of.map(|((_, author), emoji)| (*author, emoji.as_slice()))
    }

    /// Who said anything.
    pub fn authors(&self) -> impl Iterator<Item = Author> {
        let notes = self.notes.values().flat_map(|note| [Some(note.by), note.resolved].into_iter().flatten());
        let replies = self.replies.values().map(|reply| reply.by);
        notes.chain(replies).chain(self.reactions.keys().map(|(_, author)| *author))
    }

    /// Notes that are not resolved.
    pub fn open(&self) -> usize {
        self.open
    }
}

fn put<K: Ord, V>(into: &mut BTreeMap<K, V>, key: K, value: Option<V>) -> Option<V> {
    match value {
        Some(value) => into.insert(key, value),
        None => into.remove(&key),
    }
}

fn note_key(id: Uuid) -> String {
    format!("n.{id}")
}

fn reply_key(id: Uuid) -> String {
    format!("r.{id}")
}

fn reaction_key(id: Uuid, by: Author) -> String {
    format!("e.{id}.{}", by.0)
}

/// A note whose words are elsewhere now.
pub(crate) fn moved(notes: &Notes, id: Uuid, anchor: Option<Anchor>) -> Option<Change> {
    let note = notes.notes.get(&id)?;
    let passage = Passage { anchor, ..note.passage.clone() };
    Some((note_key(id), Some(value(&Note { passage, ..note.clone() }))))
}

/// The root map of a notes document.
pub(crate) fn map_of(doc: &Doc) -> MapRef {
    doc.get_or_insert_map("notes")
}

/// Writes changes into the map.
pub(crate) fn write(map: &MapRef, txn: &mut TransactionMut<'_>, changes: &[Change]) {
    for (key, value) in changes {
        match value {
            Some(value) => drop(map.insert(txn, key.as_str(), value.clone())),
            None => drop(map.remove(txn, key)),
        }
    }
}

fn value(of: &impl Serialize) -> Any {
    let json = serde_json::to_string(of).unwrap_or_default();
    Any::from_json(&json).unwrap_or(Any::Null)
}

fn parse<T: DeserializeOwned>(value: &Any) -> Option<T> {
    let mut json = String::new();
    value.to_json(&mut json);
    serde_json::from_str(&json).ok()
}

/// Yjs knows one kind of number, and large whole ones come back as `5000000000.0`.
fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let number = serde_json::Number::deserialize(from)?;
    let exact = number.as_u64().or_else(|| number.as_f64().filter(|n| (0.0..9e15).contains(n)).map(|n| n as u64));
    exact.ok_or_else(|| serde::de::Error::custom("not a whole number below 2^53"))
}

fn whole_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    struct Whole(#[serde(deserialize_with = "whole")] u64);
    Ok(Option::<Whole>::deserialize(from)?.map(|Whole(number)| number))
}

#[cfg(test)]
mod tests;
