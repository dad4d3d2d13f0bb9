//! How far each reader has read: `seen/{document}/{author}`.
//!
//! What a reader last saw is a version, their *base*. Invariant: a reader is never shown a change as seen that they did
//! not see: the base is the text when they left, or, where no version could be taken then, an earlier one; and it
//! never holds what was gone before they came, unless they may read the history anyway.

use std::collections::BTreeSet;

use room::{Author, Role};
use serde::{Deserialize, Serialize};
use storage::{Expect, Storage, StoreError};
use uuid::Uuid;

use super::store::Versions;
use crate::records::{get, list, put};
use crate::{accounts, due};

/// Readers of one document that are looked at.
const READERS_MAX: usize = 1_000;

/// What `seen/{document}/{author}` holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Format version; 1 had no base.
    pub v: u8,
    /// When they last looked, wall clock.
    pub at_ms: u64,
    /// Every version whose id is not greater was taken before that: ids are in order of time.
    pub through: Uuid,
    /// The version they last saw.
    #[serde(default)]
    pub base: Option<Uuid>,
}

/// Where a reader is as they look away.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// This version is the text they see.
    At(Uuid),
    /// The text has been written on since this version, which was taken while they were here or which they may read.
    Past(Uuid),
    /// They have seen no version; what they saw before counts.
    Between,
}

/// Where a reader with this role is who came when every version up to `came` was there.
pub fn place(newest: Option<Uuid>, pending: bool, came: Uuid, role: Role) -> Place {
    match newest {
        Some(newest) if !pending => Place::At(newest),
        Some(newest) if newest > came || role >= Role::Edit => Place::Past(newest),
        _ => Place::Between,
    }
}

/// Stores that a reader has seen everything up to now.
pub async fn see(
    storage: &Storage,
    document: Uuid,
    reader: Author,
    place: Place,
    at_ms: u64,
) -> Result<(), StoreError> {
    let key = key(document, reader);
    let before = get::<Seen>(storage, &key).await?.and_then(|before| before.base);
    let base = match place {
        Place::At(base) | Place::Past(base) => Some(base),
        Place::Between => before,
    };
    if before.is_some_and(|before| Some(before) != base) {
        // The version they saw before may go.
        due::schedule_soon(storage, document, at_ms).await?;
    }
    let seen = Seen { v: 2, at_ms, through: Uuid::now_v7(), base };
    put(storage, &key, &seen, Expect::Any).await.map(drop)
}

/// When somebody last looked at a document, and the text they saw then, if it is still known. Guests they have been
/// count as themselves.
pub async fn last_seen(
    storage: &Storage,
    versions: &Versions,
    document: Uuid,
    reader: Author,
) -> Result<Option<(u64, String)>, StoreError> {
    let mut seen: Option<Seen> = get(storage, &key(document, reader)).await?;
    for guest in accounts::guests_of(storage, reader).await? {
        let other: Option<Seen> = get(storage, &key(document, guest)).await?;
        seen = seen.into_iter().chain(other).max_by_key(|seen| seen.at_ms);
    }
    let Some(Seen { at_ms, base: Some(base), .. }) = seen else { return Ok(None) };
    let Some(version) = versions.find(document, base).await? else { return Ok(None) };
    Ok(Some((at_ms, versions.text(document, base, &version).await?)))
}

/// Versions that somebody last saw.
pub async fn bases(storage: &Storage, document: Uuid) -> Result<BTreeSet<Uuid>, StoreError> {
    let found: Vec<(String, Seen)> = list(storage, &format!("seen/{document}/"), READERS_MAX).await?;
    Ok(found.into_iter().filter_map(|(_, seen)| seen.base).collect())
}

/// Everybody who has ever been in a document, up to a thousand.
pub async fn readers(storage: &Storage, document: Uuid) -> Result<Vec<Author>, StoreError> {
    let found: Vec<(String, Seen)> = list(storage, &format!("seen/{document}/"), READERS_MAX).await?;
    Ok(found.into_iter().filter_map(|(author, _)| Some(Author(author.parse().ok()?))).collect())
}

fn key(document: Uuid, reader: Author) -> String {
    format!("seen/{document}/{}", reader.0)
}
