//! Passkeys: how one is made, and how it opens the account it was made for.
//!
//! | record | holds |
//! |---|---|
//! | `passkey/{author}/{id}` | label, public key and counter, when it was made and last used |
//! | `passkeyid/{hash of the credential's id}` | whose it is and which; made first and removed last |
//!
//! Invariant: an index without its passkey opens nothing and may be taken over, so every prefix of the writes is valid. A
//! sign-in counts only when the counter it saw is the one it replaces. Time is passed in. Next: `ceremonies.rs` for what
//! was begun and is not finished; the caller opens the session and asks whether the account is suspended.

use std::time::Duration;

use room::Author;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use storage::{Expect, RECORD_BYTES_MAX, Storage, StoreError};
use tokio::sync::Mutex;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url,
    WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::config::is_loopback_host;
use crate::names;
use crate::records::{get, list, parse, put};

use ceremonies::{CEREMONY_MS, Ceremonies};

mod ceremonies;

/// Passkeys of one account.
const PASSKEYS_MAX: usize = 20;
/// Ceremonies begun and not finished, of both kinds together; beyond it the oldest of the kind goes.
const CEREMONIES_MAX: usize = 10_000;
/// Those of people who are signed in and add a passkey: strangers, who begin the others, cannot push them out.
const REGISTRATIONS_MAX: usize = CEREMONIES_MAX / 10;

/// Makes, lists and removes passkeys, and signs in with them.
pub struct Passkeys {
    storage: Storage,
    webauthn: Webauthn,
    registrations: Ceremonies<(Author, PasskeyRegistration)>,
    logins: Ceremonies<DiscoverableAuthentication>,
    /// Held while a passkey is added or removed: two records and a count change together.
    changing: Mutex<()>,
}

/// A passkey as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PasskeyInfo {
    /// Its id here; the credential's own id is not shown.
    pub id: Uuid,
    /// What its owner calls it.
    pub label: String,
    /// When it was made, wall clock.
    pub created_ms: u64,
    /// When it last opened the account.
    pub used_ms: Option<u64>,
}

/// Why not, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// No such ceremony any more, or somebody else's.
    #[error("this took longer than five minutes or is over already; start again")]
    Over,
    /// The label is empty or too long.
    #[error("a passkey's name has 1 to 40 visible characters")]
    Label,
    /// The account has as many as it may.
    #[error("there are {PASSKEYS_MAX} passkeys on this account; remove one you no longer use")]
    Full,
    /// The credential is on an account already.
    #[error("this passkey is on an account already; sign in with it, or use another device")]
    Taken,
    /// The device sent more than a record holds.
    #[error("this device sends more than can be kept with a passkey; use another device")]
    TooLarge,
    /// It was signed at another address.
    #[error("this passkey was used at another address; open Galley at its own address and start again")]
    Origin,
    /// The device did not ask for a PIN, finger or face.
    #[error("the device did not check that it is you; set a PIN, fingerprint or face on it and start again")]
    Unverified,
    /// It opens nothing here.
    #[error("this passkey opens no account here; use another, or sign in with your password")]
    Unknown,
    /// The counter went back: there may be two of it.
    #[error("this passkey may have been copied; sign in with your password and remove it in the settings")]
    Copied,
    /// Not what a device answers to these options.
    #[error("the device's answer does not fit; start again, or use another device")]
    Invalid,
    /// No such passkey on this account.
    #[error("there is no such passkey on this account; load the page again")]
    Gone,
    /// The records cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// `passkey/{author}/{id}`.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kept {
    v: u8,
    label: String,
    passkey: Passkey,
    created_ms: u64,
    used_ms: Option<u64>,
}

/// `passkeyid/{hash}`.
#[derive(Serialize, Deserialize)]
pub(crate) struct Index {
    v: u8,
    author: Author,
    id: Uuid,
}

