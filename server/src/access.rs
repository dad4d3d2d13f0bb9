//! Who may do what: principals, roles, and the one door.
//!
//! Invariant: a [`Grant`] is made by [`Access::admit`] and nowhere else, and nothing gets at a room, a page or an API
//! answer about a document without one. Strangers cannot tell a document they may not see from one that is not there.
//! A person's role is the highest of their live grants, looked up each time; a revoked source is gone at the next look.
//! Next: `links.rs` for what a link gives, `accounts.rs` for who somebody is.

use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use room::{Author, Identity, Role};
use storage::{Storage, StoreError};
use uuid::Uuid;

use crate::State;
use crate::accounts::{self, Session};
use crate::documents::{self, Document};
use crate::http::Error;
use crate::links;

/// Who is asking.
#[derive(Clone, Debug)]
pub enum Principal {
    /// Somebody with a name and a password.
    Account(Session),
    /// A session without an account.
    Guest(Session),
    /// No session, or one that ended.
    Nobody,
}

impl Principal {
    /// The author of what they write.
    pub fn author(&self) -> Option<Author> {
        self.session().map(|session| session.author)
    }

    /// Their session.
    pub fn session(&self) -> Option<&Session> {
        match self {
            Principal::Account(session) | Principal::Guest(session) => Some(session),
            Principal::Nobody => None,
        }
    }

    /// The session of an account, or an error that says to sign in.
    pub fn account(&self) -> Result<&Session, Error> {
        match self {
            Principal::Account(session) => Ok(session),
            Principal::Guest(_) | Principal::Nobody => Err(Error::SignIn),
        }
    }
}

/// Proof that a principal may do something with a document.
#[derive(Clone, Debug)]
pub struct Grant {
    document: Uuid,
    role: Role,
    epoch: u64,
    identity: Identity,
}

impl Grant {
    /// The document it is for.
    pub fn document(&self) -> Uuid {
        self.document
    }

    /// What may be done.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Who does it.
    pub fn author(&self) -> Author {
        self.identity.author
    }

    /// The history of the document this grant was made in.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// How others see the holder.
    pub fn identity(&self) -> Identity {
        self.identity.clone()
    }

    /// The same grant, or an error that names the role that is missing.
    pub fn at_least(self, role: Role) -> Result<Grant, Error> {
        if self.role >= role { Ok(self) } else { Err(Error::RoleTooLow(role)) }
    }
}

/// What became of somebody who was already inside.
#[derive(Clone, Debug)]
pub enum Standing {
    /// They may stay, in this role.
    Granted(Grant),
    /// Their session ended.
    SignedOut,
    /// Their last grant ended.
    NoAccess,
    /// The document is in the trash or gone.
    Gone,
}

/// The door; clones share it.
#[derive(Clone)]
pub struct Access(Arc<Inner>);

struct Inner {
    storage: Storage,
    key: Key,
}

impl Access {
    /// Reads the key of this server, or makes it on the first start.
    pub fn open(storage: Storage, data: &Path) -> Result<Access, KeyError> {
        Ok(Access(Arc::new(Inner { storage, key: Key::open(&data.join("key"))? })))
    }

    /// The only door. `None`: no such document, or none for this principal; the two look the same.
    pub async fn admit(&self, principal: &Principal, document: Uuid) -> Result<Option<Grant>, StoreError> {
        match documents::load(&self.0.storage, document).await? {
            Some(record) if record.trashed_ms.is_none() => self.grant(principal, &record).await,
            _ => Ok(None),
        }
    }

    /// The door to what is in the trash: only its owner may look in, and only to take it out again.
    pub async fn admit_to_trash(&self, principal: &Principal, document: Uuid) -> Result<Option<Grant>, StoreError> {
        let Some(record) = documents::load(&self.0.storage, document).await? else { return Ok(None) };
        let grant = self.grant(principal, &record).await?;
        Ok(grant.filter(|grant| grant.role == Role::Own))
    }

    /// The door again, for somebody who is inside: also says why not.
    pub async fn readmit(&self, principal: &Principal, document: Uuid) -> Result<Standing, StoreError> {
        let fresh = match principal.session() {
            Some(session) => accounts::resume(&self.0.storage, &session.hash).await?,
            None => Principal::Nobody,
        };
        let record = documents::load(&self.0.storage, document).await?;
        match (&fresh, record) {
            (Principal::Nobody, _) => Ok(Standing::SignedOut),
            (_, None) => Ok(Standing::Gone),
            (_, Some(record)) => match self.grant(&fresh, &record).await? {
                None => Ok(Standing::NoAccess),
                Some(_) if record.trashed_ms.is_some() => Ok(Standing::Gone),
                Some(grant) => Ok(Standing::Granted(grant)),
            },
        }
    }

    /// Who sent this request: the session of its cookie.
    pub async fn principal(&self, request: &HttpRequest, state: &State) -> Result<Principal, Error> {
        match accounts::cookie(request, state) {
            Some(hash) => Ok(accounts::resume(&self.0.storage, &hash).await?),
            None => Ok(Principal::Nobody),
        }
    }

