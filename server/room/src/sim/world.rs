//! One history: a room, its store, its people and everything on its way between them, in virtual time.

use std::collections::BTreeMap;

use yrs::StateVector;
use yrs::updates::decoder::Decode;

use super::client::{Client, Desk, Habit, Then};
use super::rng::Rng;
use super::store::{Honesty, Store};
use super::{POLICY, Weather};
use crate::{
    Author, Channel, Command, ConnId, Dialect, Effect, Event, Limits, Millis, RequestId, Role, Room, Seed, Ticket,
};

pub struct World {
    pub rng: Rng,
    pub room: Room,
    pub store: Store,
    pub clients: Vec<Client>,
    pub failed: bool,
    /// When the store last lost something; remembered outside of the document.
    pub crashed: Option<Millis>,
    pub(super) now: Millis,
    limits: Limits,
    next_conn: u64,
    next_request: u64,
    /// The last append that a command may rest in.
    asked: BTreeMap<RequestId, Option<Ticket>>,
    issued: Ticket,
    /// Texts somebody saw once.
    seen: Vec<String>,
}

pub type Checked = Result<(), String>;

impl World {
    pub fn new(seed: u64, honesty: Honesty, weather: Weather, desk: Desk) -> World {
        let mut rng = Rng::new(seed);
        let limits = Limits {
            outbox_bytes: *rng.pick(&[150, 400, 256 << 10]),
            compact_entries: *rng.pick(&[3, 12, 500]),
            ..Limits::default()
        };
        let store = Store::new(honesty);
        let room =
            Room::open(1, store.loaded(None), Seed(rng.number()), limits.clone(), POLICY).expect("an empty room opens");
        let people = match weather {
            Weather::Fair => 2 + rng.below(4),
            Weather::Rough => 2 + rng.below(5),
        };
        let clients = (0..people as u64).map(|number| somebody(number, weather, &mut rng, desk)).collect();
        World {
            rng,
            room,
            store,
            clients,
            failed: false,
            crashed: None,
            now: 1,
            limits,
            next_conn: 0,
            next_request: 0,
            asked: BTreeMap::new(),
            issued: Ticket(0),
            seen: vec![String::new()],
        }
    }

    /// One thing happens.
    pub fn step(&mut self) -> Checked {
        self.now += self.rng.number() % 40;
        let who = self.rng.below(self.clients.len());
        match self.rng.below(1_000) {
            0..250 => self.clients[who].edit(&mut self.rng),
            250..500 => self.some(who, World::send)?,
            500..700 => self.some(who, World::receive)?,
            700..780 => self.commit()?,
            780..850 => self.flush()?,
            850..890 => self.come_or_go(who)?,
            890..910 => self.pause(who),
            910..930 => self.change_role(who)?,
            930..950 => self.clients[who].answer(),
            950..970 => self.command()?,
            970..980 => self.tell(Event::Idle)?,
            980..990 => {
                let time = self.rng.number() % 20_000;
                self.pass(time)?;
            }
            990..994 => self.crash()?,
            994..998 => self.evict()?,
            _ => self.fail_store()?,
        }
        Ok(())
    }

    pub(super) fn some(&mut self, who: usize, what: fn(&mut World, usize) -> Checked) -> Checked {
        (0..1 + self.rng.below(4)).try_for_each(|_| what(self, who))
    }

    /// A frame arrives at the server, now and then glued to the next.
    pub fn send(&mut self, who: usize) -> Checked {
        let glue = self.rng.chance(15);
        let Some(link) = self.clients[who].link.as_mut().filter(|link| link.sends) else { return Ok(()) };
        let conn = link.conn;
        let Some(mut bytes) = link.outbox.pop_front() else { return Ok(()) };
        if let Some(next) = link.outbox.front().filter(|_| glue) {
            bytes = [bytes, next.clone()].concat().into();
            link.outbox.pop_front();
        }
        if self.clients[who].habit != Habit::Insists {
            return self.tell(Event::Frame { conn, bytes });
        }
        self.flush()?;
        let before = self.state();
        self.tell(Event::Frame { conn, bytes })?;
        self.flush()?;
        let same = before == self.state();
        same.then_some(()).ok_or_else(|| "somebody who may only read changed the text".into())
    }

