//! Sessions and tokens: what a request shows to say who sends it.
//!
//! | record | holds |
//! |---|---|
//! | `session/{hash}` | whose session it is, since when, on which browser |
//! | `token/{hash}` | whose token it is, and how far it reaches |
//! | `sessions/{author}/{hash}`, `tokens/{author}/{id}` | what a person has; lists and revocation start here |
//!
//! Invariant: a session is 256 random bits in a cookie, a token 256 random bits in a program's settings, and only their
//! hashes are stored; the two are hashed differently, so neither is ever taken for the other. An entry is written to the
//! list before the record it lists: whatever opens something can be found and ended. Next: `access.rs`.

use std::fmt;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::header::AUTHORIZATION;
use room::{Author, Identity, Role};
use serde::{Deserialize, Serialize};
use storage::{Expect, Storage, StoreError};
use uuid::Uuid;

use crate::access::Principal;
use crate::accounts;
use crate::config::PublicUrl;
use crate::http::Error;
use crate::key::{hex, unhex};
use crate::records::{change, get, list, put};
use crate::{State, clock, names};

/// A session unused for this long ends.
const IDLE_MS: u64 = 14 * DAY_MS;
/// A session this old ends, used or not.
const AGE_MS: u64 = 90 * DAY_MS;
/// How often a last use is written down.
const SEEN_MS: u64 = 60 * 60 * 1_000;
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
/// Of a browser's words about itself, this many characters are kept.
const AGENT_CHARS_MAX: usize = 200;
/// Sessions and tokens one person may have; the list is never longer.
const PER_PERSON_MAX: usize = 1_000;
/// Longest label of a token in characters.
const LABEL_CHARS_MAX: usize = 80;
/// How a token begins, so that people and secret scanners know it.
const TOKEN_PREFIX: &str = "galley_";

/// The stored name of a session or token: the hash of what is shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionHash(pub [u8; 32]);

impl fmt::Debug for SessionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionHash(..)")
    }
}

/// Whoever a session or a token speaks for.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its stored name.
    pub hash: SessionHash,
    /// Who.
    pub author: Author,
    /// The account's name; `None` for guests.
    pub name: Option<String>,
    /// How others see them.
    pub display: String,
    /// Whether this account administers the server.
    pub admin: bool,
    /// A token's scope: no role goes beyond it. `None`: a session of their own.
    pub scope: Option<Role>,
    /// When it ends by itself, unless it is used before.
    pub until_ms: Option<u64>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SessionRecord {
    v: u8,
    author: Author,
    created_ms: u64,
    seen_ms: u64,
    #[serde(default)]
    agent: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct TokenRecord {
    v: u8,
    author: Author,
    scope: Role,
    expires_ms: Option<u64>,
    used_ms: Option<u64>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct TokenEntry {
    v: u8,
    hash: String,
    label: String,
    created_ms: u64,
}

/// Where somebody is signed in, as they see it.
pub struct SignedIn {
    /// Names it in its person's list; opens nothing.
    pub id: String,
    /// Sign-in, wall clock.
    pub created_ms: u64,
    /// Last use, to the hour.
    pub seen_ms: u64,
    /// The browser's words about itself.
    pub agent: String,
}

/// A personal access token, as its owner sees it.
pub struct TokenInfo {
    /// UUID.
    pub id: Uuid,
    /// The owner's words.
    pub label: String,
    /// No role goes beyond it.
    pub scope: Role,
    /// Wall clock.
    pub created_ms: u64,
    /// `None`: never.
    pub expires_ms: Option<u64>,
    /// Last use, to the hour.
    pub used_ms: Option<u64>,
}

/// What the cookie carries; never stored, never printed.
pub struct Secret([u8; 32]);

impl Secret {
    fn new() -> Result<Secret, Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
        Ok(Secret(bytes))
    }

    /// What the store knows it by.
    pub fn hash(&self) -> SessionHash {
        SessionHash(*blake3::hash(&self.0).as_bytes())
    }

    /// The cookie that brings it back.
    pub fn cookie(&self, site: &PublicUrl) -> Cookie<'static> {
        cookie_of(site, hex(&self.0), time::Duration::milliseconds(i64::try_from(AGE_MS).unwrap_or(i64::MAX)))
    }
}

/// The cookie that makes the browser forget.
pub fn no_cookie(site: &PublicUrl) -> Cookie<'static> {
    cookie_of(site, String::new(), time::Duration::ZERO)
}

