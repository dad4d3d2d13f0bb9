//! Links: a role for whoever holds the secret, and the grants that redeeming leaves behind.
//!
//! | record | holds |
//! |---|---|
//! | `link/{document}/{link}` | role, label, generation, expiry, password hash, uses |
//! | `linkdoc/{link}` | which document a link belongs to |
//! | `grant/{author}/{document}/{link}` | the generation and password that were shown |
//!
//! Invariant: the secret is derived from the server's key, the link and its generation, so nothing secret is stored, and
//! a grant counts only while its link is there, not expired, in the same generation and under the same password. The
//! role is the link's, read at each look. Next: `access.rs`, which asks for the highest.

use room::{Author, Role};
use serde::{Deserialize, Serialize};
use storage::{Cast, Expect, Storage, StoreError};
use uuid::Uuid;

use crate::access::{Grant, Held};
use crate::clock;
use crate::http::Error;
use crate::key::{Key, hex, same, unhex};
use crate::passwords::Hasher;
use crate::records::{change, get, list as records, put};

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
    /// From then on it opens nothing, and neither do its grants.
    #[serde(default)]
    pub expires_ms: Option<u64>,
    /// Argon2 hash.
    #[serde(default)]
    password: Option<String>,
    /// Which password it is; another one ends every grant of the old.
    #[serde(default)]
    passwords: u32,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Belongs {
    v: u8,
    document: Uuid,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Redeemed {
    v: u8,
    generation: u32,
    #[serde(default)]
    passwords: u32,
    at_ms: u64,
}

/// Links one document may have.
const LINKS_MAX: usize = 100;
/// Grants read for one person.
const GRANTS_MAX: usize = 10_000;
/// Longest label in characters.
const LABEL_CHARS_MAX: usize = 80;
/// A link's password in characters; shorter than an account's, since guesses at it are counted too.
const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 4..=256;

/// What an owner may set on a link; absent stays as it is.
#[derive(Default)]
pub struct Change {
    /// Another role.
    pub role: Option<Role>,
    /// Another label.
    pub label: Option<String>,
    /// Another end; `None` inside: none.
    pub expires_ms: Option<Option<u64>>,
    /// Another password; `None` inside: none.
    pub password: Option<Option<String>>,
    /// A new secret; the old one and all its grants end.
    pub regenerate: bool,
}

/// A change whose every part has been checked, its password hashed.
struct Checked {
    role: Option<Role>,
    label: Option<String>,
    expires_ms: Option<Option<u64>>,
    password: Option<Option<String>>,
    regenerate: bool,
}

impl Change {
    async fn check(self, hasher: &Hasher) -> Result<Checked, Error> {
        let Change { role, label, expires_ms, password, regenerate } = self;
        if role == Some(Role::Own) {
            return Err(Error::LinkRole);
        }
        if expires_ms.flatten().is_some_and(|at| at <= clock::wall_ms()) {
            return Err(Error::ExpiryPast);
        }
        let password = match password {
            Some(Some(typed)) if PASSWORD_CHARS.contains(&typed.chars().count()) => {
                Some(Some(hasher.hash(typed).await?))
            }
            Some(Some(_)) => return Err(Error::LinkPassword),
            other => other,
        };
        let label = label.as_deref().map(check_label).transpose()?;
        Ok(Checked { role, label, expires_ms, password, regenerate })
    }
}

impl Checked {
    fn apply(&self, link: &mut Link) {
        link.role = self.role.unwrap_or(link.role);
        if let Some(label) = &self.label {
            link.label.clone_from(label);
        }
        link.expires_ms = self.expires_ms.unwrap_or(link.expires_ms);
        if let Some(password) = &self.password {
            link.password.clone_from(password);
            link.passwords += u32::from(password.is_some());
        }
        link.generation += u32::from(self.regenerate);
    }
}

impl Link {
    /// The address to hand out; the secret stays in the fragment, which no server or log ever sees.
    pub fn url(&self, key: &Key, origin: &str) -> String {
        format!("{origin}/s/{}#{}", self.id, hex(&key.link_secret(self.id, self.generation)))
    }

    /// Whether it opens nothing any more.
    pub fn is_expired(&self) -> bool {
        self.expires_ms.is_some_and(|at| at <= clock::wall_ms())
    }

    /// Whether the secret alone is not enough.
    pub fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// Whether this is its password; also true where it has none.
    pub async fn opens_with(&self, hasher: &Hasher, typed: Option<String>) -> Result<(), Error> {
        match (&self.password, typed) {
            (None, _) => Ok(()),
            (Some(_), None) => Err(Error::PasswordRequired),
            (Some(hash), Some(typed)) => {
                if hasher.verify(typed, Some(hash)).await? {
                    Ok(())
                } else {
                    Err(Error::PasswordWrong)
                }
            }
        }
    }

    fn honours(&self, redeemed: &Redeemed) -> bool {
        let same = redeemed.generation == self.generation && redeemed.passwords == self.passwords;
        same && !self.is_expired()
    }
}

/// A new link.
pub async fn create(storage: &Storage, hasher: &Hasher, grant: &Grant, wanted: Change) -> Result<Link, Error> {
    let wanted = wanted.check(hasher).await?;
    if list(storage, grant.document()).await?.len() >= LINKS_MAX {
        return Err(Error::TooManyLinks);
    }
    let id = Uuid::now_v7();
    let mut link = Link {
        v: 1,
        id,
        role: Role::View,
        label: String::new(),
        generation: 1,
        created_ms: clock::wall_ms(),
        used_ms: None,
        uses: 0,
        expires_ms: None,
        password: None,
        passwords: 0,
    };
    wanted.apply(&mut link);
    // The link first: an index entry without one leads nowhere, a link without one cannot be redeemed.
    put(storage, &key(grant.document(), id), &link, Expect::Absent).await?;
    put(storage, &belongs_key(id), &Belongs { v: 1, document: grant.document() }, Expect::Absent).await?;
    Ok(link)
}

/// All links of a document, oldest first.
pub async fn list(storage: &Storage, document: Uuid) -> Result<Vec<Link>, StoreError> {
    let found = records(storage, &format!("link/{document}/"), LINKS_MAX).await?;
    Ok(found.into_iter().map(|(_, link)| link).collect())
}

/// Changes a link; open sockets hear of it.
pub async fn update(
    storage: &Storage,
    hasher: &Hasher,
    grant: &Grant,
    id: Uuid,
    wanted: Change,
) -> Result<Link, Error> {
    let wanted = wanted.check(hasher).await?;
    let key = key(grant.document(), id);
    let changed = change(storage, &key, |link: &mut Link| wanted.apply(link)).await?.ok_or(Error::NotFound)?;
    tell(storage, grant.document()).await?;
    Ok(changed)
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
    if link.is_expired() {
        return Ok(None);
    }
    let given = unhex(secret).unwrap_or_default();
    Ok(same(&given, &server.link_secret(id, link.generation)).then_some((document, link)))
}

/// Leaves a grant behind for somebody who showed the secret.
pub async fn redeem(storage: &Storage, document: Uuid, link: &Link, author: Author) -> Result<(), StoreError> {
    let now = clock::wall_ms();
    let Link { generation, passwords, .. } = *link;
    let redeemed = Redeemed { v: 1, generation, passwords, at_ms: now };
    put(storage, &grant_key(author, document, link.id), &redeemed, Expect::Any).await?;
    change(storage, &key(document, link.id), |link: &mut Link| {
        link.used_ms = Some(now);
        link.uses += 1;
    })
    .await?;
    // Somebody inside with a lower role gets the higher one at once.
    tell(storage, document).await?;
    storage.cast(document, Cast::PrincipalChanged { author: author.0 }).await
}

/// The highest role an author has through links, and when the first of them ends.
pub async fn held(storage: &Storage, document: Uuid, author: Author) -> Result<Option<Held>, StoreError> {
    let prefix = format!("grant/{}/{document}/", author.0);
    let mut best: Option<Held> = None;
    for (id, redeemed) in records::<Redeemed>(storage, &prefix, LINKS_MAX).await? {
        let Ok(id) = id.parse() else { continue };
        let link: Option<Link> = get(storage, &key(document, id)).await?;
        if let Some(link) = link.filter(|link| link.honours(&redeemed)) {
            let held = Held { role: link.role, until_ms: link.expires_ms };
            best = Some(best.map_or(held, |best| best.and(held)));
        }
    }
    Ok(best)
}

/// Gives up every grant an author has by links of a document.
pub async fn forget(storage: &Storage, document: Uuid, author: Author) -> Result<(), StoreError> {
    crate::records::clear(storage, &format!("grant/{}/{document}/", author.0)).await?;
    tell(storage, document).await?;
    storage.cast(document, Cast::PrincipalChanged { author: author.0 }).await
}

/// Removes every link of an erased document; the grants they gave open nothing and stay.
pub async fn erase(storage: &Storage, document: Uuid) -> Result<(), StoreError> {
    for link in list(storage, document).await? {
        storage.delete(&belongs_key(link.id), Expect::Any).await?;
        storage.delete(&key(document, link.id), Expect::Any).await?;
    }
    Ok(())
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
