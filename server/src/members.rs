//! Members: people with a role of their own in a document, and people who ask for one.
//!
//! | record | holds |
//! |---|---|
//! | `member/{document}/{author}` | role, since when |
//! | `memberof/{author}/{document}` | only makes lists |
//! | `ask/{document}/{author}` | wanted role, message |
//!
//! Invariant: the membership decides, the index only finds; it is written first and removed last. Next: `access.rs`.

use room::{Author, Role};
use serde::{Deserialize, Serialize};
use storage::{Cast, Expect, Storage, StoreError};
use uuid::Uuid;

use crate::access::Grant;
use crate::clock;
use crate::http::Error;
use crate::records::{get, list, put};

/// People one document may have, and people who may wait for an answer.
const MEMBERS_MAX: usize = 1_000;
/// Documents one person may be a member of, in a list.
const DOCUMENTS_MAX: usize = 10_000;
/// Longest message with a request, in characters.
const MESSAGE_CHARS_MAX: usize = 280;

/// `member/{document}/{author}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Member {
    v: u8,
    /// What they may do: view, comment or edit.
    pub role: Role,
    /// Since when, wall clock.
    pub added_ms: u64,
}

/// `ask/{document}/{author}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    v: u8,
    /// What they want to do.
    pub role: Role,
    /// In their words; may be empty.
    pub message: String,
    /// Since when, wall clock.
    pub at_ms: u64,
}

/// The role an author has as a member.
pub async fn role_of(storage: &Storage, document: Uuid, author: Author) -> Result<Option<Role>, StoreError> {
    let member: Option<Member> = get(storage, &key(document, author)).await?;
    Ok(member.map(|member| member.role))
}

/// One membership.
pub async fn find(storage: &Storage, document: Uuid, author: Author) -> Result<Option<Member>, StoreError> {
    get(storage, &key(document, author)).await
}

/// Every member, longest first.
pub async fn of(storage: &Storage, document: Uuid) -> Result<Vec<(Author, Member)>, StoreError> {
    let mut found = authors(list(storage, &format!("member/{document}/"), MEMBERS_MAX).await?);
    found.sort_by_key(|(_, member): &(Author, Member)| member.added_ms);
    Ok(found)
}

/// The documents an author is a member of.
pub async fn documents_of(storage: &Storage, author: Author) -> Result<Vec<Uuid>, StoreError> {
    let found: Vec<(String, u8)> = list(storage, &format!("memberof/{}/", author.0), DOCUMENTS_MAX).await?;
    Ok(found.iter().filter_map(|(id, _)| id.parse().ok()).collect())
}

/// Gives an author a role, or another one; whatever they asked for is answered by it.
pub async fn set(storage: &Storage, grant: &Grant, author: Author, role: Role) -> Result<Member, Error> {
    check_role(role)?;
    let before = find(storage, grant.document(), author).await?;
    if before.is_none() && of(storage, grant.document()).await?.len() >= MEMBERS_MAX {
        return Err(Error::TooManyMembers);
    }
    let added_ms = before.map_or_else(clock::wall_ms, |member| member.added_ms);
    let member = Member { v: 1, role, added_ms };
    write(storage, grant.document(), author, &member).await?;
    storage.delete(&ask_key(grant.document(), author), Expect::Any).await?;
    tell(storage, grant.document(), author).await?;
    Ok(member)
}

/// Makes somebody a member while a document changes hands.
pub async fn write(storage: &Storage, document: Uuid, author: Author, member: &Member) -> Result<(), StoreError> {
    put(storage, &of_key(author, document), &1, Expect::Any).await?;
    put(storage, &key(document, author), member, Expect::Any).await.map(drop)
}

/// A membership from now on.
pub fn from_now(role: Role) -> Member {
    Member { v: 1, role, added_ms: clock::wall_ms() }
}

