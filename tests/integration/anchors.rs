//! Notes on the recorded documents, through thousands of random histories: typing, cuts, pastes, paragraphs moved, undo,
//! rewriting, restoring, two people at once. `NOTE_HISTORIES=n` runs more, `NOTE_HISTORY=seed` repeats one.
//!
//! After every look of the room, and at the end, each note is on its quote, or on words that differ from it and that are
//! what is left of it or nearly it, or detached with its quote. The closing line says how many stayed where they were
//! put, were found again, are on changed words, and are detached.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use flate2::read::GzDecoder;
use room::notes::{Anchor, Item, Passage, Position, Wish, Words};
use room::{
    Author, Channel, Command, ConnId, Dialect, Effect, Event, Identity, Limits, Loaded, Policy, RequestId, Role, Room,
    Seed,
};
use uuid::Uuid;
use yrs::updates::decoder::Decode;
use yrs::{
    Assoc, Doc, GetString, ID, IndexedSequence, OffsetKind, Options, ReadTxn, StateVector, StickyIndex, Text, TextRef,
    Transact, UndoManager, Update,
};

use peer::message;
use room::sim::rng::Rng;

const HISTORIES: u64 = 40;
const NOTES: usize = 8;
const POLICY: Policy = Policy { read: Role::View, write: Role::Edit, present: Role::View };
/// The least share of its words that a passage found by likeness has.
const ALIKE: f64 = 0.75;

/// Somebody's tab.
struct Pen {
    doc: Doc,
    text: TextRef,
    undo: UndoManager,
    told: StateVector,
    clipboard: String,
}

impl Pen {
    fn new(n: u64) -> Pen {
        let options =
            Options { offset_kind: OffsetKind::Utf16, ..Options::with_client_id(yrs::ClientID::new(100 + n)) };
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_text("content");
        let mut undo =
            UndoManager::with_options(yrs::undo::Options { capture_timeout_millis: 0, ..Default::default() });
        undo.expand_scope(&doc, &text);
        Pen { doc, text, undo, told: StateVector::default(), clipboard: String::new() }
    }

    fn content(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    /// Replaces bytes `range` of the content.
    fn replace(&mut self, content: &str, range: std::ops::Range<usize>, by: &str) {
        let units = |text: &str| text.encode_utf16().count() as u32;
        let at = units(&content[..range.start]);
        let mut transaction = self.doc.transact_mut();
        if !range.is_empty() {
            self.text.remove_range(&mut transaction, at, units(&content[range]));
        }
        if !by.is_empty() {
            self.text.insert(&mut transaction, at, by);
        }
    }

    /// The anchor a browser would make.
    fn anchor(&self, content: &str, range: &std::ops::Range<usize>) -> Anchor {
        let units = |text: &str| text.encode_utf16().count() as u32;
        let transaction = self.doc.transact();
        let at = |index, assoc| {
            let sticky = self.text.sticky_index(&transaction, index, assoc).expect("inside the text");
            let id = sticky.id().expect("a character");
            Item { client: id.client.get(), clock: u64::from(id.clock) }
        };
        let (from, to) = (units(&content[..range.start]), units(&content[..range.end]));
        Anchor {
            start: Position::at(Some(at(from, Assoc::After)), 0),
            end: Position::at(Some(at(to, Assoc::Before)), -1),
        }
    }

    /// Where an anchor is, in UTF-16 units.
    fn place(&self, anchor: &Anchor) -> Option<(u32, u32)> {
        let transaction = self.doc.transact();
        let offset = |position: &Position| {
            let item = position.item?;
            let assoc = if position.assoc < 0 { Assoc::Before } else { Assoc::After };
            let id = ID::new(yrs::ClientID::new(item.client), item.clock as u32);
            StickyIndex::from_id(id, assoc).get_offset(&transaction).map(|offset| offset.index)
        };
        Some((offset(&anchor.start)?, offset(&anchor.end)?)).filter(|(from, to)| from < to)
    }

    fn take(&self, update: &[u8]) {
        let update = Update::decode_v1(update).expect("the room's update");
        self.doc.transact_mut().apply_update(update).expect("applies");
    }
}

/// A room in virtual time, two people, and notes.
struct World {
    seed: u64,
    rng: Rng,
    room: Room,
    now: u64,
    effects: Vec<Effect>,
    pens: Vec<Pen>,
    first: BTreeMap<Uuid, Anchor>,
    /// Where each note was when the room had last looked.
    last: BTreeMap<Uuid, Option<Anchor>>,
    texts: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    stayed: usize,
    found: usize,
    changed: usize,
    detached: usize,
}

impl World {
    fn new(seed: u64, text: &str) -> World {
        let room = Room::open(1_000, Loaded::default(), Seed(seed), Limits::default(), POLICY).expect("opens");
        let mut world = World {
            seed,
            rng: Rng::new(seed),
            room,
            now: 1_000,
            effects: Vec::new(),
            pens: vec![Pen::new(1), Pen::new(2)],
            first: BTreeMap::new(),
            last: BTreeMap::new(),
            texts: vec![text.to_owned()],
        };
        for n in 1..=2 {
            let identity = Identity {
                author: author(n),
                name: format!("pen {n}"),
                peer: 1,
                color: String::new(),
                color_light: String::new(),
                guest: false,
            };
            let (conn, channel) = (ConnId(n), Channel::TEXT);
            world.accept(Event::Join {
                conn,
                role: Role::Edit,
                dialect: Dialect::Stock,
                channel,
                identity,
                also: Vec::new(),
            });
            world.accept(Event::Frame { conn, bytes: Bytes::from(message(&[0, 0], &[0])) });
        }
        world.pens[0].replace("", 0..0, text);
        world.meet();
        world
    }

