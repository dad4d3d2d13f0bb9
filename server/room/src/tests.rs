//! Proof of the rules RM, AK, AW, WR, AU and CM in `tests/spec/protocol.md`, each by tests named after it.

mod acks;
mod authors;
mod awareness;
mod commands;
mod notes;
mod restore;
mod room;
mod whose;
mod wire;

use bytes::Bytes;
use uuid::Uuid;
use yrs::{Doc, GetString, ReadTxn, StateVector, Text, TextRef, Transact};

use crate::sim::POLICY;
use crate::sim::client::{apply, identity, new_doc};
use crate::sim::heard::{Heard, hear};
use crate::{
    Author, Channel, ChannelLog, CloseReason, Command, CommandError, ConnId, Dialect, Effect, Event, Limits, Loaded,
    Millis, Reply, RequestId, Role, Room, Seed, Ticket, wire as frames,
};

/// A room in virtual time, and everything it asked for.
struct Table {
    room: Room,
    now: Millis,
    effects: Vec<Effect>,
}

impl Table {
    fn new() -> Table {
        Table::with(Limits::default())
    }

    fn with(limits: Limits) -> Table {
        Table::load(Loaded::default(), limits)
    }

    fn load(loaded: Loaded, limits: Limits) -> Table {
        let room = Room::open(1_000, loaded, Seed(7), limits, POLICY).expect("a room that was stored opens");
        Table { room, now: 1_000, effects: Vec::new() }
    }

    /// Joins, asks for the text, answers nothing; what it was sent so far is forgotten.
    fn seat(&mut self, conn: u64, role: Role, dialect: Dialect) {
        self.join(conn, role, dialect, conn);
        self.step1(conn);
        self.heard(conn);
    }

    fn join(&mut self, conn: u64, role: Role, dialect: Dialect, person: u64) {
        let identity = identity(author(person));
        self.accept(Event::Join {
            conn: ConnId(conn),
            role,
            dialect,
            channel: Channel::TEXT,
            identity,
            also: Vec::new(),
        });
    }

    /// Somebody who has been others before.
    fn join_as(&mut self, conn: u64, person: u64, also: Vec<Author>) {
        let (identity, dialect, channel) = (identity(author(person)), Dialect::Galley, Channel::TEXT);
        self.accept(Event::Join { conn: ConnId(conn), role: Role::Edit, dialect, channel, identity, also });
    }

    fn accept(&mut self, event: Event) {
        self.room.accept(self.now, event, &mut self.effects);
    }

    fn frame(&mut self, conn: u64, bytes: Bytes) {
        self.accept(Event::Frame { conn: ConnId(conn), bytes });
    }

    fn step1(&mut self, conn: u64) {
        self.frame(conn, frames::step1(&[0]));
    }

    fn update(&mut self, conn: u64, update: &[u8]) {
        self.frame(conn, frames::update(update));
    }

    fn step2(&mut self, conn: u64, update: &[u8]) {
        self.frame(conn, frames::step2(update));
    }

    fn edit(&mut self, by: u64, role: Role, base: &str, text: &str) {
        let command = Command::Edit { base: base.into(), text: text.into() };
        self.accept(Event::Command { from: RequestId(by), by: author(by), role, command });
    }

    fn flush(&mut self) {
        self.room.flush(self.now, &mut self.effects);
    }

    fn stored(&mut self, through: u64) {
        self.accept(Event::Stored { through: Ticket(through) });
    }

    /// What was sent to a connection since the last time.
    fn heard(&mut self, conn: u64) -> Vec<Heard> {
        self.frames(conn).iter().map(|frame| hear(frame)).collect()
    }

    fn frames(&mut self, to: u64) -> Vec<Bytes> {
        let mine = |effect: &mut Effect| matches!(effect, Effect::Send { conn, .. } if *conn == ConnId(to));
        let frame = |effect| match effect {
            Effect::Send { frame, .. } => frame,
            other => panic!("{other:?}"),
        };
        self.effects.extract_if(.., mine).map(frame).collect()
    }

    fn appends(&self) -> Vec<(u64, Bytes, Bytes)> {
        let append = |effect: &Effect| match effect {
            Effect::Append { ticket, update, authors, .. } => Some((ticket.0, update.clone(), authors.clone())),
            _ => None,
        };
        self.effects.iter().filter_map(append).collect()
    }

    fn closed(&self) -> Vec<(u64, CloseReason)> {
        let close = |effect: &Effect| match effect {
            Effect::Close { conn, reason } => Some((conn.0, *reason)),
            _ => None,
        };
        self.effects.iter().filter_map(close).collect()
    }

    fn replies(&self) -> Vec<(u64, Result<Reply, CommandError>)> {
        let reply = |effect: &Effect| match effect {
            Effect::Reply { to, result } => Some((to.0, *result)),
            _ => None,
        };
        self.effects.iter().filter_map(reply).collect()
    }

    /// The same of the text alone.
    fn log_of_text(&self) -> ChannelLog {
        let append = |effect: &Effect| match effect {
            Effect::Append { channel: Channel::TEXT, update, authors, .. } => Some((update.clone(), authors.clone())),
            _ => None,
        };
        ChannelLog { snapshot: None, tail: self.effects.iter().filter_map(append).collect() }
    }

    /// What a room finds that is opened from everything appended.
    fn log(&self) -> ChannelLog {
        let tail = self.appends().into_iter().map(|(_, update, authors)| (update, authors)).collect();
        ChannelLog { snapshot: None, tail }
    }
}

/// Somebody's Y.Doc.
struct Pen {
    doc: Doc,
    text: TextRef,
}

impl Pen {
    fn new(client: u64) -> Pen {
        let doc = new_doc(client);
        let text = doc.get_or_insert_text("content");
        Pen { doc, text }
    }

    fn insert(&self, at: u32, words: &str) -> Vec<u8> {
        let mut transaction = self.doc.transact_mut();
        self.text.insert(&mut transaction, at, words);
        transaction.encode_update_v1()
    }

    fn remove(&self, at: u32, len: u32) -> Vec<u8> {
        let mut transaction = self.doc.transact_mut();
        self.text.remove_range(&mut transaction, at, len);
        transaction.encode_update_v1()
    }

    fn text(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    fn take(&self, update: &[u8]) {
        apply(&self.doc, update);
    }

    fn everything(&self) -> Vec<u8> {
        self.doc.transact().encode_diff_v1(&StateVector::default())
    }
}

fn author(person: u64) -> Author {
    Author(Uuid::from_u128(u128::from(person)))
}

fn entries(bytes: &Bytes) -> ChannelLog {
    ChannelLog { snapshot: None, tail: vec![(bytes.clone(), Bytes::new())] }
}
