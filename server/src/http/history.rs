//! `/api/documents/{id}/versions` and what is below it: the text as it was, named, and brought back.
//!
//! Invariant: all of it takes the right to edit, since a version holds what was deleted. A restore is an edit like any
//! other, by whoever asks, of the text as it is when it comes: what others type meanwhile stays. Next:
//! `revisions.rs`, which keeps versions; `room::restore`, for what a passage becomes; `http/authorship.rs`.

use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use room::{Command, restore};
use serde::{Deserialize, Serialize};
use storage::StoreError;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::body::{collect, parse};
use super::documents::tagged;
use super::people::{People, Person};
use crate::access::Grant;
use crate::revisions::Refused;
use crate::revisions::{self, Name};
use crate::rooms::Take;
use crate::{State, clock};

/// Versions in one answer, if nobody says how many.
const LISTED: usize = 100;
/// Most versions in one answer.
const LISTED_MAX: usize = 200;

/// A text as it was.
#[derive(Clone, Serialize, ToSchema)]
pub struct Version {
    /// UUID v7.
    pub id: Uuid,
    /// When it was taken, milliseconds since 1970.
    pub at_ms: u64,
    /// What somebody called it; named versions stay.
    pub name: Option<String>,
    /// Who did.
    pub named_by: Option<Person>,
    /// Who wrote since the version before.
    pub authors: Vec<Person>,
    /// Length of the text.
    pub bytes: usize,
}

/// Versions of a document.
#[derive(Serialize, ToSchema)]
pub struct Versions {
    /// Newest first.
    pub versions: Vec<Version>,
    /// Whether there are older ones.
    pub more: bool,
    /// What all versions of the document take on disk.
    pub stored_bytes: u64,
    /// How many there are.
    pub count: usize,
}

/// Which versions.
#[derive(Deserialize)]
pub struct Which {
    /// Only those older than this one.
    before: Option<Uuid>,
    /// At most so many, 1 to 200.
    limit: Option<usize>,
}

/// A name for the text as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// 1 to 100 characters.
    name: String,
}

/// Another name, or none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// 1 to 100 characters; `null` takes the name away.
    name: Option<String>,
}

/// What to bring back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Restore {
    /// First UTF-16 unit of a passage of the version's text; without, the whole text.
    from: Option<usize>,
    /// Behind its last; both or neither.
    to: Option<usize>,
    /// The text whoever asks looked at; without, the text as it is now.
    base: Option<String>,
}

/// What a restore left behind.
#[derive(Serialize, ToSchema)]
pub struct Restored {
    /// The text as it was just before.
    version: Version,
}

/// Every version, newest first.
#[utoipa::path(get, path = "/api/documents/{id}/versions",
    params(("before" = Option<Uuid>, Query), ("limit" = Option<usize>, Query)),
    responses((status = 200, body = Versions), (status = 400), (status = 403), (status = 404)))]
pub async fn list(grant: Grant, which: Query<Which>, state: Data<State>) -> Result<Json<Versions>, Error> {
    let limit = which.limit.unwrap_or(LISTED);
    if !(1..=LISTED_MAX).contains(&limit) {
        return Err(Refused::Limit.into());
    }
    Ok(Json(listed(&state, &grant, which.before, limit).await?))
}

/// The list itself; the page carries it too.
pub async fn listed(state: &State, grant: &Grant, before: Option<Uuid>, limit: usize) -> Result<Versions, Error> {
    let stored = state.rooms.versions().all(grant.document()).await?;
    let (stored_bytes, count) = (stored.bytes(), stored.versions.len());
    let older = |(id, _): &&(Uuid, revisions::Version)| before.is_none_or(|before| *id < before);
    let mut found = stored.versions.iter().rev().filter(older);
    let mut people = People::new(&state.storage);
    let mut versions = Vec::new();
    for (id, version) in found.by_ref().take(limit) {
        versions.push(Version::show(&mut people, *id, version).await?);
    }
    Ok(Versions { versions, more: found.next().is_some(), stored_bytes, count })
}

