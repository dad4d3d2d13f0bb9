//! Open documents: at most one task for each, found or started here.
//!
//! Invariant: between "is it open?" and "insert it" nothing is awaited. A miss inserts the inbox first; the new task
//! loads, joiners wait in the inbox, and a failed load is an error for them, never an empty document. A task leaves
//! under the same lock, and only if its inbox is empty. Next: `rooms/task.rs`, the loop of one room.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use room::{Author, Channel, CloseReason, Command, CommandError, ConnId, Dialect, Reply, Still, Whose};
use storage::{Cast, Storage};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::access::{Access, Grant, Principal};
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::outbox::Outbox;
use crate::presence::Presence;
use crate::revisions::Versions;
use lane::{Inbox, Lane};
use quarantine::Quarantine;

mod lane;
mod quarantine;
mod salvage;
mod task;
mod trouble;

pub use salvage::{Salvaged, Source};
#[cfg(debug_assertions)]
pub use trouble::Fault;

/// Every open document of this process; clones share them.
#[derive(Clone)]
pub struct Rooms(Arc<Shared>);

/// What the registry and its tasks work with.
pub struct Parts {
    /// Where tasks run.
    pub engine: Handle,
    /// Durable bytes.
    pub storage: Storage,
    /// Re-admits live connections.
    pub access: Access,
    /// How much of everything.
    pub limits: Limits,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// Told who is in.
    pub presence: Arc<Presence>,
    /// Wall clock of the last start after an unclean stop.
    pub unclean_at: Option<u64>,
    /// The data folder, for what is set aside.
    pub data: PathBuf,
}

struct Shared {
    parts: Parts,
    versions: Versions,
    /// `None` once the door is closed.
    open: Mutex<Option<HashMap<Uuid, Inbox>>>,
    /// Rooms that ended without settling, and when: tabs may hold edits these had accepted and lost.
    broken: Mutex<HashMap<Uuid, u64>>,
    /// There is no room on the disk: rooms open with writing refused.
    paused: AtomicBool,
    quarantine: Quarantine,
    #[cfg(debug_assertions)]
    faults: Mutex<HashMap<Uuid, Fault>>,
    next_connection: AtomicU64,
    next_request: AtomicU64,
}

/// Of every open document the inbox holds a block of 32.
const _: () = assert!(size_of::<Message>() <= 48);

/// Everything that reaches a room's task from outside.
enum Message {
    Join(Box<Joining>),
    Frame {
        conn: ConnId,
        bytes: Bytes,
    },
    Drained {
        conn: ConnId,
    },
    Leave {
        conn: ConnId,
    },
    Command {
        grant: Box<Grant>,
        command: Box<Command>,
        reply: oneshot::Sender<Result<Reply, RoomError>>,
    },
    Read {
        reply: oneshot::Sender<Result<Arc<str>, RoomError>>,
    },
    /// The text and its notes, with the places of all of them or of one.
    Still {
        of: Option<Uuid>,
        reply: oneshot::Sender<Result<Still, RoomError>>,
    },
    /// Whose every character is.
    Whose {
        reply: oneshot::Sender<Result<Whose, RoomError>>,
    },
    /// A version of the text as it is.
    Version {
        take: Take,
        reply: oneshot::Sender<Result<Uuid, RoomError>>,
    },
    /// The holder has seen everything up to now.
    Seen {
        grant: Box<Grant>,
        done: oneshot::Sender<()>,
    },
    /// Access may have changed: ask again for every connection, or for those of one author.
    Readmit {
        author: Option<Uuid>,
        done: Option<oneshot::Sender<()>>,
    },
    /// The document was erased: let go of it and keep nothing.
    Gone {
        done: Option<oneshot::Sender<()>>,
    },
    /// There is no room on the disk: take no writes.
    Pause {
        done: oneshot::Sender<()>,
    },
    /// There is room again.
    Resume,
    /// What is stored may be other than what this room has: load it anew.
    Reload,
    /// Whoever was just reading needs it no longer.
    Rest,
    Stop {
        settled: oneshot::Sender<bool>,
    },
}

