//! From the room to screens and to disk: batches, acks, carets, compaction, and what time brings.
//!
//! Invariant: an update leaves for the screens and for the disk in the same flush, and neither waits for the other; an
//! ack leaves only when storage has said so. Next: `../peer.rs` for what one connection can still take.

use std::collections::HashMap;

use yrs::{ClientID, StateVector};

use super::{Room, Writing};
use crate::channel::{Batch, Document};
use crate::wire::{self, Nack};
use crate::{Channel, CloseReason, ConnId, Dialect, Effect, Millis, Reply, Ticket, awareness};

/// To screens and to disk.
impl Room {
    pub(super) fn flush_text(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let tight = self.text.is_pending() && self.peers.values().any(|peer| peer.would_lag(&self.limits));
        let before = tight.then(|| self.text.vector());
        if let Some(batch) = self.text.flush() {
            self.issued = Ticket(self.issued.0 + 1);
            self.text.logged(batch.update.len());
            let (ticket, authors) = (self.issued, self.authors.news());
            effects.push(Effect::Append { ticket, channel: Channel::TEXT, update: batch.update.clone(), authors });
            self.send_batch(now, &batch, before.as_ref(), effects);
            self.board.text_changed(&batch.deleted);
        }
        let last = (self.issued > self.durable).then_some(self.issued);
        for peer in self.peers.values_mut() {
            peer.acks.flushed(last);
        }
        for from in std::mem::take(&mut self.asked) {
            match last {
                Some(ticket) => self.replies.push((ticket, from)),
                None => effects.push(Effect::Reply { to: from, result: Ok(Reply::Durable) }),
            }
        }
        self.tell_acks(now, effects);
    }

    pub(super) fn send_batch(
        &mut self,
        now: Millis,
        batch: &Batch,
        before: Option<&StateVector>,
        effects: &mut Vec<Effect>,
    ) {
        let shared = wire::update(&batch.update);
        for (conn, peer) in &mut self.peers {
            if peer.channel != Channel::TEXT {
                continue;
            }
            if !batch.wrote(*conn) {
                peer.send_update(now, *conn, shared.clone(), before, &self.limits, effects);
                continue;
            }
            if let Some(others) = batch.without(*conn) {
                peer.send_update(now, *conn, wire::update(&others), before, &self.limits, effects);
            }
            if peer.dialect == Dialect::Stock {
                peer.echoes.extend(batch.only(*conn).map(|update| (self.issued, wire::update(update))));
            }
        }
    }

    pub(super) fn answer_step1(
        &mut self,
        now: Millis,
        conn: ConnId,
        channel: Channel,
        vector: StateVector,
        effects: &mut Vec<Effect>,
    ) {
        // What is being gathered belongs into the answer, and must not come twice after it.
        self.flush_text(now, effects);
        let Some(peer) = self.peers.get_mut(&conn) else { return };
        if peer.would_lag(&self.limits) {
            return peer.owe(now, channel, vector);
        }
        match channel {
            Channel::TEXT => {
                peer.caught_up();
                peer.send(now, conn, wire::step2(&self.text.missing(&vector)), effects);
            }
            Channel::NOTES => {
                peer.told_notes();
                let answer = wire::step2(&self.notes.missing(&vector));
                let wrapped = peer.dialect == Dialect::Galley;
                let frame = if wrapped { wire::wrapped(Channel::NOTES, &answer) } else { answer };
                peer.send(now, conn, frame, effects);
            }
            _ => {}
        }
    }

    pub(super) fn answer_query(&mut self, now: Millis, conn: ConnId, effects: &mut Vec<Effect>) {
        let carets = self.awareness.all().unwrap_or_else(awareness::nobody);
        if let Some(peer) = self.peers.get_mut(&conn).filter(|peer| !peer.would_lag(&self.limits)) {
            peer.send(now, conn, wire::awareness(&carets), effects);
        }
    }

    pub(super) fn drained(&mut self, now: Millis, conn: ConnId, effects: &mut Vec<Effect>) {
        self.flush_text(now, effects);
        let Some(peer) = self.peers.get_mut(&conn) else { return };
        if let Some(had) = peer.drained() {
            peer.send(now, conn, wire::update(&self.text.missing(&had)), effects);
        }
        for (channel, vector) in peer.owed() {
            self.answer_step1(now, conn, channel, vector, effects);
        }
        self.catch_up_notes(now, conn, effects);
    }

    pub(super) fn stored(&mut self, now: Millis, through: Ticket, effects: &mut Vec<Effect>) {
        self.durable = self.durable.max(through);
        let durable = self.durable;
        for (_, to) in self.replies.extract_if(.., |(ticket, _)| *ticket <= durable) {
            effects.push(Effect::Reply { to, result: Ok(Reply::Durable) });
        }
        for (conn, peer) in &mut self.peers {
            for (_, echo) in peer.echoes.extract_if(.., |(ticket, _)| *ticket <= durable).collect::<Vec<_>>() {
                peer.send(now, *conn, echo, effects);
            }
        }
        self.tell_acks(now, effects);
    }

