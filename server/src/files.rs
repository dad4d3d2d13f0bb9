//! Pictures and files of documents: what is kept, under which name, and what it counts against.
//!
//! | record | holds |
//! |---|---|
//! | `file/{document}/{name}` | what somebody called it, who, when, its size, and the hashes of its one or two blobs |
//!
//! Invariant: a blob is durable before the record that names it, so that what a stop leaves behind is at most a blob that
//! nothing names; a name is the hash of what was stored, so that an address shows one thing for ever; and no byte of a
//! picture is stored as it came. Next: `files/kind.rs` for what is let in, `files/picture.rs` for how pictures are written
//! anew, `files/collect.rs` for what goes again, `http/files.rs` for the routes.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError};

use actix_web::http::StatusCode;
use bytes::Bytes;
use room::Author;
use serde::{Deserialize, Serialize};
use storage::{BlobKey, Expect, Storage, StoreError};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{Error, Throttle};
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::records::{change, clear, get, list, put};
use crate::{State, clock, documents, due};

pub mod collect;
mod gif;
mod jpeg;
pub mod kind;
pub mod name;
mod ours;
pub mod picture;
mod webp;

pub use kind::Kind;
pub use name::Name;

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Size {
    /// As shown, in pixels.
    pub width: u32,
    /// As shown, in pixels.
    pub height: u32,
}

/// `file/{document}/{name}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct File {
    v: u8,
    /// In its address.
    pub name: String,
    /// What whoever uploaded it called it, made harmless.
    pub original: String,
    /// Of a picture.
    pub picture: Option<Size>,
    /// Of the whole.
    pub bytes: usize,
    /// Who uploaded it.
    pub by: Author,
    /// Wall clock, milliseconds.
    pub at_ms: u64,
    /// Since when nothing mentions it, as far as anybody looked.
    #[serde(default)]
    pub unused_since_ms: Option<u64>,
    /// BLAKE3 of the whole: the blob's name.
    whole: String,
    /// The narrow copy for phones, if there is one.
    small: Option<Small>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Small {
    blob: String,
    bytes: usize,
}

/// Which of a picture's copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copy {
    /// As large as it is kept.
    Whole,
    /// The narrow one where there is one, else the whole.
    Small,
}

/// What became of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is new.
    Now,
    /// The same content was there already.
    Before,
}

/// A file takes at least this much of what its owner may have, so that a great many tiny ones are bounded too.
const BYTES_MIN: usize = 4 * 1024;
/// Files read for one list; above what a document may have.
const LIST_MAX: usize = 100_000;
const MIB: usize = 1024 * 1024;

impl File {
    /// What it takes of what its owner may have.
    pub fn weight(&self) -> usize {
        (self.bytes + self.small.as_ref().map_or(0, |small| small.bytes)).max(BYTES_MIN)
    }

    /// The hash of one of its copies, in hex.
    pub fn hash(&self, copy: Copy) -> &str {
        match (copy, &self.small) {
            (Copy::Small, Some(small)) => &small.blob,
            _ => &self.whole,
        }
    }

    /// The kind its name says.
    pub fn kind(&self) -> Option<Kind> {
        Name::parse(&self.name).map(|name| name.kind())
    }

    /// Every blob it names.
    pub(crate) fn blobs(&self) -> impl Iterator<Item = &str> {
        [Some(self.whole.as_str()), self.small.as_ref().map(|small| small.blob.as_str())].into_iter().flatten()
    }
}

/// What is on its way in, and who waits for whom.
pub struct Files {
    decodes: Arc<Semaphore>,
    /// One change at a time: what is counted stays true until it is written. Holds what was counted before.
    turn: Mutex<HashMap<Uuid, Total>>,
    /// Uploads at once, of everybody and of each.
    places: Arc<Semaphore>,
    uploading: Arc<std::sync::Mutex<HashMap<Author, usize>>>,
    /// Uploads a minute.
    pace: Throttle,
}

