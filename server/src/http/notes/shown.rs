//! Notes as answers show them.

use std::ops::Range;

use room::notes::{self, Anchor, Passage, Units};
use room::{Author, Still};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use crate::rooms::RoomError;

/// A thread about a passage of the text.
#[derive(Serialize, ToSchema)]
pub struct Note {
    /// UUID v7.
    id: Uuid,
    #[serde(flatten)]
    said: Said,
    /// Its passage, in the words of Yjs' relative positions; `null`: detached.
    #[schema(value_type = Option<Object>)]
    anchor: Option<Anchor>,
    /// Where that is now; `null`: detached.
    place: Option<Place>,
    /// The words it was written about.
    quote: String,
    /// What stood before them.
    before: String,
    /// What stood after them.
    after: String,
    /// The heading they stood under.
    heading: String,
    /// Who resolved it.
    #[schema(value_type = Option<Uuid>)]
    resolved: Option<Author>,
    /// Oldest first.
    replies: Vec<Reply>,
}

/// An answer to a note.
#[derive(Serialize, ToSchema)]
pub struct Reply {
    /// UUID v7.
    id: Uuid,
    #[serde(flatten)]
    said: Said,
}

/// What somebody said, when, and what others think of it.
#[derive(Serialize, ToSchema)]
struct Said {
    /// Its author.
    #[schema(value_type = Uuid)]
    by: Author,
    /// Milliseconds since 1970.
    at_ms: u64,
    /// Plain text.
    body: String,
    /// When the body was last changed.
    edited_ms: Option<u64>,
    /// Accounts the body mentions.
    #[schema(value_type = Vec<Uuid>)]
    mentions: Vec<Author>,
    /// Who reacted how.
    reactions: Vec<Reaction>,
}

/// One person's reactions.
#[derive(Serialize, ToSchema)]
struct Reaction {
    #[schema(value_type = Uuid)]
    by: Author,
    emoji: Vec<String>,
}

/// A range of the text, in UTF-16 units.
#[derive(Serialize, ToSchema)]
struct Place {
    from: usize,
    to: usize,
    /// The words there are not the quote any more.
    changed: bool,
}

/// Finding the places walks the text for each note, so it is not done on a thread that serves others.
pub async fn all(still: Still) -> Result<Vec<Note>, Error> {
    let shown = tokio::task::spawn_blocking(move || {
        let (places, units) = (still.places(), Units::of(&still.text));
        let notes = still.notes.notes.iter();
        notes.map(|(id, note)| Note::show(&still, &units, *id, note, places.get(id))).collect()
    });
    shown.await.map_err(|_| Error::Room(RoomError::Lost))
}

/// One note with its place.
pub fn one(still: &Still, id: Uuid) -> Option<Note> {
    let note = still.notes.notes.get(&id)?;
    Some(Note::show(still, &Units::of(&still.text), id, note, still.places().get(&id)))
}

impl Note {
    fn show(still: &Still, units: &Units<'_>, id: Uuid, note: &notes::Note, place: Option<&Range<usize>>) -> Note {
        let Passage { anchor, quote, before, after, heading } = note.passage.clone();
        let place = place.map(|place| {
            let (from, to) = (units.before(place.start), units.before(place.end));
            Place { from, to, changed: still.text[place.clone()] != quote }
        });
        let said = Said {
            by: note.by,
            at_ms: note.at,
            body: note.body.clone(),
            edited_ms: note.edited,
            mentions: note.mentions.clone(),
            reactions: reactions(still, id),
        };
        let replies = still.notes.replies_to(id).map(|(id, reply)| Reply::show(still, id, reply)).collect();
        Note { id, said, anchor, place, quote, before, after, heading, resolved: note.resolved, replies }
    }
}

impl Reply {
    fn show(still: &Still, id: Uuid, reply: &notes::Answer) -> Reply {
        let said = Said {
            by: reply.by,
            at_ms: reply.at,
            body: reply.body.clone(),
            edited_ms: reply.edited,
            mentions: reply.mentions.clone(),
            reactions: reactions(still, id),
        };
        Reply { id, said }
    }
}

fn reactions(still: &Still, id: Uuid) -> Vec<Reaction> {
    still.notes.reactions_to(id).map(|(by, emoji)| Reaction { by, emoji: emoji.to_vec() }).collect()
}
