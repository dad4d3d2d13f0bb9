//! Rooms full of people, a few of them writing: what `fanout`, `many`, `join` and `mixed` are made of.
//!
//! Every writer sends at a fixed rate, staggered; every socket notes the markers of others that it hears. Invariant: a marker
//! counts once a socket, and the run is not over before all have arrived, or the patience with stragglers is used up.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::{JoinHandle, spawn_local};
use tokio::time::{sleep, sleep_until};

use crate::Error;
use crate::dialect::Heard;
use crate::figures::{Figures, name, ours};
use crate::measure::Usage;
use crate::tab::{Hand, Tab};
use crate::target::{Place, Target};
use crate::typing::{Marker, Typing, markers};

/// Documents that are alike.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// How many.
    pub documents: usize,
    /// Sockets on each.
    pub clients: usize,
    /// How many of those write.
    pub writers: usize,
    /// Edits a second of each writer.
    pub rate: f64,
}

/// Between the last socket's opening and the first edit.
const CALM: Duration = Duration::from_millis(500);
/// After the last edit: what servers do a little later is theirs too.
const SETTLE: Duration = Duration::from_secs(1);
/// How long stragglers are waited for.
const STRAGGLERS: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(10);

/// Reading and writing ends with these.
struct Tasks(Vec<JoinHandle<()>>);

impl Drop for Tasks {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// A meeting whose sockets are open.
pub struct Meeting {
    tasks: Tasks,
    hands: Vec<Hand>,
    log: Rc<RefCell<Log>>,
    places: Vec<Rc<Place>>,
    ends: Instant,
    before: Before,
}

struct Before {
    at: Instant,
    usage: Usage,
    ours: Usage,
    received: u64,
    sent: u64,
}

/// What all sockets of a run write down together.
#[derive(Default)]
struct Log {
    /// When each edit of each writer was sent.
    sent: Vec<Vec<Instant>>,
    latencies: Vec<Duration>,
    acks: Vec<Duration>,
    /// Deliveries that are due.
    due: usize,
    delivered: usize,
    refused: usize,
    acked: usize,
    ended: usize,
}

/// What came of a meeting.
pub struct Minutes {
    /// Edits sent.
    pub edits: usize,
    /// How many arrived at others.
    pub delivered: usize,
    /// How many should have.
    pub due: usize,
    /// From one socket to another.
    pub latencies: Vec<Duration>,
    /// From sending to the word that it is durable.
    pub acks: Vec<Duration>,
    /// Of the server.
    pub cpu: Duration,
    /// Share of one processor that the generator took.
    pub ours: f64,
    /// Bytes that the server sent.
    pub received: u64,
    /// Bytes that it was sent.
    pub sent: u64,
    /// The sockets stay open as long as this is kept: some peers forget a room that is empty and read it again slowly.
    _tasks: Tasks,
}

impl Meeting {
    /// Makes the documents, opens every socket, and begins.
    pub async fn begin(target: &Target, groups: &[Group], seconds: f64, text: &str) -> Result<Meeting, Error> {
        let (mut tabs, mut places) = (Vec::new(), Vec::new());
        for group in groups {
            for _ in 0..group.documents {
                let place = Rc::new(target.document("")?);
                places.push(place.clone());
                let seeder = seed(target, &place, text).await?;
                for client in 0..group.clients {
                    let (tab, _) = Tab::join(target, &place).await?;
                    tabs.push((tab, (client < group.writers).then_some(*group)));
                }
                drop(seeder);
            }
        }
        sleep(CALM).await;
        let log = Rc::new(RefCell::new(Log::default()));
        let begins = Instant::now() + LOOK;
        let ends = begins + Duration::from_secs_f64(seconds);
        let hands: Vec<Hand> = tabs.iter().map(|(tab, _)| tab.hand.clone()).collect();
        let before = Before::of(target, &hands)?;
        let writers = tabs.iter().filter(|(_, writes)| writes.is_some()).count();
        let mut tasks = Vec::new();
        for (tab, writes) in tabs {
            let hand = tab.hand.clone();
            let id = writes.map(|_| log.borrow().sent.len());
            tasks.push(spawn_local(read(tab, id, log.clone())));
            if let (Some(id), Some(group)) = (id, writes) {
                log.borrow_mut().sent.push(Vec::new());
                let first = begins + Duration::from_secs_f64(id as f64 / (group.rate * writers as f64));
                tasks.push(spawn_local(write(hand, id, group, first, ends, log.clone())));
            }
        }
        Ok(Meeting { tasks: Tasks(tasks), hands, log, places, ends, before })
    }

    /// Where it takes place.
    pub fn places(&self) -> &[Rc<Place>] {
        &self.places
    }

    /// When the last edit is sent.
    pub fn ends(&self) -> Instant {
        self.ends
    }

    /// Waits for its end and for what is still under way.
    pub async fn end(self, target: &Target) -> Result<Minutes, Error> {
        sleep_until((self.ends + SETTLE).into()).await;
        while !self.is_complete() && Instant::now() < self.ends + STRAGGLERS {
            sleep(LOOK).await;
        }
        let cpu = target.usage()?.since(self.before.usage);
        let ours = ours(self.before.ours, self.before.at.elapsed());
        let (received, sent) = traffic(&self.hands);
        let log = self.log.take();
        if log.ended > 0 {
            return Err(format!("{} sockets were closed", log.ended).into());
        }
        if log.refused > 0 {
            return Err(format!("{} writes were refused", log.refused).into());
        }
        Ok(Minutes {
            edits: log.sent.iter().map(Vec::len).sum(),
            delivered: log.delivered,
            due: log.due,
            latencies: log.latencies,
            acks: log.acks,
            cpu,
            ours,
            received: received - self.before.received,
            sent: sent - self.before.sent,
            _tasks: self.tasks,
        })
    }

