//! The server's own secret, and what is derived from it: link secrets, one-time words, tickets.
//!
//! Invariant: nothing that opens anything is stored; a secret follows from the key, a purpose and an id, and whoever has
//! the records but not `<data>/key` has nothing. Next: `links.rs`, `words.rs` and `access.rs`, which ask.

use std::path::Path;
use std::{fs, io};

use bytes::Bytes;
use storage::{Expect, Storage, StoreError};
use uuid::Uuid;

use crate::sessions::SessionHash;

/// The server's own secret, in `<data>/key`.
pub struct Key([u8; 32]);

/// What a store keeps of the keys it was used with, the last one last: a key that was lost may be put back later. No secret
/// follows from it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Known(Vec<String>);

/// What tells the keys a store was used with from others, so that one that was damaged or exchanged is noticed.
pub const CHECK: &str = "key/check";
/// So many keys of a store are known; a key is lost and made anew once in years.
const KNOWN_MAX: usize = 16;
/// What a ticket opens lasts this long.
pub const TICKET_MS: u64 = 60 * 60 * 1_000;
const TICKET_BYTES: usize = 32 + 8 + 16;

impl Key {
    /// The key of this store: made on the first start; one that is not what it was is refused, one that was removed is made anew.
    pub async fn of_store(storage: &Storage, data: &Path) -> Result<Key, KeyError> {
        let path = data.join("key");
        let known = match storage.get(CHECK).await {
            Ok(record) => record.map_or_else(|| Ok(Known::default()), |record| Known::parse(&record.value))?,
            Err(StoreError::Corrupt(why)) => {
                tracing::error!("whether the file `key` is damaged cannot be told, and it is taken as it is: {why}");
                return Key::read(&path)?.map_or_else(|| Key::draw()?.write(&path), Ok);
            }
            Err(error) => return Err(error.into()),
        };
        match Key::read(&path)? {
            Some(key) if known.has(&key) => Ok(key),
            Some(key) if known.0.is_empty() => {
                known.and(&key).put(storage).await?;
                Ok(key)
            }
            Some(_) => Err(KeyError::Other),
            None => {
                if !known.0.is_empty() {
                    tracing::warn!(
                        "the file `key` is gone and was made anew: every link made before is refused, until the key of a \
                         backup is put back and the server started again"
                    );
                }
                let key = Key::draw()?;
                // First, since a key the store does not know is taken for a damaged one.
                known.and(&key).put(storage).await?;
                key.write(&path)
            }
        }
    }

    fn read(path: &Path) -> Result<Option<Key>, KeyError> {
        match fs::read(path) {
            Ok(bytes) => bytes.try_into().map(|key| Some(Key(key))).map_err(|_| KeyError::Length),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(KeyError::Io(error)),
        }
    }

    /// Of known bytes, for tests that look for words nobody may forge.
    pub fn of(bytes: [u8; 32]) -> Key {
        Key(bytes)
    }

