//! What waits to be written to one socket: filled by a room, emptied by the connection itself whenever it has room.
//!
//! Why no task stands between: one edit of one writer is a message to everybody else, so what one message costs a reader
//! is what a busy document costs. Invariant: messages leave in the order they came and none is dropped; the *room* bounds
//! their bytes (it stops sending updates to a reader that lags and catches it up with one diff), so nothing here can grow
//! without it. Next: `post.rs`, which empties it at once where it can; `ws/outflow.rs`, which does where it cannot; `ws.rs`.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use room::{CloseReason, Dialect};
use tokio::sync::Notify;

use crate::post::Address;
use crate::ws::wire::Frame;

/// Both ends; clones share one queue.
#[derive(Clone)]
pub struct Outbox(Arc<Shared>);

struct Shared {
    queue: Mutex<Queue>,
    /// How the socket speaks.
    dialect: Dialect,
    /// Bytes after which the room wants to hear that nothing waits any more.
    drained_after: usize,
    /// Who brings its frames to the connection.
    address: Address,
    told: Notify,
}

#[derive(Default)]
struct Queue {
    /// The end of a frame of which the connection took only the beginning.
    rest: Option<Bytes>,
    frames: VecDeque<Frame>,
    close: Option<CloseReason>,
    /// Nothing is read from the socket before.
    held: Option<Instant>,
    /// The connection, while it waits for a frame.
    taker: Option<Waker>,
    /// Somebody is on the way to bring what is here.
    called: bool,
    /// Bytes handed out since the room last heard of it.
    taken: usize,
}

impl Queue {
    fn is_empty(&self) -> bool {
        self.rest.is_none() && self.frames.is_empty()
    }

    /// Whether somebody must be called to bring what is here.
    fn call(&mut self) -> bool {
        self.taker.is_some() && !std::mem::replace(&mut self.called, true)
    }
}

/// What the socket's own task is to look after.
#[derive(Debug, PartialEq, Eq)]
pub enum Told {
    /// Everything so far has been handed out, and it was much.
    Drained,
    /// The room has said its last word.
    Closing(CloseReason),
}

impl Outbox {
    /// Nothing waits. Told are those who ask, whenever it is empty again after so many bytes.
    pub fn new(dialect: Dialect, drained_after: usize, address: Address) -> Outbox {
        Outbox(Arc::new(Shared { queue: Mutex::default(), dialect, drained_after, address, told: Notify::new() }))
    }

    /// Where its frames are brought from.
    pub fn address(&self) -> &Address {
        &self.0.address
    }

    /// Adds one message, and whether somebody must be called to bring it. After `close` it is forgotten: nobody will read it.
    #[must_use]
    pub fn push(&self, frame: Frame) -> bool {
        let mut queue = self.queue();
        if queue.close.is_some() {
            return false;
        }
        queue.frames.push_back(frame);
        queue.call()
    }

    /// Asks whether the peer is still there, before all that waits; and whether somebody must be called as for `push`.
    #[must_use]
    pub fn ping(&self) -> bool {
        let mut queue = self.queue();
        queue.frames.push_front(Frame::ping());
        queue.call()
    }

    /// Ends the socket once all frames are handed out; the first reason stays.
    pub fn close(&self, reason: CloseReason) {
        self.queue().close.get_or_insert(reason);
        self.0.told.notify_one();
    }

    /// Why it ends, if the room has said so.
    pub fn ended(&self) -> Option<CloseReason> {
        self.queue().close
    }

