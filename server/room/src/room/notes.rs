//! Notes in the room: wishes granted, and anchors held against the text as it changes.
//!
//! Invariant: nothing but this writes channel 1; what it writes leaves for the screens and for the disk at once, as every
//! edit does. Next: `../notes/wish.rs`, which judges; `../notes/board.rs`, which knows what to look at.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use uuid::Uuid;

use super::{Room, Writing};
use crate::channel::place_all;
use crate::notes::{Asker, Board, Change, Notes, Verdict, Wish, moved};
use crate::{Channel, CommandError, ConnId, Dialect, Effect, Millis, Ticket, wire};

/// The text and its notes at one moment, to be looked at without holding up the room.
pub struct Still {
    /// What the text says.
    pub text: String,
    /// The notes on it.
    pub notes: Arc<Notes>,
    places: Places,
}

enum Places {
    Known(BTreeMap<Uuid, Range<usize>>),
    /// To be found in a text with this state.
    In(Vec<u8>),
}

impl Still {
    /// Where the passages of notes are, in bytes of the text; the detached are nowhere.
    pub fn places(&self) -> BTreeMap<Uuid, Range<usize>> {
        match &self.places {
            Places::Known(places) => places.clone(),
            Places::In(state) => place_all(state, &self.text, &self.notes),
        }
    }
}

impl Room {
    /// The notes, as they are.
    pub fn notes(&self) -> &Arc<Notes> {
        self.board.notes()
    }

    /// The text and its notes, with everything that was flushed.
    pub fn still(&self) -> Still {
        Still { text: self.text.content(), notes: self.notes().clone(), places: Places::In(self.text.state()) }
    }

    /// The same, with the place of one note and of no other.
    pub fn still_of(&self, id: Uuid) -> Still {
        let anchor = self.notes().notes.get(&id).and_then(|note| note.passage.anchor);
        let place = self.text.on_ground(|ground| ground.place(&anchor?));
        let places = Places::Known(place.map(|place| (id, place)).into_iter().collect());
        Still { text: self.text.content(), notes: self.notes().clone(), places }
    }

    pub(super) fn wish(
        &mut self,
        now: Millis,
        id: Uuid,
        wish: Wish,
        asker: &Asker<'_>,
        effects: &mut Vec<Effect>,
    ) -> Result<(), CommandError> {
        // Looking for a passage costs by its length, so that is judged first.
        wish.may_be_asked(asker)?;
        let wish = self.placed(wish);
        let gone = wish == Wish::Delete;
        let changes = self.board.notes().grant(id, wish, asker)?;
        self.write_notes(now, changes, effects);
        if gone {
            // What somebody took back leaves the log with the next snapshot, not some day.
            self.notes.tail = self.notes.tail.max(self.limits.compact_entries);
        }
        Ok(())
    }

    /// A new passage where its words are; whoever noted them may have seen a text that others have changed since.
    fn placed(&self, wish: Wish) -> Wish {
        let place = |mut passage: crate::notes::Passage| {
            passage.anchor = self.text.on_ground(|ground| match ground.settle(&passage) {
                // As it came, if that is where it is.
                Verdict::Firm(_) | Verdict::Changed(_) if ground.holds(&passage) => passage.anchor,
                verdict => verdict.anchor(),
            });
            passage
        };
        match wish {
            Wish::Note { passage, words } => Wish::Note { passage: place(passage), words },
            Wish::Attach { passage } => Wish::Attach { passage: place(passage) },
            other => other,
        }
    }

    /// Holds the notes whose turn it is against the text: what lost its words looks for them, or is detached.
    pub(super) fn settle_notes(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        if self.writing != Writing::Open || self.text.is_pending() {
            return;
        }
        let turn = self.board.turn();
        if turn.is_empty() {
            return;
        }
        let Room { text, board, .. } = self;
        let found: Vec<(Uuid, Verdict)> = text.on_ground(|ground| {
            let note = |id: Uuid| Some((id, ground.settle(&board.notes().notes.get(&id)?.passage)));
            turn.into_iter().filter_map(note).collect()
        });
        let mut changes = Vec::new();
        for (id, verdict) in found {
            self.board.looked(id, matches!(verdict, Verdict::Firm(_)));
            let before = self.board.notes().notes.get(&id).and_then(|note| note.passage.anchor);
            if before != verdict.anchor() {
                changes.extend(moved(self.board.notes(), id, verdict.anchor()));
            }
        }
        self.write_notes(now, changes, effects);
    }

    fn write_notes(&mut self, now: Millis, changes: Vec<Change>, effects: &mut Vec<Effect>) {
        let before = self.notes.vector();
        let Some(update) = self.notes.write_notes(&changes) else { return };
        self.board.apply(&changes);
        self.issued = Ticket(self.issued.0 + 1);
        self.notes.logged(update.len());
        let (ticket, authors) = (self.issued, Bytes::new());
        effects.push(Effect::Append { ticket, channel: Channel::NOTES, update: update.clone(), authors });
        self.send_notes(now, &update, &before, effects);
    }

    /// What another node wrote of them.
    pub(super) fn notes_from_afar(
        &mut self,
        now: Millis,
        update: &Bytes,
        before: &yrs::StateVector,
        effects: &mut Vec<Effect>,
    ) {
        self.board = Board::new(self.notes.notes());
        self.send_notes(now, update, before, effects);
    }

    fn send_notes(&mut self, now: Millis, update: &Bytes, before: &yrs::StateVector, effects: &mut Vec<Effect>) {
        let bare = wire::update(update);
        let wrapped = wire::wrapped(Channel::NOTES, &bare);
        for (conn, peer) in &mut self.peers {
            let frame = if peer.dialect == Dialect::Galley { &wrapped } else { &bare };
            peer.send_notes(now, *conn, frame.clone(), before, &self.limits, effects);
        }
    }

    /// What somebody who lagged has missed of the notes.
    pub(super) fn catch_up_notes(&mut self, now: Millis, conn: ConnId, effects: &mut Vec<Effect>) {
        let Some(peer) = self.peers.get_mut(&conn) else { return };
        let Some(had) = peer.missed_notes() else { return };
        let bare = wire::update(&self.notes.missing(&had));
        let wrapped = peer.dialect == Dialect::Galley;
        let frame = if wrapped { wire::wrapped(Channel::NOTES, &bare) } else { bare };
        peer.send(now, conn, frame, effects);
    }
}