    fn accept(&mut self, event: Event) {
        self.room.accept(self.now, event, &mut self.effects);
    }

    /// Everything written reaches everybody.
    fn meet(&mut self) {
        for pen in 0..self.pens.len() {
            let vector = self.pens[pen].doc.transact().state_vector();
            let news = self.pens[pen].doc.transact().encode_diff_v1(&self.pens[pen].told);
            self.pens[pen].told = vector;
            let bytes = Bytes::from(message(&[0, 2], &news));
            self.accept(Event::Frame { conn: ConnId(pen as u64 + 1), bytes });
        }
        self.deliver();
        for pen in &mut self.pens {
            pen.told = pen.doc.transact().state_vector();
        }
        let text = self.room.text();
        let same = self.pens.iter().all(|pen| pen.content() == text);
        assert!(same, "seed {}: a pen has another text than the room", self.seed);
    }

    fn deliver(&mut self) {
        self.room.flush(self.now, &mut self.effects);
        self.accept(Event::Drained { conn: ConnId(1) });
        self.accept(Event::Drained { conn: ConnId(2) });
        for effect in std::mem::take(&mut self.effects) {
            let Effect::Send { conn, frame } = effect else { continue };
            // 0 sync, 1 or 2 with an update, and its length.
            if frame.len() > 2 && frame[0] == 0 && frame[1] > 0 {
                let skip = frame[2..].iter().position(|byte| byte & 0x80 == 0).expect("a length") + 3;
                self.pens[conn.0 as usize - 1].take(&frame[skip..]);
            }
        }
    }

    fn note(&mut self) {
        let content = self.room.text();
        let range = some_words(&content, &mut self.rng);
        let quote = content[range.clone()].to_owned();
        let around = 32;
        let before: String =
            content[..range.start].chars().rev().take(around).collect::<Vec<_>>().into_iter().rev().collect();
        let after = content[range.end..].chars().take(around).collect();
        let anchor = self.pens[0].anchor(&content, &range);
        let passage = Passage { anchor: Some(anchor), quote, before, after, heading: String::new() };
        let id = Uuid::from_u128(self.first.len() as u128 + 1);
        let wish = Wish::Note { passage, words: Words { body: "why?".into(), mentions: Vec::new() } };
        let command = Command::Note { id, wish: Box::new(wish), also: Vec::new(), at_ms: self.now };
        self.accept(Event::Command { from: RequestId(1), by: author(3), role: Role::Comment, command });
        self.deliver();
        self.first.insert(id, anchor);
        self.last.insert(id, Some(anchor));
    }

