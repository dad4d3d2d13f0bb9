//! People: accounts and guests, how an account is made, and who is let in.
//!
//! | record | holds |
//! |---|---|
//! | `account/{author}` | name, display name, password hash, whether it is suspended |
//! | `name/{name}` | the author a name belongs to; made first, so that a name is given once |
//! | `guest/{author}` | display name; which account took the guest in |
//! | `was/{author}/{guest}` | only lists the guests an account took in |
//!
//! Invariant: an [`Author`] is never changed or reused; a suspended account is nobody. There is always somebody who
//! administers. Next: `sessions.rs` for what a request shows, `access.rs` for what a person may do.

use room::{Author, Role};
use serde::{Deserialize, Serialize};
use storage::{Cast, Expect, Storage, StoreError};
use uuid::Uuid;

use crate::access::{Access, Principal};
use crate::config::{Config, PublicUrl, Signup};
use crate::http::Error;
use crate::key::{hex, same};
use crate::passwords::{self, Hasher, Refused};
use crate::records::{change, get, list, put};
use crate::sessions::{self, Secret, Session, SessionHash};
use crate::{clock, links, members, names, words};

/// Accounts one server lists.
const ACCOUNTS_MAX: usize = 100_000;
/// Guests one account is known to have been.
const GUESTS_MAX: usize = 100;

/// `account/{author}`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Account {
    v: u8,
    /// Unique.
    pub name: String,
    /// Free.
    pub display: String,
    password: String,
    /// Whether it administers the server.
    pub admin: bool,
    /// Sign-up, wall clock.
    pub created_ms: u64,
    /// Since when it is nobody.
    #[serde(default)]
    pub suspended_ms: Option<u64>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Name {
    v: u8,
    author: Author,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Guest {
    v: u8,
    display: String,
    /// The account that signed up or in from this guest's session.
    account: Option<Author>,
    created_ms: u64,
}

/// Sign-up, sign-in, and who may.
pub struct Accounts {
    storage: Storage,
    access: Access,
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
    /// The word of an invitation.
    pub invite: Option<String>,
    /// Whether the request came straight from this machine.
    pub direct: bool,
}

/// Somebody at the door.
pub struct Arrival<'a> {
    /// Who they were until now.
    pub before: &'a Principal,
    /// Their browser's words about itself.
    pub agent: &'a str,
}

impl Accounts {
    /// Looks whether anybody is here yet; if not, and others can reach the server, makes a set-up secret.
    pub async fn open(
        storage: Storage,
        access: Access,
        config: &Config,
        site: &PublicUrl,
    ) -> Result<Accounts, StoreError> {
        let hasher = Hasher::new().map_err(|error| StoreError::Io(error.to_string()))?;
        let needed = is_empty(&storage).await? && !config.is_loopback();
        let setup = match needed {
            true => Some(Setup::new(site).map_err(StoreError::Io)?),
            false => None,
        };
        Ok(Accounts { storage, access, hasher, signup: config.signup, setup })
    }

    /// Where the first account is created, if that takes a secret.
    pub fn setup_url(&self) -> Option<String> {
        self.setup.as_ref().map(|setup| setup.url.clone())
    }