/// Ends a membership; `false` if there was none.
pub async fn remove(storage: &Storage, document: Uuid, author: Author) -> Result<bool, StoreError> {
    let there = find(storage, document, author).await?.is_some();
    storage.delete(&key(document, author), Expect::Any).await?;
    storage.delete(&of_key(author, document), Expect::Any).await?;
    storage.delete(&ask_key(document, author), Expect::Any).await?;
    tell(storage, document, author).await?;
    Ok(there)
}

/// Gives an account every membership and request a guest has.
pub async fn copy(storage: &Storage, from: Author, to: Author) -> Result<(), StoreError> {
    for document in documents_of(storage, from).await? {
        let Some(member) = find(storage, document, from).await? else { continue };
        let before = role_of(storage, document, to).await?;
        if before.is_none_or(|role| role < member.role) {
            write(storage, document, to, &member).await?;
        }
        tell(storage, document, to).await?;
    }
    Ok(())
}

/// Asks the owner for more than one may do.
pub async fn ask(storage: &Storage, grant: &Grant, role: Role, message: &str) -> Result<(), Error> {
    check_role(role)?;
    if role <= grant.role() {
        return Err(Error::HasRole);
    }
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    if message.chars().count() > MESSAGE_CHARS_MAX {
        return Err(Error::MessageTooLong);
    }
    if requests(storage, grant.document()).await?.len() >= MEMBERS_MAX {
        return Err(Error::TooManyMembers);
    }
    let request = Request { v: 1, role, message, at_ms: clock::wall_ms() };
    put(storage, &ask_key(grant.document(), grant.author()), &request, Expect::Any).await?;
    Ok(tell(storage, grant.document(), grant.author()).await?)
}

/// Who asks for more, longest first.
pub async fn requests(storage: &Storage, document: Uuid) -> Result<Vec<(Author, Request)>, StoreError> {
    let mut found = authors(list(storage, &format!("ask/{document}/"), MEMBERS_MAX).await?);
    found.sort_by_key(|(_, request): &(Author, Request)| request.at_ms);
    Ok(found)
}

/// What an author asks for.
pub async fn asked(storage: &Storage, document: Uuid, author: Author) -> Result<Option<Request>, StoreError> {
    get(storage, &ask_key(document, author)).await
}

/// Says no.
pub async fn decline(storage: &Storage, grant: &Grant, author: Author) -> Result<(), Error> {
    if asked(storage, grant.document(), author).await?.is_none() {
        return Err(Error::NotFound);
    }
    storage.delete(&ask_key(grant.document(), author), Expect::Any).await?;
    Ok(tell(storage, grant.document(), author).await?)
}

/// Removes every trace of who had access to an erased document.
pub async fn erase(storage: &Storage, document: Uuid) -> Result<(), StoreError> {
    for (author, _) in of(storage, document).await? {
        remove(storage, document, author).await?;
    }
    crate::records::clear(storage, &format!("ask/{document}/")).await
}

fn authors<T>(found: Vec<(String, T)>) -> Vec<(Author, T)> {
    found.into_iter().filter_map(|(id, value)| Some((Author(id.parse().ok()?), value))).collect()
}

fn check_role(role: Role) -> Result<(), Error> {
    if role == Role::Own { Err(Error::LinkRole) } else { Ok(()) }
}

/// Sockets look again; the person's list too, wherever it is open.
async fn tell(storage: &Storage, document: Uuid, author: Author) -> Result<(), StoreError> {
    storage.cast(document, Cast::AccessChanged { document }).await?;
    storage.cast(document, Cast::PrincipalChanged { author: author.0 }).await
}

fn key(document: Uuid, author: Author) -> String {
    format!("member/{document}/{}", author.0)
}

fn of_key(author: Author, document: Uuid) -> String {
    format!("memberof/{}/{document}", author.0)
}

fn ask_key(document: Uuid, author: Author) -> String {
    format!("ask/{document}/{}", author.0)
}
