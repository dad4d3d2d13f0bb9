//! The state machine itself: what each event does.
//!
//! Invariant: `accept` only judges and queues; `flush` applies, sends and appends. The role is looked at for each
//! message, at the moment it is judged. Next: `channel.rs` for the batch, `ack.rs` for what is told back.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use yrs::{Text, Transact};

use crate::authors::Authors;
use crate::awareness::{Awareness, Voice};
use crate::channel::{By, Document};
use crate::command::{Command, CommandError, carry};
use crate::gate::{self, Arrival, Checked, Inbound, Refusal, Verdict};
use crate::notes::{Asker, Board};
use crate::peer::Peer;
use crate::whose::Whose;
use crate::wire::{self, Nack};
use crate::{
    Author, ByConn, Channel, CloseReason, ConnId, Dialect, Effect, Event, Limits, Loaded, Millis, Poisoned, Policy,
    RequestId, Role, Seed, Ticket,
};

mod deliver;
mod notes;

pub use notes::Still;

/// One live document.
pub struct Room {
    limits: Limits,
    policy: Policy,
    epoch: u64,
    pub(crate) text: Document,
    notes: Document,
    pub(crate) authors: Authors,
    awareness: Awareness,
    /// Boxed: a tree's nodes have room for eleven, and most documents are open once.
    peers: ByConn<Box<Peer>>,
    seed: u64,
    board: Board,
    /// The client id the server writes under for each author, fresh in each load.
    own_clients: BTreeMap<Author, u64>,
    issued: Ticket,
    durable: Ticket,
    writing: Writing,
    replies: Vec<(Ticket, RequestId)>,
    /// Commands in the batch that is being gathered.
    asked: Vec<RequestId>,
    writers: BTreeSet<Author>,
}

/// Whether writes are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    Open,
    /// There is no room for more; everything so far is stored or will be.
    Full,
    /// Something that was taken was not stored, for want of room or otherwise: this room shows what it has, to the end.
    LostFull,
    Lost,
}

impl Writing {
    /// Why not, for whoever writes.
    fn sentence(self) -> Option<&'static str> {
        match self {
            Writing::Open => None,
            Writing::Full | Writing::LostFull => Some(wire::FULL),
            Writing::Lost => Some(Nack::Storage.sentence()),
        }
    }

    /// The same of a command.
    fn error(self) -> CommandError {
        match self {
            Writing::Full | Writing::LostFull => CommandError::Full,
            Writing::Open | Writing::Lost => CommandError::Unsaved,
        }
    }

    /// Whether everything taken is stored or will be.
    fn is_whole(self) -> bool {
        matches!(self, Writing::Open | Writing::Full)
    }
}

/// One write of one connection.
struct Write {
    conn: ConnId,
    author: Author,
    nth: u64,
    arrival: Arrival,
}

impl Write {
    fn step2(&self) -> bool {
        self.arrival == Arrival::Step2
    }
}

impl Room {
    /// Loads what is stored; its bytes pass the gate again. `now` is the wall clock here, as in `loaded.unclean_at`;
    /// later events may count from anywhere.
    pub fn open(now: Millis, loaded: Loaded, seed: Seed, limits: Limits, policy: Policy) -> Result<Room, Poisoned> {
        let mut authors = Authors::default();
        let mut seed = seed.0;
        let text = Document::load(Channel::TEXT, loaded.text, &limits, &mut authors, 0)?;
        // An id nobody had before: what an earlier run wrote and lost must not be written again otherwise.
        let own_client = (random(&mut seed) >> 11).max(1);
        let notes = Document::load(Channel::NOTES, loaded.notes, &limits, &mut authors, own_client)?;
        let board = Board::new(notes.notes());
        if let Some(at) = loaded.unclean_at {
            authors.lost(at, at.max(now), limits.recovering);
        }
        Ok(Room {
            limits,
            policy,
            epoch: loaded.epoch,
            text,
            notes,
            authors,
            awareness: Awareness::default(),
            peers: BTreeMap::new(),
            seed,
            board,
            own_clients: BTreeMap::new(),
            issued: Ticket(0),
            durable: Ticket(0),
            writing: Writing::Open,
            replies: Vec::new(),
            asked: Vec::new(),
            writers: BTreeSet::new(),
        })
    }

