//! What an administrator does: accounts, invitations, and documents by their ids.
//!
//! The page and the command line ask here, so both do the same. Invariant: nothing in here reads a title or a text;
//! administrators have no role in others' documents. Next: `http/admin.rs`, `admin/socket.rs`.

use std::sync::Arc;

use room::Author;
use serde::{Deserialize, Serialize};
use storage::Storage;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::Access;
use crate::accounts::{self, Account};
use crate::config::Config;
use crate::http::{Error, Person};
use crate::metrics::Metrics;
use crate::verify::Report;
use crate::{documents, names, words};

#[cfg(unix)]
mod long;
#[cfg_attr(not(unix), path = "admin/no_socket.rs")]
pub mod socket;

/// An account.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// The author of what they write.
    pub author: Uuid,
    /// Account name.
    pub name: String,
    /// How others see them.
    pub display: String,
    /// Colour, 1 to 8.
    pub peer: u8,
    /// Whether they administer the server.
    pub admin: bool,
    /// Since when they are suspended, milliseconds since 1970.
    pub suspended_ms: Option<u64>,
    /// Sign-up, milliseconds since 1970.
    pub created_ms: u64,
    /// How many documents they own.
    pub documents: usize,
}

/// A one-time address.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Address {
    /// To hand over.
    pub url: String,
    /// Until when it works, milliseconds since 1970.
    pub expires_ms: u64,
}

/// An invitation.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Invite {
    /// UUID.
    pub id: Uuid,
    /// Who it is for; may be empty.
    pub label: String,
    /// To hand over.
    pub url: String,
    /// Milliseconds since 1970.
    pub created_ms: u64,
    /// Until when it works.
    pub expires_ms: u64,
    /// The account it became.
    pub used_by: Option<String>,
}

/// A document, from outside.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Holding {
    /// UUID.
    pub id: Uuid,
    /// Whose it is.
    pub owner: Person,
    /// Milliseconds since 1970.
    pub created_ms: u64,
    /// Last change of the text.
    pub updated_ms: u64,
    /// When it went into the trash.
    pub trashed_ms: Option<u64>,
    /// It is set aside: what is stored of it does not read well.
    #[serde(default)]
    pub damaged: bool,
}

/// How a server was told to run, as far as whoever looks after it must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Of Galley.
    pub version: String,
    /// Where people reach it.
    pub url: String,
    /// Networks whose X-Forwarded-For it believes.
    pub trusted_proxies: Vec<String>,
    /// Sockets from one address.
    pub connections_per_address: usize,
}

impl Settings {
    /// Of a server at `url` with this configuration.
    pub fn of(config: &Config, url: String) -> Settings {
        Settings {
            version: env!("CARGO_PKG_VERSION").into(),
            url,
            trusted_proxies: config.trusted_proxies.iter().map(ToString::to_string).collect(),
            connections_per_address: config.limits.connections_per_address,
        }
    }
}

/// What the command line asks of a server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "kebab-case")]
pub enum Order {
    /// Every account.
    Users,
    /// An invitation.
    Invite {
        /// Who it is for.
        label: String,
    },
    /// A way back in.
    Reset {
        /// Account name.
        name: String,
    },
    /// Nobody from now on, or somebody again.
    Suspend {
        /// Account name.
        name: String,
        /// `false`: lets them in again.
        suspended: bool,
    },
    /// Every document, or those of one owner.
    Documents {
        /// Account name.
        owner: Option<String>,
    },
    /// Another owner.
    Transfer {
        /// Which document.
        document: Uuid,
        /// Account name.
        to: String,
    },
    /// What the server has counted.
    Metrics,
    /// Everything as one file; only over the socket.
    Backup,
    /// Whether everything is as it should be; only over the socket.
    Verify,
    /// How the server was told to run.
    Settings,
}

/// What it answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "answer", content = "value", rename_all = "kebab-case")]
pub enum Reply {
    /// Accounts.
    Users(Vec<User>),
    /// An account as it is now.
    User(User),
    /// An invitation.
    Invite(Invite),
    /// A way back in.
    Address(Address),
    /// Documents.
    Documents(Vec<Holding>),
    /// A document as it is now.
    Document(Holding),
    /// What the server has counted, as /metrics shows it.
    Metrics(String),
    /// How far it is; more follows.
    Progress(String),
    /// What came of looking at everything.
    Report(Box<Report>),
    /// How the server runs.
    Settings(Settings),
    /// The backup follows, until the socket ends.
    Backup,
    /// Why not, for people.
    Refused(String),
}

/// The administrator's desk; clones share it.
#[derive(Clone)]
pub struct Admin {
    storage: Storage,
    access: Access,
    origin: String,
    serving: Option<(Arc<Metrics>, Settings)>,
}

impl Admin {
    /// For a server people reach at `origin`; nothing is counted where nobody serves.
    pub fn new(storage: Storage, access: Access, origin: String, serving: Option<(Arc<Metrics>, Settings)>) -> Admin {
        Admin { storage, access, origin, serving }
    }

    /// What everything is kept in.
    pub fn storage(&self) -> Storage {
        self.storage.clone()
    }

    /// Does what was ordered; never fails, since whoever ordered reads the answer.
    pub async fn obey(&self, order: Order) -> Reply {
        self.try_obey(order).await.unwrap_or_else(|error| Reply::Refused(error.sentence()))
    }

