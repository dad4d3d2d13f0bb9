//! Documents as records: who owns one, what it is called, whether it is in the trash.
//!
//! The text is not here; it is in the room. Invariant: `doc/{id}` is written first on create and stays, as a tombstone,
//! after the document is erased, so that an id names one document for ever. `of/{author}/{id}` only makes lists.
//! Next: `access.rs` for who may see one, `http/documents.rs` for the routes.

use room::{Author, Command};
use serde::{Deserialize, Serialize};
use storage::{Cast, Expect, Storage, StoreError};
use uuid::Uuid;

use crate::access::{Access, Grant, Principal};
use crate::accounts::{Session, change, get, parse, put};
use crate::clock;
use crate::http::Error;
use crate::rooms::Rooms;

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
}

/// Longest title kept in the record, in characters; the text keeps all of it.
const TITLE_CHARS_MAX: usize = 200;
/// Documents read for one list.
const LIST_MAX: usize = 10_000;

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
    let html = render::render(text, &render::Options::default());
    html.title().unwrap_or_default().chars().take(TITLE_CHARS_MAX).collect()
}

/// Notes that the text changed.
pub async fn touch(storage: &Storage, id: Uuid, title: String, updated_ms: u64) -> Result<(), StoreError> {
    change(storage, &key(id), |document: &mut Document| {
        document.title.clone_from(&title);
        document.updated_ms = updated_ms.max(document.updated_ms);
    })
    .await
    .map(drop)
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
    };
    let created = match put(storage, &key(id), &document, Expect::Absent).await {
        Ok(_) => Created::Now(document),
        Err(StoreError::Conflict) => match load(storage, id).await? {
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
    let grant = access.admit(&principal, id).await?.ok_or(Error::NotFound)?;
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
    let html = render::render(text, &render::Options::default());
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
pub async fn set_trashed(storage: &Storage, grant: &Grant, trashed: bool) -> Result<(), Error> {
    let when = trashed.then(clock::wall_ms);
    change(storage, &key(grant.document()), |document: &mut Document| document.trashed_ms = when).await?;
    Ok(storage.cast(grant.document(), Cast::AccessChanged { document: grant.document() }).await?)
}

/// Every document somebody owns, newest change first.
pub async fn owned(storage: &Storage, author: Author) -> Result<Vec<Document>, StoreError> {
    let prefix = format!("of/{}/", author.0);
    let mut documents = Vec::new();
    for (listed, _) in storage.list(&prefix, None, LIST_MAX).await? {
        let Some(id) = listed.strip_prefix(&prefix).and_then(|id| id.parse().ok()) else { continue };
        documents.extend(load(storage, id).await?.filter(|document| document.owner == author));
    }
    Ok(documents)
}

/// The documents under these ids that are there.
pub async fn some(storage: &Storage, ids: impl IntoIterator<Item = Uuid>) -> Result<Vec<Document>, StoreError> {
    let mut documents = Vec::new();
    for id in ids {
        if let Some(record) = storage.get(&key(id)).await? {
            documents.push(parse(&key(id), &record.value)?);
        }
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
