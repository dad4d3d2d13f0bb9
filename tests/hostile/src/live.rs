//! FZ2: a whole room, with people who send anything, over a store that keeps what it was told.

use bytes::Bytes;
use room::notes::{Passage, Settled, Wish, Words};
use room::{
    Author, Channel, ChannelLog, Command, ConnId, Dialect, Effect, Event, Identity, Limits, Loaded, Millis, Policy,
    RequestId, Role, Room, Seed, Ticket,
};
use uuid::Uuid;

use crate::tape::{Tape, put_varuint, text};

const POLICY: Policy = Policy { read: Role::View, write: Role::Edit, present: Role::View };
const PEOPLE: usize = 4;

/// Any row of events: no panic, and what was to be stored opens again as the same text.
pub fn room(bytes: &[u8]) {
    let mut tape = Tape::new(bytes);
    let limits = Limits { compact_entries: 4, ..Limits::default() };
    let room = Room::open(1_000, Loaded::default(), Seed(7), limits, POLICY).expect("an empty room opens");
    let mut table = Table { room, now: 1_000, effects: Vec::new(), logs: [Log::default(), Log::default()] };
    while !tape.is_empty() {
        table.happens(&mut tape);
    }
    table.settle();
    let loaded = table.logs.each_ref().map(Log::loaded);
    let [text, notes] = loaded;
    let loaded = Loaded { text, notes, epoch: 0, unclean_at: Some(table.now) };
    let again = Room::open(table.now, loaded, Seed(8), Limits::default(), POLICY).expect("what was stored opens");
    assert_eq!(again.text(), table.room.text(), "stored was another text");
}

struct Table {
    room: Room,
    now: Millis,
    effects: Vec<Effect>,
    logs: [Log; 2],
}

/// What a store holds of one channel.
#[derive(Default)]
struct Log {
    snapshot: Option<(Bytes, Bytes)>,
    tail: Vec<(Ticket, Bytes, Bytes)>,
}

impl Log {
    fn loaded(&self) -> ChannelLog {
        let tail = self.tail.iter().map(|(_, update, authors)| (update.clone(), authors.clone())).collect();
        ChannelLog { snapshot: self.snapshot.clone(), tail }
    }
}

impl Table {
    fn happens(&mut self, tape: &mut Tape) {
        let who = tape.below(PEOPLE);
        let conn = ConnId(who as u64);
        match tape.below(16) {
            0 | 1 => self.accept(join(conn, tape)),
            2 => self.accept(Event::Leave { conn }),
            3 => self.accept(Event::Role { conn, role: role(tape) }),
            4 => self.accept(Event::Drained { conn }),
            5 => self.pass(tape),
            6 => self.settle(),
            7 => self.accept(command(author(who), role(tape), edit(tape))),
            8 => self.accept(command(author(who), role(tape), wish(tape))),
            9 => self.accept(Event::Idle),
            10 => self.frame(conn, tape.piece()),
            11 => self.message(conn, &[1], tape.piece()),
            12 => self.message(conn, &[0, 0], tape.piece()),
            13 => self.message(conn, &[0, 1], tape.piece()),
            _ => self.message(conn, &[0, 2], tape.piece()),
        }
    }

    fn pass(&mut self, tape: &mut Tape) {
        self.now += u64::from(tape.byte()) * 500;
        self.accept(Event::Tick);
    }

    fn message(&mut self, conn: ConnId, kind: &[u8], body: &[u8]) {
        let mut frame = kind.to_vec();
        put_varuint(&mut frame, body.len() as u64);
        frame.extend_from_slice(body);
        self.frame(conn, &frame);
    }

    fn frame(&mut self, conn: ConnId, bytes: &[u8]) {
        self.accept(Event::Frame { conn, bytes: Bytes::copy_from_slice(bytes) });
    }

    fn accept(&mut self, event: Event) {
        self.room.accept(self.now, event, &mut self.effects);
    }

    /// Ends a batch and stores what it asked to store; a connection that is to be closed leaves.
    fn settle(&mut self) {
        self.room.flush(self.now, &mut self.effects);
        for effect in std::mem::take(&mut self.effects) {
            match effect {
                Effect::Append { ticket, channel, update, authors } => {
                    self.logs[channel.0 as usize].tail.push((ticket, update, authors));
                    self.accept(Event::Stored { through: ticket });
                }
                Effect::Compact { channel, through, snapshot, authors } => {
                    let log = &mut self.logs[channel.0 as usize];
                    log.snapshot = Some((snapshot, authors));
                    log.tail.retain(|(ticket, ..)| *ticket > through);
                    self.accept(Event::Compacted { channel });
                }
                Effect::Close { conn, .. } => self.accept(Event::Leave { conn }),
                Effect::Send { .. } | Effect::Announce { .. } | Effect::Reached { .. } | Effect::Reply { .. } => {}
            }
        }
    }
}

fn author(who: usize) -> Author {
    Author(Uuid::from_u128(who as u128 + 1))
}

fn role(tape: &mut Tape) -> Role {
    tape.pick(&[Role::Edit, Role::Edit, Role::View, Role::Comment, Role::Own])
}

fn join(conn: ConnId, tape: &mut Tape) -> Event {
    let author = author(conn.0 as usize);
    let identity = Identity {
        author,
        name: "somebody".into(),
        peer: 1,
        color: "#123456".into(),
        color_light: "#12345620".into(),
        guest: false,
    };
    Event::Join {
        conn,
        role: role(tape),
        dialect: tape.pick(&[Dialect::Stock, Dialect::Galley]),
        channel: tape.pick(&[Channel::TEXT, Channel::TEXT, Channel::NOTES]),
        identity,
        also: Vec::new(),
    }
}

fn command(by: Author, role: Role, command: Command) -> Event {
    Event::Command { from: RequestId(1), by, role, command }
}

fn edit(tape: &mut Tape) -> Command {
    Command::Edit { base: text(tape.piece()).into_owned(), text: text(tape.piece()).into_owned() }
}

fn wish(tape: &mut Tape) -> Command {
    let id = |tape: &mut Tape| Uuid::from_u128(u128::from(tape.byte() % 4));
    let words = |tape: &mut Tape| Words { body: text(tape.piece()).into_owned(), mentions: vec![author(1)] };
    let passage = |tape: &mut Tape| Passage { quote: text(tape.piece()).into_owned(), ..Passage::default() };
    let wish = match tape.below(7) {
        0 => Wish::Note { passage: passage(tape), words: words(tape) },
        1 => Wish::Reply { note: id(tape), words: words(tape) },
        2 => Wish::Edit { words: words(tape) },
        3 => Wish::Delete,
        4 => Wish::Resolve(tape.pick(&[Settled::Resolved, Settled::Reopened])),
        5 => Wish::Attach { passage: passage(tape) },
        _ => Wish::React { emoji: vec![text(tape.piece()).into_owned()] },
    };
    Command::Note { id: id(tape), wish: Box::new(wish), also: Vec::new(), at_ms: 5 }
}
