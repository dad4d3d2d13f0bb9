//! People: accounts, guests, and the sessions that speak for them.
//!
//! | record | holds |
//! |---|---|
//! | `account/{author}` | name, display name, password hash |
//! | `name/{name}` | the author a name belongs to; made first, so that a name is given once |
//! | `guest/{author}` | display name; which account took the guest in |
//! | `session/{hash}` | whose it is, and since when |
//!
//! Invariant: a session is 256 random bits in a cookie and their hash in the store; nothing stored is a credential.
//! An [`Author`] is never changed or reused. Next: `access.rs`, which asks who somebody is.

use std::fmt;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time};
use bytes::Bytes;
use room::{Author, Identity};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use storage::{Cast, Expect, Storage, StoreError};
use uuid::Uuid;

use crate::access::{Principal, hex, same, unhex};
use crate::config::{Config, PublicUrl, Signup};
use crate::http::Error;
use crate::passwords::{self, Hasher, Refused};
use crate::{State, clock, links, names};

/// A session unused for this long ends.
const IDLE_MS: u64 = 14 * DAY_MS;
/// A session this old ends, used or not.
const AGE_MS: u64 = 90 * DAY_MS;
/// How often a session's last use is written down.
const SEEN_MS: u64 = 60 * 60 * 1_000;
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// The stored name of a session: the hash of the token in the cookie.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionHash(pub [u8; 32]);

impl fmt::Debug for SessionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionHash(..)")
    }
}

/// A live session and whose it is.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its stored name.
    pub hash: SessionHash,
    /// Who.
    pub author: Author,
    /// The account's name; `None` for guests.
    pub name: Option<String>,
    /// How others see them.
    pub display: String,
    /// Whether this account administers the server.
    pub admin: bool,
}

#[derive(Serialize, Deserialize)]
struct SessionRecord {
    v: u8,
    author: Author,
    created_ms: u64,
    seen_ms: u64,
}

/// `account/{author}`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Account {
    v: u8,
    /// Unique.
    pub name: String,
    /// Free.
    pub display: String,
    password: String,
    /// The first account.
    pub admin: bool,
    created_ms: u64,
}

#[derive(Serialize, Deserialize)]
struct Name {
    v: u8,
    author: Author,
}

#[derive(Serialize, Deserialize)]
struct Guest {
    v: u8,
    display: String,
    /// The account that signed up or in from this guest's session.
    account: Option<Author>,
    created_ms: u64,
}

/// Sign-up, sign-in, and who may.
pub struct Accounts {
    storage: Storage,
    hasher: Hasher,
    signup: Signup,
    /// The one-time secret of the first sign-up, where one is needed.
    setup: Option<Setup>,
}

struct Setup {
    secret: String,
    url: String,
}

/// What somebody typed to create an account.
pub struct SigningUp {
    /// Wanted name.
    pub name: String,
    /// Chosen password.
    pub password: String,
    /// How others shall see them; the name if absent.
    pub display: Option<String>,
    /// The secret of the set-up address.
    pub setup: Option<String>,
    /// Whether the request came straight from this machine.
    pub direct: bool,
}

impl Accounts {
    /// Looks whether anybody is here yet; if not, and others can reach the server, makes a set-up secret.
    pub async fn open(storage: Storage, config: &Config, site: &PublicUrl) -> Result<Accounts, StoreError> {
        let hasher = Hasher::new().map_err(|error| StoreError::Io(error.to_string()))?;
        let needed = is_empty(&storage).await? && !config.is_loopback();
        let setup = match needed {
            true => Some(Setup::new(site).map_err(StoreError::Io)?),
            false => None,
        };
        Ok(Accounts { storage, hasher, signup: config.signup, setup })
    }

    /// Where the first account is created, if that takes a secret.
    pub fn setup_url(&self) -> Option<String> {
        self.setup.as_ref().map(|setup| setup.url.clone())
    }

