//! One connection as the room sees it.
//!
//! Invariant: bytes on their way to it are bounded. Above the bound nothing more of the text is sent; the room remembers
//! what the peer had, and when the socket has drained sends one diff of everything it missed.

use std::collections::BTreeMap;

use bytes::Bytes;
use yrs::StateVector;

use crate::ack::Acks;
use crate::{Author, Channel, ConnId, Dialect, Effect, Identity, Limits, Millis, Policy, Role};

/// A connection's side of the conversation.
pub struct Peer {
    /// What they may do now.
    pub role: Role,
    /// What each kind of message takes.
    policy: Policy,
    /// What they speak.
    pub dialect: Dialect,
    /// What they came for.
    pub channel: Channel,
    /// Who they are.
    pub identity: Identity,
    /// Authors that have become this one.
    pub also: Vec<Author>,
    /// Which of their writes are settled.
    pub acks: Acks,
    /// Own updates of a stock client that go back to it when they are durable.
    pub echoes: Vec<(crate::Ticket, Bytes)>,
    /// Whether their Step1 was answered; an update before that would rest on what they do not have.
    synced: bool,
    /// Whether their Step1 for the notes was answered; and what they had of them when they began to lag.
    notes: Told,
    in_flight: usize,
    lag: Option<Lag>,
    /// Step1s that came while so much was on its way; the newest of each channel is answered when that has drained.
    owed: BTreeMap<Channel, Lag>,
    sent_at: Millis,
    gap_asked: Option<Millis>,
    /// Something of theirs is missing, and they were asked for the last such thing too recently to be asked again.
    gap_owed: bool,
}

/// How much of the notes somebody was told.
enum Told {
    /// They have not asked.
    Nothing,
    /// All there is.
    All,
    /// What there was when they began to lag; the rest when they have drained.
    Until(Lag),
}

struct Lag {
    had: StateVector,
    since: Millis,
}

/// Between two Step1 sent because of gaps.
const ASK_AGAIN: Millis = 2_000;

impl Peer {
    /// Just came.
    pub fn new(
        now: Millis,
        role: Role,
        policy: Policy,
        dialect: Dialect,
        channel: Channel,
        identity: Identity,
        also: Vec<Author>,
    ) -> Peer {
        Peer {
            role,
            policy,
            dialect,
            channel,
            identity,
            also,
            acks: Acks::default(),
            echoes: Vec::new(),
            synced: false,
            notes: Told::Nothing,
            in_flight: 0,
            lag: None,
            owed: BTreeMap::new(),
            sent_at: now,
            gap_asked: None,
            gap_owed: false,
        }
    }

    /// Whether they may change the text.
    pub fn writes(&self) -> bool {
        self.role >= self.policy.write && self.channel == Channel::TEXT
    }

    /// Whether they may see the text and who is here.
    pub fn reads(&self) -> bool {
        self.role >= self.policy.read
    }

    /// Whether others see their caret.
    pub fn presents(&self) -> bool {
        self.role >= self.policy.present
    }

    /// Sends a message that must not be left out.
    pub fn send(&mut self, now: Millis, conn: ConnId, frame: Bytes, effects: &mut Vec<Effect>) {
        self.in_flight += frame.len();
        self.sent_at = now;
        effects.push(Effect::Send { conn, frame });
    }

    /// Sends an update, or remembers from where they will need a diff.
    pub fn send_update(
        &mut self,
        now: Millis,
        conn: ConnId,
        frame: Bytes,
        before: Option<&StateVector>,
        limits: &Limits,
        effects: &mut Vec<Effect>,
    ) {
        if self.lag.is_some() || !self.synced {
            return;
        }
        match before {
            Some(had) if self.would_lag(limits) => {
                effects.push(Effect::Reached { limit: "outbox_bytes" });
                self.lag = Some(Lag { had: had.clone(), since: now });
            }
            _ => self.send(now, conn, frame, effects),
        }
    }