    /// Hashes and checks passwords.
    pub fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// Whether an account can be created, in the page's words: `first`, `open` or `invite`.
    pub async fn signup_mode(&self) -> Result<&'static str, StoreError> {
        Ok(match self.signup {
            _ if is_empty(&self.storage).await? => "first",
            Signup::Open => "open",
            Signup::Invite => "invite",
        })
    }

    /// Creates an account and a session for it; the secret goes into the cookie.
    pub async fn sign_up(&self, typed: SigningUp, arrival: Arrival<'_>) -> Result<(Session, Secret), Error> {
        let name = names::account(&typed.name)?;
        let display = names::display(typed.display.as_deref().unwrap_or(&typed.name))?;
        check_password(&typed.password, &name)?;
        let first = is_empty(&self.storage).await?;
        let invite = self.may_sign_up(first, &typed).await?;
        let password = self.hasher.hash(typed.password).await?;
        // A guest who signs up goes on being the author of what they wrote.
        let author = match arrival.before {
            Principal::Guest(guest) => guest.author,
            _ => Author(Uuid::now_v7()),
        };
        let spent = match &invite {
            Some((invite, version)) => Some(self.spend(invite, *version, author).await?),
            None => None,
        };
        let claimed = put(&self.storage, &name_key(&name), &Name { v: 1, author }, Expect::Absent).await;
        if matches!(claimed, Err(StoreError::Conflict)) {
            if let (Some((invite, _)), Some(version)) = (&invite, spent) {
                words::spend(&self.storage, invite, version, None).await?;
            }
            return Err(Error::NameTaken);
        }
        claimed?;
        let created_ms = clock::wall_ms();
        let account = Account { v: 1, name, display, password, admin: first, created_ms, suspended_ms: None };
        put(&self.storage, &account_key(author), &account, Expect::Absent).await?;
        self.open_session(author, arrival).await
    }

    async fn spend(&self, invite: &words::Invite, version: u64, author: Author) -> Result<u64, Error> {
        match words::spend(&self.storage, invite, version, Some(author)).await {
            Err(StoreError::Conflict) => Err(Error::InviteRequired),
            other => Ok(other?),
        }
    }

    /// The invitation to spend, if it takes one.
    async fn may_sign_up(&self, first: bool, typed: &SigningUp) -> Result<Option<(words::Invite, u64)>, Error> {
        match (&self.setup, first) {
            (Some(setup), true) => {
                let given = typed.setup.as_deref().unwrap_or_default();
                if same(given.as_bytes(), setup.secret.as_bytes()) { Ok(None) } else { Err(Error::SetupRequired) }
            }
            // Only loopback needs no secret; a forwarding header means somebody else is at the other end.
            (None, true) if typed.direct => Ok(None),
            (None, true) => Err(Error::SetupRequired),
            (_, false) if self.signup == Signup::Open => Ok(None),
            (_, false) => {
                let word = typed.invite.as_deref().unwrap_or_default();
                let invite = words::invited(&self.storage, self.access.key(), word).await?;
                invite.map(Some).ok_or(Error::InviteRequired)
            }
        }
    }

    /// A new session for whoever knows the password.
    pub async fn sign_in(
        &self,
        name: &str,
        password: String,
        arrival: Arrival<'_>,
    ) -> Result<(Session, Secret), Error> {
        let found = match names::account(name) {
            Ok(name) => by_name(&self.storage, &name).await?,
            Err(_) => None,
        };
        let stored = found.as_ref().map(|(_, account)| account.password.as_str());
        let matches = self.hasher.verify(password, stored).await?;
        match found {
            Some((author, account)) if matches => {
                let opened = self.open_session(author, arrival).await?;
                // A password that was changed meanwhile ended every session but this one, which it did not know of.
                let now = find(&self.storage, author).await?.map(|account| account.password);
                if now.as_ref() != Some(&account.password) {
                    sessions::end(&self.storage, author, &opened.0.hash).await?;
                    return Err(Error::WrongCredentials);
                }
                Ok(opened)
            }
            _ => Err(Error::WrongCredentials),
        }
    }

    /// A new session for an account somebody has proved to be theirs.
    pub async fn open_session(&self, author: Author, arrival: Arrival<'_>) -> Result<(Session, Secret), Error> {
        let account: Account = get(&self.storage, &account_key(author)).await?.ok_or(Error::WrongCredentials)?;
        if account.suspended_ms.is_some() {
            return Err(Error::Suspended);
        }
        if let Principal::Guest(guest) = arrival.before {
            self.take_in(guest, author).await?;
        }
        let secret = sessions::start(&self.storage, author, arrival.agent).await?;
        // The session before ends: what a page held before signing in is worth nothing after.
        if let Some(old) = arrival.before.session().filter(|old| old.scope.is_none()) {
            sessions::end(&self.storage, old.author, &old.hash).await?;
            self.changed(old.author).await?;
        }
        match sessions::resume(&self.storage, &secret.hash()).await? {
            Principal::Account(session) => Ok((session, secret)),
            _ => Err(Error::WrongCredentials),
        }
    }

    /// Ends the session; its sockets hear of it.
    pub async fn sign_out(&self, session: &Session) -> Result<(), Error> {
        sessions::end(&self.storage, session.author, &session.hash).await?;
        self.changed(session.author).await
    }

    /// Sets another password for whoever knows the present one; their other sessions end.
    pub async fn change_password(&self, session: &Session, current: String, new: String) -> Result<(), Error> {
        let account: Account = get(&self.storage, &account_key(session.author)).await?.ok_or(Error::SignIn)?;
        check_password(&new, &account.name)?;
        if !self.hasher.verify(current, Some(&account.password)).await? {
            return Err(Error::WrongCredentials);
        }
        self.set_password(session.author, new, Some(&session.hash)).await
    }

    /// Sets a password for whoever holds a reset word; all their sessions end.
    pub async fn reset_password(&self, word: &str, new: String) -> Result<Author, Error> {
        // Looking first: a password that is refused must not cost the word.
        if !words::resets(&self.storage, self.access.key(), word).await? {
            return Err(Error::ResetGone);
        }
        check_password(&new, "")?;
        let author = words::spend_reset(&self.storage, self.access.key(), word).await?.ok_or(Error::ResetGone)?;
        self.set_password(author, new, None).await?;
        Ok(author)
    }

    async fn set_password(&self, author: Author, new: String, stays: Option<&SessionHash>) -> Result<(), Error> {
        let password = self.hasher.hash(new).await?;
        change(&self.storage, &account_key(author), |account: &mut Account| account.password.clone_from(&password))
            .await?;
        sessions::end_all(&self.storage, author, stays).await?;
        self.changed(author).await
    }

    /// A guest with a friendly name, and a session.
    pub async fn new_guest(&self, display: Option<&str>, agent: &str) -> Result<(Session, Secret), Error> {
        let author = Author(Uuid::now_v7());
        let display = match display {
            Some(display) => names::display(display)?,
            None => names::friendly(author),
        };
        let guest = Guest { v: 1, display, account: None, created_ms: clock::wall_ms() };
        put(&self.storage, &guest_key(author), &guest, Expect::Absent).await?;
        let secret = sessions::start(&self.storage, author, agent).await?;
        match sessions::resume(&self.storage, &secret.hash()).await? {
            Principal::Guest(session) => Ok((session, secret)),
            _ => Err(Error::SignIn),
        }
    }

    /// Changes how others see somebody.
    pub async fn rename(&self, principal: &Principal, display: &str) -> Result<(), Error> {
        let display = names::display(display)?;
        match principal {
            Principal::Account(session) => {
                change(&self.storage, &account_key(session.author), |account: &mut Account| {
                    account.display.clone_from(&display)
                })
                .await?;
                self.changed(session.author).await
            }
            Principal::Guest(session) => {
                change(&self.storage, &guest_key(session.author), |guest: &mut Guest| {
                    guest.display.clone_from(&display)
                })
                .await?;
                self.changed(session.author).await
            }
            Principal::Nobody => Err(Error::SignIn),
        }
    }

    /// The guest's grants become the account's; what the guest wrote stays under the guest's author, attached.
    async fn take_in(&self, guest: &Session, account: Author) -> Result<(), Error> {
        if guest.author == account {
            return Ok(());
        }
        links::copy_grants(&self.storage, guest.author, account).await?;
        members::copy(&self.storage, guest.author, account).await?;
        put(&self.storage, &format!("was/{}/{}", account.0, guest.author.0), &1, Expect::Any).await?;
        change(&self.storage, &guest_key(guest.author), |record: &mut Guest| record.account = Some(account)).await?;
        Ok(())
    }

    async fn changed(&self, author: Author) -> Result<(), Error> {
        Ok(self.storage.cast(Uuid::nil(), Cast::PrincipalChanged { author: author.0 }).await?)
    }
}