impl Message {
    /// Whether any room of the document can answer it, whoever has a seat there.
    fn is_question(&self) -> bool {
        matches!(
            self,
            Message::Command { .. }
                | Message::Read { .. }
                | Message::Still { .. }
                | Message::Whose { .. }
                | Message::Version { .. }
                | Message::Seen { .. }
        )
    }
}

/// Which version is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// One of the text as it is; the newest, if that is.
    Any,
    /// A new one.
    New,
}

struct Joining {
    conn: ConnId,
    entrance: Entrance,
}

/// What a connection brings to the door.
pub struct Entrance {
    /// Proof of access.
    pub grant: Grant,
    /// Who holds it, to be asked again when access changes.
    pub principal: Principal,
    /// The guests they were before they signed in.
    pub also: Vec<Author>,
    /// What it speaks.
    pub dialect: Dialect,
    /// What it wants to see.
    pub channel: Channel,
    /// Where its messages go.
    pub outbox: Outbox,
}

/// A connection's place in a room; dropping it leaves.
pub struct Seat {
    conn: ConnId,
    inbox: Inbox,
    engine: Handle,
}

impl Seat {
    /// Hands one message to the room; waits while its inbox is full. `false`: the room is gone.
    pub async fn frame(&self, bytes: Bytes) -> bool {
        self.inbox.send(Message::Frame { conn: self.conn, bytes }).await.is_ok()
    }

    /// Tells the room that the socket's queue ran empty; one that is gone has closed the socket.
    pub async fn drained(&self) {
        self.inbox.send(Message::Drained { conn: self.conn }).await.ok();
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let leave = Message::Leave { conn: self.conn };
        if let Err(mpsc::error::TrySendError::Full(leave)) = self.inbox.messages.try_send(leave) {
            let inbox = self.inbox.clone();
            self.engine.spawn(async move { inbox.send(leave).await.ok() });
        }
    }
}

impl Rooms {
    /// No rooms yet. Listens to the bus for changes of access from now on.
    pub fn new(parts: Parts) -> Rooms {
        let engine = parts.engine.clone();
        let mut casts = parts.storage.subscribe();
        let versions = Versions::new(parts.storage.clone());
        let rooms = Rooms(Arc::new(Shared {
            parts,
            versions,
            open: Mutex::new(Some(HashMap::new())),
            broken: Mutex::default(),
            paused: AtomicBool::new(false),
            quarantine: Quarantine::default(),
            #[cfg(debug_assertions)]
            faults: Mutex::default(),
            next_connection: AtomicU64::new(1),
            next_request: AtomicU64::new(1),
        }));
        let shared = Arc::downgrade(&rooms.0);
        engine.spawn(async move {
            while let Some(received) = casts.next().await {
                let Some(shared) = shared.upgrade() else { return };
                Rooms(shared).heard(received).await;
            }
        });
        rooms
    }

    /// Takes a place in a document's room, opening it if need be.
    pub async fn enter(&self, entrance: Entrance) -> Result<Seat, RoomError> {
        let conn = ConnId(self.0.next_connection.fetch_add(1, Ordering::Relaxed));
        let document = entrance.grant.document();
        let join = Message::Join(Box::new(Joining { conn, entrance }));
        let inbox = self.send(document, join).await?;
        Ok(Seat { conn, inbox, engine: self.0.parts.engine.clone() })
    }

    /// The text as it is now.
    pub async fn read(&self, grant: &Grant) -> Result<Arc<str>, RoomError> {
        let (reply, answer) = oneshot::channel();
        self.send(grant.document(), Message::Read { reply }).await?;
        answer.await.map_err(|_| RoomError::Lost)?
    }

    /// The text and its notes as they are now.
    pub async fn still(&self, grant: &Grant) -> Result<Still, RoomError> {
        self.look(grant, None).await
    }

    /// The same, with the place of one note and of no other: cheap.
    pub async fn still_of(&self, grant: &Grant, note: Uuid) -> Result<Still, RoomError> {
        self.look(grant, Some(note)).await
    }

