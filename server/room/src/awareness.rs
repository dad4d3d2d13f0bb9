//! Whose caret is whose.
//!
//! Clients say where their carets are; the server says whose they are. Invariant: a Yjs client id belongs to the
//! connection that first spoke for it, `user` is the session's identity, and the clock that goes out is ours and never
//! goes back, so a tab that returns with an old clock is visible at once.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use serde_json::{Value, json};

use crate::gate::AwarenessEntry;
use crate::wire::Writer;
use crate::{Author, ByConn, ConnId, Identity, Limits, Millis};

/// Client ids one connection may speak for.
const CLIENTS_PER_CONNECTION: usize = 4;
/// Client ids kept after their carets left.
const KNOWN_MAX: usize = 4_096;
/// Lines a document can have, with room to spare.
const LINES_MAX: f64 = 16_777_216.0;
/// Up to here every whole number is a JavaScript number.
const COUNT_MAX: f64 = 9_007_199_254_740_991.0;

/// Everybody's carets.
#[derive(Debug, Default)]
pub struct Awareness {
    carets: BTreeMap<u64, Caret>,
    known: BTreeMap<u64, Known>,
    speakers: ByConn<Speaker>,
    changed: BTreeSet<u64>,
    held_back: bool,
}

/// What somebody may say here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// Where they are.
    Present,
    /// Also that everybody should come there.
    Call,
}

#[derive(Debug)]
struct Caret {
    conn: ConnId,
    state: String,
    heard: Millis,
}

/// What stays of a client id when its caret leaves: it goes on counting when it returns, and is still whose it was.
#[derive(Debug)]
struct Known {
    clock: u32,
    author: Author,
}

#[derive(Debug)]
struct Speaker {
    identity: Identity,
    quiet_until: Millis,
}

/// What changed, ready to be sent.
pub struct News {
    entries: Vec<(u64, Option<ConnId>, u32, String)>,
}

impl Awareness {
    /// Somebody may speak from now on.
    pub fn join(&mut self, conn: ConnId, identity: Identity) {
        self.speakers.insert(conn, Speaker { identity, quiet_until: 0 });
    }

    /// Takes what a client says; entries for carets that are not its own are ignored, as stock clients repeat them.
    pub fn hear(&mut self, now: Millis, conn: ConnId, voice: Voice, entries: Vec<AwarenessEntry>) {
        let Some(identity) = self.speakers.get(&conn).map(|speaker| speaker.identity.clone()) else { return };
        for entry in entries {
            if !self.may_speak(conn, entry.client, &identity) {
                continue;
            }
            match &entry.state {
                Some(state) => {
                    let state = rewritten(state, voice, &identity);
                    self.place(now, conn, &entry, state, identity.author);
                }
                None => self.remove(entry.client),
            }
        }
    }

    /// Somebody is called something else now.
    pub fn rename(&mut self, conn: ConnId, identity: Identity) {
        let clients = self.clients_of(conn);
        for client in clients {
            let Some(caret) = self.carets.get_mut(&client) else { continue };
            let state: Value = serde_json::from_str(&caret.state).unwrap_or_default();
            // It was weighed when it was heard.
            caret.state = rewritten(&state, Voice::Call, &identity);
            self.tick(client, 0, identity.author);
        }
        if let Some(speaker) = self.speakers.get_mut(&conn) {
            speaker.identity = identity;
        }
    }

    /// Somebody left; so do their carets.
    pub fn leave(&mut self, conn: ConnId) {
        self.speakers.remove(&conn);
        for client in self.clients_of(conn) {
            self.remove(client);
        }
    }

    /// Takes away what nobody renewed.
    pub fn reap(&mut self, now: Millis, after: Millis) {
        let stale = |(client, caret): (&u64, &Caret)| (now.saturating_sub(caret.heard) > after).then_some(*client);
        for client in self.carets.iter().filter_map(stale).collect::<Vec<_>>() {
            self.remove(client);
        }
    }

    /// How long there is nothing to take away and nothing that waits to be told; `None`: for ever.
    pub fn rest(&self, now: Millis, after: Millis) -> Option<Millis> {
        if !self.changed.is_empty() {
            return Some(0);
        }
        self.carets.values().map(|caret| (caret.heard + after + 1).saturating_sub(now)).min()
    }

    /// What changed since the last call, except what came too fast: that waits, and the newest wins.
    pub fn news(&mut self, now: Millis, limits: &Limits) -> Option<News> {
        let gap = 1_000 / u64::from(limits.awareness_per_second.max(1));
        let mut entries = Vec::new();
        let mut spoke = BTreeSet::new();
        for client in std::mem::take(&mut self.changed) {
            let caret = self.carets.get(&client);
            let conn = caret.map(|caret| caret.conn);
            let speaker = conn.and_then(|conn| self.speakers.get(&conn));
            if speaker.is_some_and(|speaker| now < speaker.quiet_until) {
                self.changed.insert(client);
                self.held_back = true;
                continue;
            }
            spoke.extend(conn);
            let state = caret.map_or_else(|| "null".to_owned(), |caret| caret.state.clone());
            entries.push((client, conn, self.clock(client), state));
        }
        for conn in spoke {
            if let Some(speaker) = self.speakers.get_mut(&conn) {
                speaker.quiet_until = now + gap;
            }
        }
        self.forget();
        (!entries.is_empty()).then_some(News { entries })
    }

