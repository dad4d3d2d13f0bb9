//! Who may do what: one table, principals, and the one door.
//!
//! Invariant: every HTTP route, page and socket message is an [`Action`], and every action has a row in the table; a new
//! one without a row does not compile. A [`Grant`] is made by [`Access::admit`] and nowhere else, and nothing gets at a
//! room, a page or an answer about a document without one. Strangers cannot tell a document they may not see from one
//! that is not there. A role is the highest of the live grants, looked up each time; a revoked source is gone at once.
//! Next: `http.rs`, where routes name their action; `members.rs` and `links.rs` for what gives a role.

use std::path::Path;
use std::sync::Arc;

use actix_web::HttpRequest;
use room::{Author, Identity, Policy, Role};
use storage::{Storage, StoreError};
use uuid::Uuid;

use crate::documents::{self, Document};
use crate::http::Error;
use crate::key::{Key, KeyError};
use crate::sessions;
use crate::{State, clock, links, members};

mod principal;

pub use principal::Principal;

/// What an action takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing; who asks is not even looked up.
    Nothing,
    /// Nobody in particular, though it matters who it is.
    Anybody,
    /// A person, guests too. A token does if its scope reaches the role.
    Person(Role),
    /// An account. A token does if its scope reaches the role.
    Account(Role),
    /// An account by a session of its own; never a token: with this somebody could take the account over.
    Session,
    /// The same, and it administers the server. To anybody else there is nothing here.
    Administrator,
    /// A grant of the document, of at least this role.
    Role(Role),
    /// The owner's grant, also while the document is in the trash.
    Trash,
}

