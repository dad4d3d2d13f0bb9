//! Mentions: `@name` in a note or reply, and who has not seen theirs yet.
//!
//! | record | holds |
//! |---|---|
//! | `mention/{author}/{document}/{entry}` | that a note or reply mentions somebody who has not been there since |
//! | `mentioned/{document}/{author}` | only finds the former when a document is erased |
//!
//! Invariant: only people who can open the document are mentioned, so a mention tells nobody of a document they may not
//! see. Next: `http/notes.rs`, which asks; `rooms/task/seats.rs`, which forgets what was seen.

use room::Author;
use serde::{Deserialize, Serialize};
use storage::{Expect, Storage, StoreError};
use uuid::Uuid;

use crate::access::Access;
use crate::documents::Document;
use crate::records::{clear, list, put};
use crate::{accounts, names};

/// Names looked up in one body.
const NAMES_MAX: usize = room::notes::MENTIONS_MAX;
/// Mentions counted for one line of a list.
const COUNT_MAX: usize = 100;
/// People found in one step of an erasure.
const PAGE: usize = 1_024;

/// `mention/{author}/{document}/{entry}`.
#[derive(Serialize, Deserialize)]
pub(crate) struct Mention {
    v: u8,
    by: Author,
    note: Uuid,
    at_ms: u64,
}

/// One note or reply that mentions people.
#[derive(Clone, Copy)]
pub struct Entry {
    /// In which document.
    pub document: Uuid,
    /// The note, or the one it answers.
    pub note: Uuid,
    /// The note or reply itself.
    pub id: Uuid,
    /// Who wrote it.
    pub by: Author,
    /// When, wall clock.
    pub at_ms: u64,
}

/// Everybody a body mentions who may see the document.
pub async fn find(
    access: &Access,
    storage: &Storage,
    record: &Document,
    body: &str,
) -> Result<Vec<Author>, StoreError> {
    let mut found = Vec::new();
    for name in named(body).into_iter().take(NAMES_MAX) {
        let Some((author, _)) = accounts::by_name(storage, &name).await? else { continue };
        if !found.contains(&author) && access.role_of(author, record).await?.is_some() {
            found.push(author);
        }
    }
    Ok(found)
}

/// Remembers for each of them, but not for who wrote it, that they are mentioned.
pub async fn add(storage: &Storage, whom: &[Author], entry: Entry) -> Result<(), StoreError> {
    let Entry { document, note, id, by, at_ms } = entry;
    for author in whom.iter().filter(|author| **author != by) {
        put(storage, &format!("mentioned/{document}/{}", author.0), &1, Expect::Any).await?;
        let mention = Mention { v: 1, by, note, at_ms };
        put(storage, &format!("{}{id}", prefix(*author, document)), &mention, Expect::Any).await?;
    }
    Ok(())
}

/// What mentioned them was deleted, or does not name them any more.
pub async fn forget(storage: &Storage, whom: &[Author], document: Uuid, id: Uuid) -> Result<(), StoreError> {
    for author in whom {
        storage.delete(&format!("{}{id}", prefix(*author, document)), Expect::Any).await?;
    }
    Ok(())
}

/// How many mentions somebody has not seen in a document.
pub async fn unseen(storage: &Storage, author: Author, document: Uuid) -> Result<usize, StoreError> {
    Ok(storage.list(&prefix(author, document), None, COUNT_MAX).await?.len())
}

/// Somebody has been there.
pub async fn seen(storage: &Storage, document: Uuid, author: Author) -> Result<(), StoreError> {
    clear(storage, &prefix(author, document)).await
}

/// Removes every mention in an erased document.
pub async fn erase(storage: &Storage, document: Uuid) -> Result<(), StoreError> {
    let mentioned = format!("mentioned/{document}/");
    loop {
        let page: Vec<(String, u8)> = list(storage, &mentioned, PAGE).await?;
        for (author, _) in &page {
            if let Ok(id) = author.parse() {
                seen(storage, document, Author(id)).await?;
            }
            storage.delete(&format!("{mentioned}{author}"), Expect::Any).await?;
        }
        if page.len() < PAGE {
            return Ok(());
        }
    }
}

fn prefix(author: Author, document: Uuid) -> String {
    format!("mention/{}/{document}/", author.0)
}

/// Account names after an `@` that begins a word, as they are stored, each once.
pub fn named(body: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut before = ' ';
    for (at, letter) in body.char_indices() {
        if letter == '@' && !before.is_alphanumeric() && !"._-@/".contains(before) {
            let rest = &body[at + 1..];
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
            // A hyphen at the end is punctuation, unless the name has it: then it is not found and nothing is lost.
            let name = rest[..end].trim_end_matches('-');
            found.extend(names::account(name).ok().filter(|name| !found.contains(name)));
        }
        before = letter;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nt11_names_begin_a_word_and_end_where_names_end() {
        for (body, expected) in [
            ("@maren, can you? (@tomasz-b) @maren", vec!["maren", "tomasz-b"]),
            ("mail to a@example.org or see https://x.org/@user", vec![]),
            ("@Maren's idea — “@ama-” said", vec!["maren", "ama"]),
            ("@ @@ @-x @x", vec![]),
            ("@李小龍 and 李@ama", vec![]),
        ] {
            assert_eq!(named(body), expected, "{body}");
        }
    }
}
