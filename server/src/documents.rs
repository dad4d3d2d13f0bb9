//! Documents as records: who owns one, what it is called, whether it is in the trash.
//!
//! | record | holds |
//! |---|---|
//! | `doc/{id}` | owner, title, times; after the document is erased, that it was |
//! | `of/{author}/{id}` | only makes lists |
//! | `opened/{author}/{id}` | when somebody last opened it |
//!
//! The text is not here; it is in the room. Invariant: `doc/{id}` is written first on create and stays, as a tombstone,
//! after the document is erased, so that an id names one document for ever; an erasure that was cut short is finished by
//! the next look of `housekeeping.rs`. Next: `access.rs` for who may see one, `http/documents.rs` for the routes.

use std::collections::HashMap;

use room::{Author, Channel, Command, Role};
use serde::{Deserialize, Serialize};
use storage::{Cast, Expect, Storage, StoreError, Stream};
use uuid::Uuid;

use crate::access::{Access, Action, Grant, Principal};
use crate::http::Error;
use crate::records::{change, clear, get, list, put};
use crate::rooms::Rooms;
use crate::sessions::Session;
use crate::{clock, due, files, links, members, mentions};

/// `doc/{id}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Document {
    v: u8,
    /// Its id, also in the key.
    pub id: Uuid,
    /// Whose it is.
    pub owner: Author,
    /// From front matter, else the first heading; empty if untitled.
    pub title: String,
    /// Wall clock, milliseconds.
    pub created_ms: u64,
    /// Last change of the text.
    pub updated_ms: u64,
    /// When it went into the trash.
    pub trashed_ms: Option<u64>,
    /// Which history of the text this is; clients with another one start over.
    pub epoch: u64,
    /// BLAKE3 of the text it was created with, so that creating it twice is the same.
    birth: String,
    /// Notes that are not resolved.
    #[serde(default)]
    pub open_notes: usize,
    /// When it was erased; only this record is left.
    #[serde(default)]
    erased: Option<Erased>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Erased {
    /// Nobody is let in any more; what it was made of is being removed.
    Begun,
    /// Nothing is left of it.
    Done,
}

/// How long the trash keeps a document.
pub const TRASH_MS: u64 = 30 * 24 * 60 * 60 * 1_000;
/// Readers whose records are removed in one step.
const READERS_PAGE: usize = 256;

impl Document {
    /// Whether only its tombstone is left.
    pub fn is_erased(&self) -> bool {
        self.erased.is_some()
    }

    /// Whether everything it was made of is gone, too.
    pub(crate) fn is_gone(&self) -> bool {
        self.erased == Some(Erased::Done)
    }

    /// Whether it is to be erased: the trash lets go of it, or it was being erased and that was cut short.
    pub(crate) fn goes(&self, now_ms: u64) -> bool {
        match self.erased {
            Some(erased) => erased == Erased::Begun,
            None => self.purge_ms().is_some_and(|at| at <= now_ms),
        }
    }

    /// Whether it was created without a text.
    pub(crate) fn was_born_empty(&self) -> bool {
        self.birth == blake3::hash(b"").to_hex().as_str()
    }

    /// Whether its text has changed since it was created.
    pub(crate) fn was_edited(&self) -> bool {
        self.updated_ms > self.created_ms
    }

    /// When the trash lets go of it.
    pub fn purge_ms(&self) -> Option<u64> {
        self.trashed_ms.map(|at| at + TRASH_MS)
    }
}

/// Longest title kept in the record, in characters; the text keeps all of it.
const TITLE_CHARS_MAX: usize = 200;
/// Documents read for one list.
const LIST_MAX: usize = 10_000;
/// Documents read for an administrator.
const ALL_MAX: usize = 100_000;

/// The record; `None` if there never was one.
pub async fn load(storage: &Storage, id: Uuid) -> Result<Option<Document>, StoreError> {
    get(storage, &key(id)).await
}

/// The document's epoch; 0 without a record.
pub async fn epoch(storage: &Storage, id: Uuid) -> Result<u64, StoreError> {
    Ok(load(storage, id).await?.map_or(0, |document| document.epoch))
}

/// The title a text gives itself; empty if none.
pub fn title_of(text: &str) -> String {
    let html = crate::rendered::html(text);
    html.title().unwrap_or_default().chars().take(TITLE_CHARS_MAX).collect()
}