macro_rules! table {
    ($($(#[doc = $doc:literal])+ $name:ident: $need:expr;)+) => {
        /// Everything anybody can ask of this server.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Action {
            /// Every one.
            pub const ALL: &'static [Action] = &[$(Action::$name,)+];

            /// What it takes.
            pub const fn needs(self) -> Need {
                match self {
                    $(Action::$name => $need,)+
                }
            }
        }
    };
}

table! {
    /// One's documents, or what this is.
    HomePage: Need::Anybody;
    /// A document's page.
    DocumentPage: Need::Role(Role::View);
    /// The page of its versions.
    HistoryPage: Need::Role(Role::Edit);
    /// Where a link leads; its secret is not in the request.
    LinkPage: Need::Anybody;
    /// One's name, password, sessions, tokens, passkeys.
    SettingsPage: Need::Session;
    /// The administrator's page.
    AdminPage: Need::Administrator;
    /// Scripts, styles, fonts, icons, the service worker.
    Asset: Need::Nothing;
    /// The frame of a page, without anybody or anything in it.
    Shell: Need::Nothing;
    /// What stands in a sandboxed frame: the drawer of diagrams, something embedded.
    Frame: Need::Nothing;
    /// Whether the process lives and can write.
    Health: Need::Nothing;
    /// Counters, for the holder of their own token.
    Metrics: Need::Nothing;
    /// The description of this API.
    Describe: Need::Nothing;

    /// Opening the socket of the text.
    Socket: Need::Role(Role::View);
    /// Opening the socket of the notes.
    NotesSocket: Need::Role(Role::View);
    /// Socket messages that ask for the text or for who is here.
    SyncRead: Need::Role(Role::View);
    /// Socket messages that change the text.
    SyncWrite: Need::Role(Role::Edit);
    /// Socket messages that show a caret.
    Present: Need::Role(Role::View);

    /// Creating an account.
    SignUp: Need::Anybody;
    /// Signing in with a password or a passkey.
    SignIn: Need::Anybody;
    /// Ending one's session.
    SignOut: Need::Anybody;
    /// A new password by a reset address.
    Reset: Need::Anybody;
    /// Who is asking.
    Me: Need::Anybody;
    /// Another display name.
    RenameMe: Need::Person(Role::Edit);
    /// Another password.
    ChangePassword: Need::Session;
    /// Where one is signed in.
    Sessions: Need::Session;
    /// Ending one's sessions.
    EndSession: Need::Session;
    /// One's tokens.
    Tokens: Need::Session;
    /// A new token.
    CreateToken: Need::Session;
    /// Revoking a token.
    RemoveToken: Need::Session;
    /// One's passkeys.
    Passkeys: Need::Session;
    /// A new passkey.
    AddPasskey: Need::Session;
    /// Removing a passkey.
    RemovePasskey: Need::Session;

    /// One's list.
    Documents: Need::Person(Role::View);
    /// A new document.
    CreateDocument: Need::Account(Role::Edit);
    /// Everything one owns, as a file.
    ExportAll: Need::Account(Role::View);
    /// Files that become documents.
    Import: Need::Account(Role::Edit);
    /// Who is where, as it happens.
    Events: Need::Person(Role::View);

    /// A document's record.
    ReadDocument: Need::Role(Role::View);
    /// Its text.
    ReadText: Need::Role(Role::View);
    /// Its text as HTML.
    ReadHtml: Need::Role(Role::View);
    /// The last good text of a damaged document.
    Salvaged: Need::Role(Role::View);
    /// A ticket for its socket.
    Ticket: Need::Role(Role::View);
    /// Another title.
    Rename: Need::Role(Role::Edit);
    /// Into the trash.
    Trash: Need::Role(Role::Own);
    /// Out of the trash.
    Restore: Need::Trash;
    /// Out of the world.
    Erase: Need::Trash;
    /// Giving up what one may do.
    Leave: Need::Role(Role::View);

    /// Its notes.
    ReadNotes: Need::Role(Role::View);
    /// A new note, a reply, a reaction; and changing one's own.
    WriteNotes: Need::Role(Role::Comment);
    /// Who takes part in it.
    ReadPeople: Need::Role(Role::View);
    /// Its text as a file, with its notes.
    Export: Need::Role(Role::View);

    /// A picture or file of it, by address.
    File: Need::Role(Role::View);
    /// Its pictures and files.
    Files: Need::Role(Role::View);
    /// A new picture or file.
    KeepFile: Need::Role(Role::Edit);
    /// Removing a picture or file.
    RemoveFile: Need::Role(Role::Edit);
    /// Its versions and their texts: they hold what was deleted.
    Versions: Need::Role(Role::Edit);
    /// A name for a version, or another, or none.
    NameVersion: Need::Role(Role::Edit);
    /// A version out of the world.
    RemoveVersion: Need::Role(Role::Own);
    /// A version's text, or a passage of it, into the text.
    BringBack: Need::Role(Role::Edit);
    /// Who wrote each character of its text.
    Authorship: Need::Role(Role::View);
    /// Its text as whoever asks last saw it.
    Since: Need::Role(Role::View);
    /// Having seen its text.
    Seen: Need::Role(Role::View);

    /// Who has access.
    Members: Need::Role(Role::Edit);
    /// Giving somebody a role.
    AddMember: Need::Role(Role::Own);
    /// Another role for somebody.
    ChangeMember: Need::Role(Role::Own);
    /// Taking somebody's role away.
    RemoveMember: Need::Role(Role::Own);
    /// Another owner.
    HandOver: Need::Role(Role::Own);
    /// Asking for more.
    Ask: Need::Role(Role::View);
    /// Who asks for more.
    Requests: Need::Role(Role::Own);
    /// Saying yes or no to one who asks.
    AnswerRequest: Need::Role(Role::Own);

    /// A document's links.
    Links: Need::Role(Role::Own);
    /// A new link.
    CreateLink: Need::Role(Role::Own);
    /// Changing a link.
    ChangeLink: Need::Role(Role::Own);
    /// Revoking a link.
    RevokeLink: Need::Role(Role::Own);
    /// Showing a link's secret.
    Redeem: Need::Anybody;

    /// Everybody with an account.
    Users: Need::Administrator;
    /// Suspending somebody, or making them administer.
    ChangeUser: Need::Administrator;
    /// A way back in for somebody.
    ResetUser: Need::Administrator;
    /// Invitations that were made.
    Invites: Need::Administrator;
    /// A new invitation.
    CreateInvite: Need::Administrator;
    /// Taking an invitation back.
    RemoveInvite: Need::Administrator;
    /// Every document's id and owner; never what is in it.
    Holdings: Need::Administrator;
    /// Another owner for a document, or into the trash with it.
    ChangeHolding: Need::Administrator;
}

impl Action {
    /// The role it takes, for what is asked inside a document.
    pub const fn role(self) -> Role {
        match self.needs() {
            Need::Role(role) | Need::Person(role) | Need::Account(role) => role,
            Need::Nothing | Need::Anybody => Role::View,
            Need::Session | Need::Administrator | Need::Trash => Role::Own,
        }
    }

    /// What its request carries. Everything but what uploads bytes is JSON, which no form of another site can send; bytes
    /// are `application/octet-stream`, which none can send either.
    pub const fn takes(self) -> Body {
        match self {
            Action::KeepFile | Action::Import => Body::Bytes,
            _ => Body::Json,
        }
    }
}

/// The kinds of request bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// `application/json`, or none.
    Json,
    /// `application/octet-stream`.
    Bytes,
}

