//! Links: a role for whoever holds the secret, and the grants that redeeming leaves behind.
//!
//! | record | holds |
//! |---|---|
//! | `link/{document}/{link}` | role, label, generation, uses |
//! | `linkdoc/{link}` | which document a link belongs to |
//! | `grant/{author}/{document}/{link}` | the generation that was redeemed |
//!
//! Invariant: the secret is derived from the server's key, the link and its generation, so nothing secret is stored, and
//! a grant counts only while its link is there in the same generation. The role is the link's, read at each look.

use room::{Author, Role};
use serde::{Deserialize, Serialize};
use storage::{Cast, Expect, Storage, StoreError};
use uuid::Uuid;

use crate::access::{Grant, Key, hex, same, unhex};
use crate::accounts::{change, get, parse, put};
use crate::clock;
use crate::http::Error;

/// `link/{document}/{link}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Link {
    v: u8,
    /// Its id, also in the key.
    pub id: Uuid,
    /// What it gives: view, comment or edit.
    pub role: Role,
    /// For the owner's eyes.
    pub label: String,
    /// A new one ends every grant of the old.
    pub generation: u32,
    /// Wall clock, milliseconds.
    pub created_ms: u64,
    /// When somebody last redeemed it.
    pub used_ms: Option<u64>,
    /// How often that was.
    pub uses: u64,
}

#[derive(Serialize, Deserialize)]
struct Belongs {
    v: u8,
    document: Uuid,
}

#[derive(Serialize, Deserialize)]
struct Redeemed {
    v: u8,
    generation: u32,
    at_ms: u64,
}

/// Links one document may have.
const LINKS_MAX: usize = 100;
/// Grants read for one person.
const GRANTS_MAX: usize = 10_000;
/// Longest label in characters.
const LABEL_CHARS_MAX: usize = 80;

/// What an owner may change.
#[derive(Default)]
pub struct Change {
    /// Another role.
    pub role: Option<Role>,
    /// Another label.
    pub label: Option<String>,
    /// A new secret; the old one and all its grants end.
    pub regenerate: bool,
}

impl Link {
    /// The address to hand out; the secret stays in the fragment, which no server or log ever sees.
    pub fn url(&self, key: &Key, origin: &str) -> String {
        format!("{origin}/s/{}#{}", self.id, hex(&key.link_secret(self.id, self.generation)))
    }
}

/// A new link.
pub async fn create(storage: &Storage, grant: &Grant, role: Role, label: &str) -> Result<Link, Error> {
    check_role(role)?;
    let label = check_label(label)?;
    if list(storage, grant.document()).await?.len() >= LINKS_MAX {
        return Err(Error::TooManyLinks);
    }
    let id = Uuid::now_v7();
    let link = Link { v: 1, id, role, label, generation: 1, created_ms: clock::wall_ms(), used_ms: None, uses: 0 };
    // The link first: an index entry without one leads nowhere, a link without one cannot be redeemed.
    put(storage, &key(grant.document(), id), &link, Expect::Absent).await?;
    put(storage, &belongs_key(id), &Belongs { v: 1, document: grant.document() }, Expect::Absent).await?;
    Ok(link)
}

/// All links of a document, oldest first.
pub async fn list(storage: &Storage, document: Uuid) -> Result<Vec<Link>, StoreError> {
    let found = storage.list(&format!("link/{document}/"), None, LINKS_MAX).await?;
    found.iter().map(|(key, record)| parse(key, &record.value)).collect()
}

/// Changes a link; open sockets hear of it.
pub async fn update(storage: &Storage, grant: &Grant, id: Uuid, wanted: Change) -> Result<Link, Error> {
    if let Some(role) = wanted.role {
        check_role(role)?;
    }
    let label = wanted.label.as_deref().map(check_label).transpose()?;
    let there = change(storage, &key(grant.document(), id), |link: &mut Link| {
        link.role = wanted.role.unwrap_or(link.role);
        if let Some(label) = &label {
            link.label.clone_from(label);
        }
        link.generation += u32::from(wanted.regenerate);
    })
    .await?;
    if !there {
        return Err(Error::NotFound);
    }
    tell(storage, grant.document()).await?;
    get(storage, &key(grant.document(), id)).await?.ok_or(Error::NotFound)
}