    /// Reads nothing more from this socket for so long.
    pub fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut queue = self.queue();
        queue.held = queue.held.max(Some(until));
    }

    /// How long still, if at all.
    pub fn held(&self) -> Option<Duration> {
        let until = self.queue().held?;
        until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }

    /// The end of a frame that has begun: nothing whatever may go before it.
    pub fn rest(&self) -> Option<Bytes> {
        let mut queue = self.queue();
        let rest = queue.rest.take()?;
        self.handed_out(&queue);
        Some(rest)
    }

    /// The next frame for the connection, which has taken the rest of the last. One taker only.
    pub fn poll_frame(&self, cx: &mut Context<'_>) -> Poll<Bytes> {
        let mut queue = self.queue();
        if let Some(frame) = self.pop(&mut queue) {
            drop(queue);
            return Poll::Ready(frame.wire(self.0.dialect));
        }
        queue.taker = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Writes what is here, while the connection waits for it and takes it; what it does not take, it is woken for.
    pub fn bring(&self, mut write: impl FnMut(&[u8]) -> io::Result<usize>) {
        loop {
            let mut queue = self.queue();
            let frame = if queue.taker.is_some() && queue.rest.is_none() { self.pop(&mut queue) } else { None };
            let Some(frame) = frame else {
                queue.called = false;
                return;
            };
            drop(queue);
            let bytes = frame.wire(self.0.dialect);
            let written = write(&bytes).unwrap_or(0);
            if written < bytes.len() {
                return self.leave(bytes.slice(written..));
            }
        }
    }

    /// The connection has to take it from here, or to find out what is wrong.
    fn leave(&self, rest: Bytes) {
        let mut queue = self.queue();
        queue.rest = Some(rest);
        queue.called = false;
        let taker = queue.taker.take();
        drop(queue);
        if let Some(taker) = taker {
            taker.wake();
        }
    }

    fn pop(&self, queue: &mut Queue) -> Option<Frame> {
        let frame = queue.frames.pop_front()?;
        queue.taken += frame.len();
        self.handed_out(queue);
        Some(frame)
    }

    fn handed_out(&self, queue: &Queue) {
        if queue.is_empty() && (queue.taken >= self.0.drained_after || queue.close.is_some()) {
            self.0.told.notify_one();
        }
    }

    /// Waits until there is something to look after. One task only.
    pub async fn told(&self) -> Told {
        loop {
            if let Some(told) = self.news() {
                return told;
            }
            self.0.told.notified().await;
        }
    }

    /// Waits until nothing is left. The task that waits for `told`, and not at once.
    pub async fn emptied(&self) {
        while !self.queue().is_empty() {
            self.0.told.notified().await;
        }
    }

    fn news(&self) -> Option<Told> {
        let mut queue = self.queue();
        if let Some(reason) = queue.close {
            return Some(Told::Closing(reason));
        }
        let is_drained = queue.is_empty() && queue.taken >= self.0.drained_after;
        is_drained.then(|| {
            queue.taken = 0;
            Told::Drained
        })
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;

    use bytes::Bytes;

    use super::*;

    fn outbox(drained_after: usize) -> Outbox {
        Outbox::new(Dialect::Stock, drained_after, Address::nowhere())
    }

    fn push(outbox: &Outbox, message: &'static str) -> bool {
        outbox.push(Frame::new(Bytes::from_static(message.as_bytes())))
    }

    async fn next(outbox: &Outbox) -> Bytes {
        match outbox.rest() {
            Some(rest) => rest,
            None => poll_fn(|cx| outbox.poll_frame(cx)).await,
        }
    }

    async fn wait(outbox: &Outbox) {
        assert!(poll_fn(|cx| Poll::Ready(outbox.poll_frame(cx).is_pending())).await);
    }

    async fn is_pending<T>(future: &mut std::pin::Pin<&mut impl Future<Output = T>>) -> bool {
        poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_pending())).await
    }

    #[tokio::test]
    async fn sk9_frames_then_goodbye() {
        let outbox = outbox(1_000);
        push(&outbox, "a");
        push(&outbox, "b");
        outbox.close(CloseReason::Gone);
        assert!(!push(&outbox, "late"));
        assert_eq!(outbox.told().await, Told::Closing(CloseReason::Gone));
        let mut emptied = pin!(outbox.emptied());
        for frame in ["\u{2}\u{1}a", "\u{2}\u{1}b"] {
            assert!(is_pending(&mut emptied).await);
            assert_eq!(next(&outbox).await[1..], frame.as_bytes()[1..]);
        }
        emptied.await;
    }

    #[tokio::test]
    async fn only_a_connection_that_waits_is_called_and_once() {
        let outbox = outbox(1_000);
        assert!(!push(&outbox, "a"), "it has not asked yet");
        next(&outbox).await;
        wait(&outbox).await;
        assert_eq!([push(&outbox, "b"), push(&outbox, "c")], [true, false]);
        let mut taken = Vec::new();
        outbox.bring(|bytes| {
            taken.extend_from_slice(bytes);
            Ok(bytes.len())
        });
        assert_eq!(taken, b"\x82\x01b\x82\x01c");
        assert!(push(&outbox, "d"), "it still waits");
    }

    #[tokio::test]
    async fn sk9_what_a_connection_does_not_take_is_left_for_it_in_order() {
        let outbox = outbox(1_000);
        wait(&outbox).await;
        push(&outbox, "abc");
        push(&outbox, "d");
        outbox.bring(|_| Ok(3));
        outbox.bring(|_| unreachable!("its rest goes first"));
        assert_eq!(next(&outbox).await, &b"bc"[..]);
        wait_and_refuse(&outbox).await;
        assert_eq!(next(&outbox).await, &b"\x82\x01e"[..]);
    }

    #[tokio::test]
    async fn sk33_a_ping_waits_for_no_message_but_the_one_that_has_begun() {
        let outbox = outbox(1_000);
        wait(&outbox).await;
        assert!(push(&outbox, "abc"));
        outbox.bring(|_| Ok(3));
        push(&outbox, "d");
        assert!(!outbox.ping(), "it is woken for the rest");
        let mut said = Vec::new();
        for _ in 0..3 {
            said.push(next(&outbox).await);
        }
        assert_eq!(said, [&b"bc"[..], b"\x89\x00", b"\x82\x01d"]);
        wait(&outbox).await;
        assert!(outbox.ping());
    }

    async fn wait_and_refuse(outbox: &Outbox) {
        assert_eq!(next(outbox).await, &b"\x82\x01d"[..]);
        wait(outbox).await;
        push(outbox, "e");
        outbox.bring(|_| Err(io::ErrorKind::WouldBlock.into()));
    }

    #[tokio::test]
    async fn sk34_the_room_hears_when_much_was_taken_and_nothing_waits() {
        let outbox = outbox(4);
        let mut told = pin!(outbox.told());
        push(&outbox, "abc");
        next(&outbox).await;
        assert!(is_pending(&mut told).await);
        push(&outbox, "d");
        push(&outbox, "e");
        next(&outbox).await;
        assert!(is_pending(&mut told).await);
        next(&outbox).await;
        assert_eq!(told.await, Told::Drained);
        assert!(is_pending(&mut pin!(outbox.told())).await);
    }
}