/// The rows that socket messages are held against, in the room's words.
pub const POLICY: Policy =
    Policy { read: Action::SyncRead.role(), write: Action::SyncWrite.role(), present: Action::Present.role() };

/// Proof that a principal may do something with a document.
#[derive(Clone, Debug)]
pub struct Grant {
    document: Uuid,
    role: Role,
    epoch: u64,
    identity: Identity,
    until_ms: Option<u64>,
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

    /// When something it rests on ends by itself, and the door must be asked again.
    pub fn until_ms(&self) -> Option<u64> {
        self.until_ms
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

/// A role, and when it may end by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// What may be done.
    pub role: Role,
    /// `None`: not by itself.
    pub until_ms: Option<u64>,
}

impl Held {
    /// Without an end.
    pub fn open(role: Role) -> Held {
        Held { role, until_ms: None }
    }

    /// The higher role; the earlier end, since at either one the door must be asked again.
    pub fn and(self, other: Held) -> Held {
        let until_ms = [self.until_ms, other.until_ms].into_iter().flatten().min();
        Held { role: self.role.max(other.role), until_ms }
    }
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
    pub async fn open(storage: Storage, data: &Path) -> Result<Access, KeyError> {
        let key = Key::of_store(&storage, data).await?;
        Ok(Access(Arc::new(Inner { storage, key })))
    }

    /// The only door. No such document and none for this principal are the same error; who may be inside but not do
    /// this is told so, and only who owned an erased document learns that it is erased.
    pub async fn admit(&self, principal: &Principal, document: Uuid, action: Action) -> Result<Grant, Error> {
        let record = documents::load(&self.0.storage, document).await?.ok_or(Error::NotFound)?;
        if record.is_erased() {
            return Err(if principal.author() == Some(record.owner) { Error::Erased } else { Error::NotFound });
        }
        let grant = self.grant(principal, &record).await?.ok_or(Error::NotFound)?;
        let in_trash = record.trashed_ms.is_some();
        match action.needs() {
            Need::Role(_) if in_trash => Err(Error::NotFound),
            Need::Trash if in_trash && grant.role < Role::Own => Err(Error::NotFound),
            _ if grant.role < action.role() => Err(Error::RoleTooLow),
            _ => Ok(grant),
        }
    }