/// Remembers that the text changed; `true` if the title did too.
pub async fn touch(storage: &Storage, id: Uuid, title: String, updated_ms: u64) -> Result<bool, StoreError> {
    let before = load(storage, id).await?.map(|document| document.title);
    change(storage, &key(id), |document: &mut Document| {
        if !document.is_erased() {
            document.title.clone_from(&title);
            document.updated_ms = updated_ms.max(document.updated_ms);
        }
    })
    .await?;
    Ok(before.is_some_and(|before| before != title))
}

/// Keeps how many notes are open; `true` if that is news.
pub async fn count_notes(storage: &Storage, id: Uuid, open: usize) -> Result<bool, StoreError> {
    let before = load(storage, id).await?.map(|document| document.open_notes);
    if before.is_none_or(|before| before == open) {
        return Ok(false);
    }
    change(storage, &key(id), |document: &mut Document| document.open_notes = open).await?;
    Ok(true)
}

/// Remembers that somebody opened a document.
pub async fn opened(storage: &Storage, id: Uuid, by: Author, at_ms: u64) -> Result<(), StoreError> {
    put(storage, &format!("opened/{}/{id}", by.0), &at_ms, Expect::Any).await.map(drop)
}

/// When somebody last opened each document.
pub async fn openings(storage: &Storage, by: Author) -> Result<HashMap<Uuid, u64>, StoreError> {
    let found: Vec<(String, u64)> = list(storage, &format!("opened/{}/", by.0), LIST_MAX).await?;
    Ok(found.into_iter().filter_map(|(id, at_ms)| Some((id.parse().ok()?, at_ms))).collect())
}

/// What became of a wish to create.
#[derive(Debug)]
pub enum Created {
    /// It is new.
    Now(Document),
    /// The same person had created it with the same text before.
    Before(Document),
}

/// Creates a document with a text, under an id the client may have chosen. The same again is the same answer.
pub async fn create(
    access: &Access,
    storage: &Storage,
    rooms: &Rooms,
    owner: &Session,
    id: Option<Uuid>,
    text: &str,
) -> Result<Created, Error> {
    let id = id.unwrap_or_else(Uuid::now_v7);
    let text = one_line_end(text);
    let now = clock::wall_ms();
    let document = Document {
        v: 1,
        id,
        owner: owner.author,
        title: title_of(&text),
        created_ms: now,
        updated_ms: now,
        trashed_ms: None,
        epoch: 1,
        birth: blake3::hash(text.as_bytes()).to_hex().to_string(),
        open_notes: 0,
        erased: None,
    };
    let created = match put(storage, &key(id), &document, Expect::Absent).await {
        Ok(_) => Created::Now(document),
        Err(StoreError::Conflict) => match load(storage, id).await? {
            Some(there) if there.owner == owner.author && there.is_erased() => return Err(Error::Erased),
            Some(there) if there.owner == owner.author && there.birth == document.birth => Created::Before(there),
            _ => return Err(Error::IdTaken),
        },
        Err(error) => return Err(error.into()),
    };
    // Every step can be repeated, so a create that was cut short is finished by asking again.
    put(storage, &of_key(owner.author, id), &1, Expect::Any).await?;
    if !text.is_empty() {
        birth(access, rooms, owner, id, text).await?;
    }
    Ok(created)
}

/// Puts the first text in, unless it is there already or has been changed since.
async fn birth(access: &Access, rooms: &Rooms, owner: &Session, id: Uuid, text: String) -> Result<(), Error> {
    let principal = Principal::Account(owner.clone());
    let grant = access.admit(&principal, id, Action::CreateDocument).await?;
    if rooms.read(&grant).await?.is_empty() {
        rooms.command(&grant, Command::Edit { base: String::new(), text }).await?;
    }
    Ok(())
}

/// Gives the document another title, as an edit of its text by the holder of the grant.
pub async fn rename(rooms: &Rooms, grant: &Grant, title: &str) -> Result<(), Error> {
    let base = rooms.read(grant).await?.to_string();
    let text = retitle(&base, &title.split_whitespace().collect::<Vec<_>>().join(" "))?;
    rooms.command(grant, Command::Edit { base, text }).await?;
    Ok(())
}

