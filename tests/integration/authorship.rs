//! Whose every character is, held against a recorded session of two people.
//!
//! One of them types with every character moved into a block for private use, so that the text itself says who typed
//! what, and nothing of how ids or authors are kept is asked. Checked live, from the log, and from a snapshot.

use std::io::Read;

use bytes::Bytes;
use flate2::read::GzDecoder;
use room::{
    Author, Channel, ChannelLog, ConnId, Dialect, Effect, Event, Identity, Limits, Loaded, Policy, Role, Room, Seed,
    Whose,
};
use serde_json::Value;
use uuid::Uuid;
use yrs::updates::decoder::Decode;
use yrs::{ClientID, Doc, GetString, OffsetKind, Options, Text, TextRef, Transact, Update};

use peer::message;

const POLICY: Policy = Policy { read: Role::View, write: Role::Edit, present: Role::View };
/// Where the second person's characters are moved to; all of theirs are below 0x1000.
const PRIVATE: u32 = 0xe000;
/// Transactions between two flushes.
const BATCH: usize = 40;

fn author(agent: usize) -> Author {
    Author(Uuid::from_u128(agent as u128 + 1))
}

fn marked(agent: usize, words: &str) -> String {
    let mark = |c: char| match agent {
        0 => c,
        _ => {
            char::from_u32(PRIVATE + u32::from(c)).filter(|_| u32::from(c) < 0x1000).expect("a character below 0x1000")
        }
    };
    words.chars().map(mark).collect()
}

fn typist(unit: u16) -> usize {
    usize::from((0xe000..0xf000).contains(&unit))
}

/// Somebody's tab: what they typed in each of their transactions, and how much of the other's they have.
struct Tab {
    doc: Doc,
    text: TextRef,
    updates: Vec<Vec<u8>>,
    heard: usize,
}

impl Tab {
    fn new(agent: usize) -> Tab {
        let mut options = Options::with_client_id(ClientID::new(100 + agent as u64));
        options.offset_kind = OffsetKind::Utf16;
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_text("content");
        Tab { doc, text, updates: Vec::new(), heard: 0 }
    }

    fn hear(&mut self, updates: &[Vec<u8>]) {
        let mut transaction = self.doc.transact_mut();
        for update in updates {
            transaction.apply_update(Update::decode_v1(update).expect("an update")).expect("applies");
        }
        self.heard += updates.len();
    }

    /// Everything recorded is within the first plane, so code points are UTF-16 units.
    fn type_in(&mut self, agent: usize, patches: &Value) {
        let mut transaction = self.doc.transact_mut();
        for patch in patches.as_array().expect("patches") {
            let number = |at: usize| patch[at].as_u64().expect("a number") as u32;
            if number(1) > 0 {
                self.text.remove_range(&mut transaction, number(0), number(1));
            }
            let words = patch[2].as_str().expect("text");
            if !words.is_empty() {
                self.text.insert(&mut transaction, number(0), &marked(agent, words));
            }
        }
        let update = transaction.encode_update_v1();
        drop(transaction);
        self.updates.push(update);
    }
}

/// A room both write into, and what it stored.
struct Table {
    room: Room,
    effects: Vec<Effect>,
    log: Vec<(Bytes, Bytes)>,
    snapshot: Option<(Bytes, Bytes)>,
}

impl Table {
    fn load(log: ChannelLog) -> Table {
        let loaded = Loaded { text: log, ..Loaded::default() };
        let room = Room::open(1_000, loaded, Seed(5), Limits::default(), POLICY).expect("opens");
        Table { room, effects: Vec::new(), log: Vec::new(), snapshot: None }
    }

    fn accept(&mut self, event: Event) {
        self.room.accept(1_000, event, &mut self.effects);
    }

    fn seat(&mut self, agent: usize) {
        let identity = Identity {
            author: author(agent),
            name: format!("agent {agent}"),
            peer: 1,
            color: String::new(),
            color_light: String::new(),
            guest: false,
        };
        let (conn, channel) = (ConnId(agent as u64), Channel::TEXT);
        self.accept(Event::Join {
            conn,
            role: Role::Edit,
            dialect: Dialect::Stock,
            channel,
            identity,
            also: Vec::new(),
        });
    }

