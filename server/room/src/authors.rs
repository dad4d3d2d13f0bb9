//! Whose a Yjs client id is.
//!
//! An id belongs to the author who first wrote under it and is never rebound; blame, history and the gate's author rule
//! rest on that. After the server lost edits it had accepted (an unclean stop), every id bound before is *recovering*
//! for a while: another peer's Step2 may bring its blocks back, and who relayed them is kept. Ids whose binding was lost
//! as well come back in anybody's Step2, so meanwhile a Step2 only *claims* an id; it belongs to whom types under it.
//! Invariant: every change travels with the append that needs it, so table and text are durable together.
//!
//! Bytes, for an append and for a snapshot alike: version 1, then records until the end: `0 client author` binds,
//! `1 client author` relays, `2 at` marks every id bound so far as recovering since `at`, `3 client` ends that for one id,
//! `4 client author` claims.

use std::collections::BTreeMap;

use bytes::Bytes;
use uuid::Uuid;

use crate::gate::{Arrival, Standing};
use crate::wire::Writer;
use crate::{Author, Millis};

const VERSION: u8 = 1;
const BIND: u64 = 0;
const RELAY: u64 = 1;
const LOST: u64 = 2;
const BACK: u64 = 3;
const CLAIM: u64 = 4;

/// The table of one document.
#[derive(Clone, Debug, Default)]
pub struct Authors {
    bound: BTreeMap<u64, Bound>,
    /// When the server last lost edits, as far as this table knows.
    lost_at: Option<Millis>,
    /// What the next append has to carry.
    news: Vec<Record>,
}

#[derive(Clone, Debug)]
struct Bound {
    author: Author,
    /// Brought by its author in a Step2, which may hold what others typed; whoever types under it has it.
    claimed: bool,
    recovering_since: Option<Millis>,
    relays: Vec<Author>,
}

#[derive(Clone, Copy, Debug)]
enum Record {
    Bind(u64, Author),
    Relay(u64, Author),
    Lost(Millis),
    Back(u64),
    Claim(u64, Author),
}