/// Keeps the text as it is now, under a name.
#[utoipa::path(post, path = "/api/documents/{id}/versions", request_body = New,
    responses((status = 201, body = Version), (status = 400), (status = 403), (status = 404), (status = 409)))]
pub async fn create(grant: Grant, body: super::body::Body<New>, state: Data<State>) -> Result<HttpResponse, Error> {
    state.wishes.spend(clock::monotonic_ms(), grant.author())?;
    let name = name(&state, &grant, &body.0.name)?;
    room_for_name(&state, &grant).await?;
    let mut id = state.rooms.version(&grant, Take::Any).await?;
    if find(&state, &grant, id).await?.name.is_some() {
        // The same text may have two names.
        id = state.rooms.version(&grant, Take::New).await?;
    }
    let version = called(&state, &grant, id, Some(name)).await?;
    Ok(HttpResponse::Created().json(version))
}

/// One version.
#[utoipa::path(get, path = "/api/documents/{id}/versions/{version}",
    responses((status = 200, body = Version), (status = 403), (status = 404)))]
pub async fn read(grant: Grant, path: Path<(Uuid, Uuid)>, state: Data<State>) -> Result<Json<Version>, Error> {
    let (_, id) = path.into_inner();
    let version = find(&state, &grant, id).await?;
    Ok(Json(Version::show(&mut People::new(&state.storage), id, &version).await?))
}

/// Names a version, or takes its name away.
#[utoipa::path(patch, path = "/api/documents/{id}/versions/{version}", request_body = Rename,
    responses((status = 200, body = Version), (status = 400), (status = 403), (status = 404), (status = 409)))]
pub async fn rename(
    grant: Grant,
    path: Path<(Uuid, Uuid)>,
    body: super::body::Body<Rename>,
    state: Data<State>,
) -> Result<Json<Version>, Error> {
    state.wishes.spend(clock::monotonic_ms(), grant.author())?;
    let (_, id) = path.into_inner();
    let name = body.0.name.map(|typed| name(&state, &grant, &typed)).transpose()?;
    if name.is_some() && find(&state, &grant, id).await?.name.is_none() {
        room_for_name(&state, &grant).await?;
    }
    Ok(Json(called(&state, &grant, id, name).await?))
}

/// Deletes a version for good.
#[utoipa::path(delete, path = "/api/documents/{id}/versions/{version}",
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn remove(grant: Grant, path: Path<(Uuid, Uuid)>, state: Data<State>) -> Result<HttpResponse, Error> {
    state.wishes.spend(clock::monotonic_ms(), grant.author())?;
    let (_, id) = path.into_inner();
    match state.rooms.versions().remove(grant.document(), id).await? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(Refused::Missing.into()),
    }
}

/// The text of a version.
#[utoipa::path(get, path = "/api/documents/{id}/versions/{version}/text",
    responses((status = 200, content_type = "text/markdown", body = String), (status = 304), (status = 403), (status = 404)))]
pub async fn text(
    request: HttpRequest,
    grant: Grant,
    path: Path<(Uuid, Uuid)>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let (_, id) = path.into_inner();
    let text = text_of(&state, &grant, id).await?;
    Ok(tagged(&request, &[&text], "text/markdown; charset=utf-8", || text.clone()))
}

/// Brings a version's text back, or a passage of it, as an edit by whoever asks.
#[utoipa::path(post, path = "/api/documents/{id}/versions/{version}/restore", request_body = Restore,
    responses((status = 200, body = Restored), (status = 400), (status = 403), (status = 404), (status = 413)))]