    /// Takes one event. Effects of edits come with the next [`flush`](Room::flush).
    pub fn accept(&mut self, now: Millis, event: Event, effects: &mut Vec<Effect>) {
        match event {
            Event::Join { conn, role, dialect, channel, identity, also } => {
                self.awareness.join(conn, identity.clone());
                let peer = Peer::new(now, role, self.policy, dialect, channel, identity, also);
                self.peers.insert(conn, Box::new(peer));
                self.greet(now, conn, effects);
            }
            Event::Role { conn, role } => self.set_role(now, conn, role, effects),
            Event::Identity { conn, identity } => {
                if let Some(peer) = self.peers.get_mut(&conn) {
                    peer.identity = identity.clone();
                    self.awareness.rename(conn, identity);
                }
            }
            Event::Frame { conn, bytes } => self.frame(now, conn, &bytes, effects),
            Event::Drained { conn } => self.drained(now, conn, effects),
            Event::Leave { conn } => self.leave(conn),
            Event::Command { from, by, role, command } => self.command(now, from, by, role, command, effects),
            Event::Foreign { channel, update, authors } => self.foreign(now, channel, &update, &authors, effects),
            Event::Stored { through } => self.stored(now, through, effects),
            Event::StoreFailed => self.store_failed(now, effects),
            Event::Full => self.pause(),
            Event::Resumed => self.resume(now, effects),
            Event::Compacted { channel } => self.document(channel).compacting = false,
            Event::Idle => self.compact(1, effects),
            Event::Tick => self.tick(now, effects),
        }
    }

    /// Applies what was accepted as one transaction: to every screen, and to disk.
    pub fn flush(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        self.flush_text(now, effects);
        self.send_awareness(now, effects);
        self.compact(self.limits.compact_entries, effects);
    }

    /// The text, with everything that was flushed.
    pub fn text(&self) -> String {
        self.text.content()
    }

    /// Whose every character is, with everything that was flushed.
    pub fn whose(&self) -> Whose {
        Whose::new(self.text.state(), self.authors.table())
    }

    /// Who wrote since the last call.
    pub fn writers(&mut self) -> Vec<Author> {
        std::mem::take(&mut self.writers).into_iter().collect()
    }

    /// How many connections there are.
    pub fn connections(&self) -> usize {
        self.peers.len()
    }

    /// Whether everything accepted is durable.
    pub fn durable(&self) -> bool {
        self.writing.is_whole() && self.durable == self.issued && !self.text.is_pending()
    }

    /// Whether everything taken is stored or will be.
    pub fn is_whole(&self) -> bool {
        self.writing.is_whole()
    }

    /// What is stored of the document, about: its states and the logs after them.
    pub fn stored_bytes(&self) -> usize {
        self.text.stored_bytes() + self.notes.stored_bytes()
    }

    /// Who is here.
    pub fn present(&self) -> Vec<Author> {
        let authors: BTreeSet<Author> = self.peers.values().map(|peer| peer.identity.author).collect();
        authors.into_iter().collect()
    }

    /// What the room has of the text, encoded; two replicas are equal when this and the text are.
    pub fn state_vector(&self) -> Bytes {
        self.text.vector_bytes()
    }
}

/// Joining, leaving, roles.
impl Room {
    fn greet(&mut self, now: Millis, conn: ConnId, effects: &mut Vec<Effect>) {
        let Some(peer) = self.peers.get_mut(&conn) else { return };
        if peer.dialect == Dialect::Galley {
            peer.send(now, conn, wire::grant(peer.role, self.epoch), effects);
        }
        // Only who may write is asked for their state: the answer to it is a write.
        if peer.writes() {
            peer.send(now, conn, wire::step1(&self.text.vector_bytes()), effects);
        }
        if let Some(carets) = self.awareness.all().filter(|_| peer.channel == Channel::TEXT) {
            peer.send(now, conn, wire::awareness(&carets), effects);
        }
    }

    fn set_role(&mut self, now: Millis, conn: ConnId, role: Role, effects: &mut Vec<Effect>) {
        let Some(peer) = self.peers.get_mut(&conn) else { return };
        let before = peer.writes();
        peer.role = role;
        if peer.dialect == Dialect::Galley {
            peer.send(now, conn, wire::grant(role, self.epoch), effects);
        }
        if peer.writes() && !before {
            peer.send(now, conn, wire::step1(&self.text.vector_bytes()), effects);
        }
    }

    fn leave(&mut self, conn: ConnId) {
        self.peers.remove(&conn);
        self.awareness.leave(conn);
    }

    fn close(&mut self, conn: ConnId, reason: CloseReason, effects: &mut Vec<Effect>) {
        self.leave(conn);
        effects.push(Effect::Close { conn, reason });
    }
}