/// Bytes that no version of this code wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl Authors {
    /// Who owns a client id.
    pub fn of(&self, client: u64) -> Option<Author> {
        self.bound.get(&client).map(|bound| bound.author)
    }

    /// Every id and whose it is, claimed ones too.
    pub fn table(&self) -> BTreeMap<u64, Author> {
        self.bound.iter().map(|(client, bound)| (*client, bound.author)).collect()
    }

    /// Whose `client` is, seen by `author`.
    pub fn standing(&self, client: u64, author: Author, arrival: Arrival) -> Standing {
        match self.bound.get(&client) {
            None => Standing::Unbound,
            Some(bound) if bound.claimed && arrival == Arrival::Update => Standing::Unbound,
            Some(bound) if bound.author == author => Standing::Own,
            Some(bound) if bound.claimed || bound.recovering_since.is_some() => Standing::Recovering,
            Some(_) => Standing::Foreign,
        }
    }

    /// `author` wrote first under `client`, or as it seems.
    pub fn bind(&mut self, client: u64, author: Author, arrival: Arrival) {
        let claims = self.lost_at.is_some() && arrival == Arrival::Step2;
        match self.bound.get(&client) {
            None if claims => self.learn(Record::Claim(client, author)),
            Some(bound) if claims || !bound.claimed => {}
            _ => self.learn(Record::Bind(client, author)),
        }
    }

    /// `author` brought back blocks of somebody else's id.
    pub fn relay(&mut self, client: u64, author: Author) {
        if self.bound.get(&client).is_some_and(|bound| !bound.relays.contains(&author)) {
            self.learn(Record::Relay(client, author));
        }
    }

    /// `author` typed under `client`, and what that rests on is here: nothing of this id is missing any more. A Step2
    /// would not say so; the person may have other tabs, and the tab with what was lost may be closed.
    pub fn recovered(&mut self, client: u64, author: Author) {
        let back = |bound: &Bound| bound.author == author && bound.recovering_since.is_some();
        if self.bound.get(&client).is_some_and(back) {
            self.learn(Record::Back(client));
        }
    }

    /// The server lost edits at `at`, unless the table knows of that already; ids recovering for too long are closed.
    pub fn lost(&mut self, at: Millis, now: Millis, limit: Millis) {
        if self.lost_at.is_none_or(|known| known < at) {
            self.learn(Record::Lost(at));
        }
        for bound in self.bound.values_mut() {
            bound.recovering_since = bound.recovering_since.filter(|since| now.saturating_sub(*since) < limit);
        }
    }

    /// What the next append has to carry; empty if nothing changed.
    pub fn news(&mut self) -> Bytes {
        let news = std::mem::take(&mut self.news);
        if news.is_empty() { Bytes::new() } else { encode(news.into_iter()) }
    }

    /// Everything, for a snapshot.
    pub fn encode(&self) -> Bytes {
        let records = self.bound.iter().flat_map(|(client, bound)| {
            let relays = bound.relays.iter().map(|author| Record::Relay(*client, *author));
            let whose = if bound.claimed { Record::Claim } else { Record::Bind };
            std::iter::once(whose(*client, bound.author)).chain(relays)
        });
        let lost = self.lost_at.map(Record::Lost);
        let back = self.bound.iter().filter(|(_, bound)| bound.recovering_since.is_none());
        let back = back.map(|(client, _)| Record::Back(*client)).filter(|_| lost.is_some());
        encode(records.chain(lost).chain(back))
    }

    /// Adds what was stored, in order.
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        let Some((&version, rest)) = bytes.split_first() else { return Ok(()) };
        if version != VERSION {
            return Err(Unreadable);
        }
        let mut reader = Reader(rest);
        while !reader.0.is_empty() {
            let record = reader.record()?;
            self.note(record);
        }
        Ok(())
    }

    fn learn(&mut self, record: Record) {
        self.note(record);
        self.news.push(record);
    }

    fn enter(&mut self, client: u64, author: Author, claimed: bool) {
        let relays = self.bound.remove(&client).map_or_else(Vec::new, |before| before.relays);
        self.bound.insert(client, Bound { author, claimed, recovering_since: None, relays });
    }

    fn note(&mut self, record: Record) {
        match record {
            Record::Bind(client, author) => {
                if self.bound.get(&client).is_none_or(|bound| bound.claimed) {
                    self.enter(client, author, false);
                }
            }
            Record::Claim(client, author) => {
                if !self.bound.contains_key(&client) {
                    self.enter(client, author, true);
                }
            }
            Record::Relay(client, author) => {
                if let Some(bound) = self.bound.get_mut(&client).filter(|bound| !bound.relays.contains(&author)) {
                    bound.relays.push(author);
                }
            }
            Record::Lost(at) => {
                self.lost_at = Some(at);
                self.bound.values_mut().for_each(|bound| bound.recovering_since = Some(at));
            }
            Record::Back(client) => {
                if let Some(bound) = self.bound.get_mut(&client) {
                    bound.recovering_since = None;
                }
            }
        }
    }
}

fn encode(records: impl Iterator<Item = Record>) -> Bytes {
    let mut out = Writer::bare();
    out.number(u64::from(VERSION));
    for record in records {
        match record {
            Record::Bind(client, author) => person(&mut out, BIND, client, author),
            Record::Relay(client, author) => person(&mut out, RELAY, client, author),
            Record::Claim(client, author) => person(&mut out, CLAIM, client, author),
            Record::Lost(at) => {
                out.number(LOST);
                out.number(at);
            }
            Record::Back(client) => {
                out.number(BACK);
                out.number(client);
            }
        }
    }
    out.done()
}

fn person(out: &mut Writer, kind: u64, client: u64, author: Author) {
    out.number(kind);
    out.number(client);
    out.bytes(author.0.as_bytes());
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn record(&mut self) -> Result<Record, Unreadable> {
        match self.number()? {
            BIND => Ok(Record::Bind(self.number()?, self.author()?)),
            RELAY => Ok(Record::Relay(self.number()?, self.author()?)),
            LOST => Ok(Record::Lost(self.number()?)),
            BACK => Ok(Record::Back(self.number()?)),
            CLAIM => Ok(Record::Claim(self.number()?, self.author()?)),
            _ => Err(Unreadable),
        }
    }

    fn number(&mut self) -> Result<u64, Unreadable> {
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let (byte, rest) = self.0.split_first().ok_or(Unreadable)?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Unreadable)
    }

    fn author(&mut self) -> Result<Author, Unreadable> {
        if self.number()? != 16 || self.0.len() < 16 {
            return Err(Unreadable);
        }
        let (id, rest) = self.0.split_at(16);
        self.0 = rest;
        Uuid::from_slice(id).map(Author).map_err(|_| Unreadable)
    }
}
