//! `/api/documents/{id}/export`: the document as Markdown, as a page of its own or as a zip, with its notes.
//!
//! Next: `export.rs`, which writes notes into a text; `archive.rs`, which writes the others.

use std::collections::BTreeMap;

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
use crate::archive::Refused;
use crate::archive::page::{self, Home, Pictures};
use crate::archive::{leave, notes};
use crate::export::{Said, Thread, critic_markup, footnotes};
use crate::{State, clock, documents};

/// How a document comes.
#[derive(Deserialize, IntoParams)]
pub struct How {
    /// md, html or zip.
    format: Option<String>,
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

/// Notes as Markdown in the text.
type Marks = fn(&str, &[Thread]) -> String;

/// The document as a file: its text, with its notes in it if asked for; a page of its own; or a zip with its text, its
/// pictures and files and its notes.
#[utoipa::path(get, path = "/api/documents/{id}/export", params(How),
    responses((status = 200, content_type = "text/markdown", body = String), (status = 400), (status = 404), (status = 413)))]
pub async fn file(grant: Grant, how: Query<How>, state: Data<State>) -> Result<HttpResponse, Error> {
    state.wishes.spend(clock::monotonic_ms(), grant.author())?;
    let marks = match how.notes.as_deref() {
        None | Some("none" | "json") => None,
        Some("criticmarkup") => Some(critic_markup as Marks),
        Some("footnotes") => Some(footnotes as Marks),
        Some(_) => return Err(Refused::Format.into()),
    };
    match (how.format.as_deref().unwrap_or("md"), how.notes.as_deref()) {
        ("md", Some("json")) => json(&grant, &state).await,
        ("md", _) => markdown(&grant, &state, marks).await,
        ("html", notes) if notes != Some("json") => page(&grant, &state, marks).await,
        ("zip", notes) => zip(&grant, state, marks, notes).await,
        _ => Err(Refused::Format.into()),
    }
}

async fn markdown(grant: &Grant, state: &State, marks: Option<Marks>) -> Result<HttpResponse, Error> {
    let text = marked(state, state.rooms.still(grant).await?, marks).await?;
    let name = attachment(&documents::title_of(&text), "md");
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, name))
        .content_type("text/markdown; charset=utf-8")
        .body(text))
}

/// One file that needs nothing else.
async fn page(grant: &Grant, state: &State, marks: Option<Marks>) -> Result<HttpResponse, Error> {
    let text = marked(state, state.rooms.still(grant).await?, marks).await?;
    let html = aside(move || crate::rendered::html(&text)).await?;
    let (document, max) = (grant.document(), state.config.limits.page_bytes);
    let mut pictures = Pictures::new();
    let mut bytes = html.body().len();
    for name in page::pictures(&html, document) {
        let Some((mime, picture)) = leave::picture(state, document, &name).await? else { continue };
        // As text it is a third larger.
        bytes += picture.len().div_ceil(3) * 4;
        if bytes > max {
            state.metrics.reached("page_bytes");
            return Err(Refused::TooLarge(max >> 20).into());
        }
        pictures.insert(name, (mime, picture));
    }
    let name = attachment(html.title().unwrap_or_default(), "html");
    let origin = state.site.origin();
    let page = aside(move || page::write(&html, &Home { document, origin: &origin }, &pictures)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, name))
        .content_type("text/html; charset=utf-8")
        .body(page))
}

/// Text, pictures, files and notes.
async fn zip(
    grant: &Grant,
    state: Data<State>,
    marks: Option<Marks>,
    notes: Option<&str>,
) -> Result<HttpResponse, Error> {
    let place = state.zips.enter(grant.author(), state.config.limits.zips_per_person).ok_or_else(|| {
        state.metrics.reached("zips_per_person");
        Refused::ExportRunning
    })?;
    let mut leaving = leave::leaving(&state, grant).await?;
    if let Some(marks) = marks {
        leaving.text = marked(&state, state.rooms.still(grant).await?, Some(marks)).await?;
    }
    if !matches!(notes, None | Some("json")) {
        leaving.notes = None;
    }
    let name = attachment(&leaving.title, "zip");
    let zip = leave::one(state, leaving, place);
    Ok(HttpResponse::Ok().insert_header((CONTENT_DISPOSITION, name)).content_type("application/zip").streaming(zip))
}

/// The text, with notes in it if asked for.
async fn marked(state: &State, still: Still, marks: Option<Marks>) -> Result<String, Error> {
    let Some(write) = marks else { return Ok(still.text) };
    let people = notes::writers(state, &still).await?;
    aside(move || write(&still.text, &threads(&still, &people))).await
}

/// On a thread that serves nobody else.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Room(crate::rooms::RoomError::Lost))
}

async fn json(grant: &Grant, state: &State) -> Result<HttpResponse, Error> {
    let still = state.rooms.still(grant).await?;
    let people = notes::writers(state, &still).await?.into_values().map(Person::unnamed).collect();
    let (text, name) = (still.text.clone(), attachment(&documents::title_of(&still.text), "json"));
    let export = Export { text, notes: shown::all(still).await?, people };
    Ok(HttpResponse::Ok().insert_header((CONTENT_DISPOSITION, name)).json(export))
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
pub fn attachment(title: &str, ending: &str) -> String {
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
