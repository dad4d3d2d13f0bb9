//! `/api/documents`: create, list, read, rename, trash and restore; the text and the page as HTML.

use actix_web::http::header::{ETAG, IF_NONE_MATCH};
use actix_web::web::{Data, Json, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use room::{Author, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::body::{Body, collect, parse};
use super::people::Person;
use crate::access::{Grant, Principal};
use crate::documents::{self, Created};
use crate::key::TICKET_MS;
use crate::{State, clock, links, members, mentions};

/// A document as lists and pages show it.
#[derive(Serialize, ToSchema)]
pub struct Document {
    /// UUID.
    id: Uuid,
    /// Empty if untitled.
    title: String,
    /// What whoever asks may do: view, comment, edit or own.
    #[schema(value_type = String)]
    role: Role,
    /// How they came by it.
    via: Via,
    /// Last change of the text, milliseconds since 1970.
    updated_ms: u64,
    /// Creation, milliseconds since 1970.
    created_ms: u64,
    /// When whoever asks last opened it.
    opened_ms: Option<u64>,
    /// When it went into the trash.
    trashed_ms: Option<u64>,
    /// When the trash lets go of it.
    purge_ms: Option<u64>,
    /// Which history of the text this is.
    epoch: u64,
    /// Whose it is.
    owner: Person,
    /// The role whoever asks has asked for.
    #[schema(value_type = Option<String>)]
    asked: Option<Role>,
    /// How many people ask for more access; told to the owner.
    requests: usize,
    /// Notes that are not resolved.
    notes: usize,
    /// Notes and replies that mention whoever asks and that they have not seen.
    mentions: usize,
    /// Its page.
    url: String,
}

/// How somebody came by a document.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// It is theirs.
    Own,
    /// The owner added them.
    Member,
    /// By a link.
    Link,
}

/// All documents of whoever asks.
#[derive(Serialize, ToSchema)]
pub struct Documents {
    /// Newest change first.
    pub documents: Vec<Document>,
    /// Stands for all of it: another list has another one. What `/api/events` says first is compared with it.
    pub mark: String,
}

impl Document {
    /// As one person with this role sees it.
    pub async fn show(
        state: &State,
        record: documents::Document,
        role: Role,
        author: Author,
        opened_ms: Option<u64>,
    ) -> Result<Document, Error> {
        let storage = &state.storage;
        let member = members::role_of(storage, record.id, author).await?.is_some();
        let asked = members::asked(storage, record.id, author).await?.map(|request| request.role);
        let mentions = mentions::unseen(storage, author, record.id).await?;
        let requests = if role == Role::Own { members::requests(storage, record.id).await?.len() } else { 0 };
        Ok(Document {
            via: if record.owner == author {
                Via::Own
            } else if member {
                Via::Member
            } else {
                Via::Link
            },
            owner: Person::of(storage, record.owner).await?,
            url: format!("/d/{}", record.id),
            purge_ms: record.purge_ms(),
            id: record.id,
            title: record.title,
            role,
            updated_ms: record.updated_ms,
            created_ms: record.created_ms,
            opened_ms,
            trashed_ms: record.trashed_ms,
            epoch: record.epoch,
            asked: asked.filter(|wanted| *wanted > role),
            requests,
            notes: record.open_notes,
            mentions,
        })
    }

    /// What a list without script shows: address, title, last change, role.
    pub fn item(&self) -> (String, String, u64, Role) {
        (self.url.clone(), self.title.clone(), self.updated_ms, self.role)
    }

    /// Last change, milliseconds since 1970.
    pub fn updated(&self) -> u64 {
        self.updated_ms
    }

    /// For the holder of a grant.
    pub async fn of(state: &State, grant: &Grant) -> Result<Document, Error> {
        let record = documents::load(&state.storage, grant.document()).await?.ok_or(Error::NotFound)?;
        Document::show(state, record, grant.role(), grant.author(), None).await
    }
}

/// A wish for a document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// A UUID v7 the client chose, so that a document can be born offline.
    id: Option<Uuid>,
    /// Its first text.
    #[serde(default)]
    text: String,
}

/// Another title.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// 1 to 200 characters, written into the text.
    title: String,
}

/// Which list.
#[derive(Deserialize)]
pub struct Which {
    /// Any value: what is in the trash.
    trash: Option<String>,
}

/// Lets a client that can set neither cookie nor header open the document's socket.
#[derive(Serialize, ToSchema)]
pub struct Ticket {
    /// For `?ticket=`.
    ticket: String,
    /// Milliseconds since 1970.
    expires_ms: u64,
}