/// Ends a link and every grant it gave.
pub async fn remove(storage: &Storage, grant: &Grant, id: Uuid) -> Result<(), Error> {
    if get::<Link>(storage, &key(grant.document(), id)).await?.is_none() {
        return Err(Error::NotFound);
    }
    storage.delete(&key(grant.document(), id), Expect::Any).await?;
    storage.delete(&belongs_key(id), Expect::Any).await?;
    Ok(tell(storage, grant.document()).await?)
}

/// The document and link a secret opens; `None` for a wrong secret and for a link that ended: the two look the same.
pub async fn check(
    storage: &Storage,
    server: &Key,
    id: Uuid,
    secret: &str,
) -> Result<Option<(Uuid, Link)>, StoreError> {
    let Some(Belongs { document, .. }) = get(storage, &belongs_key(id)).await? else { return Ok(None) };
    let Some(link) = get::<Link>(storage, &key(document, id)).await? else { return Ok(None) };
    let given = unhex(secret).unwrap_or_default();
    Ok(same(&given, &server.link_secret(id, link.generation)).then_some((document, link)))
}

/// Leaves a grant behind for somebody who showed the secret.
pub async fn redeem(storage: &Storage, document: Uuid, link: &Link, author: Author) -> Result<(), StoreError> {
    let now = clock::wall_ms();
    let redeemed = Redeemed { v: 1, generation: link.generation, at_ms: now };
    put(storage, &grant_key(author, document, link.id), &redeemed, Expect::Any).await?;
    change(storage, &key(document, link.id), |link: &mut Link| {
        link.used_ms = Some(now);
        link.uses += 1;
    })
    .await?;
    // Somebody inside with a lower role gets the higher one at once.
    tell(storage, document).await
}

/// The highest role an author has through links.
pub async fn role_of(storage: &Storage, document: Uuid, author: Author) -> Result<Option<Role>, StoreError> {
    let prefix = format!("grant/{}/{document}/", author.0);
    let mut best = None;
    for (listed, record) in storage.list(&prefix, None, LINKS_MAX).await? {
        let Some(id) = listed.strip_prefix(&prefix).and_then(|id| id.parse().ok()) else { continue };
        let redeemed: Redeemed = parse(&listed, &record.value)?;
        let link: Option<Link> = get(storage, &key(document, id)).await?;
        let live = link.filter(|link| link.generation == redeemed.generation);
        best = best.max(live.map(|link| link.role));
    }
    Ok(best)
}

/// The documents an author has redeemed a link of, whether or not it still gives anything.
pub async fn redeemed_by(storage: &Storage, author: Author) -> Result<Vec<Uuid>, StoreError> {
    let prefix = format!("grant/{}/", author.0);
    let mut ids: Vec<Uuid> = Vec::new();
    for (listed, _) in storage.list(&prefix, None, GRANTS_MAX).await? {
        let id = listed.strip_prefix(&prefix).and_then(|rest| rest.split('/').next()).and_then(|id| id.parse().ok());
        ids.extend(id.filter(|id| ids.last() != Some(id)));
    }
    Ok(ids)
}

/// Gives an account every grant a guest has; the guest's stay until its links end, and open nothing more.
pub async fn copy_grants(storage: &Storage, from: Author, to: Author) -> Result<(), StoreError> {
    let prefix = format!("grant/{}/", from.0);
    for (listed, record) in storage.list(&prefix, None, GRANTS_MAX).await? {
        if let Some(rest) = listed.strip_prefix(&prefix) {
            storage.put(&format!("grant/{}/{rest}", to.0), record.value, Expect::Any).await?;
        }
    }
    Ok(())
}

fn check_role(role: Role) -> Result<(), Error> {
    if role == Role::Own { Err(Error::LinkRole) } else { Ok(()) }
}

fn check_label(label: &str) -> Result<String, Error> {
    let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean: String = label.chars().filter(|c| !c.is_control()).collect();
    if clean.chars().count() > LABEL_CHARS_MAX { Err(Error::LabelTooLong) } else { Ok(clean) }
}

async fn tell(storage: &Storage, document: Uuid) -> Result<(), StoreError> {
    storage.cast(document, Cast::AccessChanged { document }).await
}

fn key(document: Uuid, id: Uuid) -> String {
    format!("link/{document}/{id}")
}

fn belongs_key(id: Uuid) -> String {
    format!("linkdoc/{id}")
}

fn grant_key(author: Author, document: Uuid, link: Uuid) -> String {
    format!("grant/{}/{document}/{link}", author.0)
}