/// One upload's place; dropping it gives it back.
pub struct Place {
    uploading: Arc<std::sync::Mutex<HashMap<Author, usize>>>,
    author: Author,
    _place: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut uploading = self.uploading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = uploading.get_mut(&self.author) {
            *count -= 1;
            if *count == 0 {
                uploading.remove(&self.author);
            }
        }
    }
}

/// Of one document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// How many.
    pub files: usize,
    /// What they take.
    pub bytes: usize,
}

impl Files {
    /// Nothing is on its way.
    pub fn new(limits: &Limits, metrics: Arc<Metrics>) -> Files {
        Files {
            decodes: Arc::new(Semaphore::new(limits.picture_decodes.max(1))),
            turn: Mutex::default(),
            places: Arc::new(Semaphore::new(limits.uploads)),
            uploading: Arc::default(),
            pace: Throttle::new("uploads_per_minute", limits.uploads_per_minute, metrics),
        }
    }

    /// A place for one upload, which holds its bytes in memory while it lasts. `now` is monotonic.
    pub fn enter(&self, state: &State, author: Author, now: u64) -> Result<Place, Refused> {
        let limits = &state.config.limits;
        let reached = |limit, refused| {
            state.metrics.reached(limit);
            refused
        };
        self.pace.spend(now, author).map_err(|_| Refused::TooFast(limits.uploads_per_minute))?;
        let place = self.places.clone().try_acquire_owned().map_err(|_| reached("uploads", Refused::Busy))?;
        let mut uploading = self.uploading.lock().unwrap_or_else(PoisonError::into_inner);
        let count = uploading.entry(author).or_default();
        if *count >= limits.uploads_per_person {
            return Err(reached("uploads_per_person", Refused::AtOnce(limits.uploads_per_person)));
        }
        *count += 1;
        Ok(Place { uploading: self.uploading.clone(), author, _place: place })
    }
}

/// Keeps some bytes as a file of a document. The same content again is the same file.
pub async fn keep(
    state: &State,
    document: Uuid,
    by: Author,
    original: &str,
    bytes: Bytes,
) -> Result<(File, Kept), Error> {
    let limits = &state.config.limits;
    if bytes.len() > limits.file_bytes {
        return Err(Refused::TooLarge(limits.file_bytes / MIB).into());
    }
    let kind = Kind::of(&bytes, original)?;
    let made = picture::make(state, bytes, kind).await?;
    let hash = blake3::hash(&made.whole);
    let file = File {
        v: 1,
        name: Name::of(&hash, made.size, made.kind).to_string(),
        original: name::original(original, made.kind),
        picture: made.size,
        bytes: made.whole.len(),
        by,
        at_ms: clock::wall_ms(),
        unused_since_ms: None,
        whole: hash.to_hex().to_string(),
        small: made
            .small
            .as_ref()
            .map(|small| Small { blob: blake3::hash(small).to_hex().to_string(), bytes: small.len() }),
    };
    let mut totals = state.files.turn.lock().await;
    due::schedule_soon(&state.storage, document, file.at_ms).await?;
    if let Some(there) =
        change(&state.storage, &key(document, &file.name), |file: &mut File| file.unused_since_ms = None).await?
    {
        return Ok((there, Kept::Before));
    }
    make_room(state, &mut totals, document, file.weight()).await?;
    for blob in made.small.into_iter().chain([made.whole]) {
        state.storage.blob_put(document, blob).await?;
    }
    put(&state.storage, &key(document, &file.name), &file, Expect::Any).await?;
    let total = totals.entry(document).or_default();
    *total = Total { files: total.files + 1, bytes: total.bytes + file.weight() };
    drop(totals);
    // An erasure that began meanwhile may have looked for files before this one was there.
    match documents::load(&state.storage, document).await? {
        Some(record) if !record.is_erased() => Ok((file, Kept::Now)),
        _ => {
            remove(state, document, &file).await?;
            due::forget(&state.storage, document).await?;
            Err(Error::NotFound)
        }
    }
}