    /// The door again, for somebody who is inside: also says why not.
    pub async fn readmit(&self, principal: &Principal, document: Uuid) -> Result<Standing, StoreError> {
        let fresh = match principal.session() {
            Some(session) => sessions::resume(&self.0.storage, &session.hash).await?,
            None => Principal::Nobody,
        };
        let record = documents::load(&self.0.storage, document).await?;
        match (&fresh, record) {
            (Principal::Nobody, _) => Ok(Standing::SignedOut),
            (_, None) => Ok(Standing::Gone),
            (_, Some(record)) => match self.grant(&fresh, &record).await? {
                None => Ok(Standing::NoAccess),
                Some(_) if record.trashed_ms.is_some() || record.is_erased() => Ok(Standing::Gone),
                Some(grant) => Ok(Standing::Granted(grant)),
            },
        }
    }

    /// Who sent this request: the token it shows, else the session of its cookie. A token that is not good is an error
    /// and never falls back to the cookie, since whoever shows one is not held to the rules for pages.
    pub async fn principal(&self, request: &HttpRequest, state: &State) -> Result<Principal, Error> {
        if let Some(hash) = sessions::bearer(request)? {
            return match sessions::resume(&self.0.storage, &hash).await? {
                Principal::Nobody => Err(Error::BadToken),
                known => Ok(known),
            };
        }
        match sessions::cookie(request, state) {
            Some(hash) => Ok(sessions::resume(&self.0.storage, &hash).await?),
            None => Ok(Principal::Nobody),
        }
    }

    /// Who opens a socket: by ticket, by token, or by a cookie sent from one of our own pages.
    pub async fn socket_principal(
        &self,
        request: &HttpRequest,
        state: &State,
        ticket: Option<&str>,
        document: Uuid,
    ) -> Result<Principal, Error> {
        if let Some(ticket) = ticket {
            let hash = self.0.key.open_ticket(ticket, document, clock::wall_ms()).ok_or(Error::NotFound)?;
            return Ok(sessions::resume(&self.0.storage, &hash).await?);
        }
        let by_token = sessions::bearer(request)?.is_some();
        if !by_token && sessions::cookie(request, state).is_some() && !crate::guard::same_origin(request, state) {
            return Err(Error::ForeignOrigin);
        }
        self.principal(request, state).await
    }

    /// What somebody may do in a document, also while it is in the trash; for lists, which let nobody in.
    pub async fn role_in(&self, principal: &Principal, record: &Document) -> Result<Option<Role>, StoreError> {
        Ok(self.grant(principal, record).await?.map(|grant| grant.role))
    }

    /// What an author may do in a document, whoever asks; for lists of people.
    pub async fn role_of(&self, author: Author, record: &Document) -> Result<Option<Role>, StoreError> {
        Ok(self.held(author, record).await?.map(|held| held.role))
    }

    /// Keyed derivations: link secrets, one-time words, tickets.
    pub fn key(&self) -> &Key {
        &self.0.key
    }

    async fn grant(&self, principal: &Principal, record: &Document) -> Result<Option<Grant>, StoreError> {
        let Some(session) = principal.session() else { return Ok(None) };
        let Some(held) = self.held(session.author, record).await? else { return Ok(None) };
        let until_ms = [held.until_ms, session.until_ms].into_iter().flatten().min();
        Ok(Some(Grant {
            document: record.id,
            role: session.scope.map_or(held.role, |scope| scope.min(held.role)),
            epoch: record.epoch,
            identity: sessions::identity(session),
            until_ms,
        }))
    }

    async fn held(&self, author: Author, record: &Document) -> Result<Option<Held>, StoreError> {
        if record.owner == author {
            return Ok(Some(Held::open(Role::Own)));
        }
        let member = members::role_of(&self.0.storage, record.id, author).await?.map(Held::open);
        let linked = links::held(&self.0.storage, record.id, author).await?;
        Ok(match (member, linked) {
            (Some(one), Some(other)) => Some(one.and(other)),
            (one, other) => one.or(other),
        })
    }
}

#[cfg(test)]
mod tests;