/// What a connection says.
impl Room {
    fn frame(&mut self, now: Millis, conn: ConnId, bytes: &[u8], effects: &mut Vec<Effect>) {
        let Some(peer) = self.peers.get(&conn) else { return };
        let (channel, inner) = match peer.dialect {
            Dialect::Galley => match gate::channel(bytes) {
                Ok(unwrapped) => unwrapped,
                Err(_) => return self.close(conn, CloseReason::Invalid, effects),
            },
            Dialect::Stock => (peer.channel, bytes),
        };
        let Ok(messages) = gate::messages(inner, &self.limits) else {
            return self.close(conn, CloseReason::Invalid, effects);
        };
        let (reads, presents) = (peer.reads(), peer.presents());
        let voice = if peer.writes() { Voice::Call } else { Voice::Present };
        for message in messages {
            match (channel, message) {
                (_, Inbound::Step1(_) | Inbound::QueryAwareness) if !reads => {}
                (_, Inbound::Awareness(_)) if !presents => {}
                (_, Inbound::Step1(vector)) => self.answer_step1(now, conn, channel, deliver::decoded(vector), effects),
                (Channel::TEXT, Inbound::Step2(update)) => self.write(now, conn, update, Arrival::Step2, effects),
                (Channel::TEXT, Inbound::Update(update)) => self.write(now, conn, update, Arrival::Update, effects),
                (Channel::TEXT, Inbound::Awareness(entries)) => self.awareness.hear(now, conn, voice, entries),
                (Channel::TEXT, Inbound::QueryAwareness) => self.answer_query(now, conn, effects),
                _ => {}
            }
        }
    }

    fn write(&mut self, now: Millis, conn: ConnId, update: &[u8], arrival: Arrival, effects: &mut Vec<Effect>) {
        self.make_room(now, update.len(), effects);
        let Some(peer) = self.peers.get_mut(&conn) else { return };
        let author = peer.identity.author;
        let step2 = arrival == Arrival::Step2;
        let nth = peer.acks.receive();
        let verdict = self.text.judge(update, arrival, &self.authors, By { author, also: &peer.also }, &self.limits);
        let refusal = match &verdict {
            Verdict::NoOp => None,
            _ if !peer.writes() => Some((Nack::ReadOnly as u8, Nack::ReadOnly.sentence().to_owned())),
            Verdict::Refuse(refusal) if self.writing == Writing::Open => Some((refusal.code(), refusal.to_string())),
            _ => self.writing.sentence().map(|sentence| (Nack::Storage as u8, sentence.to_owned())),
        };
        let write = Write { conn, author, nth, arrival };
        if let (Some(_), Verdict::Refuse(Refusal::TooLarge(limit))) = (&refusal, &verdict) {
            effects.push(Effect::Reached { limit });
        }
        if let Some((code, reason)) = refusal {
            return self.refuse(now, write, code, &reason, effects);
        }
        match verdict {
            Verdict::Accept(checked) => self.take(now, write, &checked, effects),
            Verdict::Gap => self.gap(now, conn, nth, effects),
            Verdict::NoOp | Verdict::Refuse(_) => peer.acks.in_batch(step2),
        }
    }

    fn take(&mut self, now: Millis, write: Write, checked: &Checked, effects: &mut Vec<Effect>) {
        let step2 = write.step2();
        let Write { conn, author, nth, arrival } = write;
        for client in checked.unbound() {
            self.authors.bind(*client, author, arrival);
        }
        for client in checked.recovering() {
            self.authors.relay(*client, author);
        }
        if !step2 {
            checked.fresh().iter().for_each(|(client, ..)| self.authors.recovered(*client, author));
        }
        self.text.queue(Some(conn), checked);
        self.writers.insert(author);
        if checked.withheld() {
            // Its admissible part is taken; the write itself waits for what the rest rests on.
            self.gap(now, conn, nth, effects);
        } else if let Some(peer) = self.peers.get_mut(&conn) {
            peer.acks.in_batch(step2);
        }
    }

    fn gap(&mut self, now: Millis, conn: ConnId, nth: u64, effects: &mut Vec<Effect>) {
        let Some(peer) = self.peers.get_mut(&conn) else { return };
        let patient = peer.acks.gap();
        // A stock client hears no Nack and does not come again: it is asked, however often.
        if !patient && peer.dialect == Dialect::Galley {
            peer.send(now, conn, wire::nack(nth, Nack::Missing as u8, Nack::Missing.sentence()), effects);
        } else if peer.may_ask(now) {
            let vector = self.text.vector_bytes();
            peer.send(now, conn, wire::step1(&vector), effects);
        }
    }