    async fn try_obey(&self, order: Order) -> Result<Reply, Error> {
        Ok(match order {
            Order::Users => Reply::Users(self.users().await?),
            Order::Invite { label } => Reply::Invite(self.invite(&label).await?),
            Order::Reset { name } => Reply::Address(self.reset(self.named(&name).await?).await?),
            Order::Suspend { name, suspended } => {
                Reply::User(self.change_user(self.named(&name).await?, Some(suspended), None).await?)
            }
            Order::Documents { owner } => {
                let owner = match owner {
                    Some(name) => Some(self.named(&name).await?),
                    None => None,
                };
                let mut documents = self.documents().await?;
                documents.retain(|holding| owner.is_none_or(|owner| holding.owner.author() == owner));
                Reply::Documents(documents)
            }
            Order::Transfer { document, to } => Reply::Document(self.transfer(document, &to).await?),
            Order::Backup | Order::Verify => Reply::Refused("This takes the server's socket; ask there.".into()),
            Order::Settings => match &self.serving {
                Some((_, settings)) => Reply::Settings(settings.clone()),
                None => Reply::Refused("No server is running on this data folder.".into()),
            },
            Order::Metrics => match self.serving.as_ref().and_then(|(metrics, _)| metrics.text()) {
                Some(text) => Reply::Metrics(text),
                None => {
                    Reply::Refused("No server is running on this data folder, and only a running one counts.".into())
                }
            },
        })
    }

    /// Every account, oldest first.
    pub async fn users(&self) -> Result<Vec<User>, Error> {
        let mut users = Vec::new();
        for (author, account) in accounts::all(&self.storage).await? {
            users.push(self.show(author, account).await?);
        }
        Ok(users)
    }

    /// Suspends somebody or lets them in again; makes them administer or not.
    pub async fn change_user(
        &self,
        author: Author,
        suspended: Option<bool>,
        admin: Option<bool>,
    ) -> Result<User, Error> {
        if let Some(admin) = admin {
            accounts::set_admin(&self.storage, author, admin).await?;
        }
        if let Some(suspended) = suspended {
            accounts::set_suspended(&self.storage, author, suspended).await?;
        }
        let account = accounts::find(&self.storage, author).await?.ok_or(Error::NotFound)?;
        self.show(author, account).await
    }

    /// A one-time address for a new password.
    pub async fn reset(&self, author: Author) -> Result<Address, Error> {
        accounts::find(&self.storage, author).await?.ok_or(Error::NotFound)?;
        let (word, expires_ms) = words::reset(&self.storage, self.access.key(), author).await?;
        Ok(Address { url: format!("{}/#reset={word}", self.origin), expires_ms })
    }

    /// Every invitation, newest first.
    pub async fn invites(&self) -> Result<Vec<Invite>, Error> {
        let mut shown = Vec::new();
        for invite in words::invites(&self.storage).await? {
            shown.push(self.show_invite(&invite).await?);
        }
        Ok(shown)
    }

    /// A new invitation: one account, seven days.
    pub async fn invite(&self, label: &str) -> Result<Invite, Error> {
        let invite = words::invite(&self.storage, label).await?.ok_or(Error::TooManyInvites)?;
        self.show_invite(&invite).await
    }

    /// Takes an invitation back.
    pub async fn withdraw(&self, id: Uuid) -> Result<(), Error> {
        if words::withdraw(&self.storage, id).await? { Ok(()) } else { Err(Error::NotFound) }
    }

    /// Every document, oldest first.
    pub async fn documents(&self) -> Result<Vec<Holding>, Error> {
        let mut holdings = Vec::new();
        for record in documents::all(&self.storage).await? {
            holdings.push(self.show_document(record).await?);
        }
        Ok(holdings)
    }

    /// Gives a document to the account of this name.
    pub async fn transfer(&self, document: Uuid, to: &str) -> Result<Holding, Error> {
        documents::hand_over(&self.storage, document, self.named(to).await?).await?;
        self.document(document).await
    }

    /// Puts a document into the trash, or takes it out.
    pub async fn set_trashed(&self, document: Uuid, trashed: bool) -> Result<Holding, Error> {
        self.document(document).await?;
        documents::set_trashed(&self.storage, document, trashed).await?;
        self.document(document).await
    }

    /// One document.
    pub async fn document(&self, id: Uuid) -> Result<Holding, Error> {
        let record = documents::load(&self.storage, id).await?.filter(|record| !record.is_erased());
        self.show_document(record.ok_or(Error::NotFound)?).await
    }

    async fn named(&self, name: &str) -> Result<Author, Error> {
        let name = names::account(name).map_err(|_| Error::NoAccount)?;
        Ok(accounts::by_name(&self.storage, &name).await?.ok_or(Error::NoAccount)?.0)
    }

    async fn show(&self, author: Author, account: Account) -> Result<User, Error> {
        let Account { name, display, admin, suspended_ms, created_ms, .. } = account;
        let documents = documents::owned(&self.storage, author).await?.len();
        let peer = names::peer(author);
        Ok(User { author: author.0, name, display, peer, admin, suspended_ms, created_ms, documents })
    }

    async fn show_invite(&self, invite: &words::Invite) -> Result<Invite, Error> {
        let used_by = match invite.used_by {
            Some(author) => accounts::known(&self.storage, author).await?.name,
            None => None,
        };
        let url = format!("{}/#invite={}", self.origin, invite.word(self.access.key()));
        let words::Invite { id, created_ms, expires_ms, .. } = *invite;
        Ok(Invite { id, label: invite.label.clone(), url, created_ms, expires_ms, used_by })
    }

    async fn show_document(&self, record: documents::Document) -> Result<Holding, Error> {
        let owner = Person::of(&self.storage, record.owner).await?;
        let documents::Document { id, created_ms, updated_ms, trashed_ms, .. } = record;
        Ok(Holding { id, owner, created_ms, updated_ms, trashed_ms, damaged: false })
    }
}