/// Whether there is room for one more file of this weight.
async fn make_room(
    state: &State,
    totals: &mut HashMap<Uuid, Total>,
    document: Uuid,
    weight: usize,
) -> Result<(), Error> {
    let limits = &state.config.limits;
    let record = documents::load(&state.storage, document).await?.ok_or(Error::NotFound)?;
    if total_of(&state.storage, totals, document).await?.files >= limits.files_per_document {
        state.metrics.reached("files_per_document");
        return Err(Refused::TooMany(limits.files_per_document).into());
    }
    let used = owner_total(&state.storage, totals, record.owner).await?;
    if used + weight > limits.files_bytes_per_owner {
        state.metrics.reached("files_bytes_per_owner");
        return Err(Refused::Full { used: used / MIB, quota: limits.files_bytes_per_owner / MIB }.into());
    }
    Ok(())
}

/// What all files in documents of one owner take.
pub async fn owner_bytes(state: &State, owner: Author) -> Result<usize, StoreError> {
    owner_total(&state.storage, &mut *state.files.turn.lock().await, owner).await
}

async fn owner_total(storage: &Storage, totals: &mut HashMap<Uuid, Total>, owner: Author) -> Result<usize, StoreError> {
    let mut sum = 0;
    for document in documents::owned(storage, owner).await? {
        sum += total_of(storage, totals, document.id).await?.bytes;
    }
    Ok(sum)
}

async fn total_of(storage: &Storage, totals: &mut HashMap<Uuid, Total>, document: Uuid) -> Result<Total, StoreError> {
    if let Some(total) = totals.get(&document) {
        return Ok(*total);
    }
    let files = all(storage, document).await?;
    let total = Total { files: files.len(), bytes: files.iter().map(File::weight).sum() };
    totals.insert(document, total);
    // So that somebody with thousands of documents does not hold a thread.
    tokio::task::yield_now().await;
    Ok(total)
}

/// Every file of a document, by name.
pub async fn all(storage: &Storage, document: Uuid) -> Result<Vec<File>, StoreError> {
    let found: Vec<(String, File)> = list(storage, &format!("file/{document}/"), LIST_MAX).await?;
    Ok(found.into_iter().map(|(_, file)| file).collect())
}

/// The file with this name, if it is one of ours.
pub async fn find(storage: &Storage, document: Uuid, name: &str) -> Result<Option<File>, StoreError> {
    match Name::parse(name) {
        Some(name) => get(storage, &key(document, &name.to_string())).await,
        None => Ok(None),
    }
}

/// What is in a file.
pub async fn content(storage: &Storage, document: Uuid, file: &File, copy: Copy) -> Result<Option<Bytes>, StoreError> {
    match blob_key(document, file.hash(copy)) {
        Some(key) => storage.blob_get(key).await,
        None => Ok(None),
    }
}

/// A file with what is in it.
pub async fn read(
    storage: &Storage,
    document: Uuid,
    name: &str,
    copy: Copy,
) -> Result<Option<(File, Bytes)>, StoreError> {
    let Some(file) = find(storage, document, name).await? else { return Ok(None) };
    Ok(content(storage, document, &file, copy).await?.map(|bytes| (file, bytes)))
}

/// Removes a file: first its record, then what nothing else has.
pub async fn remove(state: &State, document: Uuid, file: &File) -> Result<(), StoreError> {
    let mut totals = state.files.turn.lock().await;
    state.storage.delete(&key(document, &file.name), Expect::Any).await?;
    totals.remove(&document);
    let others = all(&state.storage, document).await?;
    let kept: BTreeSet<&str> = others.iter().flat_map(File::blobs).collect();
    for blob in file.blobs().filter(|blob| !kept.contains(blob)) {
        if let Some(key) = blob_key(document, blob) {
            state.storage.blob_delete(key).await?;
        }
    }
    Ok(())
}

/// Removes the records of all files of a document; their blobs go with all that it has.
pub async fn erase(storage: &Storage, document: Uuid) -> Result<(), StoreError> {
    clear(storage, &format!("file/{document}/")).await
}

/// Where a file is found.
pub fn address(document: Uuid, name: &str) -> String {
    format!("/u/{document}/{name}")
}