    /// Whether so much is on its way that nothing more of the text is sent. Judged before a frame is added, so a frame
    /// larger than the bound reaches an idle peer, and `Drained` is always still to come for whoever lags.
    pub fn would_lag(&self, limits: &Limits) -> bool {
        self.lag.is_some() || self.in_flight >= limits.outbox_bytes
    }

    /// Keeps a Step1 until what is on its way has drained. Asking is cheap and an answer may be all of the text: whoever
    /// asks and does not read must cost no more than whoever does not read.
    pub fn owe(&mut self, now: Millis, channel: Channel, had: StateVector) {
        let since = self.owed.get(&channel).map_or(now, |lag| lag.since);
        self.owed.insert(channel, Lag { had, since });
    }

    /// The socket has drained; what they had before they lagged, if they did and it will not be told by an answer.
    pub fn drained(&mut self) -> Option<StateVector> {
        self.in_flight = 0;
        let lag = self.lag.take().filter(|_| !self.owed.contains_key(&Channel::TEXT));
        lag.map(|lag| lag.had)
    }

    /// The Step1s that can be answered now.
    pub fn owed(&mut self) -> impl Iterator<Item = (Channel, StateVector)> + use<> {
        std::mem::take(&mut self.owed).into_iter().map(|(channel, lag)| (channel, lag.had))
    }

    /// They get everything there is now, and updates from here on.
    pub fn caught_up(&mut self) {
        self.synced = true;
        self.lag = None;
    }

    /// Their Step1 for the notes is answered now.
    pub fn told_notes(&mut self) {
        self.notes = Told::All;
    }

    /// Sends news of the notes, or remembers from where they will need a diff.
    pub fn send_notes(
        &mut self,
        now: Millis,
        conn: ConnId,
        frame: Bytes,
        before: &StateVector,
        limits: &Limits,
        effects: &mut Vec<Effect>,
    ) {
        match self.notes {
            Told::Nothing | Told::Until(_) => {}
            Told::All if self.would_lag(limits) => {
                self.notes = Told::Until(Lag { had: before.clone(), since: now });
            }
            Told::All => self.send(now, conn, frame, effects),
        }
    }

    /// What they had of the notes when they began to lag, once they have drained.
    pub fn missed_notes(&mut self) -> Option<StateVector> {
        match std::mem::replace(&mut self.notes, Told::All) {
            Told::Until(lag) => Some(lag.had),
            Told::All => None,
            Told::Nothing => {
                self.notes = Told::Nothing;
                None
            }
        }
    }

    /// Whether they have lagged for too long.
    pub fn is_stuck(&self, now: Millis, limits: &Limits) -> bool {
        let notes = if let Told::Until(lag) = &self.notes { Some(lag) } else { None };
        self.lag.iter().chain(notes).chain(self.owed.values()).any(|lag| now.saturating_sub(lag.since) >= limits.lag)
    }

    /// How long until they will have heard nothing for too long.
    pub fn quiet_in(&self, now: Millis, limits: &Limits) -> Millis {
        (self.sent_at + limits.keepalive).saturating_sub(now)
    }

    /// How long a tick has nothing to do for them.
    pub fn rest(&self, now: Millis, limits: &Limits) -> Millis {
        let lags = self.lag.is_some() || matches!(self.notes, Told::Until(_)) || !self.owed.is_empty();
        if lags || self.gap_owed { 0 } else { self.quiet_in(now, limits) }
    }

    /// Whether to ask now for what is missing; not more than every two seconds. If not, they are owed the question.
    pub fn may_ask(&mut self, now: Millis) -> bool {
        let may = self.gap_asked.is_none_or(|at| now.saturating_sub(at) >= ASK_AGAIN);
        if may {
            self.gap_asked = Some(now);
        }
        self.gap_owed = !may;
        may
    }

    /// Whether it is time for a question they are owed.
    pub fn may_ask_late(&mut self, now: Millis) -> bool {
        self.gap_owed && self.may_ask(now)
    }
}