    /// Every caret, for somebody who just came.
    pub fn all(&self) -> Option<Bytes> {
        let entries: Vec<_> =
            self.carets.iter().map(|(client, caret)| (*client, self.clock(*client), caret.state.as_str())).collect();
        (!entries.is_empty()).then(|| encode(&entries))
    }

    /// Whether something came too fast since this was last asked.
    pub fn held_back(&mut self) -> bool {
        std::mem::take(&mut self.held_back)
    }

    fn may_speak(&self, conn: ConnId, client: u64, identity: &Identity) -> bool {
        match self.carets.get(&client) {
            Some(caret) if caret.conn == conn => true,
            // The same person's older, half-open socket gives way.
            Some(caret) => self.speakers.get(&caret.conn).is_none_or(|old| old.identity.author == identity.author),
            // Stock clients repeat what they hear: the last of somebody who just left would bring them back.
            None if self.known.get(&client).is_some_and(|known| known.author != identity.author) => false,
            None => self.clients_of(conn).len() < CLIENTS_PER_CONNECTION,
        }
    }

    fn clock(&self, client: u64) -> u32 {
        self.known.get(&client).map_or(0, |known| known.clock)
    }

    fn place(&mut self, now: Millis, conn: ConnId, entry: &AwarenessEntry, state: String, author: Author) {
        self.carets.insert(entry.client, Caret { conn, state, heard: now });
        // Also when it says nothing new: clients take a caret away that is not renewed.
        self.tick(entry.client, entry.clock, author);
    }

    fn remove(&mut self, client: u64) {
        if let (Some(_), Some(known)) = (self.carets.remove(&client), self.known.get(&client)) {
            self.tick(client, 0, known.author);
        }
    }

    /// The next clock: newer than anything sent, and than what the client counts itself.
    fn tick(&mut self, client: u64, theirs: u32, author: Author) {
        let clock = self.clock(client).saturating_add(1).max(theirs.min(u32::MAX / 2));
        self.known.insert(client, Known { clock, author });
        self.changed.insert(client);
    }

    fn clients_of(&self, conn: ConnId) -> Vec<u64> {
        self.carets.iter().filter(|(_, caret)| caret.conn == conn).map(|(client, _)| *client).collect()
    }

    fn forget(&mut self) {
        if self.known.len() > KNOWN_MAX {
            self.known.retain(|client, _| self.carets.contains_key(client));
        }
    }
}

impl News {
    /// As a message body for everybody but those whose own carets are in it.
    pub fn for_all(&self) -> Bytes {
        encode(
            &self.entries.iter().map(|(client, _, clock, state)| (*client, *clock, state.as_str())).collect::<Vec<_>>(),
        )
    }

    /// Whether `conn` speaks in it.
    pub fn has(&self, conn: ConnId) -> bool {
        self.entries.iter().any(|(_, speaker, ..)| *speaker == Some(conn))
    }

    /// Without `conn`'s own carets; `None` if nothing is left.
    pub fn without(&self, conn: ConnId) -> Option<Bytes> {
        let others: Vec<_> = self.entries.iter().filter(|(_, speaker, ..)| *speaker != Some(conn)).collect();
        let others: Vec<_> =
            others.into_iter().map(|(client, _, clock, state)| (*client, *clock, state.as_str())).collect();
        (!others.is_empty()).then(|| encode(&others))
    }
}

/// Nobody: keeps a stock client's watchdog quiet.
pub fn nobody() -> Bytes {
    encode(&[])
}

fn encode(entries: &[(u64, u32, &str)]) -> Bytes {
    let mut out = Writer::bare();
    out.number(entries.len() as u64);
    for (client, clock, state) in entries {
        out.number(*client);
        out.number(u64::from(*clock));
        out.bytes(state.as_bytes());
    }
    out.done()
}

/// What the client said, as far as it may, under the name the session has.
fn rewritten(state: &Value, voice: Voice, identity: &Identity) -> String {
    let mut out = serde_json::Map::new();
    for (key, value) in state.as_object().into_iter().flatten().filter(|(key, value)| passes(key, value, voice)) {
        out.insert(key.clone(), value.clone());
    }
    out.insert(
        "user".to_owned(),
        json!({
            "id": identity.author,
            "name": identity.name,
            "peer": identity.peer,
            "color": identity.color,
            "colorLight": identity.color_light,
            "guest": identity.guest,
        }),
    );
    Value::Object(out).to_string()
}

/// Whether others hear this; the rest is forgotten.
fn passes(key: &str, value: &Value, voice: Voice) -> bool {
    let within = |max| value.as_f64().is_some_and(|number| (0.0..=max).contains(&number));
    match key {
        "cursor" | "idle" => true,
        "line" => within(LINES_MAX),
        "call" => voice == Voice::Call && within(COUNT_MAX),
        _ => false,
    }
}