impl Passkeys {
    /// Passkeys for a site. `None` where browsers have none: without https (but on localhost), or at a bare address.
    pub fn new(storage: Storage, origin: &str, rp_id: &str) -> Option<Passkeys> {
        let origin = Url::parse(origin).ok()?;
        let secure = origin.scheme() == "https" || (origin.scheme() == "http" && is_loopback_host(origin.domain()?));
        if !secure {
            return None;
        }
        // The builder wants a domain that ends in `rp_id`, which an address has not.
        let site = WebauthnBuilder::new(rp_id, &origin).ok()?.timeout(Duration::from_millis(CEREMONY_MS));
        Some(Passkeys {
            storage,
            webauthn: site.build().ok()?,
            registrations: Ceremonies::new(REGISTRATIONS_MAX),
            logins: Ceremonies::new(CEREMONIES_MAX - REGISTRATIONS_MAX),
            changing: Mutex::new(()),
        })
    }

    /// The ceremony's id and what the page passes to `navigator.credentials.create`.
    pub async fn begin_registration(
        &self,
        now: u64,
        author: Author,
        account_name: &str,
        display: &str,
    ) -> Result<(String, Value), Refused> {
        let kept = self.kept(author).await?;
        if kept.len() >= PASSKEYS_MAX {
            return Err(Refused::Full);
        }
        let had = kept.into_iter().map(|(_, kept)| kept.passkey.cred_id().clone()).collect();
        let (options, state) = self
            .webauthn
            .start_passkey_registration(author.0, account_name, display, Some(had))
            .map_err(|why| refused(&why))?;
        let mut options = json(&options)?;
        // Signing in asks for no name, so the device has to know the account.
        let selection = &mut options["publicKey"]["authenticatorSelection"];
        selection["residentKey"] = "required".into();
        selection["requireResidentKey"] = true.into();
        Ok((self.registrations.begin(now, (author, state)), options))
    }

    /// Keeps the passkey the device made.
    pub async fn finish_registration(
        &self,
        now: u64,
        author: Author,
        ceremony: &str,
        label: &str,
        credential: Value,
    ) -> Result<PasskeyInfo, Refused> {
        // Looking first: a name that is refused must not cost the ceremony.
        let label = names::display(label).map_err(|_| Refused::Label)?;
        let begun = self.registrations.take(now, ceremony).filter(|(began, _)| *began == author);
        let (_, state) = begun.ok_or(Refused::Over)?;
        let answer: RegisterPublicKeyCredential = serde_json::from_value(credential).map_err(|_| Refused::Invalid)?;
        let passkey = self.webauthn.finish_passkey_registration(&answer, &state).map_err(|why| refused(&why))?;
        let kept = Kept { v: 1, label, passkey, created_ms: now, used_ms: None };
        self.keep(author, Uuid::new_v4(), kept).await
    }

    async fn keep(&self, author: Author, id: Uuid, kept: Kept) -> Result<PasskeyInfo, Refused> {
        if json(&kept)?.to_string().len() > RECORD_BYTES_MAX {
            return Err(Refused::TooLarge);
        }
        let _changing = self.changing.lock().await;
        if self.kept(author).await?.len() >= PASSKEYS_MAX {
            return Err(Refused::Full);
        }
        self.claim(&index_key(kept.passkey.cred_id()), Index { v: 1, author, id }).await?;
        put(&self.storage, &passkey_key(author, id), &kept, Expect::Absent).await?;
        Ok(kept.info(id))
    }

    /// Writes the index, over one whose passkey was never written or is removed.
    async fn claim(&self, key: &str, index: Index) -> Result<(), Refused> {
        let expect = match self.storage.get(key).await? {
            None => Expect::Absent,
            Some(record) => {
                let Index { author, id, .. } = parse(key, &record.value)?;
                if self.storage.get(&passkey_key(author, id)).await?.is_some() {
                    return Err(Refused::Taken);
                }
                Expect::Version(record.version)
            }
        };
        put(&self.storage, key, &index, expect).await?;
        Ok(())
    }

    /// The passkeys of an account, oldest first.
    pub async fn list(&self, author: Author) -> Result<Vec<PasskeyInfo>, StoreError> {
        let mut infos: Vec<_> = self.kept(author).await?.into_iter().map(|(id, kept)| kept.info(id)).collect();
        infos.sort_by_key(|info| (info.created_ms, info.id));
        Ok(infos)
    }

    async fn kept(&self, author: Author) -> Result<Vec<(Uuid, Kept)>, StoreError> {
        let found: Vec<(String, Kept)> = list(&self.storage, &format!("passkey/{}/", author.0), PASSKEYS_MAX).await?;
        Ok(found.into_iter().filter_map(|(id, kept)| Some((id.parse().ok()?, kept))).collect())
    }

