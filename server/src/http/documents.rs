//! `/api/documents`: create, list, read, rename, trash and restore; the text and the page as HTML.

use actix_web::http::header::{ETAG, IF_NONE_MATCH};
use actix_web::web::{Data, Json, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use room::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::body::{Body, collect, parse};
use crate::access::{Grant, Principal, TICKET_MS};
use crate::documents::{self, Created};
use crate::{State, clock, links, names};

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
    /// Last change of the text, milliseconds since 1970.
    updated_ms: u64,
    /// Creation, milliseconds since 1970.
    created_ms: u64,
    /// When it went into the trash.
    trashed_ms: Option<u64>,
    /// Which history of the text this is.
    epoch: u64,
    /// Whose it is.
    owner: Owner,
    /// Its page.
    url: String,
}

/// Whose a document is.
#[derive(Serialize, ToSchema)]
pub struct Owner {
    author: Uuid,
    display: String,
    peer: u8,
}

/// All documents of whoever asks.
#[derive(Serialize, ToSchema)]
pub struct Documents {
    /// Newest change first.
    documents: Vec<Document>,
}

impl Document {
    /// For somebody with this role.
    pub async fn show(state: &State, record: documents::Document, role: Role) -> Result<Document, Error> {
        let display = state.accounts.display_of(record.owner).await?;
        Ok(Document {
            id: record.id,
            title: record.title,
            role,
            updated_ms: record.updated_ms,
            created_ms: record.created_ms,
            trashed_ms: record.trashed_ms,
            epoch: record.epoch,
            owner: Owner { author: record.owner.0, display, peer: names::peer(record.owner) },
            url: format!("/d/{}", record.id),
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
        Document::show(state, record, grant.role()).await
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

/// What may be changed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Another title, written into the text.
    title: Option<String>,
    /// Into the trash, or out of it.
    trashed: Option<bool>,
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

/// Documents of whoever asks: their own, and those they were given a link to.
#[utoipa::path(get, path = "/api/documents", responses((status = 200, body = Documents), (status = 401)))]
pub async fn list(request: HttpRequest, which: Query<Which>, state: Data<State>) -> Result<Json<Documents>, Error> {
    let principal = state.access.principal(&request, &state).await?;
    let documents = listed(&state, &principal, which.trash.is_some()).await?;
    Ok(Json(Documents { documents }))
}

/// The list itself; the page carries it too.
pub async fn listed(state: &State, principal: &Principal, trash: bool) -> Result<Vec<Document>, Error> {
    let session = principal.session().ok_or(Error::SignIn)?;
    let mut found = Vec::new();
    for record in documents::owned(&state.storage, session.author).await? {
        found.push((record, Role::Own));
    }
    let linked = links::redeemed_by(&state.storage, session.author).await?;
    for record in documents::some(&state.storage, linked).await? {
        let role = links::role_of(&state.storage, record.id, session.author).await?;
        if record.owner != session.author
            && let Some(role) = role
        {
            found.push((record, role));
        }
    }
    found.retain(|(record, role)| record.trashed_ms.is_some() == trash && (!trash || *role == Role::Own));
    found.sort_by_key(|(record, _)| std::cmp::Reverse(record.updated_ms));
    let mut shown = Vec::with_capacity(found.len());
    for (record, role) in found {
        shown.push(Document::show(state, record, role).await?);
    }
    Ok(shown)
}

/// Creates a document. The same id, creator and text again is the same answer.
#[utoipa::path(post, path = "/api/documents", request_body = New,
    responses((status = 201, body = Document), (status = 200, body = Document), (status = 409), (status = 413)))]
pub async fn create(request: HttpRequest, body: Payload, state: Data<State>) -> Result<HttpResponse, Error> {
    let principal = state.access.principal(&request, &state).await?;
    let owner = principal.account()?;
    let text_bytes = state.config.limits.room.text_bytes;
    // JSON may spell one byte of text as six.
    let bytes = collect(body, text_bytes.saturating_mul(6) + state.config.limits.json_bytes).await?;
    let new: New = parse(&bytes)?;
    if new.text.len() > text_bytes {
        return Err(Error::TooLarge(text_bytes));
    }
    if new.id.is_some_and(|id| id.get_version_num() != 7) {
        return Err(Error::IdInvalid);
    }
    let created = documents::create(&state.access, &state.storage, &state.rooms, owner, new.id, &new.text).await?;
    match created {
        Created::Now(record) => Ok(HttpResponse::Created().json(Document::show(&state, record, Role::Own).await?)),
        Created::Before(record) => Ok(HttpResponse::Ok().json(Document::show(&state, record, Role::Own).await?)),
    }
}

/// One document.
#[utoipa::path(get, path = "/api/documents/{id}", responses((status = 200, body = Document), (status = 404)))]
pub async fn read(request: HttpRequest, id: Path<Uuid>, state: Data<State>) -> Result<Json<Document>, Error> {
    let grant = admit(&request, *id, &state).await?;
    Ok(Json(Document::of(&state, &grant).await?))
}

/// Renames a document, or moves it into the trash and out of it.
#[utoipa::path(patch, path = "/api/documents/{id}", request_body = Change,
    responses((status = 200, body = Document), (status = 403), (status = 404)))]