    /// Whether an account can be created, in the page's words: `first`, `open` or `invite`.
    pub async fn signup_mode(&self) -> Result<&'static str, StoreError> {
        Ok(match self.signup {
            _ if is_empty(&self.storage).await? => "first",
            Signup::Open => "open",
            Signup::Invite => "invite",
        })
    }

    /// Creates an account and a session for it; the token goes into the cookie.
    pub async fn sign_up(&self, typed: SigningUp, before: &Principal) -> Result<(Session, Token), Error> {
        let name = names::account(&typed.name)?;
        let display = names::display(typed.display.as_deref().unwrap_or(&typed.name))?;
        passwords::check(&typed.password, &name).map_err(|why| match why {
            Refused::Length => Error::PasswordLength,
            Refused::Common => Error::PasswordCommon,
        })?;
        let first = is_empty(&self.storage).await?;
        self.may_sign_up(first, &typed)?;
        let password = self.hasher.hash(typed.password).await?;
        // A guest who signs up goes on being the author of what they wrote.
        let author = match before {
            Principal::Guest(guest) => guest.author,
            _ => Author(Uuid::now_v7()),
        };
        let claimed = put(&self.storage, &name_key(&name), &Name { v: 1, author }, Expect::Absent).await;
        match claimed {
            Err(StoreError::Conflict) => return Err(Error::NameTaken),
            other => other?,
        };
        let account = Account { v: 1, name, display, password, admin: first, created_ms: clock::wall_ms() };
        put(&self.storage, &account_key(author), &account, Expect::Absent).await?;
        self.open_session(author, &account, before).await
    }

    fn may_sign_up(&self, first: bool, typed: &SigningUp) -> Result<(), Error> {
        match (&self.setup, first) {
            (Some(setup), true) => {
                let given = typed.setup.as_deref().unwrap_or_default();
                if same(given.as_bytes(), setup.secret.as_bytes()) { Ok(()) } else { Err(Error::SetupRequired) }
            }
            // Only loopback needs no secret; a forwarding header means somebody else is at the other end.
            (None, true) if typed.direct => Ok(()),
            (None, true) => Err(Error::SetupRequired),
            (_, false) if self.signup == Signup::Open => Ok(()),
            (_, false) => Err(Error::InviteRequired),
        }
    }

    /// A new session for whoever knows the password.
    pub async fn sign_in(&self, name: &str, password: String, before: &Principal) -> Result<(Session, Token), Error> {
        let found = match names::account(name) {
            Ok(name) => self.by_name(&name).await?,
            Err(_) => None,
        };
        let stored = found.as_ref().map(|(_, account)| account.password.as_str());
        let matches = self.hasher.verify(password, stored).await?;
        match found {
            Some((author, account)) if matches => self.open_session(author, &account, before).await,
            _ => Err(Error::WrongCredentials),
        }
    }

    /// Ends the session; its sockets hear of it.
    pub async fn sign_out(&self, session: &Session) -> Result<(), Error> {
        self.storage.delete(&session_key(&session.hash), Expect::Any).await?;
        self.changed(session.author).await
    }

    /// A guest with a friendly name, and a session.
    pub async fn new_guest(&self, display: Option<&str>) -> Result<(Session, Token), Error> {
        let author = Author(Uuid::now_v7());
        let display = match display {
            Some(display) => names::display(display)?,
            None => names::friendly(author),
        };
        let guest = Guest { v: 1, display: display.clone(), account: None, created_ms: clock::wall_ms() };
        put(&self.storage, &guest_key(author), &guest, Expect::Absent).await?;
        let token = self.new_session(author).await?;
        Ok((Session { hash: token.hash(), author, name: None, display, admin: false }, token))
    }

    /// Changes how others see somebody.
    pub async fn rename(&self, principal: &Principal, display: &str) -> Result<(), Error> {
        let display = names::display(display)?;
        match principal {
            Principal::Account(session) => {
                change(&self.storage, &account_key(session.author), |account: &mut Account| {
                    account.display = display.clone()
                })
                .await?;
                self.changed(session.author).await
            }
            Principal::Guest(session) => {
                change(&self.storage, &guest_key(session.author), |guest: &mut Guest| guest.display = display.clone())
                    .await?;
                self.changed(session.author).await
            }
            Principal::Nobody => Err(Error::SignIn),
        }
    }

    /// How others see an author, now.
    pub async fn display_of(&self, author: Author) -> Result<String, StoreError> {
        let account: Option<Account> = get(&self.storage, &account_key(author)).await?;
        if let Some(account) = account {
            return Ok(account.display);
        }
        let guest: Option<Guest> = get(&self.storage, &guest_key(author)).await?;
        Ok(guest.map_or_else(|| names::friendly(author), |guest| guest.display))
    }

    async fn by_name(&self, name: &str) -> Result<Option<(Author, Account)>, StoreError> {
        let Some(Name { author, .. }) = get(&self.storage, &name_key(name)).await? else { return Ok(None) };
        Ok(get(&self.storage, &account_key(author)).await?.map(|account| (author, account)))
    }

    async fn open_session(
        &self,
        author: Author,
        account: &Account,
        before: &Principal,
    ) -> Result<(Session, Token), Error> {
        if let Principal::Guest(guest) = before {
            self.take_in(guest, author).await?;
        }
        let token = self.new_session(author).await?;
        // The session before ends: what a page held before signing in is worth nothing after.
        if let Some(old) = before.session() {
            self.storage.delete(&session_key(&old.hash), Expect::Any).await?;
            self.changed(old.author).await?;
        }
        let session = Session {
            hash: token.hash(),
            author,
            name: Some(account.name.clone()),
            display: account.display.clone(),
            admin: account.admin,
        };
        Ok((session, token))
    }

    /// The guest's grants become the account's; what the guest wrote stays under the guest's author, attached.
    async fn take_in(&self, guest: &Session, account: Author) -> Result<(), Error> {
        if guest.author == account {
            return Ok(());
        }
        links::copy_grants(&self.storage, guest.author, account).await?;
        change(&self.storage, &guest_key(guest.author), |record: &mut Guest| record.account = Some(account)).await?;
        Ok(())
    }

    async fn new_session(&self, author: Author) -> Result<Token, Error> {
        let token = Token::new()?;
        let now = clock::wall_ms();
        let record = SessionRecord { v: 1, author, created_ms: now, seen_ms: now };
        put(&self.storage, &session_key(&token.hash()), &record, Expect::Absent).await?;
        Ok(token)
    }

    async fn changed(&self, author: Author) -> Result<(), Error> {
        Ok(self.storage.cast(Uuid::nil(), Cast::PrincipalChanged { author: author.0 }).await?)
    }
}