    fn is_complete(&self) -> bool {
        let log = self.log.borrow();
        let acks = self.hands.iter().all(|hand| hand.place.dialect != crate::dialect::Dialect::Galley)
            || log.acked >= log.sent.iter().map(Vec::len).sum::<usize>();
        log.delivered >= log.due && acks
    }
}

/// Writes a text before the others come; stays until they are in, for the same reason.
async fn seed(target: &Target, place: &Rc<Place>, text: &str) -> Result<Option<Tab>, Error> {
    if text.is_empty() || !place.dialect.has_state() {
        return Ok(None);
    }
    let (tab, _) = Tab::join(target, place).await?;
    tab.hand.write(&Typing::new(0).append(text)).await.ok_or("the socket ended before the text was sent")?;
    while Tab::join(target, place).await?.1.len() < text.len() {
        sleep(LOOK).await;
    }
    Ok(Some(tab))
}

impl Before {
    fn of(target: &Target, hands: &[Hand]) -> Result<Before, Error> {
        let (received, sent) = traffic(hands);
        let ours = Usage::alone().unwrap_or_default();
        Ok(Before { at: Instant::now(), usage: target.usage()?, ours, received, sent })
    }
}

fn traffic(hands: &[Hand]) -> (u64, u64) {
    hands
        .iter()
        .fold((0, 0), |(received, sent), Hand { line, .. }| (received + line.received.get(), sent + line.sent.get()))
}

impl Minutes {
    /// The error says that not everything arrived.
    pub fn check(&self) -> Result<(), Error> {
        match self.delivered {
            delivered if delivered == self.due => Ok(()),
            delivered => Err(format!("{delivered} of {} deliveries came", self.due).into()),
        }
    }

    /// Latency, acks, bytes and what the generator itself took.
    pub fn figures(mut self, target: &Target, figures: &mut Figures) -> Result<(), Error> {
        figures.quantiles(name::P50, name::P99, &mut self.latencies);
        figures.quantiles(name::ACK_P50, name::ACK_P99, &mut self.acks);
        figures.add(name::PSS, target.memory()?.pss as f64 / 1e6);
        figures.add(name::WIRE_IN, self.sent as f64 / self.edits.max(1) as f64);
        figures.add(name::WIRE_OUT, self.received as f64 / self.delivered.max(1) as f64);
        if target.kind.keeps() {
            figures.add(name::DISK, target.disk_bytes() as f64 / self.edits.max(1) as f64);
        }
        figures.add(name::OURS, self.ours);
        Ok(())
    }

    /// The server's processor time for each of so many.
    pub fn cpu_us(&self, each: usize) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / each.max(1) as f64
    }
}

async fn write(hand: Hand, id: usize, group: Group, first: Instant, ends: Instant, log: Rc<RefCell<Log>>) {
    let mut typing = Typing::new(id);
    let gap = Duration::from_secs_f64(1.0 / group.rate);
    let mut at = first;
    while at < ends {
        sleep_until(at.into()).await;
        at += gap;
        let (update, _) = typing.edit();
        {
            let mut log = log.borrow_mut();
            log.sent[id].push(Instant::now());
            log.due += group.clients - 1;
        }
        if hand.write(&update).await.is_none() {
            log.borrow_mut().ended += 1;
            return;
        }
    }
}

async fn read(mut tab: Tab, own: Option<usize>, log: Rc<RefCell<Log>>) {
    let mut seen: HashSet<Marker> = HashSet::new();
    let (mut acked, writes) = (0, tab.hand.writes.clone());
    let mut each = |heard: Heard<'_>| {
        let now = Instant::now();
        let mut log = log.borrow_mut();
        match heard {
            Heard::Update(update) | Heard::Step2(update) => markers(update, |marker| {
                if own != Some(marker.writer) && seen.insert(marker) {
                    log.arrived(marker, now);
                }
            }),
            Heard::Ack(upto) => {
                let writes = writes.borrow();
                let upto = usize::try_from(upto).unwrap_or(usize::MAX).min(writes.len());
                let settled = writes[acked.min(upto)..upto].iter();
                // The first write is the answer to the server's Step1, before the meeting.
                let edits = settled.enumerate().filter(|(index, _)| acked + index > 0);
                let waited: Vec<Duration> = edits.map(|(_, at)| now - *at).collect();
                log.acked += waited.len();
                log.acks.extend(waited);
                acked = acked.max(upto);
            }
            Heard::Nack(_) => log.refused += 1,
            Heard::Step1 | Heard::Other => {}
        }
    };
    while tab.hear(&mut each).await {}
    log.borrow_mut().ended += 1;
}

impl Log {
    fn arrived(&mut self, marker: Marker, now: Instant) {
        if let Some(at) = self.sent.get(marker.writer).and_then(|sent| sent.get(marker.number)) {
            self.latencies.push(now - *at);
            self.delivered += 1;
        }
    }
}