/// Suspends an account, or lets it in again; its sessions end.
pub async fn set_suspended(storage: &Storage, author: Author, suspended: bool) -> Result<(), Error> {
    if suspended {
        keep_an_admin(storage, author).await?;
    }
    let when = suspended.then(clock::wall_ms);
    change(storage, &account_key(author), |account: &mut Account| account.suspended_ms = when)
        .await?
        .ok_or(Error::NotFound)?;
    if suspended {
        sessions::end_all(storage, author, None).await?;
    }
    Ok(storage.cast(Uuid::nil(), Cast::PrincipalChanged { author: author.0 }).await?)
}

/// Makes an account administer the server, or not any more.
pub async fn set_admin(storage: &Storage, author: Author, admin: bool) -> Result<(), Error> {
    if !admin {
        keep_an_admin(storage, author).await?;
    }
    change(storage, &account_key(author), |account: &mut Account| account.admin = admin)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(storage.cast(Uuid::nil(), Cast::PrincipalChanged { author: author.0 }).await?)
}

async fn keep_an_admin(storage: &Storage, leaving: Author) -> Result<(), Error> {
    let others = all(storage).await?.into_iter().filter(|(author, _)| *author != leaving);
    let remains = others.into_iter().any(|(_, account)| account.admin && account.suspended_ms.is_none());
    if remains { Ok(()) } else { Err(Error::LastAdmin) }
}