    fn flush(&mut self) {
        self.room.flush(1_000, &mut self.effects);
        for effect in std::mem::take(&mut self.effects) {
            match effect {
                Effect::Append { ticket, update, authors, .. } => {
                    self.log.push((update, authors));
                    self.accept(Event::Stored { through: ticket });
                }
                Effect::Send { conn, .. } => self.accept(Event::Drained { conn }),
                Effect::Compact { channel: Channel::TEXT, snapshot, authors, .. } => {
                    self.snapshot = Some((snapshot, authors));
                    self.log.clear();
                    self.accept(Event::Compacted { channel: Channel::TEXT });
                }
                Effect::Close { reason, .. } => panic!("closed: {reason:?}"),
                _ => {}
            }
        }
    }

    /// How many characters the room says are somebody's; every one of them is.
    fn check(&self) -> usize {
        let whose = self.room.whose();
        let stretches = whose.stretches();
        let clients = whose.clients(&stretches);
        let runs = Whose::runs(&stretches, |client| clients.get(&client).copied());
        let units: Vec<u16> = self.room.text().encode_utf16().collect();
        let mut at = 0;
        for run in runs {
            assert_eq!(run.from as usize, at, "runs cover the text");
            at = run.to as usize;
            for (offset, unit) in units[run.from as usize..at].iter().enumerate() {
                assert_eq!(run.author, Some(author(typist(*unit))), "at {}", run.from as usize + offset);
            }
        }
        assert_eq!(at, units.len());
        at
    }
}

#[test]
fn hi16_every_character_of_a_recorded_session_is_its_typists() {
    let trace = recorded("friendsforever");
    let mut tabs = [Tab::new(0), Tab::new(1)];
    let mut table = Table::load(ChannelLog::default());
    table.seat(0);
    table.seat(1);
    // For each transaction, how many of each person's are before it or itself.
    let mut versions: Vec<[usize; 2]> = Vec::new();
    for (number, transaction) in trace["txns"].as_array().expect("transactions").iter().enumerate() {
        let agent = transaction["agent"].as_u64().expect("an agent") as usize;
        let mut version = [0, 0];
        for parent in transaction["parents"].as_array().expect("parents") {
            let parent = versions[parent.as_u64().expect("a number") as usize];
            version = [version[0].max(parent[0]), version[1].max(parent[1])];
        }
        assert_eq!(version[agent], tabs[agent].updates.len(), "one's own are always before");
        let (heard, known) = (tabs[agent].heard, version[1 - agent].max(tabs[agent].heard));
        let news = tabs[1 - agent].updates[heard..known].to_vec();
        tabs[agent].hear(&news);
        tabs[agent].type_in(agent, &transaction["patches"]);
        version[agent] += 1;
        versions.push(version);
        let update = tabs[agent].updates.last().expect("just typed");
        let bytes = Bytes::from(message(&[0, 2], update));
        table.accept(Event::Frame { conn: ConnId(agent as u64), bytes });
        if number % BATCH == 0 {
            table.flush();
        }
    }
    table.flush();
    let text: String = table.room.text().chars().map(unmarked).collect();
    assert_eq!(text, trace["endContent"].as_str().expect("a text"));
    let characters = table.check();
    assert_eq!(characters, text.encode_utf16().count());
    assert!(table.snapshot.is_some(), "the log was compacted on the way");
    let log = ChannelLog { snapshot: table.snapshot.clone(), tail: table.log.clone() };
    let mut again = Table::load(log);
    assert_eq!(again.check(), characters);
    again.accept(Event::Idle);
    again.flush();
    let snapshot = again.snapshot.clone().or(table.snapshot);
    let compacted = Table::load(ChannelLog { snapshot, tail: again.log.clone() });
    assert!(compacted.check() > 0);
    println!("{characters} characters of two people, each its typist's");
    let other = tabs[1].text.get_string(&tabs[1].doc.transact());
    assert!(other.encode_utf16().any(|unit| typist(unit) == 1));
}

fn unmarked(c: char) -> char {
    match u32::from(c) {
        mark @ 0xe000..0xf000 => char::from_u32(mark - PRIVATE).expect("as it was"),
        _ => c,
    }
}

fn recorded(name: &str) -> Value {
    let path = format!("{}/traces/{name}.json.gz", env!("CARGO_MANIFEST_DIR"));
    let mut json = String::new();
    let file = std::fs::File::open(path).expect("the trace is in the repository");
    GzDecoder::new(file).read_to_string(&mut json).expect("gzip");
    serde_json::from_str(&json).expect("JSON")
}
