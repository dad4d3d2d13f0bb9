//! What waits to be written to one socket: filled by a room, emptied by the connection itself whenever it has room.
//!
//! Why no task stands between: one edit of one writer is a message to everybody else, so what one message costs a reader
//! is what a busy document costs. Invariant: frames leave in the order they came and none is dropped; the *room* bounds
//! their bytes (it stops sending updates to a reader that lags and catches it up with one diff), so nothing here can grow
//! without it. Next: `ws/outflow.rs`, which empties it; `ws.rs`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use room::CloseReason;
use tokio::sync::Notify;

use crate::ws::wire::Frame;

/// Both ends; clones share one queue.
#[derive(Clone)]
pub struct Outbox(Arc<Shared>);

struct Shared {
    queue: Mutex<Queue>,
    /// Bytes after which the room wants to hear that nothing waits any more.
    drained_after: usize,
    told: Notify,
}

#[derive(Default)]
struct Queue {
    frames: VecDeque<Frame>,
    close: Option<CloseReason>,
    /// Nothing is read from the socket before.
    held: Option<Instant>,
    /// The connection, while it waits for a frame.
    taker: Option<Waker>,
    /// Bytes handed out since the room last heard of it.
    taken: usize,
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
    pub fn new(drained_after: usize) -> Outbox {
        Outbox(Arc::new(Shared { queue: Mutex::default(), drained_after, told: Notify::new() }))
    }

    /// Adds one message. After `close` it is forgotten: nobody will read it.
    pub fn push(&self, frame: Frame) {
        let mut queue = self.queue();
        if queue.close.is_some() {
            return;
        }
        queue.frames.push_back(frame);
        let taker = queue.taker.take();
        drop(queue);
        if let Some(taker) = taker {
            taker.wake();
        }
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

    /// The next frame for the connection. One taker only.
    pub fn poll_frame(&self, cx: &mut Context<'_>) -> Poll<Frame> {
        let mut queue = self.queue();
        let Some(frame) = queue.frames.pop_front() else {
            queue.taker = Some(cx.waker().clone());
            return Poll::Pending;
        };
        queue.taken += frame.len();
        let is_news = queue.frames.is_empty() && (queue.taken >= self.0.drained_after || queue.close.is_some());
        drop(queue);
        if is_news {
            self.0.told.notify_one();
        }
        Poll::Ready(frame)
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

    /// Waits until no frame is left. The task that waits for `told`, and not at once.
    pub async fn emptied(&self) {
        while !self.queue().frames.is_empty() {
            self.0.told.notified().await;
        }
    }

    fn news(&self) -> Option<Told> {
        let mut queue = self.queue();
        if let Some(reason) = queue.close {
            return Some(Told::Closing(reason));
        }
        let is_drained = queue.frames.is_empty() && queue.taken >= self.0.drained_after;
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

    fn frame(message: &'static str) -> Frame {
        Frame::new(Bytes::from_static(message.as_bytes()))
    }

    async fn next(outbox: &Outbox) -> Frame {
        poll_fn(|cx| outbox.poll_frame(cx)).await
    }

    async fn is_pending<T>(future: &mut std::pin::Pin<&mut impl Future<Output = T>>) -> bool {
        poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_pending())).await
    }

    #[tokio::test]
    async fn sk9_frames_then_goodbye() {
        let outbox = Outbox::new(1_000);
        outbox.push(frame("a"));
        outbox.push(frame("b"));
        outbox.close(CloseReason::Gone);
        outbox.push(frame("late"));
        assert_eq!(outbox.told().await, Told::Closing(CloseReason::Gone));
        let mut emptied = pin!(outbox.emptied());
        for message in ["a", "b"] {
            assert!(is_pending(&mut emptied).await);
            assert_eq!(next(&outbox).await.message(), message);
        }
        emptied.await;
    }

    #[tokio::test]
    async fn a_waiting_connection_wakes() {
        let outbox = Outbox::new(1_000);
        let reader = outbox.clone();
        let read = tokio::spawn(async move { next(&reader).await.message().clone() });
        outbox.push(frame("x"));
        assert_eq!(read.await.ok(), Some(Bytes::from_static(b"x")));
    }

    #[tokio::test]
    async fn sk34_the_room_hears_when_much_was_taken_and_nothing_waits() {
        let outbox = Outbox::new(4);
        let mut told = pin!(outbox.told());
        outbox.push(frame("abc"));
        next(&outbox).await;
        assert!(is_pending(&mut told).await);
        outbox.push(frame("d"));
        outbox.push(frame("e"));
        next(&outbox).await;
        assert!(is_pending(&mut told).await);
        next(&outbox).await;
        assert_eq!(told.await, Told::Drained);
        assert!(is_pending(&mut pin!(outbox.told())).await);
    }
}
