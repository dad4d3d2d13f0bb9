//! The loop of one room: drain the inbox, accept all, flush, run the effects.
//!
//! Invariant: the room is touched by this task alone, so there is no lock around the CRDT; appends complete in the
//! order they were issued, so `Stored` names tickets in order. Next: `room::Event` and `room::Effect`.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesOrdered, FuturesUnordered};
use futures_util::{FutureExt, StreamExt};
use room::{Author, Channel, CloseReason, ConnId, Effect, Event, Reply, RequestId, Room, Ticket};
use storage::{NewEntry, Seq, Snapshot, SnapshotVersion, StoreError, Stream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use super::lane::Lane;
use super::trouble::Suspects;
use super::{Message, RoomError, Rooms};
use crate::post::Round;
use crate::revisions::Pace;
use crate::ws::wire::Frame;
use crate::{clock, documents, due};

mod calm;
mod cost;
mod load;
mod parting;
mod seats;
mod versions;

use calm::CALM_AFTER;
use cost::{Bill, Purse};
use load::open;
pub(super) use load::unpack;
use parting::{late, refuse};
use seats::Occupant;

/// How often time passes for a room: awareness is reaped, laggards are noticed, records are touched.
const TICK: Duration = Duration::from_millis(500);

/// A text of so many bytes is rendered for its title where the room runs.
const TITLE_AT_ONCE: usize = 8 << 10;

/// How often at most the record of a document is touched while somebody writes.
const TOUCH: Duration = Duration::from_secs(2);

/// Loads the document and serves it until nobody needs it.
pub(super) async fn run(rooms: Rooms, document: Uuid, mut messages: mpsc::Receiver<Message>, lane: Lane) {
    let gauge = rooms.0.parts.metrics.rooms.clone();
    loop {
        let suspects = Suspects::default();
        let task = match Box::pin(open(&rooms, document, &lane, &suspects)).await {
            Ok(task) => task,
            Err(error) => return Box::pin(refuse(rooms, document, messages, error)).await,
        };
        gauge.inc();
        // A panic in yrs, in the renderer or in our own code ends this room and nothing else.
        let end = AssertUnwindSafe(task.serve(&mut messages)).catch_unwind().await;
        gauge.dec();
        match end {
            Ok(End::Left) => return Box::pin(late(rooms, document, messages)).await,
            Ok(End::Again) => tracing::info!(%document, "the document is loaded again"),
            Err(_) => Box::pin(rooms.crashed(document, suspects)).await,
        }
    }
}

/// What comes after a room.
enum End {
    /// Nothing: nobody needs it.
    Left,
    /// The same document, as it is stored. Whoever waits in the inbox waits on.
    Again,
}

struct Task {
    rooms: Rooms,
    document: Uuid,
    lane: Lane,
    room: Room,
    seats: HashMap<ConnId, Occupant>,
    appends: FuturesOrdered<BoxFuture<'static, Appended>>,
    compactions: FuturesUnordered<BoxFuture<'static, Compacted>>,
    /// The last durable entry and the current snapshot of each channel.
    stored: HashMap<Channel, (Seq, Option<SnapshotVersion>)>,
    replies: HashMap<RequestId, oneshot::Sender<Result<Reply, RoomError>>>,
    pace: Pace,
    /// The newest version; while nothing is pending, the text as it is.
    newest: Option<Uuid>,
    /// Written since the document's record was last touched.
    untouched: bool,
    touched: Option<Instant>,
    /// How many open notes the document's record says there are; `None`: not looked at yet.
    counted: Option<usize>,
    empty_since: Option<Instant>,
    stopping: Option<oneshot::Sender<bool>>,
    /// Ends as soon as nothing is in flight, to be loaded again.
    reloading: bool,
    /// The document was erased; who waits for the last of it to be gone from here.
    forgetting: Option<Vec<oneshot::Sender<()>>>,
    /// Records about readers on their way to the disk; nobody waits for them but an erasure.
    jottings: JoinSet<()>,
    /// When the first grant of somebody inside ends by itself, wall clock.
    end_ms: Option<u64>,
    /// Somebody came, went or is called something else since it was last told.
    moved: bool,
    effects: Vec<Effect>,
    /// What this batch has cost, and what everybody has to pay with.
    bill: Bill,
    purses: HashMap<Author, Purse>,
    /// The frames of this batch.
    suspects: Suspects,
    /// A later look at the document is on record for what has been written since the last one.
    is_announced: bool,
}

impl Drop for Task {
    fn drop(&mut self) {
        self.jottings.detach_all();
        self.rooms.0.parts.presence.set(self.document, Vec::new());
        if std::thread::panicking() {
            self.rooms.broke(self.document, clock::wall_ms());
        }
    }
}

type Appended = (Ticket, Channel, Instant, Result<storage::Durable, StoreError>);
type Compacted = (Channel, Seq, Result<SnapshotVersion, StoreError>);

impl Task {
    async fn serve(mut self, messages: &mut mpsc::Receiver<Message>) -> End {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut heard, mut is_calm) = (Instant::now(), false);
        loop {
            let end = self.end_before(self.calm_most());
            tokio::select! {
                message = messages.recv() => match message {
                    Some(message) => {
                        self.batch(message, messages).await;
                        heard = Instant::now();
                        if std::mem::take(&mut is_calm) {
                            tick.reset_after(TICK);
                        }
                    }
                    None => return End::Left,
                },
                Some(appended) = self.appends.next() => self.appended(appended),
                Some(compacted) = self.compactions.next() => self.compacted(compacted),
                _ = tick.tick() => {
                    Box::pin(self.tick()).await;
                    is_calm = heard.elapsed() >= CALM_AFTER && self.is_at_rest();
                    if is_calm {
                        tick.reset_after(self.calm_tick());
                    }
                }
                () = tokio::time::sleep(end.unwrap_or_default()), if end.is_some() => Box::pin(self.expire()).await,
            }
            self.billed(None, |task| task.room.flush(clock::monotonic_ms(), &mut task.effects));
            self.run_effects();
            self.settle_bill();
            self.suspects.lock().unwrap_or_else(PoisonError::into_inner).clear();
            self.tell_presence();
            self.count_notes().await;
            if let Some(end) = self.finished(messages).await {
                return end;
            }
        }
    }

    /// Takes what is ready, up to a bound, so that a burst of edits becomes one transaction and one append.
    async fn batch(&mut self, first: Message, messages: &mut mpsc::Receiver<Message>) {
        self.message(first).await;
        for _ in 1..self.rooms.0.parts.limits.batch {
            match messages.try_recv() {
                Ok(message) => self.message(message).await,
                Err(_) => break,
            }
        }
    }

    async fn message(&mut self, message: Message) {
        match message {
            Message::Frame { .. } | Message::Drained { .. } if self.forgetting.is_some() => {}
            Message::Frame { conn, bytes } => self.frame(conn, bytes),
            Message::Drained { conn } => self.accept(Event::Drained { conn }),
            // Boxed, here and below: what is rare is not to make the task of every open document larger.
            other => Box::pin(self.request(other)).await,
        }
    }

    async fn request(&mut self, message: Message) {
        match message {
            // Of an erased document nothing more is read, written or told.
            question if self.forgetting.is_some() && question.is_question() => {}
            Message::Join(joining) => self.join(*joining),
            // Taken by `message`.
            Message::Frame { .. } | Message::Drained { .. } => {}
            Message::Leave { conn } => self.left(conn).await,
            Message::Command { grant, command, reply } => {
                let from = RequestId(self.rooms.0.next_request.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
                self.replies.insert(from, reply);
                self.accept(Event::Command { from, by: grant.author(), role: grant.role(), command: *command });
            }
            Message::Read { .. } | Message::Still { .. } | Message::Whose { .. } => self.shown(message),
            Message::Version { take, reply } => drop(reply.send(self.version(take).await)),
            Message::Seen { grant, done } => self.seen(&grant, done).await,
            Message::Readmit { author, done } => {
                self.readmit(author).await;
                done.map(|done| done.send(()));
            }
            Message::Rest => {
                let idle = self.rooms.0.parts.limits.idle;
                self.empty_since = self.empty_since.map(|since| since.checked_sub(idle).unwrap_or(since));
            }
            Message::Pause { done } => {
                self.pause();
                done.send(()).ok();
            }
            Message::Resume if self.room.is_whole() => self.accept(Event::Resumed),
            Message::Resume | Message::Reload => self.reload(),
            Message::Gone { done } => {
                self.forgetting.get_or_insert_default().extend(done);
                self.close_all(CloseReason::Gone);
            }
            Message::Stop { settled } => {
                // Who is inside sees this text last.
                if self.pace.pending() && self.forgetting.is_none() {
                    self.revise().await;
                }
                self.close_all(CloseReason::TryLater);
                self.stopping = Some(settled);
            }
        }
    }

    /// What the room is right now, for whoever asks.
    fn shown(&mut self, message: Message) {
        // Frames of this batch come first: whoever asks sees what was accepted before.
        self.room.flush(clock::monotonic_ms(), &mut self.effects);
        match message {
            Message::Read { reply } => drop(reply.send(Ok(Arc::from(self.room.text())))),
            Message::Still { of, reply } => {
                // Housekeeping looks so, and has not seen what is written next; other readers cost no record.
                self.is_announced &= of.is_none_or(|note| !note.is_nil());
                let still = of.map_or_else(|| self.room.still(), |note| self.room.still_of(note));
                drop(reply.send(Ok(still)));
            }
            Message::Whose { reply } => drop(reply.send(Ok(self.room.whose()))),
            _ => {}
        }
    }

    fn frame(&mut self, conn: ConnId, bytes: Bytes) {
        self.suspects.lock().unwrap_or_else(PoisonError::into_inner).push(bytes.clone());
        #[cfg(debug_assertions)]
        self.rooms.trip(self.document, super::Fault::Frame);
        self.billed(Some((conn, bytes.len())), |task| task.accept(Event::Frame { conn, bytes }));
    }

    /// What was taken before goes to the disk while it still may.
    fn pause(&mut self) {
        self.room.flush(clock::monotonic_ms(), &mut self.effects);
        self.run_effects();
        self.accept(Event::Full);
    }

    fn accept(&mut self, event: Event) {
        self.room.accept(clock::monotonic_ms(), event, &mut self.effects);
    }

    fn appended(&mut self, (ticket, channel, since, result): Appended) {
        let metrics = &self.rooms.0.parts.metrics;
        match result {
            Ok(durable) => {
                metrics.appended.inc();
                metrics.append_seconds.observe(since.elapsed().as_secs_f64());
                self.stored.entry(channel).or_default().0 = durable.seq();
                self.accept(Event::Stored { through: ticket });
            }
            Err(error) => {
                metrics.append_failures.inc();
                self.is_announced = false;
                self.rooms.broke(self.document, clock::wall_ms());
                tracing::error!(document = %self.document, "an edit could not be stored: {error}");
                if matches!(error, StoreError::Full | StoreError::Short) {
                    self.accept(Event::Full);
                }
                self.accept(Event::StoreFailed);
            }
        }
    }

    fn compacted(&mut self, (channel, upto, result): Compacted) {
        match result {
            Ok(version) => {
                self.stored.entry(channel).or_default().1 = Some(version);
                tracing::debug!(document = %self.document, channel = channel.0, upto, "compacted");
            }
            // The log is longer than it need be; nothing is lost, and the next load replays it.
            Err(error) => tracing::warn!(document = %self.document, "compaction failed: {error}"),
        }
        self.accept(Event::Compacted { channel });
    }

    async fn tick(&mut self) {
        self.accept(Event::Tick);
        while self.jottings.try_join_next().is_some() {}
        if self.forgetting.is_some() {
            return;
        }
        self.expire().await;
        let limits = &self.rooms.0.parts.limits;
        if self.pace.due(clock::monotonic_ms(), limits.revision_pause, limits.revision) {
            self.revise().await;
        }
        if self.untouched && self.touched.is_none_or(|at| at.elapsed() >= TOUCH) {
            self.touch().await;
        }
    }

    /// Keeps the title and the time in the document's record, which lists are made from.
    async fn touch(&mut self) {
        self.untouched = false;
        self.touched = Some(Instant::now());
        let Some(title) = title_of(self.room.text()).await else { return };
        let storage = &self.rooms.0.parts.storage;
        match documents::touch(storage, self.document, title, clock::wall_ms()).await {
            Ok(true) => self.rooms.0.parts.presence.retitled(self.document),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(document = %self.document, "the document's record could not be updated: {error}");
            }
        }
    }

    /// Keeps how many notes are open in the document's record.
    async fn count_notes(&mut self) {
        let (storage, open) = (&self.rooms.0.parts.storage, self.room.notes().open());
        if self.forgetting.is_some() || self.counted.replace(open) == Some(open) {
            return;
        }
        match Box::pin(documents::count_notes(storage, self.document, open)).await {
            Ok(true) => self.rooms.0.parts.presence.noted(self.document, open),
            Ok(false) => {}
            Err(error) => {
                self.counted = None;
                tracing::warn!(document = %self.document, "its notes could not be counted: {error}");
            }
        }
    }

    fn run_effects(&mut self) {
        let (mut last, mut round) = (None::<Frame>, Round::default());
        for effect in std::mem::take(&mut self.effects) {
            match effect {
                Effect::Send { conn, frame } => {
                    let shared = match last.take() {
                        Some(last) if last.is(&frame) => last,
                        _ => Frame::new(frame),
                    };
                    if let Some(occupant) = self.seats.get(&conn) {
                        self.rooms.0.parts.metrics.sent.inc();
                        round.push(&occupant.outbox, shared.clone());
                    }
                    last = Some(shared);
                }
                Effect::Append { ticket, channel, update, authors } => self.append(ticket, channel, update, authors),
                Effect::Compact { channel, snapshot, authors, .. } => self.compact(channel, snapshot, authors),
                Effect::Reply { to, result } => {
                    if let Some(reply) = self.replies.remove(&to) {
                        drop(reply.send(result.map_err(RoomError::from)));
                    }
                }
                Effect::Reached { limit } => self.rooms.0.parts.metrics.reached(limit),
                Effect::Close { conn, reason } => self.close(conn, reason),
                // One node: every peer is in this room already.
                Effect::Announce { .. } => {}
            }
        }
        round.go();
    }

    fn append(&mut self, ticket: Ticket, channel: Channel, update: Bytes, authors: Bytes) {
        if channel == Channel::TEXT {
            self.pace.edited(clock::monotonic_ms());
            self.untouched = true;
        }
        self.announce();
        let stream = Stream { document: self.document, channel: channel.0 };
        let entry = NewEntry { update, authors, at_ms: clock::wall_ms() };
        // Issued here, not when first polled: the order of calls is the order in the log.
        let durable = self.rooms.0.parts.storage.append(stream, entry);
        let since = Instant::now();
        self.appends.push_back(Box::pin(async move { (ticket, channel, since, durable.await) }));
    }

    /// Issued before what is written, for files it no longer mentions.
    fn announce(&mut self) {
        if std::mem::replace(&mut self.is_announced, true) {
            return;
        }
        let (document, now) = (self.document, clock::wall_ms());
        let announced = due::announce(&self.rooms.0.parts.storage, document, now + due::SOON_MS, now);
        self.jottings.spawn(async move {
            if let Err(error) = announced.await {
                tracing::warn!(%document, "when it is due could not be written: {error}");
            }
        });
    }

    /// `Stored` events reach the room in order, so its "last durable ticket" is this task's last durable entry.
    fn compact(&mut self, channel: Channel, state: Bytes, authors: Bytes) {
        let (upto, base) = self.stored.get(&channel).copied().unwrap_or_default();
        let stream = Stream { document: self.document, channel: channel.0 };
        let storage = self.rooms.0.parts.storage.clone();
        let snapshot = Snapshot { upto, state, authors };
        self.compactions.push(Box::pin(async move { (channel, upto, storage.compact(stream, base, snapshot).await) }));
    }

    /// Whether the task can end: nobody is here, nothing is in flight, and nobody came in meanwhile.
    async fn finished(&mut self, messages: &mut mpsc::Receiver<Message>) -> Option<End> {
        if !self.appends.is_empty() || !self.compactions.is_empty() {
            return None;
        }
        if let Some(waiting) = &mut self.forgetting {
            while self.jottings.join_next().await.is_some() {}
            if !self.rooms.leave(self.document, messages) {
                return None;
            }
            self.rooms.forgive(self.document);
            waiting.drain(..).for_each(|done| done.send(()).unwrap_or_default());
            return Some(End::Left);
        }
        if self.stopping.is_some() {
            Box::pin(self.settle()).await;
            let settled = self.room.durable();
            if let Some(reply) = self.stopping.take() {
                reply.send(settled).ok();
            }
            return Some(End::Left);
        }
        if self.reloading {
            return Some(End::Again);
        }
        let idle = self.empty_since.is_some_and(|since| since.elapsed() >= self.rooms.0.parts.limits.idle);
        if !idle || !self.replies.is_empty() {
            return None;
        }
        Box::pin(self.settle()).await;
        self.accept(Event::Idle);
        self.run_effects();
        let left = self.appends.is_empty() && self.compactions.is_empty() && self.rooms.leave(self.document, messages);
        left.then_some(End::Left)
    }

    /// Everybody comes back to what is stored, and brings what it lacks.
    fn reload(&mut self) {
        self.close_all(CloseReason::TryLater);
        self.reloading = true;
    }

    /// The last revision and the record, before the room is let go.
    async fn settle(&mut self) {
        if self.pace.pending() {
            self.revise().await;
        }
        if self.untouched {
            self.touch().await;
        }
    }
}

/// A long text is not rendered where sockets may wait for it. `None`: the server is going away.
async fn title_of(text: String) -> Option<String> {
    if text.len() <= TITLE_AT_ONCE {
        return Some(documents::title_of(&text));
    }
    tokio::task::spawn_blocking(move || documents::title_of(&text)).await.ok()
}