    /// A frame arrives at a client.
    pub fn receive(&mut self, who: usize) -> Checked {
        if self.clients[who].link.as_ref().is_none_or(|link| !link.reads || link.inbox.is_empty()) {
            return Ok(());
        }
        if self.clients[who].read()? == Then::Reconnect {
            self.leave(who)?;
            return self.join(who);
        }
        match &self.clients[who].link {
            Some(link) if link.inbox.is_empty() => self.tell(Event::Drained { conn: link.conn }),
            _ => Ok(()),
        }
    }

    pub fn commit(&mut self) -> Checked {
        let event = self.store.commit().filter(|_| !self.failed);
        event.map_or(Ok(()), |event| self.tell(event))
    }

    pub fn flush(&mut self) -> Checked {
        let mut effects = Vec::new();
        self.room.flush(self.now, &mut effects);
        self.carry_out(effects)
    }

    pub fn pass(&mut self, time: Millis) -> Checked {
        self.now += time;
        self.tell(Event::Tick)
    }

    pub(super) fn tell(&mut self, event: Event) -> Checked {
        let mut effects = Vec::new();
        self.room.accept(self.now, event, &mut effects);
        self.carry_out(effects)
    }

    fn carry_out(&mut self, effects: Vec<Effect>) -> Checked {
        for effect in effects {
            match effect {
                Effect::Send { conn, frame } => {
                    if let Some(link) = self.link_of(conn).and_then(|who| self.clients[who].link.as_mut()) {
                        link.inbox.push_back(frame);
                    }
                }
                Effect::Append { .. } | Effect::Compact { .. } => self.hand_over(effect)?,
                Effect::Reply { to, result } => self.replied(to, result.is_ok())?,
                Effect::Close { conn, .. } => {
                    if let Some(who) = self.link_of(conn) {
                        self.clients[who].link = None;
                    }
                }
                Effect::Announce { .. } | Effect::Reached { .. } => {}
            }
        }
        Ok(())
    }

    fn hand_over(&mut self, effect: Effect) -> Checked {
        if self.failed {
            return Ok(());
        }
        if let Effect::Append { ticket, channel, .. } = &effect {
            if *ticket != Ticket(self.issued.0 + 1) || *channel != Channel::TEXT {
                return Err(format!("{ticket:?} of {channel:?} after {:?}", self.issued));
            }
            self.issued = *ticket;
        }
        self.store.take(effect).map_or(Ok(()), |event| self.tell(event))
    }

    fn replied(&mut self, to: RequestId, done: bool) -> Checked {
        let Some(asked) = self.asked.remove(&to) else { return Err(format!("{to:?} was answered, but never asked")) };
        if done && self.store.durable() < asked.unwrap_or(self.issued) {
            return Err(format!("{to:?} was answered before it was durable"));
        }
        Ok(())
    }

    /// What the room has: its text, and of which blocks.
    pub fn state(&self) -> (String, StateVector) {
        let vector = StateVector::decode_v1(&self.room.state_vector()).expect("a state vector");
        (self.room.text(), vector)
    }

    fn link_of(&self, conn: ConnId) -> Option<usize> {
        self.clients.iter().position(|client| client.link.as_ref().is_some_and(|link| link.conn == conn))
    }
}

/// What people do beside typing.
impl World {
    fn come_or_go(&mut self, who: usize) -> Checked {
        match self.clients[who].link {
            Some(_) => self.leave(who),
            None => self.join(who),
        }
    }

    /// Whatever was on its way is lost.
    pub fn leave(&mut self, who: usize) -> Checked {
        let link = self.clients[who].link.take();
        link.map_or(Ok(()), |link| self.tell(Event::Leave { conn: link.conn }))
    }

    pub fn join(&mut self, who: usize) -> Checked {
        self.next_conn += 1;
        let conn = ConnId(self.next_conn);
        let client = &mut self.clients[who];
        client.connect(conn);
        let (role, dialect, identity) = (client.role, client.dialect, client.identity());
        self.tell(Event::Join { conn, role, dialect, channel: Channel::TEXT, identity, also: Vec::new() })
    }

    pub(super) fn pause(&mut self, who: usize) {
        if let Some(link) = &mut self.clients[who].link {
            link.reads = !link.reads;
        }
    }

