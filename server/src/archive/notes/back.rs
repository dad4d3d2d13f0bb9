//! Notes of an export, wished for again.
//!
//! Invariant: every wish is one whoever imports could make by hand, under their own grant and name; the same import again
//! wishes the same. Next: `room::notes`, which judges.

use std::collections::HashMap;

use room::notes::{
    AROUND_CHARS_MAX, BODY_CHARS_MAX, HEADING_CHARS_MAX, NoteError, Passage, QUOTE_CHARS_MAX, Settled, Wish, Words,
};
use room::{Author, Command, CommandError};
use serde::Deserialize;
use uuid::Uuid;

use crate::access::Grant;
use crate::http::Error;
use crate::rooms::RoomError;
use crate::{State, accounts, clock, names};

/// `notes.json`, as anybody may have written it.
#[derive(Deserialize)]
struct In {
    #[serde(default)]
    notes: Vec<Note>,
    #[serde(default)]
    people: Vec<Somebody>,
}

#[derive(Deserialize)]
struct Note {
    id: Uuid,
    #[serde(flatten)]
    said: Said,
    quote: String,
    #[serde(default)]
    before: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    heading: String,
    on: Option<On>,
    resolved: Option<Uuid>,
    #[serde(default)]
    replies: Vec<Reply>,
}

#[derive(Deserialize)]
struct Reply {
    id: Uuid,
    #[serde(flatten)]
    said: Said,
}

#[derive(Deserialize)]
struct Said {
    by: Uuid,
    at_ms: u64,
    body: String,
}

#[derive(Deserialize)]
struct On {
    before: String,
    words: String,
    after: String,
}

#[derive(Deserialize)]
struct Somebody {
    author: Uuid,
    display: String,
}

/// Who brings notes into which document.
pub struct Bringing<'a> {
    state: &'a State,
    grant: &'a Grant,
    also: Vec<Author>,
    people: HashMap<Uuid, String>,
    /// What addresses of files have become.
    moved: &'a [(String, String)],
}

