//! The server's own secret, and what is derived from it: link secrets, one-time words, tickets.
//!
//! Invariant: nothing that opens anything is stored; a secret follows from the key, a purpose and an id, and whoever has
//! the records but not `<data>/key` has nothing. Next: `links.rs`, `words.rs` and `access.rs`, which ask.

use std::path::Path;
use std::{fs, io};

use uuid::Uuid;

use crate::sessions::SessionHash;

/// The server's own secret, in `<data>/key`.
pub struct Key([u8; 32]);

/// What a ticket opens lasts this long.
pub const TICKET_MS: u64 = 60 * 60 * 1_000;
const TICKET_BYTES: usize = 32 + 8 + 16;

impl Key {
    /// Reads the key, or makes it on the first start.
    pub fn open(path: &Path) -> Result<Key, KeyError> {
        match fs::read(path) {
            Ok(bytes) => bytes.try_into().map(Key).map_err(|_| KeyError::Length),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Key::create(path),
            Err(error) => Err(KeyError::Io(error)),
        }
    }

    /// Of known bytes, for tests that look for words nobody may forge.
    pub fn of(bytes: [u8; 32]) -> Key {
        Key(bytes)
    }

    fn create(path: &Path) -> Result<Key, KeyError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| KeyError::Io(io::Error::other(error)))?;
        Key::write(path, &key)?;
        Ok(Key(key))
    }

    /// Puts back the key of a backup.
    pub fn restore(path: &Path, key: &[u8]) -> Result<(), KeyError> {
        Key::write(path, key.try_into().map_err(|_| KeyError::Length)?)
    }

    fn write(path: &Path, key: &[u8; 32]) -> Result<(), KeyError> {
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
        io::Write::write_all(&mut file, key)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        if let Some(folder) = path.parent() {
            fs::File::open(folder)?.sync_all()?;
        }
        Ok(())
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
