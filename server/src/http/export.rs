//! `/api/documents/{id}/export`: the text as a file, with its notes as Markdown or as JSON.
//!
//! Next: `export.rs`, which writes notes into a text.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Data, Query};
use room::{Author, Still};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Error;
use super::notes::shown::{self, Note};
use super::people::Person;
use crate::access::Grant;
use crate::export::{Said, Thread, critic_markup, footnotes};
use crate::{State, clock, documents};

/// How notes come.
#[derive(Deserialize, IntoParams)]
pub struct How {
    /// none, criticmarkup, footnotes or json.
    notes: Option<String>,
}

/// A text and its notes, for programs.
#[derive(Serialize, ToSchema)]
pub struct Export {
    /// As it stood.
    text: String,
    /// Oldest first; places count UTF-16 units of the text.
    notes: Vec<Note>,
    /// Everybody who wrote a note.
    people: Vec<Person>,
}

/// The text as a file, with its notes in it, or both as JSON.
#[utoipa::path(get, path = "/api/documents/{id}/export", params(How),
    responses((status = 200, content_type = "text/markdown", body = String), (status = 400), (status = 404)))]
pub async fn file(grant: Grant, how: Query<How>, state: Data<State>) -> Result<HttpResponse, Error> {
    state.wishes.spend(clock::monotonic_ms(), grant.author())?;
    let write = match how.notes.as_deref().unwrap_or("none") {
        "none" => None,
        "criticmarkup" => Some(critic_markup as fn(&str, &[Thread]) -> String),
        "footnotes" => Some(footnotes as fn(&str, &[Thread]) -> String),
        "json" => return json(&grant, &state).await,
        _ => return Err(Error::ExportKind),
    };
    let still = state.rooms.still(&grant).await?;
    let name = attachment(&documents::title_of(&still.text), "md");
    let body = match write {
        None => still.text,
        Some(write) => {
            let people = writers(&state, &still).await?;
            let work = tokio::task::spawn_blocking(move || write(&still.text, &threads(&still, &people)));
            work.await.map_err(|_| Error::Room(crate::rooms::RoomError::Lost))?
        }
    };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, name))
        .content_type("text/markdown; charset=utf-8")
        .body(body))
}

async fn json(grant: &Grant, state: &State) -> Result<HttpResponse, Error> {
    let still = state.rooms.still(grant).await?;
    let people = writers(state, &still).await?.into_values().map(Person::unnamed).collect();
    let (text, name) = (still.text.clone(), attachment(&documents::title_of(&still.text), "json"));
    let export = Export { text, notes: shown::all(still).await?, people };
    Ok(HttpResponse::Ok().insert_header((CONTENT_DISPOSITION, name)).json(export))
}

/// Everybody who said anything.
async fn writers(state: &State, still: &Still) -> Result<BTreeMap<Author, Person>, Error> {
    let mut people = BTreeMap::new();
    for author in still.notes.authors() {
        if let Entry::Vacant(place) = people.entry(author) {
            place.insert(Person::of(&state.storage, author).await?);
        }
    }
    Ok(people)
}

/// Threads in the order of their passages, the detached last.
fn threads(still: &Still, people: &BTreeMap<Author, Person>) -> Vec<Thread> {
    let places = still.places();
    let said = |by: Author, at_ms: u64, body: &str| {
        let at = i64::try_from(at_ms).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
        let day = at.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default();
        let name = people.get(&by).map(Person::display).unwrap_or_default().to_owned();
        Said { name, day, body: body.to_owned() }
    };
    let thread = |(id, note): (&uuid::Uuid, &room::notes::Note)| {
        let mut all = vec![said(note.by, note.at, &note.body)];
        all.extend(still.notes.replies_to(*id).map(|(_, reply)| said(reply.by, reply.at, &reply.body)));
        let (place, quote) = (places.get(id).cloned(), note.passage.quote.clone());
        Thread { place, quote, resolved: note.resolved.is_some(), said: all }
    };
    let mut threads: Vec<Thread> = still.notes.notes.iter().map(thread).collect();
    threads.sort_by_key(|thread| thread.place.as_ref().map_or((usize::MAX, 0), |place| (place.start, place.end)));
    threads
}

/// A file named after the title: in ASCII for old programs, as it is for the others.
fn attachment(title: &str, ending: &str) -> String {
    let name = if title.trim().is_empty() { "Untitled" } else { title.trim() };
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || " -_".contains(c) { c } else { '-' }).collect();
    let mut exact = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => exact.push(char::from(byte)),
            _ => exact.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{exact}.{ending}")
}