fn cookie_of(site: &PublicUrl, value: String, max_age: time::Duration) -> Cookie<'static> {
    Cookie::build(cookie_name(site), value)
        .path("/")
        .http_only(true)
        .secure(site.secure)
        .same_site(SameSite::Lax)
        .max_age(max_age)
        .finish()
}

fn cookie_name(site: &PublicUrl) -> &'static str {
    if site.secure { "__Host-galley" } else { "galley" }
}

/// The session a request's cookie names, whether or not it lives.
pub fn cookie(request: &HttpRequest, state: &State) -> Option<SessionHash> {
    let cookie = request.cookie(cookie_name(&state.site))?;
    let secret = unhex(cookie.value()).filter(|secret| secret.len() == 32)?;
    Some(SessionHash(*blake3::hash(&secret).as_bytes()))
}

/// The token a request shows, whether or not it lives. `None`: it shows none; an error: it shows something else.
pub fn bearer(request: &HttpRequest) -> Result<Option<SessionHash>, Error> {
    let Some(header) = request.headers().get(AUTHORIZATION) else { return Ok(None) };
    let shown = header.to_str().ok().and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
    let token = shown.filter(|token| token.starts_with(TOKEN_PREFIX)).ok_or(Error::BadToken)?;
    Ok(Some(token_hash(token)))
}

fn token_hash(token: &str) -> SessionHash {
    SessionHash(*blake3::hash(token.as_bytes()).as_bytes())
}

/// Starts a session.
pub async fn start(storage: &Storage, author: Author, agent: &str) -> Result<Secret, Error> {
    let secret = Secret::new()?;
    let now = clock::wall_ms();
    let agent = agent.chars().filter(|c| !c.is_control()).take(AGENT_CHARS_MAX).collect();
    let record = SessionRecord { v: 1, author, created_ms: now, seen_ms: now, agent };
    put(storage, &listed_key(author, &secret.hash()), &1, Expect::Any).await?;
    put(storage, &session_key(&secret.hash()), &record, Expect::Absent).await?;
    Ok(secret)
}

/// Ends a session; whoever asked tells the sockets.
pub async fn end(storage: &Storage, author: Author, hash: &SessionHash) -> Result<(), StoreError> {
    storage.delete(&session_key(hash), Expect::Any).await?;
    storage.delete(&listed_key(author, hash), Expect::Any).await
}

/// Ends every session of a person but one.
pub async fn end_all(storage: &Storage, author: Author, except: Option<&SessionHash>) -> Result<(), StoreError> {
    for hash in hashes(storage, author).await? {
        if Some(&hash) != except {
            end(storage, author, &hash).await?;
        }
    }
    Ok(())
}

/// The session of this person that is listed under an id.
pub async fn find(storage: &Storage, author: Author, id: &str) -> Result<Option<SessionHash>, StoreError> {
    Ok(hashes(storage, author).await?.into_iter().find(|hash| id_of(hash) == id))
}

/// Where a person is signed in, newest use first.
pub async fn of(storage: &Storage, author: Author) -> Result<Vec<SignedIn>, StoreError> {
    let mut found = Vec::new();
    for hash in hashes(storage, author).await? {
        if let Some(record) = get::<SessionRecord>(storage, &session_key(&hash)).await?.filter(SessionRecord::lives) {
            let SessionRecord { created_ms, seen_ms, agent, .. } = record;
            found.push(SignedIn { id: id_of(&hash), created_ms, seen_ms, agent });
        }
    }
    found.sort_by_key(|session| std::cmp::Reverse(session.seen_ms));
    Ok(found)
}

/// What a session is called in its person's list.
pub fn id_of(hash: &SessionHash) -> String {
    hex(&hash.0[..8])
}

async fn hashes(storage: &Storage, author: Author) -> Result<Vec<SessionHash>, StoreError> {
    let listed: Vec<(String, u8)> = list(storage, &format!("sessions/{}/", author.0), PER_PERSON_MAX).await?;
    let hashes = listed.iter().filter_map(|(name, _)| unhex(name)?.try_into().ok().map(SessionHash));
    Ok(hashes.collect())
}

impl SessionRecord {
    fn lives(&self) -> bool {
        clock::wall_ms() < self.until_ms()
    }

    fn until_ms(&self) -> u64 {
        (self.seen_ms + IDLE_MS).min(self.created_ms + AGE_MS)
    }
}