    /// Who opens a socket: by ticket, or by a cookie sent from one of our own pages.
    pub async fn socket_principal(
        &self,
        request: &HttpRequest,
        state: &State,
        ticket: Option<&str>,
        document: Uuid,
    ) -> Result<Principal, Error> {
        if let Some(ticket) = ticket {
            let hash = self.0.key.open_ticket(ticket, document, crate::clock::wall_ms()).ok_or(Error::NotFound)?;
            return Ok(accounts::resume(&self.0.storage, &hash).await?);
        }
        if request.headers().contains_key(AUTHORIZATION) {
            return Err(Error::NotFound);
        }
        if accounts::cookie(request, state).is_some() && !crate::guard::same_origin(request, state) {
            return Err(Error::ForeignOrigin);
        }
        self.principal(request, state).await
    }

    /// Keyed derivations: link secrets and tickets.
    pub fn key(&self) -> &Key {
        &self.0.key
    }

    async fn grant(&self, principal: &Principal, record: &Document) -> Result<Option<Grant>, StoreError> {
        let Some(session) = principal.session() else { return Ok(None) };
        let role = if record.owner == session.author {
            Some(Role::Own)
        } else {
            links::role_of(&self.0.storage, record.id, session.author).await?
        };
        Ok(role.map(|role| Grant {
            document: record.id,
            role,
            epoch: record.epoch,
            identity: accounts::identity(session),
        }))
    }
}

/// The server's own secret, in `<data>/key`.
pub struct Key([u8; 32]);

/// What a ticket opens lasts this long.
pub const TICKET_MS: u64 = 60 * 60 * 1_000;
const TICKET_BYTES: usize = 32 + 8 + 16;

impl Key {
    fn open(path: &Path) -> Result<Key, KeyError> {
        match fs::read(path) {
            Ok(bytes) => bytes.try_into().map(Key).map_err(|_| KeyError::Length),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Key::create(path),
            Err(error) => Err(KeyError::Io(error)),
        }
    }

    fn create(path: &Path) -> Result<Key, KeyError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| KeyError::Io(io::Error::other(error)))?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        // A half-written key would be refused for ever; the name appears only with all of it behind it.
        let unfinished = path.with_extension("new");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&unfinished)?;
        io::Write::write_all(&mut file, &key)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        if let Some(folder) = path.parent() {
            fs::File::open(folder)?.sync_all()?;
        }
        Ok(Key(key))
    }

    /// The secret of a link in its current generation: 128 bits. A new generation makes the old secret worthless.
    pub fn link_secret(&self, link: Uuid, generation: u32) -> [u8; 16] {
        let mut hasher = self.hasher("link");
        hasher.update(link.as_bytes()).update(&generation.to_be_bytes());
        short(hasher)
    }

    /// A ticket for one document and one session.
    pub fn ticket(&self, session: &accounts::SessionHash, document: Uuid, expires_ms: u64) -> String {
        let mut bytes = Vec::with_capacity(TICKET_BYTES);
        bytes.extend(session.0);
        bytes.extend(expires_ms.to_be_bytes());
        bytes.extend(self.ticket_seal(&bytes, document));
        hex(&bytes)
    }

    fn open_ticket(&self, ticket: &str, document: Uuid, now: u64) -> Option<accounts::SessionHash> {
        let bytes: [u8; TICKET_BYTES] = unhex(ticket)?.try_into().ok()?;
        let (said, seal) = bytes.split_at(TICKET_BYTES - 16);
        let expires = u64::from_be_bytes(said[32..].try_into().ok()?);
        let genuine = same(&self.ticket_seal(said, document), seal);
        (genuine && expires > now).then(|| said[..32].try_into().ok().map(accounts::SessionHash))?
    }

    fn ticket_seal(&self, said: &[u8], document: Uuid) -> [u8; 16] {
        let mut hasher = self.hasher("ticket");
        hasher.update(document.as_bytes()).update(said);
        short(hasher)
    }

    fn hasher(&self, purpose: &str) -> blake3::Hasher {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&[u8::try_from(purpose.len()).unwrap_or(0)]).update(purpose.as_bytes());
        hasher
    }
}

fn short(hasher: blake3::Hasher) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    bytes
}

/// Compares without telling by its time where the difference is.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    blake3::hash(one) == blake3::hash(other)
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of an even number of hexadecimal digits.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// The key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Reading or writing it.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Something else is in it.
    #[error("it is not 32 bytes long; restore it from a backup, or remove it, which ends every link there is")]
    Length,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::SessionHash;

    fn key() -> Key {
        Key([7; 32])
    }

    #[test]
    fn ac6_link_secrets_depend_on_link_generation_and_key() {
        let link = Uuid::from_u128(1);
        let secret = key().link_secret(link, 1);
        assert_eq!(secret, key().link_secret(link, 1));
        for other in
            [key().link_secret(link, 2), key().link_secret(Uuid::from_u128(2), 1), Key([8; 32]).link_secret(link, 1)]
        {
            assert_ne!(secret, other);
        }
    }

    #[test]
    fn ac7_tickets_open_one_document_for_an_hour() {
        let (session, document) = (SessionHash([3; 32]), Uuid::from_u128(9));
        let ticket = key().ticket(&session, document, 1_000);
        assert_eq!(key().open_ticket(&ticket, document, 999), Some(session));
        assert_eq!(key().open_ticket(&ticket, document, 1_000), None, "expired");
        assert_eq!(key().open_ticket(&ticket, Uuid::from_u128(8), 0), None, "another document");
        assert_eq!(Key([1; 32]).open_ticket(&ticket, document, 0), None, "another server");
        for at in 0..ticket.len() {
            let mut forged = ticket.clone().into_bytes();
            forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
            let forged = String::from_utf8(forged).expect("ascii");
            assert_eq!(key().open_ticket(&forged, document, 0), None, "{at}");
        }
    }
}
