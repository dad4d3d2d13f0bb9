//! `/api/documents/{id}/notes` and what is below it; `/people`: threads in the margin, and who takes part in them.
//!
//! Invariant: a wish is carried out by the room under the grant of whoever asks, and answered when it is durable; asking
//! again is the same answer. Nothing is refused because the text has changed meanwhile. Next: `notes/shown.rs` for what
//! answers look like; `room::notes`, which judges; `mentions.rs`, for who is named.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use room::notes::{self, NoteError, Passage, Settled, Wish, Words};
use room::{Author, Command, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::body::Body;
use super::people::Person;
use crate::access::Grant;
use crate::presence::Mention;
use crate::{State, accounts, clock, documents, members, mentions, revisions};

pub mod shown;

use shown::Note;

/// All notes of a document.
#[derive(Serialize, ToSchema)]
pub struct Notes {
    /// Oldest first.
    notes: Vec<Note>,
}

/// A passage of the text.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Both ends as Yjs' `relativePositionToJSON` writes them; `null` or unknown characters: found by the quote.
    #[schema(value_type = Option<Object>)]
    anchor: Option<serde_json::Value>,
    /// Its words, 1 to 2,000 characters.
    quote: String,
    /// At most 32 characters before it.
    #[serde(default)]
    before: String,
    /// At most 32 characters after it.
    #[serde(default)]
    after: String,
    /// At most 200 characters.
    #[serde(default)]
    heading: String,
}

/// A new note.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// A UUID v7 the client chose, so that asking again is the same note.
    id: Uuid,
    /// Both ends as Yjs' `relativePositionToJSON` writes them; `null` or unknown characters: found by the quote.
    #[schema(value_type = Option<Object>)]
    anchor: Option<serde_json::Value>,
    /// The words it is about, 1 to 2,000 characters.
    quote: String,
    /// At most 32 characters before them.
    #[serde(default)]
    before: String,
    /// At most 32 characters after them.
    #[serde(default)]
    after: String,
    /// At most 200 characters.
    #[serde(default)]
    heading: String,
    /// Plain text, 1 to 10,000 characters; `@name` mentions an account that has access.
    body: String,
}

/// A new reply.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReply {
    /// A UUID v7 the client chose.
    id: Uuid,
    /// Plain text, 1 to 10,000 characters.
    body: String,
}

/// Another body.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// Plain text, 1 to 10,000 characters.
    body: String,
}

/// One change of a note.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Change {
    /// Another body, by who wrote it.
    Edit(Edit),
    /// Resolved, or opened again.
    Resolve(Resolve),
    /// About another passage.
    Attach(About),
}

/// Whether a note is resolved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    resolved: bool,
}

/// One's reactions.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct React {
    /// All of them, at most eight; none takes them back.
    emoji: Vec<String>,
}

/// Somebody who takes part in a document.
#[derive(Serialize, ToSchema)]
pub struct Participant {
    #[serde(flatten)]
    person: Person,
    /// The account this guest has become.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    same: Option<Author>,
    /// What they may do, if they have access; told to whoever may write notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
}

/// Everybody who takes part.
#[derive(Serialize, ToSchema)]
pub struct People {
    people: Vec<Participant>,
}

/// Every note, resolved and detached ones too.
#[utoipa::path(get, path = "/api/documents/{id}/notes", responses((status = 200, body = Notes), (status = 404)))]
pub async fn list(grant: Grant, state: Data<State>) -> Result<Json<Notes>, Error> {
    state.wishes.spend(clock::monotonic_ms(), grant.author())?;
    let still = state.rooms.still(&grant).await?;
    Ok(Json(Notes { notes: shown::all(still).await? }))
}

/// Writes a note. The same id, person and body again is the same note, as is one that was changed since.
#[utoipa::path(post, path = "/api/documents/{id}/notes", request_body = New,
    responses((status = 201, body = Note), (status = 200, body = Note), (status = 400), (status = 403), (status = 409)))]
pub async fn create(grant: Grant, Body(new): Body<New>, state: Data<State>) -> Result<HttpResponse, Error> {
    let New { id, anchor, quote, before, after, heading, body } = new;
    check_id(id)?;
    let passage = About { anchor, quote, before, after, heading }.passage();
    let known = state.rooms.still_of(&grant, id).await?.notes.notes.contains_key(&id);
    let words = words(&state, &grant, body).await?;
    wish(&state, &grant, id, Wish::Note { passage, words: words.clone() }).await?;
    mention(&state, &grant, &words, (id, id)).await?;
    let mut answer = if known { HttpResponse::Ok() } else { HttpResponse::Created() };
    Ok(answer.json(one(&state, &grant, id).await?))
}

/// Changes a note: its body, whether it is resolved, or what it is about.
#[utoipa::path(patch, path = "/api/documents/{id}/notes/{note}", request_body = Change,
    responses((status = 200, body = Note), (status = 400), (status = 403), (status = 404)))]