/// The text with another title: in the front matter if it has one there, else in the first heading, else on top.
fn retitle(text: &str, title: &str) -> Result<String, Error> {
    if title.is_empty() || title.chars().count() > TITLE_CHARS_MAX {
        return Err(Error::TitleInvalid);
    }
    if let Some((start, end)) = front_title(text) {
        let quoted = format!("\"{}\"", title.replace('\\', "\\\\").replace('"', "\\\""));
        return Ok([&text[..start], &quoted, &text[end..]].concat());
    }
    let html = crate::rendered::html(text);
    let heading = html.outline().first().map(|heading| heading.line as usize);
    let mut lines: Vec<&str> = text.split('\n').collect();
    match heading.and_then(|line| lines.get(line).map(|old| (line, *old))) {
        Some((line, old)) if old.trim_start().starts_with('#') => {
            let marks = &old[..old.len() - old.trim_start_matches([' ', '#']).len()];
            let renamed =
                format!("{}{title}", if marks.ends_with(' ') { marks.to_owned() } else { format!("{marks} ") });
            lines[line] = &renamed;
            Ok(lines.join("\n"))
        }
        Some((line, _)) => {
            lines[line] = title;
            Ok(lines.join("\n"))
        }
        None => Ok(on_top(text, title)),
    }
}

/// Where the value of `title:` stands in the front matter.
fn front_title(text: &str) -> Option<(usize, usize)> {
    let inside = text.strip_prefix("---\n")?;
    let end = inside.find("\n---").map(|at| at + 1).filter(|_| !inside.starts_with("---"))?;
    let mut at = 4;
    for line in inside[..end].split_inclusive('\n') {
        if let Some(value) = line.strip_prefix("title:") {
            let start = at + 6 + (value.len() - value.trim_start_matches(' ').len());
            return Some((start, (at + line.trim_end_matches('\n').len()).max(start)));
        }
        at += line.len();
    }
    None
}

/// A heading before everything but the front matter.
fn on_top(text: &str, title: &str) -> String {
    let body = match text.strip_prefix("---\n").and_then(|inside| inside.find("\n---\n")) {
        Some(end) => 4 + end + 5,
        None => 0,
    };
    let gap = if text.len() == body { "\n" } else { "\n\n" };
    [&text[..body], "# ", title, gap, &text[body..]].concat()
}

/// Into the trash, or out of it; sockets hear of it.
pub async fn set_trashed(storage: &Storage, id: Uuid, trashed: bool) -> Result<(), Error> {
    let now = clock::wall_ms();
    // Out of it, its files are looked at again.
    due::schedule(storage, id, now + if trashed { TRASH_MS } else { due::SOON_MS }, now).await?;
    change(storage, &key(id), |document: &mut Document| {
        document.trashed_ms = trashed.then(|| document.trashed_ms.unwrap_or(now));
    })
    .await?
    .ok_or(Error::NotFound)?;
    Ok(storage.cast(id, Cast::AccessChanged { document: id }).await?)
}

/// Gives a document to another account; the old owner stays and can edit.
pub async fn hand_over(storage: &Storage, id: Uuid, to: Author) -> Result<(), Error> {
    let from = load(storage, id).await?.filter(|record| !record.is_erased()).ok_or(Error::NotFound)?.owner;
    if from == to {
        return Err(Error::IsOwner);
    }
    // At every point between these writes somebody owns it, and both find it in their lists.
    members::write(storage, id, from, &members::from_now(Role::Edit)).await?;
    put(storage, &of_key(to, id), &1, Expect::Any).await?;
    change(storage, &key(id), |document: &mut Document| document.owner = to).await?;
    members::remove(storage, id, to).await?;
    storage.delete(&of_key(from, id), Expect::Any).await?;
    Ok(storage.cast(id, Cast::PrincipalChanged { author: from.0 }).await?)
}