    /// From here on the room only shows what it has; whoever waits is told that it will not be saved.
    pub(super) fn store_failed(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        self.writing = match self.writing {
            Writing::Full | Writing::LostFull => Writing::LostFull,
            Writing::Open | Writing::Lost => Writing::Lost,
        };
        let sentence = self.writing.sentence().unwrap_or_default();
        for to in self.replies.drain(..).map(|(_, to)| to).chain(self.asked.drain(..)) {
            effects.push(Effect::Reply { to, result: Err(self.writing.error()) });
        }
        for (conn, peer) in &mut self.peers {
            peer.echoes.clear();
            for nth in peer.acks.fail() {
                if peer.dialect == Dialect::Galley {
                    let nack = wire::nack(nth, Nack::Storage as u8, sentence);
                    peer.send(now, *conn, nack, effects);
                }
            }
        }
        self.tell_acks(now, effects);
    }

    /// Until there is room again writes are refused before they are shown to anybody.
    pub(super) fn pause(&mut self) {
        if self.writing == Writing::Open {
            self.writing = Writing::Full;
        }
    }

    /// There is room: whoever writes is asked for what was refused meanwhile.
    pub(super) fn resume(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        if self.writing != Writing::Full {
            return;
        }
        self.writing = Writing::Open;
        let question = wire::step1(&self.text.vector_bytes());
        for (conn, peer) in &mut self.peers {
            if peer.writes() {
                peer.send(now, *conn, question.clone(), effects);
            }
        }
    }

    pub(super) fn tell_acks(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        for (conn, peer) in &mut self.peers {
            let news = peer.acks.advance(self.durable);
            if let Some(upto) = news.filter(|_| peer.dialect == Dialect::Galley) {
                peer.send(now, *conn, wire::ack(upto), effects);
            }
        }
    }

    pub(super) fn send_awareness(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let news = self.awareness.news(now, &self.limits);
        if self.awareness.held_back() {
            effects.push(Effect::Reached { limit: "awareness_per_second" });
        }
        let Some(news) = news else { return };
        let shared = wire::awareness(&news.for_all());
        for (conn, peer) in &mut self.peers {
            let frame = match news.has(*conn) {
                false => Some(shared.clone()),
                true => news.without(*conn).map(|others| wire::awareness(&others)),
            };
            // Carets are not worth a place in a queue that is full.
            let welcome = peer.channel == Channel::TEXT && !peer.would_lag(&self.limits);
            if let Some(frame) = frame.filter(|_| welcome) {
                peer.send(now, *conn, frame, effects);
            }
        }
        effects.push(Effect::Announce { awareness: shared });
    }

    pub(super) fn compact(&mut self, at_least: usize, effects: &mut Vec<Effect>) {
        let Room { text, notes, authors, durable, writing, .. } = self;
        for (channel, document) in [(Channel::TEXT, text), (Channel::NOTES, notes)] {
            if !document.is_long(at_least) || *writing != Writing::Open {
                continue;
            }
            let snapshot = document.compacted();
            effects.push(Effect::Compact { channel, through: *durable, snapshot, authors: authors.encode() });
        }
    }

    pub(super) fn tick(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        self.awareness.reap(now, self.limits.caret);
        self.settle_notes(now, effects);
        let stuck: Vec<ConnId> =
            self.peers.iter().filter(|(_, peer)| peer.is_stuck(now, &self.limits)).map(|(conn, _)| *conn).collect();
        for conn in stuck {
            effects.push(Effect::Reached { limit: "lag" });
            self.close(conn, CloseReason::TryLater, effects);
        }
        // Who would be next goes along, so that everybody in a room at rest is due at once.
        let is_due = self.peers.values().any(|peer| peer.quiet_in(now, &self.limits) == 0);
        let soon = self.limits.keepalive / 8;
        for (conn, peer) in &mut self.peers {
            if peer.may_ask_late(now) {
                peer.send(now, *conn, wire::step1(&self.text.vector_bytes()), effects);
            }
            if is_due && peer.quiet_in(now, &self.limits) <= soon {
                peer.send(now, *conn, wire::keepalive(peer.dialect), effects);
            }
        }
    }

    /// How long a tick will find nothing to do unless something happens before; 0 where that is not certain.
    pub fn rest(&self, now: Millis) -> Millis {
        if !self.board.is_settled() {
            return 0;
        }
        let peers = self.peers.values().map(|peer| peer.rest(now, &self.limits)).min();
        let carets = self.awareness.rest(now, self.limits.caret);
        peers.into_iter().chain(carets).min().unwrap_or(self.limits.keepalive)
    }

    pub(super) fn document(&mut self, channel: Channel) -> &mut Document {
        if channel == Channel::NOTES { &mut self.notes } else { &mut self.text }
    }
}

/// As yrs counts.
pub(super) fn decoded(vector: HashMap<u64, u32>) -> StateVector {
    StateVector::from_iter(vector.into_iter().map(|(client, clock)| (ClientID::new(client), clock)))
}