/// Documents of whoever asks: their own, and those that were shared with them.
#[utoipa::path(get, path = "/api/documents", responses((status = 200, body = Documents), (status = 401)))]
pub async fn list(principal: Principal, which: Query<Which>, state: Data<State>) -> Result<Json<Documents>, Error> {
    Ok(Json(listed(&state, &principal, which.trash.is_some()).await?))
}

/// The list itself; the page carries it too.
pub async fn listed(state: &State, principal: &Principal, trash: bool) -> Result<Documents, Error> {
    let author = principal.author().ok_or(Error::SignIn)?;
    let openings = documents::openings(&state.storage, author).await?;
    let mut shown = Vec::new();
    for (record, role) in reachable(state, principal).await? {
        if record.trashed_ms.is_some() == trash && (!trash || role == Role::Own) {
            let opened_ms = openings.get(&record.id).copied();
            shown.push(Document::show(state, record, role, author, opened_ms).await?);
        }
    }
    shown.sort_by_key(|document| (std::cmp::Reverse(document.updated_ms), document.id));
    // What cannot be written has no answer to stand for.
    let whole = serde_json::to_vec(&shown).unwrap_or_default();
    Ok(Documents { documents: shown, mark: blake3::hash(&whole).to_hex()[..32].to_owned() })
}

/// Every document somebody may see, with their role; trashed ones too.
pub async fn reachable(state: &State, principal: &Principal) -> Result<Vec<(documents::Document, Role)>, Error> {
    let author = principal.author().ok_or(Error::SignIn)?;
    let mut found = documents::owned(&state.storage, author).await?;
    let mut shared = links::redeemed_by(&state.storage, author).await?;
    shared.extend(members::documents_of(&state.storage, author).await?);
    shared.sort_unstable();
    shared.dedup();
    found.extend(documents::some(&state.storage, shared).await?.into_iter().filter(|record| record.owner != author));
    let mut reachable = Vec::with_capacity(found.len());
    for record in found {
        if let Some(role) = state.access.role_in(principal, &record).await? {
            reachable.push((record, role));
        }
    }
    Ok(reachable)
}

/// Creates a document. The same id, creator and text again is the same answer.
#[utoipa::path(post, path = "/api/documents", request_body = New,
    responses((status = 201, body = Document), (status = 200, body = Document), (status = 409), (status = 413)))]
pub async fn create(principal: Principal, body: Payload, state: Data<State>) -> Result<HttpResponse, Error> {
    let owner = principal.account()?;
    let text_bytes = state.config.limits.room.text_bytes;
    // JSON may spell one byte of text as six.
    let bytes =
        collect(body, text_bytes.saturating_mul(6) + state.config.limits.json_bytes, "text_bytes", &state).await?;
    let new: New = parse(&bytes)?;
    if new.text.len() > text_bytes {
        state.metrics.reached("text_bytes");
        return Err(Error::TooLarge(text_bytes));
    }
    if new.id.is_some_and(|id| id.get_version_num() != 7) {
        return Err(Error::IdInvalid);
    }
    let created = documents::create(&state.access, &state.storage, &state.rooms, owner, new.id, &new.text).await?;
    let (mut answer, record) = match created {
        Created::Now(record) => (HttpResponse::Created(), record),
        Created::Before(record) => (HttpResponse::Ok(), record),
    };
    Ok(answer.json(Document::show(&state, record, Role::Own, owner.author, None).await?))
}

/// One document.
#[utoipa::path(get, path = "/api/documents/{id}", responses((status = 200, body = Document), (status = 404)))]
pub async fn read(grant: Grant, state: Data<State>) -> Result<Json<Document>, Error> {
    Ok(Json(Document::of(&state, &grant).await?))
}

/// Renames a document.
#[utoipa::path(patch, path = "/api/documents/{id}", request_body = Rename,
    responses((status = 200, body = Document), (status = 403), (status = 404)))]
pub async fn rename(grant: Grant, Body(wish): Body<Rename>, state: Data<State>) -> Result<Json<Document>, Error> {
    documents::rename(&state.rooms, &grant, &wish.title).await?;
    let renamed = documents::title_of(&state.rooms.read(&grant).await?);
    documents::touch(&state.storage, grant.document(), renamed, clock::wall_ms()).await?;
    state.presence.retitled(grant.document());
    Ok(Json(Document::of(&state, &grant).await?))
}