    /// One thing somebody does.
    fn stroke(&mut self) {
        let World { rng, pens, texts, .. } = self;
        let which = rng.below(pens.len());
        let pen = &mut pens[which];
        let content = pen.content();
        if content.split_whitespace().count() < 40 {
            return pen.replace(&content, content.len()..content.len(), &texts[0]);
        }
        let range = some_words(&content, rng);
        match rng.below(12) {
            0 | 1 => pen.replace(&content, range, "typed over"),
            2 | 3 => pen.replace(&content, range.start..range.start, "some more words "),
            4 | 5 => {
                pen.clipboard = content[range.clone()].to_owned();
                pen.replace(&content, range, "");
            }
            6 => {
                let pasted = format!(" {}", pen.clipboard);
                pen.replace(&content, range.end..range.end, &pasted);
            }
            7 | 8 => {
                let paragraph = some_paragraph(&content, rng);
                let moved = format!("\n{}", &content[paragraph.clone()]);
                pen.replace(&content, paragraph, "");
                let content = pen.content();
                let at = some_paragraph(&content, rng).end;
                pen.replace(&content, at..at, &moved);
            }
            9 => {
                // Rewritten: deleted, and typed again with one word changed.
                let paragraph = some_paragraph(&content, rng);
                let words: Vec<&str> = content[paragraph.clone()].split(' ').collect();
                let other = rng.below(words.len());
                let typed: Vec<&str> =
                    words.iter().enumerate().map(|(at, word)| if at == other { "rewritten" } else { word }).collect();
                pen.replace(&content, paragraph, &typed.join(" "));
            }
            10 => drop(pen.undo.undo_blocking()),
            _ => drop(pen.undo.redo_blocking()),
        }
    }

    /// The owner restores an earlier text, as an edit through the server's door.
    fn restore(&mut self) {
        let text = self.texts[self.rng.below(self.texts.len())].clone();
        let command = Command::Edit { base: self.room.text(), text };
        self.accept(Event::Command { from: RequestId(2), by: author(4), role: Role::Own, command });
        self.deliver();
        for pen in &mut self.pens {
            pen.told = pen.doc.transact().state_vector();
        }
    }

    fn tick(&mut self) {
        self.now += 500;
        self.accept(Event::Tick);
        self.deliver();
        self.check();
    }

    /// What must be so whenever the room has looked.
    fn check(&mut self) {
        let seed = self.seed;
        let still = self.room.still();
        let places = still.places();
        assert_eq!(still.notes.notes.len(), self.first.len(), "seed {seed}: a note is lost");
        for (id, note) in &still.notes.notes {
            let anchor = note.passage.anchor;
            let Some(place) = places.get(id) else { continue };
            let words = &still.text[place.clone()];
            let before = self.last.get(id).copied().flatten();
            if words != note.passage.quote && anchor != before {
                let held = before.and_then(|before| self.pens[0].place(&before));
                let now = anchor.and_then(|anchor| self.pens[0].place(&anchor));
                let overlaps = held.zip(now).is_some_and(|(held, now)| held.0 < now.1 && now.0 < held.1);
                let alike = overlaps || likeness(&note.passage.quote, words) >= ALIKE;
                assert!(alike, "seed {seed}: {:?} was put on {words:?}", note.passage.quote);
            }
        }
        self.last = still.notes.notes.iter().map(|(id, note)| (*id, note.passage.anchor)).collect();
    }