pub async fn bring_back(
    grant: Grant,
    path: Path<(Uuid, Uuid)>,
    body: actix_web::web::Payload,
    state: Data<State>,
) -> Result<Json<Restored>, Error> {
    state.wishes.spend(clock::monotonic_ms(), grant.author())?;
    let limits = &state.config.limits;
    // JSON may spell one byte of text as six.
    let bytes =
        collect(body, limits.room.text_bytes.saturating_mul(6) + limits.json_bytes, "text_bytes", &state).await?;
    let Restore { from, to, base } = parse(&bytes)?;
    let (_, id) = path.into_inner();
    let wanted = text_of(&state, &grant, id).await?;
    let passage = match (from, to) {
        (None, None) => None,
        (Some(from), Some(to)) => Some(restore::passage(&wanted, from, to).map_err(Refused::Passage)?),
        _ => return Err(Refused::HalfPassage.into()),
    };
    let before = state.rooms.version(&grant, Take::Any).await?;
    let base = match base {
        Some(base) => base,
        None => state.rooms.read(&grant).await?.to_string(),
    };
    let (base, text) = match passage {
        None => (base, wanted),
        // Comparing two long texts takes a while; it is not done on a thread that serves others.
        Some(passage) => actix_web::web::block(move || {
            let text = restore::restore(&wanted, passage, &base);
            (base, text)
        })
        .await
        .map_err(|_| crate::rooms::RoomError::Lost)?,
    };
    state.rooms.command(&grant, Command::Edit { base, text }).await?;
    let version = find(&state, &grant, before).await?;
    Ok(Json(Restored { version: Version::show(&mut People::new(&state.storage), before, &version).await? }))
}

/// The text of a version, or what is wrong with it.
pub async fn text_of(state: &State, grant: &Grant, id: Uuid) -> Result<String, Error> {
    let version = find(state, grant, id).await?;
    state.rooms.versions().text(grant.document(), id, &version).await.map_err(|error| damaged(id, error))
}

/// One version, or what is wrong with it.
pub async fn find(state: &State, grant: &Grant, id: Uuid) -> Result<revisions::Version, Error> {
    let found = state.rooms.versions().find(grant.document(), id).await;
    found.map_err(|error| damaged(id, error))?.ok_or_else(|| Refused::Missing.into())
}

/// Damage concerns one version, not the server.
fn damaged(id: Uuid, error: StoreError) -> Error {
    match error {
        StoreError::Corrupt(_) => {
            tracing::error!("{error}");
            Refused::Damaged(id).into()
        }
        other => Error::Store(other),
    }
}

async fn called(state: &State, grant: &Grant, id: Uuid, name: Option<Name>) -> Result<Version, Error> {
    let named = state.rooms.versions().name(grant.document(), id, name).await.map_err(|error| damaged(id, error))?;
    let version = named.ok_or(Refused::Missing)?;
    Version::show(&mut People::new(&state.storage), id, &version).await
}

fn name(state: &State, grant: &Grant, typed: &str) -> Result<Name, Error> {
    let longest = state.config.limits.version_name_chars;
    let text = crate::names::line(typed, longest).ok_or(Refused::Name(longest))?;
    Ok(Name { text, by: grant.author(), at_ms: clock::wall_ms() })
}

async fn room_for_name(state: &State, grant: &Grant) -> Result<(), Error> {
    let most = state.config.limits.versions_named;
    let named = state.rooms.versions().all(grant.document()).await?.named();
    if named < most { Ok(()) } else { Err(Refused::TooManyNames(most).into()) }
}

impl Version {
    async fn show(people: &mut People<'_>, id: Uuid, version: &revisions::Version) -> Result<Version, Error> {
        let mut authors: Vec<Person> = Vec::new();
        for author in &version.authors {
            let person = people.of(*author).await?;
            if authors.iter().all(|other| other.author() != person.author()) {
                authors.push(person);
            }
        }
        let named_by = match &version.name {
            Some(name) => Some(people.of(name.by).await?),
            None => None,
        };
        let name = version.name.as_ref().map(|name| name.text.clone());
        Ok(Version { id, at_ms: version.at_ms, name, named_by, authors, bytes: version.bytes })
    }
}