/// Moves a document into the trash.
#[utoipa::path(delete, path = "/api/documents/{id}", responses((status = 204), (status = 403), (status = 404)))]
pub async fn trash(grant: Grant, state: Data<State>) -> Result<HttpResponse, Error> {
    documents::set_trashed(&state.storage, grant.document(), true).await?;
    state.rooms.readmit(grant.document()).await;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes a document out of the trash.
#[utoipa::path(post, path = "/api/documents/{id}/restore",
    responses((status = 200, body = Document), (status = 403), (status = 404)))]
pub async fn restore(grant: Grant, state: Data<State>) -> Result<Json<Document>, Error> {
    documents::set_trashed(&state.storage, grant.document(), false).await?;
    Ok(Json(Document::of(&state, &grant).await?))
}

/// Deletes a document in the trash for good: text, versions, links and all.
#[utoipa::path(post, path = "/api/documents/{id}/erase",
    responses((status = 204), (status = 403), (status = 404), (status = 409)))]
pub async fn erase(grant: Grant, state: Data<State>) -> Result<HttpResponse, Error> {
    let record = documents::load(&state.storage, grant.document()).await?.ok_or(Error::NotFound)?;
    if record.trashed_ms.is_none() {
        return Err(Error::NotInTrash);
    }
    documents::erase(&state.storage, &state.rooms, grant.document()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Gives up what whoever asks may do with a document of somebody else.
#[utoipa::path(post, path = "/api/documents/{id}/leave", responses((status = 204), (status = 404), (status = 409)))]
pub async fn leave(grant: Grant, state: Data<State>) -> Result<HttpResponse, Error> {
    let record = documents::load(&state.storage, grant.document()).await?.ok_or(Error::NotFound)?;
    if record.owner == grant.author() {
        return Err(Error::IsOwner);
    }
    members::remove(&state.storage, grant.document(), grant.author()).await?;
    links::forget(&state.storage, grant.document(), grant.author()).await?;
    state.rooms.readmit(grant.document()).await;
    Ok(HttpResponse::NoContent().finish())
}

/// The text.
#[utoipa::path(get, path = "/api/documents/{id}/text",
    responses((status = 200, content_type = "text/markdown", body = String), (status = 304), (status = 404)))]
pub async fn text(request: HttpRequest, grant: Grant, state: Data<State>) -> Result<HttpResponse, Error> {
    let text = state.rooms.read(&grant).await?;
    Ok(tagged(&request, &[&text], "text/markdown; charset=utf-8", || text.to_string()))
}

/// The text as the page shows it.
#[utoipa::path(get, path = "/api/documents/{id}/html",
    responses((status = 200, content_type = "text/html", body = String), (status = 304), (status = 404)))]
pub async fn html(request: HttpRequest, grant: Grant, state: Data<State>) -> Result<HttpResponse, Error> {
    let text = state.rooms.read(&grant).await?;
    Ok(tagged(&request, &[&text, "html", env!("CARGO_PKG_VERSION")], "text/html; charset=utf-8", || {
        crate::rendered::html(&text).body().to_owned()
    }))
}

/// A ticket for the document's socket.
#[utoipa::path(post, path = "/api/documents/{id}/ticket", responses((status = 200, body = Ticket), (status = 404)))]
pub async fn ticket(principal: Principal, grant: Grant, state: Data<State>) -> Result<Json<Ticket>, Error> {
    let session = principal.session().ok_or(Error::SignIn)?;
    let expires_ms = clock::wall_ms() + TICKET_MS;
    let ticket = state.access.key().ticket(&session.hash, grant.document(), expires_ms);
    Ok(Json(Ticket { ticket, expires_ms }))
}

/// An answer with an ETag over `parts`; 304 without a body when the client has it. Private, and asked for each time.
pub fn tagged(
    request: &HttpRequest,
    parts: &[&str],
    mime: &'static str,
    body: impl FnOnce() -> String,
) -> HttpResponse {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&part.len().to_be_bytes()).update(part.as_bytes());
    }
    let tag = format!("\"{}\"", &hasher.finalize().to_hex()[..32]);
    let fresh = is_known(request, &tag);
    let mut answer = if fresh { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((ETAG, tag)).insert_header(("cache-control", "private, no-cache")).content_type(mime);
    if fresh { answer.finish() } else { answer.body(body()) }
}

/// Whether the client has what this tag stands for.
pub fn is_known(request: &HttpRequest, tag: &str) -> bool {
    let known = request.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|known| known.trim().trim_start_matches("W/") == tag)
}