    fn refuse(&mut self, now: Millis, write: Write, code: u8, reason: &str, effects: &mut Vec<Effect>) {
        let Some(peer) = self.peers.get_mut(&write.conn) else { return };
        peer.acks.refused(write.step2());
        if peer.dialect == Dialect::Galley {
            peer.send(now, write.conn, wire::nack(write.nth, code, reason), effects);
        }
        self.tell_acks(now, effects);
    }

    fn make_room(&mut self, now: Millis, more: usize, effects: &mut Vec<Effect>) {
        let limit = self.limits.text_bytes;
        // Only what is applied can be counted.
        let is_much = self.text.is_near(more, limit) || self.text.pending_bytes() + more > limit / 2;
        if self.text.is_pending() && is_much {
            self.flush_text(now, effects);
        }
        self.text.make_room(more, limit);
    }
}

/// What the server is asked to change, and what other nodes have stored.
impl Room {
    fn command(
        &mut self,
        now: Millis,
        from: RequestId,
        by: Author,
        role: Role,
        command: Command,
        effects: &mut Vec<Effect>,
    ) {
        // Whoever saw a text saw everything accepted before.
        self.flush_text(now, effects);
        let result = match command {
            _ if self.writing != Writing::Open => Err(self.writing.error()),
            Command::Edit { .. } if role < self.policy.write => Err(CommandError::ReadOnly),
            Command::Edit { base, text } => self.edit(by, &base, &text),
            Command::Note { id, wish, also, at_ms } => {
                self.wish(now, id, *wish, &Asker { by, also: &also, role, at_ms }, effects)
            }
        };
        match result {
            Ok(()) => self.asked.push(from),
            Err(error) => effects.push(Effect::Reply { to: from, result: Err(error) }),
        }
    }

    fn edit(&mut self, by: Author, base: &str, text: &str) -> Result<(), CommandError> {
        let splices = carry(base, text, &self.text.content());
        if splices.is_empty() {
            return Ok(());
        }
        let client = self.own_client(by);
        let (doc, target) = self.text.copy(client);
        let update = {
            let mut transaction = doc.transact_mut();
            for splice in splices.iter().rev() {
                if splice.removed > 0 {
                    target.remove_range(&mut transaction, splice.at, splice.removed);
                }
                if !splice.inserted.is_empty() {
                    target.insert(&mut transaction, splice.at, &splice.inserted);
                }
            }
            transaction.encode_update_v1()
        };
        self.text.make_room(update.len(), self.limits.text_bytes);
        match self.text.judge(&update, Arrival::Update, &self.authors, By::only(by), &self.limits) {
            Verdict::Accept(checked) => {
                checked.unbound().iter().for_each(|client| self.authors.bind(*client, by, Arrival::Update));
                self.text.queue(None, &checked);
                self.writers.insert(by);
                Ok(())
            }
            Verdict::NoOp => Ok(()),
            Verdict::Refuse(_) | Verdict::Gap => Err(CommandError::TooLarge),
        }
    }

    /// A client id nobody has, bound to this author from its first edit on.
    fn own_client(&mut self, author: Author) -> u64 {
        if let Some(client) = self.own_clients.get(&author) {
            return *client;
        }
        let client = loop {
            let client = self.random() >> 11;
            if client != 0 && self.authors.of(client).is_none() {
                break client;
            }
        };
        self.own_clients.insert(author, client);
        client
    }

    fn random(&mut self) -> u64 {
        random(&mut self.seed)
    }

    fn foreign(&mut self, now: Millis, channel: Channel, update: &[u8], table: &[u8], effects: &mut Vec<Effect>) {
        self.flush_text(now, effects);
        if self.authors.load(table).is_err() {
            return;
        }
        let nobody = Author(uuid::Uuid::nil());
        let document = if channel == Channel::NOTES { &mut self.notes } else { &mut self.text };
        if let Verdict::Accept(checked) =
            document.judge(update, Arrival::Stored, &self.authors, By::only(nobody), &self.limits)
        {
            document.queue(None, &checked);
            let before = document.vector();
            match document.flush() {
                Some(batch) if channel == Channel::NOTES => self.notes_from_afar(now, &batch.update, &before, effects),
                Some(batch) => {
                    self.board.text_changed(&batch.deleted);
                    self.send_batch(now, &batch, Some(&before), effects);
                }
                None => {}
            }
        }
    }
}

/// SplitMix64: small, and good enough to draw ids from a seed that is random itself.
fn random(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