/// A new token; the word itself is told once.
pub async fn new_token(
    storage: &Storage,
    author: Author,
    label: &str,
    scope: Role,
    expires_ms: Option<u64>,
) -> Result<(TokenInfo, String), Error> {
    let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
    if label.is_empty() || label.chars().count() > LABEL_CHARS_MAX || label.chars().any(char::is_control) {
        return Err(Error::TokenLabel);
    }
    let created_ms = clock::wall_ms();
    if expires_ms.is_some_and(|at| at <= created_ms) {
        return Err(Error::ExpiryPast);
    }
    if storage.list(&format!("tokens/{}/", author.0), None, PER_PERSON_MAX).await?.len() >= PER_PERSON_MAX {
        return Err(Error::TooManyTokens);
    }
    let token = format!("{TOKEN_PREFIX}{}", hex(&Secret::new()?.0));
    let (id, hash) = (Uuid::now_v7(), token_hash(&token));
    let entry = TokenEntry { v: 1, hash: hex(&hash.0), label: label.clone(), created_ms };
    put(storage, &token_entry_key(author, id), &entry, Expect::Absent).await?;
    let record = TokenRecord { v: 1, author, scope, expires_ms, used_ms: None };
    put(storage, &token_key(&hash), &record, Expect::Absent).await?;
    Ok((TokenInfo { id, label, scope, created_ms, expires_ms, used_ms: None }, token))
}

/// A person's tokens, oldest first.
pub async fn tokens(storage: &Storage, author: Author) -> Result<Vec<TokenInfo>, StoreError> {
    let entries: Vec<(String, TokenEntry)> = list(storage, &format!("tokens/{}/", author.0), PER_PERSON_MAX).await?;
    let mut found = Vec::new();
    for (id, TokenEntry { hash, label, created_ms, .. }) in entries {
        let record: Option<TokenRecord> = get(storage, &format!("token/{hash}")).await?;
        if let (Ok(id), Some(TokenRecord { scope, expires_ms, used_ms, .. })) = (id.parse(), record) {
            found.push(TokenInfo { id, label, scope, created_ms, expires_ms, used_ms });
        }
    }
    Ok(found)
}

/// Revokes a token; `false` if this person has none of this id.
pub async fn remove_token(storage: &Storage, author: Author, id: Uuid) -> Result<bool, StoreError> {
    let Some(entry) = get::<TokenEntry>(storage, &token_entry_key(author, id)).await? else { return Ok(false) };
    storage.delete(&format!("token/{}", entry.hash), Expect::Any).await?;
    storage.delete(&token_entry_key(author, id), Expect::Any).await?;
    Ok(true)
}

/// Who a session or token speaks for, if it lives.
pub async fn resume(storage: &Storage, hash: &SessionHash) -> Result<Principal, StoreError> {
    let now = clock::wall_ms();
    if let Some(record) = get::<SessionRecord>(storage, &session_key(hash)).await? {
        if !record.lives() {
            end(storage, record.author, hash).await?;
            return Ok(Principal::Nobody);
        }
        if now.saturating_sub(record.seen_ms) > SEEN_MS {
            change(storage, &session_key(hash), |record: &mut SessionRecord| record.seen_ms = now).await?;
        }
        return accounts::principal(storage, *hash, record.author, None, Some(record.until_ms())).await;
    }
    let Some(record) = get::<TokenRecord>(storage, &token_key(hash)).await? else { return Ok(Principal::Nobody) };
    if record.expires_ms.is_some_and(|at| at <= now) {
        return Ok(Principal::Nobody);
    }
    if record.used_ms.is_none_or(|at| now.saturating_sub(at) > SEEN_MS) {
        change(storage, &token_key(hash), |record: &mut TokenRecord| record.used_ms = Some(now)).await?;
    }
    accounts::principal(storage, *hash, record.author, Some(record.scope), record.expires_ms).await
}

/// How others see the holder of a session.
pub fn identity(session: &Session) -> Identity {
    let peer = names::peer(session.author);
    let (color, color_light) = names::colours(peer);
    Identity {
        author: session.author,
        name: session.display.clone(),
        peer,
        color: color.into(),
        color_light: color_light.into(),
        guest: session.name.is_none(),
    }
}

fn session_key(hash: &SessionHash) -> String {
    format!("session/{}", hex(&hash.0))
}

fn listed_key(author: Author, hash: &SessionHash) -> String {
    format!("sessions/{}/{}", author.0, hex(&hash.0))
}

fn token_key(hash: &SessionHash) -> String {
    format!("token/{}", hex(&hash.0))
}

fn token_entry_key(author: Author, id: Uuid) -> String {
    format!("tokens/{}/{id}", author.0)
}