pub async fn change(
    request: HttpRequest,
    id: Path<Uuid>,
    Body(wish): Body<Change>,
    state: Data<State>,
) -> Result<Json<Document>, Error> {
    let principal = state.access.principal(&request, &state).await?;
    let grant = match wish.trashed {
        Some(_) => state.access.admit_to_trash(&principal, *id).await?,
        None => state.access.admit(&principal, *id).await?,
    };
    let grant = match grant {
        Some(grant) => grant,
        // Somebody who may see it is told why not; a stranger is not.
        None => state.access.admit(&principal, *id).await?.ok_or(Error::NotFound)?.at_least(Role::Own)?,
    };
    if let Some(trashed) = wish.trashed {
        documents::set_trashed(&state.storage, &grant, trashed).await?;
    }
    if let Some(title) = &wish.title {
        let grant = grant.clone().at_least(Role::Edit)?;
        documents::rename(&state.rooms, &grant, title).await?;
        let renamed = documents::title_of(&state.rooms.read(&grant).await?);
        documents::touch(&state.storage, *id, renamed, clock::wall_ms()).await?;
    }
    Ok(Json(Document::of(&state, &grant).await?))
}

/// Moves a document into the trash.
#[utoipa::path(delete, path = "/api/documents/{id}", responses((status = 204), (status = 403), (status = 404)))]
pub async fn trash(request: HttpRequest, id: Path<Uuid>, state: Data<State>) -> Result<HttpResponse, Error> {
    let grant = admit(&request, *id, &state).await?.at_least(Role::Own)?;
    documents::set_trashed(&state.storage, &grant, true).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The text.
#[utoipa::path(get, path = "/api/documents/{id}/text",
    responses((status = 200, content_type = "text/markdown", body = String), (status = 304), (status = 404)))]
pub async fn text(request: HttpRequest, id: Path<Uuid>, state: Data<State>) -> Result<HttpResponse, Error> {
    let grant = admit(&request, *id, &state).await?;
    let text = state.rooms.read(&grant).await?;
    Ok(tagged(&request, &[&text], "text/markdown; charset=utf-8", || text.to_string()))
}

/// The text as the page shows it.
#[utoipa::path(get, path = "/api/documents/{id}/html",
    responses((status = 200, content_type = "text/html", body = String), (status = 304), (status = 404)))]
pub async fn html(request: HttpRequest, id: Path<Uuid>, state: Data<State>) -> Result<HttpResponse, Error> {
    let grant = admit(&request, *id, &state).await?;
    let text = state.rooms.read(&grant).await?;
    Ok(tagged(&request, &[&text, "html", env!("CARGO_PKG_VERSION")], "text/html; charset=utf-8", || {
        render::render(&text, &render::Options::default()).body().to_owned()
    }))
}

/// A ticket for the document's socket.
#[utoipa::path(post, path = "/api/documents/{id}/ticket", responses((status = 200, body = Ticket), (status = 404)))]
pub async fn ticket(request: HttpRequest, id: Path<Uuid>, state: Data<State>) -> Result<Json<Ticket>, Error> {
    let principal = state.access.principal(&request, &state).await?;
    let grant = state.access.admit(&principal, *id).await?.ok_or(Error::NotFound)?;
    let session = principal.session().ok_or(Error::SignIn)?;
    let expires_ms = clock::wall_ms() + TICKET_MS;
    let ticket = state.access.key().ticket(&session.hash, grant.document(), expires_ms);
    Ok(Json(Ticket { ticket, expires_ms }))
}

/// The grant of whoever asks, or "nothing here".
pub async fn admit(request: &HttpRequest, id: Uuid, state: &State) -> Result<Grant, Error> {
    let principal = state.access.principal(request, state).await?;
    state.access.admit(&principal, id).await?.ok_or(Error::NotFound)
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
    let known = request.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    let fresh = known.flat_map(|value| value.split(',')).any(|known| known.trim().trim_start_matches("W/") == tag);
    let mut answer = if fresh { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((ETAG, tag)).insert_header(("cache-control", "private, no-cache")).content_type(mime);
    if fresh { answer.finish() } else { answer.body(body()) }
}