    pub(super) fn change_role(&mut self, who: usize) -> Checked {
        if self.clients[who].habit != Habit::Changes {
            return Ok(());
        }
        let role = if self.clients[who].role == Role::Edit { Role::View } else { Role::Edit };
        self.set_role(who, role)
    }

    pub fn set_role(&mut self, who: usize, role: Role) -> Checked {
        self.clients[who].role = role;
        let conn = self.clients[who].link.as_ref().map(|link| link.conn);
        conn.map_or(Ok(()), |conn| self.tell(Event::Role { conn, role }))
    }

    /// Somebody without a socket changes a text they saw, lately or long ago.
    pub(super) fn command(&mut self) -> Checked {
        self.flush()?;
        self.seen.push(self.room.text());
        let base = self.rng.pick(&self.seen).clone();
        let cut = self.rng.below(base.chars().count() + 1);
        let start: String = base.chars().take(cut).collect();
        let rest: String = base.chars().skip(cut + self.rng.below(4)).collect();
        let text = format!("{start}{}{rest}", self.rng.pick(&["", "server ", "😀\r\n", "x"]));
        self.next_request += 1;
        let from = RequestId(self.next_request);
        let by = Author(uuid::Uuid::from_u128(self.rng.number() as u128 % 7 + 1));
        // Which append it waits for is known after the flush.
        self.asked.insert(from, None);
        self.tell(Event::Command { from, by, role: Role::Edit, command: Command::Edit { base, text } })?;
        self.flush()?;
        let issued = self.issued;
        self.asked.entry(from).and_modify(|ticket| *ticket = Some(issued));
        Ok(())
    }
}

/// What happens to the server.
impl World {
    /// The power goes.
    pub fn crash(&mut self) -> Checked {
        self.crashed = Some(self.now);
        self.store.crash(&mut self.rng);
        self.promises_kept()?;
        self.reopen()
    }

    /// The room ends in peace, and begins again.
    pub fn evict(&mut self) -> Checked {
        if self.failed {
            return Ok(());
        }
        self.flush()?;
        while !self.store.is_idle() {
            self.commit()?;
        }
        if !self.room.durable() {
            return Err("everything is stored, but the room does not believe it".into());
        }
        let before = self.state();
        self.promises_kept()?;
        self.store.restart();
        self.reopen()?;
        let same = before == self.state();
        same.then_some(()).ok_or_else(|| "what was stored is not what there was".into())
    }

    pub(super) fn fail_store(&mut self) -> Checked {
        self.failed = true;
        self.tell(Event::StoreFailed)
    }

    fn reopen(&mut self) -> Checked {
        self.clients.iter_mut().for_each(|client| client.link = None);
        self.asked.clear();
        self.issued = Ticket(0);
        self.failed = false;
        self.now += 1;
        let loaded = self.store.loaded(self.crashed);
        let seed = Seed(self.rng.number());
        self.room =
            Room::open(self.now, loaded, seed, self.limits.clone(), POLICY).map_err(|poisoned| poisoned.to_string())?;
        Ok(())
    }

    /// Whatever was acknowledged is in what is written down.
    pub fn promises_kept(&self) -> Result<usize, String> {
        let doc = self.store.doc();
        for (who, client) in self.clients.iter().enumerate() {
            for update in &client.promised {
                if !super::client::contains(&doc, update) {
                    return Err(format!("client {who} was told that a write is saved, but it is not"));
                }
            }
        }
        Ok(self.clients.iter().map(|client| client.promised.len()).sum())
    }
}

fn somebody(number: u64, weather: Weather, rng: &mut Rng, desk: Desk) -> Client {
    let habit = match rng.below(100) {
        // Somebody always writes.
        _ if number == 0 => Habit::Edits,
        // And in rough weather somebody's role changes.
        _ if number == 1 && weather == Weather::Rough => Habit::Changes,
        0..70 => Habit::Edits,
        70..80 => Habit::Reads,
        80..88 => Habit::Insists,
        _ => Habit::Changes,
    };
    let dialect = if rng.chance(30) { Dialect::Stock } else { Dialect::Galley };
    Client::new(number, habit, dialect, rng, desk)
}