    fn draw() -> Result<Key, KeyError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| KeyError::Io(io::Error::other(error)))?;
        Ok(Key(key))
    }

    /// Puts back the key of a backup.
    pub fn restore(path: &Path, key: &[u8]) -> Result<(), KeyError> {
        Key(key.try_into().map_err(|_| KeyError::Length)?).write(path).map(drop)
    }

    fn write(self, path: &Path) -> Result<Key, KeyError> {
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
        io::Write::write_all(&mut file, &self.0)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        if let Some(folder) = path.parent() {
            fs::File::open(folder)?.sync_all()?;
        }
        Ok(self)
    }

    /// The secret of a link in its current generation: 128 bits. A new generation makes the old secret worthless.
    pub fn link_secret(&self, link: Uuid, generation: u32) -> [u8; 16] {
        let mut hasher = self.hasher("link");
        hasher.update(link.as_bytes()).update(&generation.to_be_bytes());
        short(hasher)
    }

    /// The secret of a one-time word: 128 bits.
    pub fn word_secret(&self, purpose: &str, id: Uuid) -> [u8; 16] {
        let mut hasher = self.hasher("word");
        hasher.update(&[u8::try_from(purpose.len()).unwrap_or(0)]).update(purpose.as_bytes()).update(id.as_bytes());
        short(hasher)
    }

    /// A ticket for one document and one session.
    pub fn ticket(&self, session: &SessionHash, document: Uuid, expires_ms: u64) -> String {
        let mut bytes = Vec::with_capacity(TICKET_BYTES);
        bytes.extend(session.0);
        bytes.extend(expires_ms.to_be_bytes());
        bytes.extend(self.ticket_seal(&bytes, document));
        hex(&bytes)
    }

    /// Whose ticket this is, if it is genuine, for this document and not over at `now`.
    pub fn open_ticket(&self, ticket: &str, document: Uuid, now: u64) -> Option<SessionHash> {
        let bytes: [u8; TICKET_BYTES] = unhex(ticket)?.try_into().ok()?;
        let (said, seal) = bytes.split_at(TICKET_BYTES - 16);
        let expires = u64::from_be_bytes(said[32..].try_into().ok()?);
        let genuine = same(&self.ticket_seal(said, document), seal);
        (genuine && expires > now).then(|| said[..32].try_into().ok().map(SessionHash))?
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

impl Known {
    /// Reads the record [`CHECK`].
    pub fn parse(value: &[u8]) -> Result<Known, StoreError> {
        serde_json::from_slice(value)
            .map(Known)
            .map_err(|error| StoreError::Corrupt(format!("record {CHECK}: {error}")))
    }

    /// Whether the store was used with this key.
    pub fn has(&self, key: &Key) -> bool {
        self.0.contains(&check(key))
    }

    fn and(self, key: &Key) -> Known {
        let forgotten = (self.0.len() + 1).saturating_sub(KNOWN_MAX);
        Known(self.0.into_iter().skip(forgotten).chain([check(key)]).collect())
    }

    async fn put(&self, storage: &Storage) -> Result<(), KeyError> {
        let value = Bytes::from(serde_json::to_vec(&self.0).map_err(io::Error::from)?);
        storage.put(CHECK, value, Expect::Any).await?;
        Ok(())
    }
}

fn check(key: &Key) -> String {
    key.hasher("check").finalize().to_hex().to_string()
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
    /// The store was used with another.
    #[error(
        "it is not the one this data was used with, so it was damaged or exchanged; put back the one of a backup, or remove it, \
         which ends every link there is; texts are not touched by it"
    )]
    Other,
    /// What the store says of it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something else is in it.
    #[error("it is not 32 bytes long; restore it from a backup, or remove it, which ends every link there is")]
    Length,
}

#[cfg(test)]
mod tests {
    use storage::memory::MemoryStore;

    use super::*;

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

    #[tokio::test]
    async fn bk2_another_key_is_refused_and_one_that_was_removed_is_made_anew() {
        let (folder, storage) = (tempfile::tempdir().expect("a folder"), Storage::Memory(MemoryStore::new()));
        let open = || Key::of_store(&storage, folder.path());
        let path = folder.path().join("key");
        let old = [9; 32];
        fs::write(&path, old).expect("written");
        assert_eq!(open().await.expect("an older folder opens").0, old);
        let mut flipped = old;
        flipped[0] ^= 1;
        fs::write(&path, flipped).expect("written");
        assert!(matches!(open().await, Err(KeyError::Other)));
        fs::write(&path, old).expect("written");
        assert_eq!(open().await.expect("as it was").0, old);
        fs::remove_file(&path).expect("removed");
        let new = open().await.expect("made anew").0;
        assert!(new != old && open().await.expect("and kept").0 == new);
        fs::write(&path, old).expect("written");
        assert_eq!(open().await.expect("the lost one was found").0, old);
    }

    /// Whatever a start that is cut short leaves, the next one opens.
    #[tokio::test]
    async fn bk2_the_store_knows_a_new_key_before_the_file_is_there() {
        let (folder, storage) = (tempfile::tempdir().expect("a folder"), Storage::Memory(MemoryStore::new()));
        for lost in 1..=KNOWN_MAX + 2 {
            fs::create_dir(folder.path().join("key.new")).expect("in the way");
            assert!(Key::of_store(&storage, folder.path()).await.is_err(), "it cannot be written");
            fs::remove_dir(folder.path().join("key.new")).expect("removed");
            let key = Key::of_store(&storage, folder.path()).await.expect("made");
            let record = storage.get(CHECK).await.expect("read").expect("there");
            let known = Known::parse(&record.value).expect("known");
            assert!(known.has(&key) && known.0.len() == KNOWN_MAX.min(2 * lost));
            fs::remove_file(folder.path().join("key")).expect("removed");
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