pub async fn change(
    grant: Grant,
    path: Path<(Uuid, Uuid)>,
    Body(change): Body<Change>,
    state: Data<State>,
) -> Result<Json<Note>, Error> {
    let (_, note) = path.into_inner();
    match change {
        Change::Edit(Edit { body }) => edit(&state, &grant, note, note, body).await?,
        Change::Resolve(Resolve { resolved }) => {
            let settled = if resolved { Settled::Resolved } else { Settled::Reopened };
            wish(&state, &grant, note, Wish::Resolve(settled)).await?;
        }
        Change::Attach(about) => wish(&state, &grant, note, Wish::Attach { passage: about.passage() }).await?,
    }
    Ok(Json(one(&state, &grant, note).await?))
}

/// Deletes a note with all its replies.
#[utoipa::path(delete, path = "/api/documents/{id}/notes/{note}", responses((status = 204), (status = 403)))]
pub async fn remove(grant: Grant, path: Path<(Uuid, Uuid)>, state: Data<State>) -> Result<HttpResponse, Error> {
    let (_, note) = path.into_inner();
    let before = state.rooms.still_of(&grant, note).await?.notes;
    wish(&state, &grant, note, Wish::Delete).await?;
    for (id, reply) in before.replies_to(note) {
        mentions::forget(&state.storage, &reply.mentions, grant.document(), id).await?;
    }
    mentions::forget(&state.storage, mentioned(&before, note), grant.document(), note).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Answers a note. The same id, person and body again is the same reply, as is one that was changed since.
#[utoipa::path(post, path = "/api/documents/{id}/notes/{note}/replies", request_body = NewReply,
    responses((status = 201, body = Note), (status = 400), (status = 403), (status = 404), (status = 409)))]
pub async fn reply(
    grant: Grant,
    path: Path<(Uuid, Uuid)>,
    Body(NewReply { id, body }): Body<NewReply>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let (_, note) = path.into_inner();
    check_id(id)?;
    let words = words(&state, &grant, body).await?;
    wish(&state, &grant, id, Wish::Reply { note, words: words.clone() }).await?;
    mention(&state, &grant, &words, (note, id)).await?;
    Ok(HttpResponse::Created().json(one(&state, &grant, note).await?))
}

/// Changes the body of one's reply.
#[utoipa::path(patch, path = "/api/documents/{id}/notes/{note}/replies/{reply}", request_body = Edit,
    responses((status = 200, body = Note), (status = 400), (status = 403), (status = 404)))]
pub async fn change_reply(
    grant: Grant,
    path: Path<(Uuid, Uuid, Uuid)>,
    Body(Edit { body }): Body<Edit>,
    state: Data<State>,
) -> Result<Json<Note>, Error> {
    let (_, note, reply) = path.into_inner();
    belongs(&state, &grant, note, reply).await?;
    edit(&state, &grant, note, reply, body).await?;
    Ok(Json(one(&state, &grant, note).await?))
}

/// Deletes a reply.
#[utoipa::path(delete, path = "/api/documents/{id}/notes/{note}/replies/{reply}",
    responses((status = 204), (status = 403)))]
pub async fn remove_reply(
    grant: Grant,
    path: Path<(Uuid, Uuid, Uuid)>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let (_, note, reply) = path.into_inner();
    let before = state.rooms.still_of(&grant, note).await?.notes;
    if before.replies.get(&reply).is_some_and(|reply| reply.note == note) {
        wish(&state, &grant, reply, Wish::Delete).await?;
        mentions::forget(&state.storage, mentioned(&before, reply), grant.document(), reply).await?;
    }
    Ok(HttpResponse::NoContent().finish())
}

/// Sets one's reactions to a note.
#[utoipa::path(post, path = "/api/documents/{id}/notes/{note}/reactions", request_body = React,
    responses((status = 200, body = Note), (status = 400), (status = 403), (status = 404)))]
pub async fn react(
    grant: Grant,
    path: Path<(Uuid, Uuid)>,
    Body(React { emoji }): Body<React>,
    state: Data<State>,
) -> Result<Json<Note>, Error> {
    let (_, note) = path.into_inner();
    wish(&state, &grant, note, Wish::React { emoji }).await?;
    Ok(Json(one(&state, &grant, note).await?))
}

/// Sets one's reactions to a reply.
#[utoipa::path(post, path = "/api/documents/{id}/notes/{note}/replies/{reply}/reactions", request_body = React,
    responses((status = 200, body = Note), (status = 400), (status = 403), (status = 404)))]
pub async fn react_to_reply(
    grant: Grant,
    path: Path<(Uuid, Uuid, Uuid)>,
    Body(React { emoji }): Body<React>,
    state: Data<State>,
) -> Result<Json<Note>, Error> {
    let (_, note, reply) = path.into_inner();
    belongs(&state, &grant, note, reply).await?;
    wish(&state, &grant, reply, Wish::React { emoji }).await?;
    Ok(Json(one(&state, &grant, note).await?))
}