/// Removes a document for good: nobody is let in from the first write on, and nothing but a tombstone stays.
pub async fn erase(storage: &Storage, rooms: &Rooms, id: Uuid) -> Result<(), StoreError> {
    if load(storage, id).await?.is_some_and(|document| !document.is_erased()) {
        let now = clock::wall_ms();
        due::schedule(storage, id, now, now).await?;
    }
    change(storage, &key(id), |document: &mut Document| {
        document.erased = Some(Erased::Begun);
        document.title.clear();
        document.birth.clear();
    })
    .await?;
    storage.cast(id, Cast::DocumentGone { document: id }).await?;
    // What the room still has in flight must be in the log before the log goes.
    rooms.forget(id).await;
    for channel in [Channel::TEXT, Channel::NOTES] {
        storage.erase(Stream { document: id, channel: channel.0 }).await?;
    }
    rooms.versions().erase(id).await?;
    files::erase(storage, id).await?;
    storage.blobs_erase(id).await?;
    mentions::erase(storage, id).await?;
    erase_readers(storage, id).await?;
    storage.delete(&format!("lost/{id}"), Expect::Any).await?;
    links::erase(storage, id).await?;
    members::erase(storage, id).await?;
    let done = change(storage, &key(id), |document: &mut Document| document.erased = Some(Erased::Done)).await?;
    if let Some(document) = done {
        storage.delete(&of_key(document.owner, id), Expect::Any).await?;
    }
    due::forget(storage, id).await
}

/// What everybody who was ever inside kept of it.
async fn erase_readers(storage: &Storage, id: Uuid) -> Result<(), StoreError> {
    let prefix = format!("seen/{id}/");
    loop {
        let page = storage.list(&prefix, None, READERS_PAGE).await?;
        for (key, _) in &page {
            let author = key.strip_prefix(&prefix).unwrap_or_default();
            storage.delete(&format!("opened/{author}/{id}"), Expect::Any).await?;
            clear(storage, &format!("grant/{author}/{id}/")).await?;
            storage.delete(key, Expect::Any).await?;
        }
        if page.len() < READERS_PAGE {
            return Ok(());
        }
    }
}

/// Every document there is, oldest first.
pub async fn all(storage: &Storage) -> Result<Vec<Document>, StoreError> {
    let found: Vec<(String, Document)> = list(storage, "doc/", ALL_MAX).await?;
    Ok(found.into_iter().map(|(_, document)| document).filter(|document| !document.is_erased()).collect())
}

/// Every document somebody owns.
pub async fn owned(storage: &Storage, author: Author) -> Result<Vec<Document>, StoreError> {
    let found: Vec<(String, u8)> = list(storage, &format!("of/{}/", author.0), LIST_MAX).await?;
    // Collected: a borrowing iterator held while waiting would keep callers from being spawned.
    let ids: Vec<Uuid> = found.iter().filter_map(|(id, _)| id.parse().ok()).collect();
    let documents = some(storage, ids).await?;
    Ok(documents.into_iter().filter(|document| document.owner == author).collect())
}

/// The documents under these ids that are there.
pub async fn some(storage: &Storage, ids: impl IntoIterator<Item = Uuid>) -> Result<Vec<Document>, StoreError> {
    let mut documents = Vec::new();
    for id in ids {
        documents.extend(load(storage, id).await?.filter(|document| !document.is_erased()));
    }
    Ok(documents)
}

/// CR LF and CR become LF, as at every door.
fn one_line_end(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn key(id: Uuid) -> String {
    format!("doc/{id}")
}

fn of_key(author: Author, id: Uuid) -> String {
    format!("of/{}/{id}", author.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renamed(text: &str) -> String {
        retitle(text, "New \"name\"").expect("a title")
    }

    #[test]
    fn ac15_a_title_is_changed_where_it_stands() {
        assert_eq!(renamed(""), "# New \"name\"\n");
        assert_eq!(renamed("text\n"), "# New \"name\"\n\ntext\n");
        assert_eq!(renamed("intro\n\n# Old one\n\ntext"), "intro\n\n# New \"name\"\n\ntext");
        assert_eq!(
            renamed("---\ntags: x\ntitle: Old\n---\n# H"),
            "---\ntags: x\ntitle: \"New \\\"name\\\"\"\n---\n# H"
        );
        assert_eq!(renamed("---\ntags: x\n---\ntext"), "---\ntags: x\n---\n# New \"name\"\n\ntext");
        assert_eq!(renamed("Old\n===\n"), "New \"name\"\n===\n");
    }

    #[test]
    fn ac15_line_ends_are_lf() {
        assert_eq!(one_line_end("a\r\nb\rc\n"), "a\nb\nc\n");
    }
}