/// Every account, oldest first.
pub async fn all(storage: &Storage) -> Result<Vec<(Author, Account)>, StoreError> {
    let found: Vec<(String, Account)> = list(storage, "account/", ACCOUNTS_MAX).await?;
    Ok(found.into_iter().filter_map(|(id, account)| Some((Author(id.parse().ok()?), account))).collect())
}

/// One account.
pub async fn find(storage: &Storage, author: Author) -> Result<Option<Account>, StoreError> {
    get(storage, &account_key(author)).await
}

/// The account of this name.
pub async fn by_name(storage: &Storage, name: &str) -> Result<Option<(Author, Account)>, StoreError> {
    let Some(Name { author, .. }) = get(storage, &name_key(name)).await? else { return Ok(None) };
    Ok(get(storage, &account_key(author)).await?.map(|account| (author, account)))
}

/// How others see an author now.
pub struct Known {
    /// Display name.
    pub display: String,
    /// Account name; guests have none.
    pub name: Option<String>,
}

/// How others see an author, now.
pub async fn known(storage: &Storage, author: Author) -> Result<Known, StoreError> {
    if let Some(Account { display, name, .. }) = get(storage, &account_key(author)).await? {
        return Ok(Known { display, name: Some(name) });
    }
    let guest: Option<Guest> = get(storage, &guest_key(author)).await?;
    Ok(Known { display: guest.map_or_else(|| names::friendly(author), |guest| guest.display), name: None })
}

/// The account a guest has become by signing in.
pub async fn became(storage: &Storage, author: Author) -> Result<Option<Author>, StoreError> {
    let guest: Option<Guest> = get(storage, &guest_key(author)).await?;
    Ok(guest.and_then(|guest| guest.account).filter(|account| *account != author))
}

/// The guests an account has been.
pub async fn guests_of(storage: &Storage, account: Author) -> Result<Vec<Author>, StoreError> {
    let found: Vec<(String, u8)> = list(storage, &format!("was/{}/", account.0), GUESTS_MAX).await?;
    Ok(found.iter().filter_map(|(id, _)| id.parse().ok().map(Author)).collect())
}

/// The principal an author is, shown by a session or a token.
pub async fn principal(
    storage: &Storage,
    hash: SessionHash,
    author: Author,
    scope: Option<Role>,
    until_ms: Option<u64>,
) -> Result<Principal, StoreError> {
    if let Some(account) = get::<Account>(storage, &account_key(author)).await? {
        if account.suspended_ms.is_some() {
            return Ok(Principal::Nobody);
        }
        let Account { name, display, admin, .. } = account;
        return Ok(Principal::Account(Session { hash, author, name: Some(name), display, admin, scope, until_ms }));
    }
    let Some(guest) = get::<Guest>(storage, &guest_key(author)).await? else { return Ok(Principal::Nobody) };
    let display = guest.display;
    Ok(Principal::Guest(Session { hash, author, name: None, display, admin: false, scope, until_ms }))
}

fn check_password(password: &str, name: &str) -> Result<(), Error> {
    passwords::check(password, name).map_err(|why| match why {
        Refused::Length => Error::PasswordLength,
        Refused::Common => Error::PasswordCommon,
    })
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

async fn is_empty(storage: &Storage) -> Result<bool, StoreError> {
    Ok(storage.list("account/", None, 1).await?.is_empty())
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