    fn end(mut self) -> Tally {
        self.meet();
        for _ in 0..8 {
            self.tick();
        }
        let still = self.room.still();
        let places = still.places();
        let mut tally = Tally::default();
        for (id, note) in &still.notes.notes {
            let quote = note.passage.quote.as_str();
            match places.get(id).map(|place| &still.text[place.clone()]) {
                Some(words) if words == quote && note.passage.anchor == Some(self.first[id]) => tally.stayed += 1,
                Some(words) if words == quote => tally.found += 1,
                Some(_) => tally.changed += 1,
                None => {
                    assert_eq!(note.passage.anchor, None, "seed {}: nowhere, and not marked as detached", self.seed);
                    let distinct = quote.split_whitespace().count() >= 3;
                    let there = distinct && still.text.contains(quote);
                    assert!(!there, "seed {}: {quote:?} is there and was not found", self.seed);
                    tally.detached += 1;
                }
            }
        }
        tally
    }
}

fn history(seed: u64, text: &str) -> Tally {
    let mut world = World::new(seed, text);
    for _ in 0..NOTES {
        world.note();
    }
    for _ in 0..20 + world.rng.below(40) {
        world.stroke();
        match world.rng.below(8) {
            0 | 1 => world.meet(),
            2 => {
                world.meet();
                world.tick();
            }
            3 if world.rng.below(6) == 0 => {
                world.meet();
                world.texts.push(world.room.text());
                world.restore();
            }
            _ => {}
        }
    }
    world.end()
}

fn author(n: u64) -> Author {
    Author(Uuid::from_u128(u128::from(n)))
}

/// One to twelve words somewhere.
fn some_words(content: &str, rng: &mut Rng) -> std::ops::Range<usize> {
    let words: Vec<&str> = content.split_whitespace().collect();
    let from = rng.below(words.len() - 14);
    let last = words[from + rng.below(12)];
    let at = |word: &str| word.as_ptr() as usize - content.as_ptr() as usize;
    at(words[from])..at(last) + last.len()
}

fn some_paragraph(content: &str, rng: &mut Rng) -> std::ops::Range<usize> {
    let paragraphs: Vec<&str> = content.split('\n').filter(|line| line.split(' ').count() > 3).collect();
    let chosen = paragraphs.get(rng.below(paragraphs.len())).copied().unwrap_or(content);
    let at = chosen.as_ptr() as usize - content.as_ptr() as usize;
    at..at + chosen.len()
}

/// The share of words two passages have in common, in order.
fn likeness(one: &str, other: &str) -> f64 {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.split_whitespace().collect(), other.split_whitespace().collect());
    let mut row = vec![0; other.len() + 1];
    for a in &one {
        let mut diagonal = 0;
        for (at, b) in other.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if a == b { diagonal + 1 } else { above.max(row[at]) };
            diagonal = above;
        }
    }
    2.0 * row[other.len()] as f64 / (one.len() + other.len()).max(1) as f64
}

/// The text a recorded session ended with.
fn recorded(name: &str) -> String {
    let path = format!("{}/traces/{name}.json.gz", env!("CARGO_MANIFEST_DIR"));
    let mut json = String::new();
    let file = std::fs::File::open(path).expect("the trace is in the repository");
    GzDecoder::new(file).read_to_string(&mut json).expect("gzip");
    let trace: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    trace["endContent"].as_str().expect("a text").to_owned()
}

#[test]
fn nt8_no_note_is_lost_in_any_history_of_the_recorded_documents() {
    let variable = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let texts = [recorded("friendsforever"), recorded("seph-blog1")];
    let text = |seed: u64| texts[seed as usize % texts.len()].as_str();
    if let Some(seed) = variable("NOTE_HISTORY") {
        println!("{:?}", history(seed, text(seed)));
        return;
    }
    let until = variable("NOTE_HISTORIES").unwrap_or(HISTORIES);
    let (next, total) = (AtomicU64::new(0), Mutex::new(Tally::default()));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= until {
                return;
            }
            let one = history(seed, text(seed));
            let mut total = total.lock().expect("nobody panicked");
            total.stayed += one.stayed;
            total.found += one.found;
            total.changed += one.changed;
            total.detached += one.detached;
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let total = *total.lock().expect("nobody panicked");
    let all = total.stayed + total.found + total.changed + total.detached;
    let share = |count: usize| 100.0 * count as f64 / all as f64;
    println!(
        "{until} histories, {all} notes: {:.1} % stayed, {:.1} % found again, {:.1} % on changed words, {:.1} % detached",
        share(total.stayed),
        share(total.found),
        share(total.changed),
        share(total.detached),
    );
    assert_eq!(all as u64, until * NOTES as u64);
    assert!(total.stayed > 0 && total.found > 0 && total.changed > 0 && total.detached > 0, "{total:?}");
}
