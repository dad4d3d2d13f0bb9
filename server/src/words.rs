//! One-time words: an invitation to create an account, a way back in for who lost their password.
//!
//! | record | holds |
//! |---|---|
//! | `invite/{id}` | label, until when, who used it |
//! | `reset/{id}` | whose password, until when |
//!
//! A word is the record's id and a secret derived from it, so an administrator can copy an invitation again and nothing
//! stored opens anything. Invariant: a word is spent by compare-and-swap, so it works once. Next: `accounts.rs`.

use room::Author;
use serde::{Deserialize, Serialize};
use storage::{Expect, Storage, StoreError};
use uuid::Uuid;

use crate::key::{Key, hex, same, unhex};
use crate::records::{get, list, put};
use crate::{clock, names};

/// How long an invitation waits.
/// What invitations are for.
pub const INVITE_MS: u64 = 7 * 24 * 60 * 60 * 1_000;
/// How long a way back in is open.
const RESET_MS: u64 = 30 * 60 * 1_000;
/// Invitations that may wait at once.
pub const INVITES_MAX: usize = 1_000;

/// `invite/{id}`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Invite {
    v: u8,
    /// Its id, also in the key.
    pub id: Uuid,
    /// Who it is for, in the administrator's words; may be empty.
    pub label: String,
    /// Wall clock, milliseconds.
    pub created_ms: u64,
    /// Until when it works.
    pub expires_ms: u64,
    /// The account it became.
    pub used_by: Option<Author>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Reset {
    v: u8,
    author: Author,
    expires_ms: u64,
}

impl Invite {
    /// The word in its address.
    pub fn word(&self, key: &Key) -> String {
        word(key, INVITE, self.id)
    }

    fn open(&self) -> bool {
        self.used_by.is_none() && clock::wall_ms() < self.expires_ms
    }
}

pub const INVITE: &str = "invite";
const RESET: &str = "reset";

/// A new invitation. `None`: too many wait already.
pub async fn invite(storage: &Storage, label: &str) -> Result<Option<Invite>, StoreError> {
    if storage.list("invite/", None, INVITES_MAX).await?.len() >= INVITES_MAX {
        return Ok(None);
    }
    let (id, created_ms) = (Uuid::now_v7(), clock::wall_ms());
    let label = names::display(label).unwrap_or_default();
    let invite = Invite { v: 1, id, label, created_ms, expires_ms: created_ms + INVITE_MS, used_by: None };
    put(storage, &invite_key(id), &invite, Expect::Absent).await?;
    Ok(Some(invite))
}

/// Every invitation, newest first.
pub async fn invites(storage: &Storage) -> Result<Vec<Invite>, StoreError> {
    let found: Vec<(String, Invite)> = list(storage, "invite/", INVITES_MAX).await?;
    Ok(found.into_iter().rev().map(|(_, invite)| invite).collect())
}

/// Takes an invitation back; `false` if there is none.
pub async fn withdraw(storage: &Storage, id: Uuid) -> Result<bool, StoreError> {
    let there = storage.get(&invite_key(id)).await?.is_some();
    storage.delete(&invite_key(id), Expect::Any).await?;
    Ok(there)
}

/// The open invitation a word names, with the version to spend it by.
pub async fn invited(storage: &Storage, key: &Key, word: &str) -> Result<Option<(Invite, u64)>, StoreError> {
    let Some(id) = genuine(key, INVITE, word) else { return Ok(None) };
    let Some(record) = storage.get(&invite_key(id)).await? else { return Ok(None) };
    let invite: Invite = crate::records::parse(&invite_key(id), &record.value)?;
    Ok(invite.open().then_some((invite, record.version)))
}

/// Spends an invitation, or gives it back with `None`. `Conflict`: somebody else spent it first.
pub async fn spend(
    storage: &Storage,
    invite: &Invite,
    version: u64,
    used_by: Option<Author>,
) -> Result<u64, StoreError> {
    put(storage, &invite_key(invite.id), &Invite { used_by, ..invite.clone() }, Expect::Version(version)).await
}

/// A way back in for one account: its word, and until when it works.
pub async fn reset(storage: &Storage, key: &Key, author: Author) -> Result<(String, u64), StoreError> {
    let (id, expires_ms) = (Uuid::now_v7(), clock::wall_ms() + RESET_MS);
    put(storage, &reset_key(id), &Reset { v: 1, author, expires_ms }, Expect::Absent).await?;
    Ok((word(key, RESET, id), expires_ms))
}

/// Spends a reset word: whose password may be set now. `None`: it does not work, or not any more.
pub async fn spend_reset(storage: &Storage, key: &Key, word: &str) -> Result<Option<Author>, StoreError> {
    let Some(id) = genuine(key, RESET, word) else { return Ok(None) };
    let Some(record) = storage.get(&reset_key(id)).await? else { return Ok(None) };
    let reset: Reset = crate::records::parse(&reset_key(id), &record.value)?;
    match storage.delete(&reset_key(id), Expect::Version(record.version)).await {
        Ok(()) if clock::wall_ms() < reset.expires_ms => Ok(Some(reset.author)),
        Ok(()) | Err(StoreError::Conflict) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a reset word would work; looking does not spend it.
pub async fn resets(storage: &Storage, key: &Key, word: &str) -> Result<bool, StoreError> {
    let Some(id) = genuine(key, RESET, word) else { return Ok(false) };
    let there: Option<Reset> = get(storage, &reset_key(id)).await?;
    Ok(there.is_some_and(|reset| clock::wall_ms() < reset.expires_ms))
}

fn word(key: &Key, purpose: &str, id: Uuid) -> String {
    format!("{}{}", id.simple(), hex(&key.word_secret(purpose, id)))
}

/// The id in a word this server made.
pub fn genuine(key: &Key, purpose: &str, word: &str) -> Option<Uuid> {
    let bytes = unhex(word).filter(|bytes| bytes.len() == 32)?;
    let id = Uuid::from_slice(&bytes[..16]).ok()?;
    same(&key.word_secret(purpose, id), &bytes[16..]).then_some(id)
}

fn invite_key(id: Uuid) -> String {
    format!("invite/{id}")
}

fn reset_key(id: Uuid) -> String {
    format!("reset/{id}")
}