    async fn look(&self, grant: &Grant, of: Option<Uuid>) -> Result<Still, RoomError> {
        self.look_in(grant.document(), of).await
    }

    /// For the server's own housekeeping, which asks for nobody; nothing of it may get into an answer.
    pub async fn housekeeping(&self, document: Uuid) -> Result<Still, RoomError> {
        self.look_in(document, Some(Uuid::nil())).await
    }

    async fn look_in(&self, document: Uuid, of: Option<Uuid>) -> Result<Still, RoomError> {
        let (reply, answer) = oneshot::channel();
        self.send(document, Message::Still { of, reply }).await?;
        answer.await.map_err(|_| RoomError::Lost)?
    }

    /// Every version of every document.
    pub fn versions(&self) -> &Versions {
        &self.0.versions
    }

    /// Whose every character of the text is.
    pub async fn whose(&self, grant: &Grant) -> Result<Whose, RoomError> {
        let (reply, answer) = oneshot::channel();
        self.send(grant.document(), Message::Whose { reply }).await?;
        answer.await.map_err(|_| RoomError::Lost)?
    }

    /// The id of a version of the text as it is, taken now if need be.
    pub async fn version(&self, grant: &Grant, take: Take) -> Result<Uuid, RoomError> {
        let (reply, answer) = oneshot::channel();
        self.send(grant.document(), Message::Version { take, reply }).await?;
        answer.await.map_err(|_| RoomError::Lost)?
    }

    /// Remembers that the holder has seen everything up to now.
    pub async fn seen(&self, grant: &Grant) -> Result<(), RoomError> {
        let (done, answer) = oneshot::channel();
        self.send(grant.document(), Message::Seen { grant: Box::new(grant.clone()), done }).await?;
        answer.await.map_err(|_| RoomError::Lost)
    }

    /// Changes the document as the holder of the grant; answers when the change is durable.
    pub async fn command(&self, grant: &Grant, command: Command) -> Result<Reply, RoomError> {
        let (reply, answer) = oneshot::channel();
        let message = Message::Command { grant: Box::new(grant.clone()), command: Box::new(command), reply };
        self.send(grant.document(), message).await?;
        answer.await.map_err(|_| RoomError::Lost)?
    }

    /// Asks again for everybody in a document, and waits until whoever may not stay is out: nothing that comes after
    /// this reaches them. The bus tells the same, without an answer.
    pub async fn readmit(&self, document: Uuid) {
        let (done, answer) = oneshot::channel();
        self.tell(document, Message::Readmit { author: None, done: Some(done) }).await;
        answer.await.ok();
    }

    /// The same for one person, wherever they are.
    pub async fn readmit_person(&self, author: Author) {
        let rooms = self.inboxes();
        let mut answers = Vec::with_capacity(rooms.len());
        for inbox in rooms {
            let (done, answer) = oneshot::channel();
            inbox.send(Message::Readmit { author: Some(author.0), done: Some(done) }).await.ok();
            answers.push(answer);
        }
        for answer in answers {
            answer.await.ok();
        }
    }

    /// Closes the room of an erased document and waits until nothing of it is on its way to the disk.
    pub async fn forget(&self, document: Uuid) {
        let (done, answer) = oneshot::channel();
        self.tell(document, Message::Gone { done: Some(done) }).await;
        answer.await.ok();
    }

    /// Where a document's room has nobody in it, closes it now rather than some time later. For whoever reads a great many
    /// documents in a row.
    pub async fn rest(&self, document: Uuid) {
        self.tell(document, Message::Rest).await;
    }

    /// Where rooms run; for work that may block or last longer than its request.
    pub fn engine(&self) -> Handle {
        self.0.parts.engine.clone()
    }

    /// Whether the door is closed.
    pub fn is_closed(&self) -> bool {
        self.map().is_none()
    }

    /// Closes the door, says goodbye to every connection and waits until nothing is in flight. `false`: something
    /// that was accepted could not be made durable (nobody was told it was).
    pub async fn shut_down(&self) -> bool {
        let rooms: Vec<Inbox> = self.map().take().into_iter().flat_map(HashMap::into_values).collect();
        let mut settled = true;
        let mut answers = Vec::new();
        for inbox in rooms {
            let (reply, answer) = oneshot::channel();
            if inbox.send(Message::Stop { settled: reply }).await.is_ok() {
                answers.push(answer);
            }
        }
        for answer in answers {
            settled &= answer.await.unwrap_or(false);
        }
        settled
    }

