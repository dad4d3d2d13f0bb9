//! `/api/documents/{id}/authors`, `/authorship`, `/since`, `/seen`: who wrote what stands here, and what is new in it.
//!
//! Invariant: whoever may read the text learns who wrote each of its characters, and nothing of what was deleted; what
//! they last saw is compared with nobody else's. Next: `room::Whose`, which walks the text; `revisions/seen.rs`.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::HttpResponse;
use actix_web::web::{Data, Json};
use room::{Author, Role, Run, Stretch, Whose};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::body::Body;
use super::people::{People, Person};
use crate::access::Grant;
use crate::rooms::RoomError;
use crate::{State, clock, revisions};

/// Whose each Yjs client id in the text is.
#[derive(Serialize, ToSchema)]
pub struct Authors {
    /// By client id, in decimal digits.
    #[schema(value_type = BTreeMap<String, Uuid>)]
    clients: BTreeMap<String, Uuid>,
    /// Everybody among them.
    people: Vec<Person>,
}

/// Who wrote the text.
#[derive(Serialize, ToSchema)]
pub struct Authorship {
    /// Of the text, in UTF-16 units.
    length: u32,
    /// First to last; they cover the text.
    runs: Vec<Written>,
    /// Everybody among them.
    people: Vec<Person>,
}

/// A run of text by one author.
#[derive(Serialize, ToSchema)]
pub struct Written {
    /// Its first UTF-16 unit.
    from: u32,
    /// Behind its last.
    to: u32,
    /// Whose it is; `null`: nobody knows.
    author: Option<Uuid>,
}

/// What whoever asks last saw.
#[derive(Serialize, ToSchema)]
pub struct Since {
    /// When they last looked, milliseconds since 1970; `null`: never before, or nothing has changed.
    at_ms: Option<u64>,
    /// The text as it was then.
    text: Option<String>,
}

/// Nothing more to say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Whose each client id is that has written something that stands.
#[utoipa::path(get, path = "/api/documents/{id}/authors", responses((status = 200, body = Authors), (status = 404)))]
pub async fn authors(grant: Grant, state: Data<State>) -> Result<Json<Authors>, Error> {
    let (_, table) = walked(&state, &grant).await?;
    let (now, people) = people(&state, &grant, table.values().copied()).await?;
    let clients = table.iter().map(|(client, author)| (client.to_string(), now[author].0)).collect();
    Ok(Json(Authors { clients, people }))
}

/// Who wrote each character of the text.
#[utoipa::path(get, path = "/api/documents/{id}/authorship",
    responses((status = 200, body = Authorship), (status = 404)))]
pub async fn authorship(grant: Grant, state: Data<State>) -> Result<Json<Authorship>, Error> {
    let (stretches, table) = walked(&state, &grant).await?;
    let (now, people) = people(&state, &grant, table.values().copied()).await?;
    let runs = Whose::runs(&stretches, |client| Some(now[table.get(&client)?]));
    let length = stretches.last().map_or(0, |last| last.to);
    Ok(Json(Authorship { length, runs: runs.into_iter().map(Written::from).collect(), people }))
}

/// The text as it was when whoever asks last looked.
#[utoipa::path(get, path = "/api/documents/{id}/since", responses((status = 200, body = Since), (status = 404)))]
pub async fn since(grant: Grant, state: Data<State>) -> Result<Json<Since>, Error> {
    state.wishes.spend(clock::monotonic_ms(), grant.author())?;
    let document = grant.document();
    let seen = revisions::last_seen(&state.storage, state.rooms.versions(), document, grant.author()).await;
    let seen = seen.unwrap_or_else(|error| {
        // What was seen then is lost; what there is now is not.
        tracing::warn!(%document, "what a reader last saw cannot be told: {error}");
        None
    });
    let now = state.rooms.read(&grant).await?;
    let news = seen.filter(|(_, text)| **text != *now);
    Ok(Json(Since { at_ms: news.as_ref().map(|(at_ms, _)| *at_ms), text: news.map(|(_, text)| text) }))
}

/// Everything up to now has been seen.
#[utoipa::path(post, path = "/api/documents/{id}/seen", request_body = Nothing,
    responses((status = 204), (status = 404)))]
pub async fn seen(grant: Grant, _: Body<Nothing>, state: Data<State>) -> Result<HttpResponse, Error> {
    state.wishes.spend(clock::monotonic_ms(), grant.author())?;
    state.rooms.seen(&grant).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The text by client id. It costs a copy of the document and a walk through it, which is not done on a thread that
/// serves others.
async fn walked(state: &State, grant: &Grant) -> Result<(Vec<Stretch>, BTreeMap<u64, Author>), Error> {
    state.wishes.spend(clock::monotonic_ms(), grant.author())?;
    let whose = state.rooms.whose(grant).await?;
    let walk = move || {
        let stretches = whose.stretches();
        let table = whose.clients(&stretches);
        (stretches, table)
    };
    actix_web::web::block(walk).await.map_err(|_| Error::Room(RoomError::Lost))
}

/// Who each author is now, and everybody once.
async fn people(
    state: &State,
    grant: &Grant,
    authors: impl Iterator<Item = Author>,
) -> Result<(BTreeMap<Author, Author>, Vec<Person>), Error> {
    let mut known = People::new(&state.storage);
    let mut now = BTreeMap::new();
    let mut shown = BTreeMap::new();
    for author in authors.collect::<BTreeSet<_>>() {
        let person = known.of(author).await?;
        let person = if grant.role() >= Role::Comment { person } else { person.unnamed() };
        now.insert(author, person.author());
        shown.insert(person.author(), person);
    }
    Ok((now, shown.into_values().collect()))
}

impl From<Run> for Written {
    fn from(Run { from, to, author }: Run) -> Written {
        Written { from, to, author: author.map(|author| author.0) }
    }
}