/// Wishes for every note; the sentences say what could not be brought.
pub async fn bring(
    state: &State,
    grant: &Grant,
    bytes: &[u8],
    moved: &[(String, String)],
) -> Result<Vec<String>, Error> {
    let Ok(In { notes, people }) = serde_json::from_slice(bytes) else {
        return Ok(vec!["these notes are not as Galley writes them; the text is there without them".to_owned()]);
    };
    let also = accounts::guests_of(&state.storage, grant.author()).await?;
    let people = people.into_iter().map(|person| (person.author, person.display)).collect();
    let bringing = Bringing { state, grant, also, people, moved };
    let there = state.rooms.still_of(grant, Uuid::nil()).await?.notes;
    let mut left = Vec::new();
    for note in notes {
        let id = derived(grant.document(), note.id, 0);
        let about = cut(&note.quote, 40);
        match bringing.note(id, &there, note).await {
            Ok(()) => {}
            Err(Error::Room(RoomError::Refused(CommandError::Note(why)))) => {
                left.push(format!("a note about “{about}” could not be brought: {why}"));
                if why == NoteError::Full {
                    break;
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(left)
}

impl Bringing<'_> {
    async fn note(&self, id: Uuid, there: &room::notes::Notes, note: Note) -> Result<(), Error> {
        let mut bodies = self.bodies(&note.said).into_iter();
        let first = bodies.next().unwrap_or_default();
        let was = there.notes.get(&id);
        if was.is_none() {
            self.place(id, &note, first).await?;
        }
        for (nth, rest) in (1..).zip(bodies) {
            self.reply(derived(id, note.id, nth), id, &note.said, rest, there).await?;
        }
        for reply in &note.replies {
            for (nth, body) in (0..).zip(self.bodies(&reply.said)) {
                self.reply(derived(id, reply.id, nth), id, &reply.said, body, there).await?;
            }
        }
        if note.resolved.is_some() && was.is_none_or(|was| was.resolved.is_none()) {
            self.wish(id, Wish::Resolve(Settled::Resolved), clock::wall_ms()).await?;
        }
        Ok(())
    }

    /// On the words it stood on; then about the words it was written about, if those were others.
    async fn place(&self, id: Uuid, note: &Note, body: String) -> Result<(), Error> {
        let (quote, heading) = (cut(&note.quote, QUOTE_CHARS_MAX), cut(&note.heading, HEADING_CHARS_MAX));
        let around = |words: &str| cut(words, AROUND_CHARS_MAX);
        let wrote = Passage {
            anchor: None,
            quote: quote.clone(),
            before: last(&note.before, AROUND_CHARS_MAX),
            after: around(&note.after),
            heading: heading.clone(),
        };
        let stands = note.on.as_ref().filter(|on| !on.words.is_empty() && on.words.chars().count() <= QUOTE_CHARS_MAX);
        let passage = stands.map(|on| Passage {
            quote: self.moved(&on.words),
            before: last(&on.before, AROUND_CHARS_MAX),
            after: around(&on.after),
            ..wrote.clone()
        });
        let changed = stands.is_some_and(|on| on.words != note.quote);
        let words = Words { body, mentions: Vec::new() };
        let passage = passage.unwrap_or_else(|| wrote.clone());
        self.wish(id, Wish::Note { passage, words }, self.moment(&note.said)).await?;
        if changed {
            let still = self.state.rooms.still_of(self.grant, id).await?;
            let anchor = still.notes.notes.get(&id).and_then(|note| note.passage.anchor);
            self.wish(id, Wish::Attach { passage: Passage { anchor, ..wrote } }, clock::wall_ms()).await?;
        }
        Ok(())
    }

    async fn reply(
        &self,
        id: Uuid,
        note: Uuid,
        said: &Said,
        body: String,
        there: &room::notes::Notes,
    ) -> Result<(), Error> {
        if there.replies.contains_key(&id) {
            return Ok(());
        }
        let words = Words { body, mentions: Vec::new() };
        self.wish(id, Wish::Reply { note, words }, self.moment(said)).await
    }

    async fn wish(&self, id: Uuid, wish: Wish, at_ms: u64) -> Result<(), Error> {
        let command = Command::Note { id, wish: Box::new(wish), also: self.also.clone(), at_ms };
        self.state.rooms.command(self.grant, command).await?;
        Ok(())
    }

    fn is_mine(&self, said: &Said) -> bool {
        self.grant.author().0 == said.by || self.also.contains(&Author(said.by))
    }

    /// When it is said to have been said: what is one's own when one said it, the rest now, with the day in its words.
    fn moment(&self, said: &Said) -> u64 {
        let now = clock::wall_ms();
        if self.is_mine(said) { said.at_ms.min(now) } else { now }
    }

    /// What somebody said, with who and when in front unless it was whoever imports; in as many pieces as it takes.
    fn bodies(&self, said: &Said) -> Vec<String> {
        let clean: String =
            said.body.chars().filter(|letter| !letter.is_control() || "\n\t".contains(*letter)).collect();
        let clean = self.moved(&clean);
        let whole = if self.is_mine(said) { clean } else { format!("{}: {clean}", self.source(said)) };
        let letters: Vec<char> = whole.chars().collect();
        let pieces = letters.chunks(BODY_CHARS_MAX).map(|piece| piece.iter().collect::<String>());
        pieces.filter(|piece| !piece.trim().is_empty()).collect()
    }

    fn source(&self, said: &Said) -> String {
        let name = self.people.get(&said.by).and_then(|name| names::display(name).ok());
        let at = i64::try_from(said.at_ms).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
        let day = at.map(|at| at.strftime(", %-d %B %Y").to_string()).unwrap_or_default();
        name.unwrap_or_else(|| "Somebody".to_owned()) + &day
    }

    fn moved(&self, words: &str) -> String {
        self.moved.iter().fold(words.to_owned(), |words, (from, to)| words.replace(from, to))
    }
}

/// The id of something brought: the same for the same. It sorts as the old one did, pieces of one body in their order.
fn derived(from: Uuid, id: Uuid, nth: u32) -> Uuid {
    let hash = blake3::hash(&[from.as_bytes().as_slice(), id.as_bytes(), &nth.to_be_bytes()].concat());
    let mut bytes = *id.as_bytes();
    bytes[12] = u8::try_from(nth).unwrap_or(u8::MAX);
    bytes[13..].copy_from_slice(&hash.as_bytes()[..3]);
    uuid::Builder::from_bytes(bytes)
        .with_version(uuid::Version::SortRand)
        .with_variant(uuid::Variant::RFC4122)
        .into_uuid()
}

fn cut(words: &str, chars: usize) -> String {
    words.chars().take(chars).collect()
}

fn last(words: &str, chars: usize) -> String {
    let skip = words.chars().count().saturating_sub(chars);
    words.chars().skip(skip).collect()
}