    fn inboxes(&self) -> Vec<Inbox> {
        self.map().as_ref().map(|map| map.values().cloned().collect()).unwrap_or_default()
    }

    /// Delivers to the room of `document`; a room that closed meanwhile is opened again.
    async fn send(&self, document: Uuid, mut message: Message) -> Result<Inbox, RoomError> {
        loop {
            let inbox = self.find_or_open(document)?;
            match inbox.send(message).await {
                Ok(()) => return Ok(inbox),
                Err(returned) => message = returned,
            }
        }
    }

    fn find_or_open(&self, document: Uuid) -> Result<Inbox, RoomError> {
        let mut open = self.map();
        let map = open.as_mut().ok_or(RoomError::Stopping)?;
        if let Some(inbox) = map.get(&document).filter(|inbox| !inbox.messages.is_closed()) {
            return Ok(inbox.clone());
        }
        let (sender, messages) = mpsc::channel(self.0.parts.limits.inbox);
        let inbox = Inbox { messages: sender, lane: Lane::new() };
        map.insert(document, inbox.clone());
        inbox.lane.spawn(&self.0.parts.engine, task::run(self.clone(), document, messages, inbox.lane.clone()));
        Ok(inbox)
    }

    /// Removes a room whose inbox is empty; `false` if somebody came in meanwhile.
    fn leave(&self, document: Uuid, messages: &mpsc::Receiver<Message>) -> bool {
        let mut open = self.map();
        if !messages.is_empty() {
            return false;
        }
        if let Some(map) = open.as_mut() {
            map.remove(&document);
        }
        true
    }

    async fn heard(&self, received: Result<Cast, storage::Lagged>) {
        match received {
            Ok(Cast::AccessChanged { document }) => {
                self.tell(document, Message::Readmit { author: None, done: None }).await;
            }
            Ok(Cast::DocumentGone { document }) => self.tell(document, Message::Gone { done: None }).await,
            Ok(Cast::PrincipalChanged { author }) => self.tell_all(Some(author)).await,
            Ok(Cast::Awareness { .. }) => {}
            Err(storage::Lagged) => self.tell_all(None).await,
        }
    }

    /// To one room, if it is open.
    async fn tell(&self, document: Uuid, message: Message) {
        let inbox = self.map().as_ref().and_then(|map| map.get(&document).cloned());
        if let Some(inbox) = inbox {
            inbox.send(message).await.ok();
        }
    }

    async fn tell_all(&self, author: Option<Uuid>) {
        let rooms = self.inboxes();
        for inbox in rooms {
            inbox.send(Message::Readmit { author, done: None }).await.ok();
        }
    }

    fn map(&self) -> MutexGuard<'_, Option<HashMap<Uuid, Inbox>>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a room did not do what was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RoomError {
    /// The server is going away.
    #[error("the server is stopping; try again in a moment")]
    Stopping,
    /// What is stored could not be read.
    #[error("the document could not be loaded: {0}")]
    Load(String),
    /// What is stored is not a document any more.
    #[error(
        "this document is damaged, so it cannot be changed; nothing of it was deleted: its page shows the last text that \
         reads well"
    )]
    Damaged(Arc<str>),
    /// The text could not be kept as a version.
    #[error("a version of the text could not be stored, so nothing was changed; try again later: {0}")]
    Unkept(String),
    /// The room ended before it answered.
    #[error("the document was closed before it answered; try again")]
    Lost,
    /// The room refused.
    #[error(transparent)]
    Refused(#[from] CommandError),
}

impl RoomError {
    /// How a socket that met this is closed.
    pub fn close_reason(&self) -> CloseReason {
        match self {
            RoomError::Damaged(_) => CloseReason::Damaged,
            _ => CloseReason::TryLater,
        }
    }
}
