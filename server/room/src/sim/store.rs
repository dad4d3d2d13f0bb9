//! A log that is slow, and may lie about it.

use std::collections::VecDeque;

use bytes::Bytes;
use yrs::Doc;

use super::client;
use super::rng::Rng;
use crate::{Channel, ChannelLog, Effect, Event, Loaded, Millis, Ticket};

/// When an append counts as stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Honesty {
    /// When a power cut can no longer take it.
    Honest,
    /// At once.
    Liar,
}

pub struct Store {
    honesty: Honesty,
    snapshot: Option<(Bytes, Bytes)>,
    tail: Vec<(Ticket, Bytes, Bytes)>,
    queue: VecDeque<Job>,
    durable: Ticket,
}

enum Job {
    Append(Ticket, Bytes, Bytes),
    Compact(Ticket, Bytes, Bytes),
}

impl Store {
    pub fn new(honesty: Honesty) -> Store {
        Store { honesty, snapshot: None, tail: Vec::new(), queue: VecDeque::new(), durable: Ticket(0) }
    }

    /// Takes an append or a compaction; what a liar has to say about it.
    pub fn take(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Append { ticket, update, authors, .. } => {
                self.queue.push_back(Job::Append(ticket, update, authors));
                (self.honesty == Honesty::Liar).then_some(Event::Stored { through: ticket })
            }
            Effect::Compact { channel: Channel::TEXT, through, snapshot, authors } => {
                self.queue.push_back(Job::Compact(through, snapshot, authors));
                None
            }
            other => panic!("not for the store: {other:?}"),
        }
    }

    /// Writes the oldest job down.
    pub fn commit(&mut self) -> Option<Event> {
        let event = match self.queue.pop_front()? {
            Job::Append(ticket, update, authors) => {
                self.tail.push((ticket, update, authors));
                self.durable = ticket;
                Event::Stored { through: ticket }
            }
            Job::Compact(through, snapshot, authors) => {
                self.tail.retain(|(ticket, ..)| *ticket > through);
                self.snapshot = Some((snapshot, authors));
                Event::Compacted { channel: Channel::TEXT }
            }
        };
        Some(event)
    }

    /// Whether everything is written down.
    pub fn is_idle(&self) -> bool {
        self.queue.is_empty()
    }

    pub fn durable(&self) -> Ticket {
        self.durable
    }

    /// The power goes: some of what was queued is on disk, in order, the rest is not. Nobody hears of it.
    pub fn crash(&mut self, rng: &mut Rng) {
        for _ in 0..rng.below(self.queue.len() + 1) {
            self.commit();
        }
        self.queue.clear();
        self.restart();
    }

    /// Tickets begin anew with each room.
    pub fn restart(&mut self) {
        self.durable = Ticket(0);
        self.tail.iter_mut().for_each(|(ticket, ..)| *ticket = Ticket(0));
    }

    pub fn loaded(&self, unclean_at: Option<Millis>) -> Loaded {
        let tail = self.tail.iter().map(|(_, update, authors)| (update.clone(), authors.clone())).collect();
        let text = ChannelLog { snapshot: self.snapshot.clone(), tail };
        Loaded { text, notes: ChannelLog::default(), epoch: 1, unclean_at }
    }

    /// What is written down, read by yrs alone.
    pub fn doc(&self) -> Doc {
        let doc = client::new_doc(0);
        let snapshot = self.snapshot.iter().map(|(state, _)| state);
        for update in snapshot.chain(self.tail.iter().map(|(_, update, _)| update)) {
            client::apply(&doc, update);
        }
        doc
    }
}