/// Names of files of a document that a text mentions by their address.
pub fn mentioned(text: &str, document: Uuid) -> BTreeSet<String> {
    let before = format!("/u/{document}/");
    let part = |rest: &str| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')).collect();
    let names = text.split(&before).skip(1).map(part).filter_map(|found: String| {
        // A full stop that ends a sentence is none of the name's.
        Name::parse(found.trim_end_matches('.')).map(|name| name.to_string())
    });
    names.collect()
}

fn key(document: Uuid, name: &str) -> String {
    format!("file/{document}/{name}")
}

fn blob_key(document: Uuid, hex: &str) -> Option<BlobKey> {
    let hash = blake3::Hash::from_hex(hex).ok()?;
    Some(BlobKey { document, hash: *hash.as_bytes() })
}

/// Why something is not kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the sentences say what each one means")]
pub enum Refused {
    #[error("this file is empty; choose another")]
    Empty,
    #[error(
        "SVG, HTML and XML can run scripts for whoever opens them, so they are not kept; save the picture as PNG, or paste the text into a code block"
    )]
    Markup,
    #[error(
        "this kind of file is not kept; there are JPEG, PNG, GIF and WebP pictures, PDF, office files, CSV, TXT, MP3, MP4 and ZIP, into which you can put anything"
    )]
    Kind,
    #[error("HEIC and AVIF pictures are not kept; save the picture as JPEG and upload that")]
    Heif,
    #[error("this is not text in UTF-8; save it as UTF-8, or put it into a ZIP")]
    NotText,
    #[error("a file has at most {0} MiB; make it smaller and upload it again")]
    TooLarge(usize),
    #[error(
        "this picture is damaged or not what it says; open it in another program, save it as PNG or JPEG and upload that"
    )]
    Unreadable,
    #[error("a picture has at most {pixels} million pixels and {side} on a side; make it smaller and upload it again")]
    Pixels { pixels: usize, side: u32 },
    #[error(
        "an animation has at most {frames} pictures, 2,560 pixels of width and {pixels} million pixels in all; make it smaller and upload it again"
    )]
    Animation { frames: usize, pixels: usize },
    #[error("this document has {0} files, which is the most; delete some under Files first")]
    TooMany(usize),
    #[error("files in documents of this owner take {used} of {quota} MiB; delete some under Files first")]
    Full { used: usize, quota: usize },
    #[error("that is more than {0} uploads in one minute; wait a minute and go on")]
    TooFast(u32),
    #[error("{0} of your uploads are still running; wait for one to end")]
    AtOnce(usize),
    #[error("many people are uploading just now; try again in a moment")]
    Busy,
}

impl Refused {
    /// What programs look at.
    pub fn code(&self) -> &'static str {
        match self {
            Refused::Empty => "file_empty",
            Refused::Markup => "file_markup",
            Refused::Kind | Refused::Heif | Refused::NotText => "file_kind",
            Refused::TooLarge(_) => "too_large",
            Refused::Unreadable => "picture_unreadable",
            Refused::Pixels { .. } | Refused::Animation { .. } => "picture_too_large",
            Refused::TooMany(_) => "too_many_files",
            Refused::Full { .. } => "files_full",
            Refused::TooFast(_) | Refused::AtOnce(_) => "rate_limited",
            Refused::Busy => "busy",
        }
    }

    /// What HTTP calls it.
    pub fn status(&self) -> StatusCode {
        match self {
            Refused::Markup | Refused::Kind | Refused::Heif | Refused::NotText => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refused::TooLarge(_) | Refused::Pixels { .. } | Refused::Animation { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Refused::Empty | Refused::Unreadable => StatusCode::UNPROCESSABLE_ENTITY,
            Refused::TooMany(_) | Refused::Full { .. } => StatusCode::CONFLICT,
            Refused::TooFast(_) | Refused::AtOnce(_) => StatusCode::TOO_MANY_REQUESTS,
            Refused::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

#[cfg(test)]
mod tests;
