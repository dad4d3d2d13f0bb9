//! Passwords: which are taken, and how they are kept.
//!
//! Invariant: at most two are hashed at once (each takes 19 MiB), always off the async threads, and a name that does
//! not exist costs as much time as a wrong password. Parameters: OWASP's Argon2id minimum.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};
use tokio::sync::Semaphore;

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const AT_ONCE: usize = 2;
/// Shortest password in characters.
pub const CHARS_MIN: usize = 8;
/// Longest password in characters.
pub const CHARS_MAX: usize = 256;

/// Passwords people try first; all at least as long as the shortest we take.
const COMMON: [&str; 32] = [
    "12345678",
    "123456789",
    "1234567890",
    "password",
    "password1",
    "password123",
    "passw0rd",
    "qwertyui",
    "qwertyuiop",
    "qwerty123",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "11111111",
    "00000000",
    "87654321",
    "88888888",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "welcome1",
    "letmein1",
    "trustno1",
    "superman",
    "starwars",
    "whatever",
    "computer",
    "internet",
    "changeme",
    "galleygalley",
    "abcdefgh",
];

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Fewer than [`CHARS_MIN`] or more than [`CHARS_MAX`] characters.
    Length,
    /// On the list everybody tries first, or the account's own name.
    Common,
}

/// Whether a new password may be used by this account.
pub fn check(password: &str, name: &str) -> Result<(), Refused> {
    if !(CHARS_MIN..=CHARS_MAX).contains(&password.chars().count()) {
        return Err(Refused::Length);
    }
    let lower = password.to_lowercase();
    if lower == name || COMMON.contains(&lower.as_str()) {
        return Err(Refused::Common);
    }
    Ok(())
}

/// Hashes and compares, two at a time.
pub struct Hasher {
    turns: Semaphore,
    /// A hash nobody's password has, compared with when there is no account.
    nobody: String,
}

impl Hasher {
    /// Ready.
    pub fn new() -> Result<Hasher, HashError> {
        Ok(Hasher { turns: Semaphore::new(AT_ONCE), nobody: hash_now("a password that no account has")? })
    }

    /// The string to store.
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        self.off_thread(move || hash_now(&password)).await?
    }

    /// Whether the password belongs to the stored string; takes as long without one.
    pub async fn verify(&self, password: String, stored: Option<&str>) -> Result<bool, HashError> {
        let exists = stored.is_some();
        let stored = stored.unwrap_or(&self.nobody).to_owned();
        let matches = self
            .off_thread(move || {
                PasswordHash::new(&stored)
                    .is_ok_and(|stored| argon2().verify_password(password.as_bytes(), &stored).is_ok())
            })
            .await?;
        Ok(matches && exists)
    }

    async fn off_thread<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, HashError> {
        let _turn = self.turns.acquire().await.map_err(|_| HashError)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| HashError)
    }
}

fn hash_now(password: &str) -> Result<String, HashError> {
    argon2().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|_| HashError)
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or(Params::DEFAULT);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The machine would not hash: no memory, or the server is stopping.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("passwords cannot be checked right now; try again in a moment")]
pub struct HashError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ac2_short_long_and_common_passwords_are_refused() {
        assert_eq!(check("seven77", "ada"), Err(Refused::Length));
        assert_eq!(check(&"x".repeat(257), "ada"), Err(Refused::Length));
        assert_eq!(check("PassWord123", "ada"), Err(Refused::Common));
        assert_eq!(check("ada-lovelace", "ada-lovelace"), Err(Refused::Common));
        assert_eq!(check("ключ от квартиры", "ada"), Ok(()));
    }

    #[tokio::test]
    async fn ac3_only_the_password_itself_matches() {
        let hasher = Hasher::new().expect("hashes");
        let stored = hasher.hash("correct horse".into()).await.expect("hashes");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(matches!(hasher.verify("correct horse".into(), Some(&stored)).await, Ok(true)));
        assert!(matches!(hasher.verify("correct horse ".into(), Some(&stored)).await, Ok(false)));
        assert!(matches!(hasher.verify("a password that no account has".into(), None).await, Ok(false)));
    }
}
