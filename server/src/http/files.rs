//! `/u/{id}/{name}` and `/api/documents/{id}/files`: pictures and files, shown, listed, uploaded, removed.
//!
//! Invariant: what is served here runs nothing and is read as nothing but what it is: its policy allows nothing, its type
//! is ours, and what is no picture is only downloaded. Next: `files.rs`, which keeps them.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, ETAG};
use actix_web::web::{Data, Json, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use room::Role;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Error;
use super::body::collect;
use super::documents::is_known;
use super::people::Person;
use crate::access::Grant;
use crate::files::collect::Mentions;
use crate::files::{self, Copy, Kept, Kind, Refused, Size};
use crate::{State, clock, documents};

/// A picture or file of a document.
#[derive(Serialize, ToSchema)]
pub struct File {
    /// In its address.
    name: String,
    /// Where it is found.
    url: String,
    /// What whoever uploaded it called it.
    original: String,
    /// Of a picture.
    picture: Option<Size>,
    /// How large it is.
    bytes: usize,
    /// When it was uploaded, milliseconds since 1970.
    at_ms: u64,
    /// Who uploaded it.
    by: Person,
    /// Whether the text or a note mentions it.
    used: bool,
}

/// Everything a document has.
#[derive(Serialize, ToSchema)]
pub struct Files {
    /// Newest first.
    files: Vec<File>,
    /// What they take, copies for phones included.
    bytes: usize,
    /// What all files in documents of this owner may take.
    quota_bytes: usize,
    /// What they take now.
    owner_bytes: usize,
}

/// What the file is called.
#[derive(Deserialize, IntoParams)]
pub struct Named {
    /// As whoever uploads it calls it.
    #[serde(default)]
    name: String,
}

/// Which copy.
#[derive(Deserialize)]
pub struct Which {
    /// Any value: the one for phones.
    small: Option<String>,
}

/// Nothing may run, load or be framed in what people uploaded, even where it is opened by itself.
const POLICY: &str = "default-src 'none'; sandbox";

impl File {
    async fn show(state: &State, grant: &Grant, file: files::File, mentions: &Mentions) -> Result<File, Error> {
        let by = Person::of(&state.storage, file.by).await?;
        Ok(File {
            used: mentions.have(&file),
            url: files::address(grant.document(), &file.name),
            name: file.name,
            original: file.original,
            picture: file.picture,
            bytes: file.bytes,
            at_ms: file.at_ms,
            by: if grant.role() < Role::Comment { by.unnamed() } else { by },
        })
    }
}

/// A picture or file, by its address.
pub async fn serve(
    request: HttpRequest,
    grant: Grant,
    path: Path<(String, String)>,
    which: Query<Which>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let copy = if which.small.is_some() { Copy::Small } else { Copy::Whole };
    let document = grant.document();
    let file = files::find(&state.storage, document, &path.1).await?.ok_or(Error::NotFound)?;
    let kind = file.kind().ok_or(Error::NotFound)?;
    let tag = format!("\"{}\"", &file.hash(copy)[..32]);
    let fresh = is_known(&request, &tag);
    let mut answer = if fresh { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header((ETAG, tag))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((CONTENT_DISPOSITION, disposition(kind, &file.original)))
        .content_type(kind.mime());
    if fresh {
        return Ok(answer.finish());
    }
    let bytes = files::content(&state.storage, document, &file, copy).await?.ok_or(Error::NotFound)?;
    Ok(answer.body(bytes))
}

/// Pictures are shown; everything else is only downloaded. The name as old programs read it, and as it is.
fn disposition(kind: Kind, original: &str) -> String {
    let how = if kind.is_picture() { "inline" } else { "attachment" };
    let plain: String =
        original.chars().map(|c| if c.is_ascii_alphanumeric() || " -_.".contains(c) { c } else { '-' }).collect();
    let mut exact = String::new();
    for byte in original.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => exact.push(char::from(byte)),
            _ => exact.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

/// Pictures and files of a document.
#[utoipa::path(get, path = "/api/documents/{id}/files", responses((status = 200, body = Files), (status = 404)))]
pub async fn list(grant: Grant, state: Data<State>) -> Result<Json<Files>, Error> {
    let document = grant.document();
    let record = documents::load(&state.storage, document).await?.ok_or(Error::NotFound)?;
    let mut found = files::all(&state.storage, document).await?;
    found.sort_by_key(|file| std::cmp::Reverse(file.at_ms));
    let mentions = mentions(&state, &grant).await?;
    let bytes = found.iter().map(files::File::weight).sum();
    let mut shown = Vec::with_capacity(found.len());
    for file in found {
        shown.push(File::show(&state, &grant, file, &mentions).await?);
    }
    let owner_bytes = files::owner_bytes(&state, record.owner).await?;
    Ok(Json(Files { files: shown, bytes, quota_bytes: state.config.limits.files_bytes_per_owner, owner_bytes }))
}

async fn mentions(state: &State, grant: &Grant) -> Result<Mentions, Error> {
    // One note that is not there: no places are looked for.
    Ok(Mentions::now(&state.rooms.still_of(grant, Uuid::nil()).await?))
}

/// Keeps the bytes of the body as a picture or file. The same content again is the same answer.
#[utoipa::path(post, path = "/api/documents/{id}/files", params(Named),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 201, body = File), (status = 200, body = File), (status = 403), (status = 404), (status = 409),
        (status = 413), (status = 415), (status = 422), (status = 429)))]
pub async fn keep(
    request: HttpRequest,
    grant: Grant,
    named: Query<Named>,
    body: Payload,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let limits = &state.config.limits;
    let too_large = || Refused::TooLarge(limits.file_bytes / (1024 * 1024));
    let declared = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limits.file_bytes) {
        state.metrics.reached("file_bytes");
        return Err(too_large().into());
    }
    let _place = state.files.enter(&state, grant.author(), clock::monotonic_ms())?;
    let bytes = collect(body, limits.file_bytes, "file_bytes", &state).await.map_err(|error| match error {
        Error::TooLarge(_) => too_large().into(),
        other => other,
    })?;
    let (file, kept) = files::keep(&state, grant.document(), grant.author(), &named.name, bytes).await?;
    let mut answer = if kept == Kept::Now { HttpResponse::Created() } else { HttpResponse::Ok() };
    let mentions = mentions(&state, &grant).await?;
    Ok(answer.json(File::show(&state, &grant, file, &mentions).await?))
}

/// Removes a picture or file. What mentions it shows nothing there from now on.
#[utoipa::path(delete, path = "/api/documents/{id}/files/{name}",
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn remove(grant: Grant, path: Path<(String, String)>, state: Data<State>) -> Result<HttpResponse, Error> {
    let file = files::find(&state.storage, grant.document(), &path.1).await?.ok_or(Error::NotFound)?;
    files::remove(&state, grant.document(), &file).await?;
    Ok(HttpResponse::NoContent().finish())
}
