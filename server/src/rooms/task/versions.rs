//! Versions of an open document: taken when they are due, and what each reader has seen.
//!
//! Invariant: while nothing is pending, the newest version is the text as it is; a version is durable before anything
//! is done that rests on it. Next: `revisions.rs`.

use room::{Author, CommandError, ConnId, Role, Room};
use storage::StoreError;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::Task;
use crate::access::Grant;
use crate::revisions::{self, Pace, Place, Version};
use crate::rooms::{RoomError, Rooms, Take};
use crate::{clock, mentions};

/// The newest version of a document that is being loaded.
pub(super) async fn newest(rooms: &Rooms, document: Uuid) -> Option<(Uuid, Version)> {
    match rooms.versions().all(document).await {
        Ok(stored) => stored.versions.last().cloned(),
        Err(error) => {
            tracing::warn!(%document, "its versions could not be looked at: {error}");
            None
        }
    }
}

/// What was written after the newest version, before a crash, is pending.
pub(super) fn since(newest: Option<(Uuid, Version)>, room: &Room) -> (Option<Uuid>, Pace) {
    let (mut pace, text) = (Pace::default(), room.text());
    let same = newest.as_ref().map_or(text.is_empty(), |(_, version)| version.holds(&text));
    if !same {
        pace.edited(clock::monotonic_ms());
    }
    (newest.map(|(id, _)| id), pace)
}

impl Task {
    /// Trouble here is told and tried again with the next edit; the text itself is safe in the log.
    pub(super) async fn revise(&mut self) {
        if let Err(error) = self.keep().await {
            tracing::warn!(document = %self.document, "a version could not be stored: {error}");
        }
    }

    /// Takes a version of the text as it is.
    async fn keep(&mut self) -> Result<Uuid, StoreError> {
        let (text, authors) = (self.room.text(), self.room.writers());
        self.pace.taken(clock::monotonic_ms());
        let versions = self.rooms.versions();
        let kept = versions.record(self.document, text, authors, clock::wall_ms()).await;
        match &kept {
            Ok(id) => {
                self.newest = Some(*id);
                self.thin();
            }
            Err(_) => self.pace.edited(clock::monotonic_ms()),
        }
        kept
    }

    /// Lets go beside the room of what has become too fine; nobody waits for it.
    fn thin(&mut self) {
        let (versions, document) = (self.rooms.versions().clone(), self.document);
        self.jottings.spawn(async move {
            if let Err(error) = versions.thin(document, clock::wall_ms()).await {
                tracing::warn!(%document, "its versions could not be thinned out: {error}");
            }
        });
    }

    /// A version of the text as it is, for whoever asks.
    pub(super) async fn version(&mut self, take: Take) -> Result<Uuid, RoomError> {
        self.room.flush(clock::monotonic_ms(), &mut self.effects);
        self.run_effects();
        let unkept = |error: StoreError| match error {
            StoreError::Full | StoreError::Short => RoomError::Refused(CommandError::Full),
            error => RoomError::Unkept(error.to_string()),
        };
        if let Some(newest) = self.newest.filter(|_| take == Take::Any && !self.pace.pending()) {
            let there = self.rooms.versions().find(self.document, newest).await.map_err(unkept)?;
            if there.is_some() {
                return Ok(newest);
            }
        }
        self.keep().await.map_err(unkept)
    }

    /// Somebody closed a tab. Before their last one goes: a version of what they see, unless there was one a moment ago.
    pub(super) async fn left(&mut self, conn: ConnId) {
        let reader = self.reader(conn).filter(|_| self.forgetting.is_none());
        if reader.is_some_and(|reader| self.tabs(reader) == 1) {
            self.keep_for_looking_away().await;
        }
        self.leave(conn);
    }

    async fn keep_for_looking_away(&mut self) {
        self.room.flush(clock::monotonic_ms(), &mut self.effects);
        self.run_effects();
        let apart = self.rooms.0.parts.limits.revision_reader;
        if self.pace.due_for_reader(clock::monotonic_ms(), apart) {
            self.revise().await;
        }
    }

    /// Somebody says that they have seen everything.
    pub(super) async fn seen(&mut self, grant: &Grant, done: oneshot::Sender<()>) {
        let came = self.came(grant.author());
        self.keep_for_looking_away().await;
        let place = self.place(came, grant.role());
        self.jot_seen(grant.author(), place, Some(done));
    }

    pub(super) fn place(&self, came: Uuid, role: Role) -> Place {
        revisions::place(self.newest, self.pace.pending(), came, role)
    }

    /// Remembers beside the room what a reader has seen.
    pub(super) fn jot_seen(&mut self, reader: Author, place: Place, done: Option<oneshot::Sender<()>>) {
        let (storage, document) = (self.rooms.0.parts.storage.clone(), self.document);
        self.jottings.spawn(async move {
            let seen = revisions::see(&storage, document, reader, place, clock::wall_ms()).await;
            if let Err(error) = seen.and(mentions::seen(&storage, document, reader).await) {
                tracing::debug!(%document, "a reader's place could not be stored: {error}");
            }
            done.map(|done| done.send(()));
        });
    }
}