impl Setup {
    fn new(site: &PublicUrl) -> Result<Setup, String> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
        let secret = hex(&bytes);
        let url = format!("{site}/#setup={secret}");
        Ok(Setup { secret, url })
    }
}

/// What the cookie carries; never stored, never printed.
pub struct Token([u8; 32]);

impl Token {
    fn new() -> Result<Token, Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
        Ok(Token(bytes))
    }

    fn hash(&self) -> SessionHash {
        SessionHash(*blake3::hash(&self.0).as_bytes())
    }

    /// The cookie that brings it back.
    pub fn cookie(&self, site: &PublicUrl) -> Cookie<'static> {
        cookie_of(site, hex(&self.0), time::Duration::milliseconds(i64::try_from(AGE_MS).unwrap_or(i64::MAX)))
    }
}

/// The cookie that makes the browser forget.
pub fn no_cookie(site: &PublicUrl) -> Cookie<'static> {
    cookie_of(site, String::new(), time::Duration::ZERO)
}

fn cookie_of(site: &PublicUrl, value: String, max_age: time::Duration) -> Cookie<'static> {
    Cookie::build(cookie_name(site), value)
        .path("/")
        .http_only(true)
        .secure(site.secure)
        .same_site(SameSite::Lax)
        .max_age(max_age)
        .finish()
}

