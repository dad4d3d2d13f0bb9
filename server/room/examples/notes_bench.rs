//! What notes cost a room: `cargo run -p room --example notes_bench --release`.
//!
//! A text of 100 KB with no notes and with a thousand: a keystroke (accept and flush), a tick after it, opening, and a
//! tick after the whole text was cut and pasted, when every note looks for its words.

use std::time::Instant;

use bytes::Bytes;
use room::notes::{Passage, Wish, Words};
use room::{
    Author, Channel, ChannelLog, Command, ConnId, Dialect, Effect, Event, Identity, Limits, Loaded, Policy, RequestId,
    Role, Room, Seed,
};
use uuid::Uuid;
use yrs::{Doc, OffsetKind, Options, ReadTxn, Text, TextRef, Transact};

const POLICY: Policy = Policy { read: Role::View, write: Role::Edit, present: Role::View };
const KEYS: usize = 2_000;

fn main() {
    for notes in [0, 1_000] {
        let mut bench = Bench::new(notes);
        let opening = bench.open();
        let mut keys = Vec::new();
        let mut ticks = Vec::new();
        for key in 0..KEYS {
            keys.push(bench.key(key as u32 * 7));
            if key % 20 == 0 {
                ticks.push(bench.tick());
            }
        }
        let longest = ticks.iter().copied().fold(0.0, f64::max);
        println!(
            "{notes:5} notes: key {:6.1} us (p95 {:6.1}), tick {:6.1} us (longest {longest:.0}), open {:.2} ms",
            quantile(&mut keys, 0.5),
            quantile(&mut keys, 0.95),
            quantile(&mut ticks, 0.5),
            opening / 1_000.0,
        );
        if notes > 0 {
            bench.rewrite();
            let mut worst = Vec::new();
            while worst.len() < 200 {
                worst.push(bench.tick());
            }
            println!(
                "      after all of it was cut and pasted: tick p50 {:.0} us, longest {:.0} us",
                quantile(&mut worst, 0.5),
                worst.iter().copied().fold(0.0, f64::max)
            );
        }
    }
}

struct Bench {
    room: Room,
    now: u64,
    effects: Vec<Effect>,
    doc: Doc,
    text: TextRef,
    log: [Vec<(Bytes, Bytes)>; 2],
}

impl Bench {
    fn new(notes: usize) -> Bench {
        let room = Room::open(0, Loaded::default(), Seed(1), Limits::default(), POLICY).expect("opens");
        let options = Options { offset_kind: OffsetKind::Utf16, ..Options::with_client_id(yrs::ClientID::new(7)) };
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_text("content");
        let mut bench = Bench { room, now: 0, effects: Vec::new(), doc, text, log: Default::default() };
        let identity = Identity {
            author: Author(Uuid::from_u128(1)),
            name: "bench".into(),
            peer: 1,
            color: String::new(),
            color_light: String::new(),
            guest: false,
        };
        let (conn, channel) = (ConnId(1), Channel::TEXT);
        bench.accept(Event::Join {
            conn,
            role: Role::Own,
            dialect: Dialect::Galley,
            channel,
            identity,
            also: Vec::new(),
        });
        let content: String =
            (0..2_000).map(|line| format!("Line {line} says something of its own, at length.\n")).collect();
        bench.write(|text, transaction| text.insert(transaction, 0, &content));
        for note in 0..notes {
            let quote = format!("Line {} says something", note * 2);
            let passage = Passage { quote, ..Passage::default() };
            let wish = Wish::Note { passage, words: Words { body: "why is that so?".into(), mentions: Vec::new() } };
            let id = Uuid::from_u128(note as u128 + 1);
            let command = Command::Note { id, wish: Box::new(wish), also: Vec::new(), at_ms: 1 };
            let by = Author(Uuid::from_u128(1));
            bench.accept(Event::Command { from: RequestId(1), by, role: Role::Own, command });
            bench.flush();
        }
        for _ in 0..40 {
            bench.tick();
        }
        bench
    }

    fn accept(&mut self, event: Event) {
        self.room.accept(self.now, event, &mut self.effects);
    }

    fn flush(&mut self) {
        self.room.flush(self.now, &mut self.effects);
        for effect in self.effects.drain(..) {
            if let Effect::Append { channel, update, authors, .. } = effect {
                self.log[channel.0 as usize].push((update, authors));
            }
        }
    }

    fn write(&mut self, change: impl FnOnce(&TextRef, &mut yrs::TransactionMut<'_>)) -> f64 {
        let before = self.doc.transact().state_vector();
        change(&self.text, &mut self.doc.transact_mut());
        let update = self.doc.transact().encode_diff_v1(&before);
        let mut frame = vec![0, 2];
        let mut len = update.len();
        while len >= 0x80 {
            frame.push(len as u8 | 0x80);
            len >>= 7;
        }
        frame.push(len as u8);
        frame.extend(update);
        let started = Instant::now();
        self.accept(Event::Frame { conn: ConnId(1), bytes: Bytes::from(frame) });
        self.flush();
        started.elapsed().as_secs_f64() * 1e6
    }

    fn key(&mut self, at: u32) -> f64 {
        self.write(|text, transaction| text.insert(transaction, at, "x"))
    }

    fn tick(&mut self) -> f64 {
        self.now += 500;
        let started = Instant::now();
        self.accept(Event::Tick);
        self.flush();
        started.elapsed().as_secs_f64() * 1e6
    }

    fn rewrite(&mut self) {
        let content = self.room.text();
        let len = content.encode_utf16().count() as u32;
        self.write(|text, transaction| text.remove_range(transaction, 0, len));
        self.write(|text, transaction| text.insert(transaction, 0, &content));
    }

    fn open(&mut self) -> f64 {
        let log = |tail: &Vec<(Bytes, Bytes)>| ChannelLog { snapshot: None, tail: tail.clone() };
        let loaded = Loaded { text: log(&self.log[0]), notes: log(&self.log[1]), ..Loaded::default() };
        let started = Instant::now();
        let room = Room::open(0, loaded, Seed(2), Limits::default(), POLICY).expect("opens");
        let took = started.elapsed().as_secs_f64() * 1e6;
        assert_eq!(room.text(), self.room.text());
        took
    }
}

fn quantile(of: &mut [f64], part: f64) -> f64 {
    of.sort_by(f64::total_cmp);
    of[((of.len() - 1) as f64 * part) as usize]
}