    /// Removes a passkey from its account; it opens nothing from then on.
    pub async fn remove(&self, author: Author, id: Uuid) -> Result<(), Refused> {
        let _changing = self.changing.lock().await;
        let key = passkey_key(author, id);
        let kept: Kept = get(&self.storage, &key).await?.ok_or(Refused::Gone)?;
        self.storage.delete(&key, Expect::Any).await?;
        Ok(self.storage.delete(&index_key(kept.passkey.cred_id()), Expect::Any).await?)
    }

    /// The ceremony's id and what the page passes to `navigator.credentials.get`; nobody says who they are yet.
    pub fn begin_login(&self, now: u64) -> Result<(String, Value), Refused> {
        let (mut options, state) = self.webauthn.start_discoverable_authentication().map_err(|why| refused(&why))?;
        // Whether the browser asks at once or inside a field is the page's choice.
        options.mediation = None;
        Ok((self.logins.begin(now, state), json(&options)?))
    }

    /// Whose passkey answered.
    pub async fn finish_login(&self, now: u64, ceremony: &str, credential: Value) -> Result<Author, Refused> {
        let state = self.logins.take(now, ceremony).ok_or(Refused::Over)?;
        let answer: PublicKeyCredential = serde_json::from_value(credential).map_err(|_| Refused::Invalid)?;
        let (handle, credential) =
            self.webauthn.identify_discoverable_authentication(&answer).map_err(|_| Refused::Unknown)?;
        let index: Option<Index> = get(&self.storage, &index_key(credential)).await?;
        let index = index.filter(|index| index.author.0 == handle).ok_or(Refused::Unknown)?;
        // Checked again when somebody came between: the counter has to be ahead of theirs too.
        loop {
            match self.open(now, &index, &answer, state.clone()).await {
                Err(Refused::Store(StoreError::Conflict)) => {}
                other => return other.map(|()| index.author),
            }
        }
    }

    /// Verifies the answer against the passkey as it is now, and writes that it was used.
    async fn open(
        &self,
        now: u64,
        index: &Index,
        answer: &PublicKeyCredential,
        state: DiscoverableAuthentication,
    ) -> Result<(), Refused> {
        let key = passkey_key(index.author, index.id);
        let record = self.storage.get(&key).await?.ok_or(Refused::Unknown)?;
        let mut kept: Kept = parse(&key, &record.value)?;
        let verified = self.webauthn.finish_discoverable_authentication_v2(answer, state, &kept.passkey);
        let verified = verified.map_err(|why| {
            if matches!(why, WebauthnError::CredentialPossibleCompromise) {
                tracing::warn!(author = %index.author.0, passkey = %index.id, "passkey refused: its counter went back");
            }
            refused(&why)
        })?;
        kept.passkey.update_credential(&verified).ok_or(Refused::Unknown)?;
        kept.used_ms = Some(now);
        put(&self.storage, &key, &kept, Expect::Version(record.version)).await?;
        Ok(())
    }
}

impl Kept {
    fn info(&self, id: Uuid) -> PasskeyInfo {
        PasskeyInfo { id, label: self.label.clone(), created_ms: self.created_ms, used_ms: self.used_ms }
    }
}

fn refused(why: &WebauthnError) -> Refused {
    match why {
        WebauthnError::InvalidRPOrigin | WebauthnError::InvalidRPIDHash | WebauthnError::CredentialCrossOrigin => {
            Refused::Origin
        }
        WebauthnError::UserNotVerified => Refused::Unverified,
        WebauthnError::CredentialPossibleCompromise => Refused::Copied,
        other => {
            tracing::debug!(why = %other, "passkey refused");
            Refused::Invalid
        }
    }
}

fn json(value: &impl Serialize) -> Result<Value, StoreError> {
    serde_json::to_value(value).map_err(|error| StoreError::Corrupt(format!("passkey: {error}")))
}

fn passkey_key(author: Author, id: Uuid) -> String {
    format!("passkey/{}/{id}", author.0)
}

fn index_key(credential: &[u8]) -> String {
    format!("passkeyid/{}", blake3::hash(credential).to_hex())
}

#[cfg(test)]
mod authenticator;
#[cfg(test)]
mod tests;