/// Everybody who wrote notes here; for whoever may write notes, also everybody who has access.
#[utoipa::path(get, path = "/api/documents/{id}/people", responses((status = 200, body = People), (status = 404)))]
pub async fn people(grant: Grant, state: Data<State>) -> Result<Json<People>, Error> {
    let record = documents::load(&state.storage, grant.document()).await?.ok_or(Error::NotFound)?;
    let mut authors: BTreeSet<Author> = state.rooms.still_of(&grant, Uuid::nil()).await?.notes.authors().collect();
    if grant.role() >= Role::Comment {
        authors.insert(record.owner);
        authors.extend(members::of(&state.storage, record.id).await?.into_iter().map(|(author, _)| author));
        authors.extend(revisions::readers(&state.storage, record.id).await?);
    }
    let mut people = Vec::with_capacity(authors.len());
    for author in authors {
        let person = Person::of(&state.storage, author).await?;
        let (person, role) = match grant.role() >= Role::Comment {
            true => (person, state.access.role_of(author, &record).await?),
            false => (person.unnamed(), None),
        };
        people.push(Participant { person, same: accounts::became(&state.storage, author).await?, role });
    }
    Ok(Json(People { people }))
}

impl About {
    /// An anchor that is not one is no anchor: the passage is found by its words, or detached.
    fn passage(self) -> Passage {
        let About { anchor, quote, before, after, heading } = self;
        let anchor = anchor.and_then(|anchor| serde_json::from_value(anchor).ok());
        Passage { anchor, quote, before, after, heading }
    }
}

fn check_id(id: Uuid) -> Result<(), Error> {
    if id.get_version_num() == 7 { Ok(()) } else { Err(Error::NoteId) }
}

/// A reply is asked for under its own note.
async fn belongs(state: &State, grant: &Grant, note: Uuid, reply: Uuid) -> Result<(), Error> {
    let still = state.rooms.still_of(grant, note).await?;
    let there = still.notes.replies.get(&reply).is_some_and(|reply| reply.note == note);
    if there { Ok(()) } else { Err(NoteError::Missing.into()) }
}

async fn edit(state: &State, grant: &Grant, note: Uuid, id: Uuid, body: String) -> Result<(), Error> {
    let words = words(state, grant, body).await?;
    let before = state.rooms.still_of(grant, note).await?.notes;
    wish(state, grant, id, Wish::Edit { words: words.clone() }).await?;
    let (old, new): (Vec<Author>, Vec<Author>) =
        mentioned(&before, id).iter().copied().partition(|author| !words.mentions.contains(author));
    mentions::forget(&state.storage, &old, grant.document(), id).await?;
    // Who was named before has been told.
    let named = words.mentions.iter().copied().filter(|author| !new.contains(author)).collect();
    mention(state, grant, &Words { mentions: named, ..words }, (note, id)).await
}

/// Whom a note or reply named.
fn mentioned(notes: &notes::Notes, id: Uuid) -> &[Author] {
    let reply = || notes.replies.get(&id).map(|reply| reply.mentions.as_slice());
    notes.notes.get(&id).map(|note| note.mentions.as_slice()).or_else(reply).unwrap_or_default()
}

async fn wish(state: &State, grant: &Grant, id: Uuid, wish: Wish) -> Result<(), Error> {
    state.wishes.spend(clock::monotonic_ms(), grant.author())?;
    let also = accounts::guests_of(&state.storage, grant.author()).await?;
    state.rooms.command(grant, Command::Note { id, wish: Box::new(wish), also, at_ms: clock::wall_ms() }).await?;
    Ok(())
}

/// Tells those who are named, after what names them is durable.
async fn mention(state: &State, grant: &Grant, words: &Words, (note, id): (Uuid, Uuid)) -> Result<(), Error> {
    let (document, by) = (grant.document(), grant.author());
    // What was asked for again may say something else by now.
    let says = state.rooms.still_of(grant, note).await?.notes;
    let named: Vec<Author> =
        words.mentions.iter().copied().filter(|whom| mentioned(&says, id).contains(whom)).collect();
    let entry = mentions::Entry { document, note, id, by, at_ms: clock::wall_ms() };
    mentions::add(&state.storage, &named, entry).await?;
    for whom in named.into_iter().filter(|whom| *whom != by) {
        state.presence.mentioned(Mention { whom, by, document, note });
    }
    Ok(())
}

async fn one(state: &State, grant: &Grant, id: Uuid) -> Result<Note, Error> {
    let still = state.rooms.still_of(grant, id).await?;
    shown::one(&still, id).ok_or_else(|| NoteError::Missing.into())
}

/// A body and whom it mentions.
async fn words(state: &State, grant: &Grant, body: String) -> Result<Words, Error> {
    let record = documents::load(&state.storage, grant.document()).await?.ok_or(Error::NotFound)?;
    let mentions = mentions::find(&state.access, &state.storage, &record, &body).await?;
    Ok(Words { body, mentions })
}