fn cookie_name(site: &PublicUrl) -> &'static str {
    if site.secure { "__Host-galley" } else { "galley" }
}

/// The session a request's cookie names, whether or not it lives.
pub fn cookie(request: &HttpRequest, state: &State) -> Option<SessionHash> {
    let cookie = request.cookie(cookie_name(&state.site))?;
    let token = unhex(cookie.value()).filter(|token| token.len() == 32)?;
    Some(SessionHash(*blake3::hash(&token).as_bytes()))
}

/// Whose session this is, if it lives.
pub async fn resume(storage: &Storage, hash: &SessionHash) -> Result<Principal, StoreError> {
    let now = clock::wall_ms();
    let Some(record) = get::<SessionRecord>(storage, &session_key(hash)).await? else { return Ok(Principal::Nobody) };
    if now.saturating_sub(record.seen_ms) > IDLE_MS || now.saturating_sub(record.created_ms) > AGE_MS {
        storage.delete(&session_key(hash), Expect::Any).await?;
        return Ok(Principal::Nobody);
    }
    if now.saturating_sub(record.seen_ms) > SEEN_MS {
        change(storage, &session_key(hash), |record: &mut SessionRecord| record.seen_ms = now).await?;
    }
    let author = record.author;
    if let Some(account) = get::<Account>(storage, &account_key(author)).await? {
        let Account { name, display, admin, .. } = account;
        return Ok(Principal::Account(Session { hash: *hash, author, name: Some(name), display, admin }));
    }
    let Some(guest) = get::<Guest>(storage, &guest_key(author)).await? else { return Ok(Principal::Nobody) };
    Ok(Principal::Guest(Session { hash: *hash, author, name: None, display: guest.display, admin: false }))
}

/// How others see the holder of a session.
pub fn identity(session: &Session) -> Identity {
    let peer = names::peer(session.author);
    let (color, color_light) = names::colours(peer);
    Identity {
        author: session.author,
        name: session.display.clone(),
        peer,
        color: color.into(),
        color_light: color_light.into(),
        guest: session.name.is_none(),
    }
}

async fn is_empty(storage: &Storage) -> Result<bool, StoreError> {
    Ok(storage.list("account/", None, 1).await?.is_empty())
}

/// A record as JSON; absent is `None`, unreadable is an error that names it.
pub async fn get<T: DeserializeOwned>(storage: &Storage, key: &str) -> Result<Option<T>, StoreError> {
    match storage.get(key).await? {
        Some(record) => parse(key, &record.value).map(Some),
        None => Ok(None),
    }
}

/// Writes a record as JSON.
pub async fn put<T: Serialize>(storage: &Storage, key: &str, value: &T, expect: Expect) -> Result<u64, StoreError> {
    let bytes = serde_json::to_vec(value).map_err(|error| StoreError::Corrupt(format!("{key}: {error}")))?;
    storage.put(key, Bytes::from(bytes), expect).await
}

/// Reads, changes and writes a record until nobody came between; `false` if it is not there.
pub async fn change<T: Serialize + DeserializeOwned>(
    storage: &Storage,
    key: &str,
    edit: impl Fn(&mut T),
) -> Result<bool, StoreError> {
    loop {
        let Some(record) = storage.get(key).await? else { return Ok(false) };
        let mut value: T = parse(key, &record.value)?;
        edit(&mut value);
        match put(storage, key, &value, Expect::Version(record.version)).await {
            Err(StoreError::Conflict) => {}
            other => return other.map(|_| true),
        }
    }
}

/// A stored record's value.
pub fn parse<T: DeserializeOwned>(key: &str, value: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(value).map_err(|error| StoreError::Corrupt(format!("{key}: {error}")))
}

fn account_key(author: Author) -> String {
    format!("account/{}", author.0)
}

fn guest_key(author: Author) -> String {
    format!("guest/{}", author.0)
}

fn name_key(name: &str) -> String {
    format!("name/{name}")
}

fn session_key(hash: &SessionHash) -> String {
    format!("session/{}", hex(&hash.0))
}
