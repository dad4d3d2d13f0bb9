//! Notes as a file, and as what they were.
//!
//! Out: every thread as the API shows it, and what stood around its passage at that moment. In: the same wishes people make,
//! in the name of whoever imports and of nobody else; what others said keeps their name and the day in front of it.
//! Next: `room::notes`, which judges.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

use room::notes::AROUND_CHARS_MAX;
use room::{Author, Still};
use serde::Serialize;
use uuid::Uuid;

use super::manifest::FORMAT;
use crate::State;
use crate::http::notes::shown::{self, Note};
use crate::http::{Error, Person};

pub mod back;

/// `notes.json`.
#[derive(Serialize)]
struct Out {
    galley: u32,
    notes: Vec<Noted>,
    people: Vec<Person>,
}

/// A thread, and where it stands.
#[derive(Serialize)]
struct Noted {
    #[serde(flatten)]
    note: Note,
    on: Option<Standing>,
}

/// What is at a place, and around it.
#[derive(Serialize)]
struct Standing {
    before: String,
    words: String,
    after: String,
}

/// All notes of a document; `None` if it has none.
pub async fn written(state: &State, still: Still) -> Result<Option<Vec<u8>>, Error> {
    if still.notes.notes.is_empty() {
        return Ok(None);
    }
    let people = writers(state, &still).await?.into_values().map(Person::unnamed).collect();
    let (still, standing) = tokio::task::spawn_blocking(move || {
        let places = still.places();
        let stand = |id: &Uuid| places.get(id).map(|place| Standing::at(&still.text, place));
        let standing: Vec<Option<Standing>> = still.notes.notes.keys().map(stand).collect();
        (still, standing)
    })
    .await
    .map_err(|_| Error::Room(crate::rooms::RoomError::Lost))?;
    let notes = shown::all(still).await?.into_iter().zip(standing).map(|(note, on)| Noted { note, on }).collect();
    Ok(serde_json::to_vec_pretty(&Out { galley: FORMAT, notes, people }).ok())
}

/// Everybody who said anything.
pub async fn writers(state: &State, still: &Still) -> Result<BTreeMap<Author, Person>, Error> {
    let mut people = BTreeMap::new();
    for author in still.notes.authors() {
        if let Entry::Vacant(place) = people.entry(author) {
            place.insert(Person::of(&state.storage, author).await?);
        }
    }
    Ok(people)
}

impl Standing {
    fn at(text: &str, place: &Range<usize>) -> Standing {
        let before: Vec<char> = text[..place.start].chars().rev().take(AROUND_CHARS_MAX).collect();
        Standing {
            before: before.into_iter().rev().collect(),
            words: text[place.clone()].to_owned(),
            after: text[place.end..].chars().take(AROUND_CHARS_MAX).collect(),
        }
    }
}
