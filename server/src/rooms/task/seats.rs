//! Who sits in a room: coming, going, and being asked again whether they may stay.
//!
//! Invariant: whoever is closed here hears nothing that is sent after; a grant that ends by itself is known with its end.
//! Next: `rooms/task.rs`, the loop; `access.rs`, the door.

use std::time::{Duration, Instant};

use room::{Author, CloseReason, ConnId, Event, Identity, Role};
use uuid::Uuid;

use super::Task;
use crate::access::{Grant, Principal, Standing};
use crate::outbox::Outbox;
use crate::rooms::Joining;
use crate::{clock, documents, mentions};

/// Somebody inside.
pub(super) struct Occupant {
    /// Where their messages go.
    pub(super) outbox: Outbox,
    principal: Principal,
    role: Role,
    /// When the door must be asked again, wall clock.
    pub(super) until_ms: Option<u64>,
    /// Versions with greater ids were taken while they were here.
    came: Uuid,
    /// How others see them.
    identity: Identity,
}

impl Drop for Occupant {
    // Also when the task panics: a socket whose room is gone reconnects and finds it reloaded.
    fn drop(&mut self) {
        self.outbox.close(CloseReason::TryLater);
    }
}

impl Task {
    pub(super) fn join(&mut self, joining: Joining) {
        let Joining { conn, entrance } = joining;
        let limits = &self.rooms.0.parts.limits;
        if self.forgetting.is_some() {
            return entrance.outbox.close(CloseReason::Gone);
        }
        if self.reloading || self.stopping.is_some() || self.seats.len() >= limits.connections_per_document {
            self.rooms.0.parts.metrics.reached("connections_per_document");
            return entrance.outbox.close(CloseReason::TryLater);
        }
        let (role, identity) = (entrance.grant.role(), entrance.grant.identity());
        self.hold_debtor(identity.author, &entrance.outbox);
        self.note_opened(&identity);
        let occupant = Occupant {
            outbox: entrance.outbox,
            principal: entrance.principal,
            role,
            until_ms: entrance.grant.until_ms(),
            came: Uuid::now_v7(),
            identity: identity.clone(),
        };
        self.seats.insert(conn, occupant);
        self.empty_since = None;
        self.moved = true;
        let (dialect, channel, also) = (entrance.dialect, entrance.channel, entrance.also);
        self.accept(Event::Join { conn, role, dialect, channel, identity, also });
    }

    pub(super) fn leave(&mut self, conn: ConnId) {
        if let Some(occupant) = self.seats.remove(&conn) {
            self.accept(Event::Leave { conn });
            self.note_seen(&occupant);
            self.moved = true;
        }
        if self.seats.is_empty() {
            self.empty_since.get_or_insert_with(Instant::now);
        }
    }

    /// Remembers beside the room how far this reader has read; nobody waits for it.
    fn note_seen(&mut self, reader: &Occupant) {
        let Some(author) = reader.principal.author().filter(|_| self.forgetting.is_none()) else { return };
        let place = self.place(reader.came, reader.role);
        self.jot_seen(author, place, None);
    }

    /// Who sits there, for whoever looks after what they have seen.
    pub(super) fn reader(&self, conn: ConnId) -> Option<Author> {
        self.seats.get(&conn)?.principal.author()
    }

    /// When the reader came who has been here longest under this name; now, if nobody is.
    pub(super) fn came(&self, reader: Author) -> Uuid {
        let theirs = self.seats.values().filter(|seat| seat.principal.author() == Some(reader));
        theirs.map(|seat| seat.came).min().unwrap_or_else(Uuid::now_v7)
    }

    /// How many connections a reader has.
    pub(super) fn tabs(&self, reader: Author) -> usize {
        self.seats.values().filter(|seat| seat.principal.author() == Some(reader)).count()
    }

    /// Remembers beside the room that somebody opened the document; nobody waits for it.
    fn note_opened(&mut self, reader: &Identity) {
        let (storage, document, author) = (self.rooms.0.parts.storage.clone(), self.document, reader.author);
        self.jottings.spawn(async move {
            let opened = documents::opened(&storage, document, author, clock::wall_ms()).await;
            if let Err(error) = opened.and(mentions::seen(&storage, document, author).await) {
                tracing::debug!(%document, "that it was opened could not be stored: {error}");
            }
        });
    }

    /// How long until a grant ends by itself, if that is before the next look at the clock.
    pub(super) fn end_before(&self, next: Duration) -> Option<Duration> {
        let left = Duration::from_millis(self.end_ms?.saturating_sub(clock::wall_ms()));
        (left < next).then_some(left)
    }

    /// Asks again for everybody, if somebody's grant has ended by itself.
    pub(super) async fn expire(&mut self) {
        if self.end_ms.is_some_and(|end| end <= clock::wall_ms()) {
            self.readmit(None).await;
            self.end_ms = self.first_end();
        }
    }

    fn first_end(&self) -> Option<u64> {
        self.seats.values().filter_map(|seat| seat.until_ms).min()
    }

    /// Says who is in, if that changed.
    pub(super) fn tell_presence(&mut self) {
        if std::mem::take(&mut self.moved) {
            self.end_ms = self.first_end();
            let people = self.seats.values().map(|seat| seat.identity.clone()).collect();
            self.rooms.0.parts.presence.set(self.document, people);
        }
    }

    pub(super) fn close(&mut self, conn: ConnId, reason: CloseReason) {
        if let Some(occupant) = self.seats.get(&conn) {
            occupant.outbox.close(reason);
            self.leave(conn);
        }
    }

    pub(super) fn close_all(&mut self, reason: CloseReason) {
        for conn in self.seats.keys().copied().collect::<Vec<_>>() {
            self.close(conn, reason);
        }
    }

    /// Access changed somewhere: every connection concerned shows its principal again.
    pub(super) async fn readmit(&mut self, author: Option<Uuid>) {
        let concerned: Vec<(ConnId, Principal)> = self
            .seats
            .iter()
            .filter(|(_, seat)| author.is_none() || seat.principal.author().map(|author| author.0) == author)
            .map(|(conn, seat)| (*conn, seat.principal.clone()))
            .collect();
        for (conn, principal) in concerned {
            match self.rooms.0.parts.access.readmit(&principal, self.document).await {
                Ok(Standing::Granted(grant)) => self.regrant(conn, &grant),
                Ok(Standing::SignedOut) => self.close(conn, CloseReason::SignedOut),
                Ok(Standing::NoAccess) => self.close(conn, CloseReason::NoAccess),
                Ok(Standing::Gone) => self.close(conn, CloseReason::Gone),
                // Not knowing is not a yes: the client comes back and is asked at the door.
                Err(error) => {
                    tracing::error!(document = %self.document, "access could not be checked: {error}");
                    self.close(conn, CloseReason::TryLater);
                }
            }
        }
    }

    fn regrant(&mut self, conn: ConnId, grant: &Grant) {
        let Some(occupant) = self.seats.get_mut(&conn) else { return };
        let (role, identity) = (grant.role(), grant.identity());
        if occupant.until_ms != grant.until_ms() {
            occupant.until_ms = grant.until_ms();
            self.moved = true;
        }
        let promoted = std::mem::replace(&mut occupant.role, role) != role;
        let renamed = occupant.identity != identity;
        if renamed {
            occupant.identity = identity.clone();
            self.moved = true;
            self.accept(Event::Identity { conn, identity });
        }
        if promoted {
            self.accept(Event::Role { conn, role });
        }
    }
}
