//! What waits to be written to one socket: filled by a room, emptied by the socket's writer.
//!
//! Invariant: frames leave in the order they came and none is dropped; the *room* bounds their bytes (it stops sending
//! updates to a reader that lags and catches it up with one diff), so nothing here can grow without it. Next: `ws.rs`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use room::CloseReason;
use tokio::sync::Notify;

/// Both ends; clones share one queue.
#[derive(Clone, Default)]
pub struct Outbox(Arc<Shared>);

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    filled: Notify,
}

#[derive(Default)]
struct Queue {
    frames: VecDeque<Bytes>,
    close: Option<CloseReason>,
    /// Nothing is read from the socket before.
    held: Option<Instant>,
}

/// What the writer is to do next.
#[derive(Debug, PartialEq)]
pub enum Outgoing {
    /// Write these, in order.
    Frames(VecDeque<Bytes>),
    /// Everything before has been handed out: say goodbye.
    Close(CloseReason),
}

impl Outbox {
    /// Adds one message. After `close` it is forgotten: nobody will read it.
    pub fn push(&self, frame: Bytes) {
        let mut queue = self.queue();
        if queue.close.is_none() {
            queue.frames.push_back(frame);
            drop(queue);
            self.0.filled.notify_one();
        }
    }

    /// Ends the socket once all frames are written; the first reason stays.
    pub fn close(&self, reason: CloseReason) {
        self.queue().close.get_or_insert(reason);
        self.0.filled.notify_one();
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

    /// Waits until there is something to do. One reader only.
    pub async fn next(&self) -> Outgoing {
        loop {
            if let Some(outgoing) = self.take() {
                return outgoing;
            }
            self.0.filled.notified().await;
        }
    }

    /// Waits until it is to end, whatever is still in it. Not while somebody waits for `next`.
    pub async fn closing(&self) -> CloseReason {
        loop {
            if let Some(reason) = self.queue().close {
                return reason;
            }
            self.0.filled.notified().await;
        }
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        let queue = self.queue();
        queue.frames.is_empty() && queue.close.is_none()
    }

    fn take(&self) -> Option<Outgoing> {
        let mut queue = self.queue();
        if !queue.frames.is_empty() {
            return Some(Outgoing::Frames(std::mem::take(&mut queue.frames)));
        }
        queue.close.map(Outgoing::Close)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sk9_frames_then_goodbye() {
        let outbox = Outbox::default();
        outbox.push(Bytes::from_static(b"a"));
        outbox.push(Bytes::from_static(b"b"));
        outbox.close(CloseReason::Gone);
        outbox.push(Bytes::from_static(b"late"));
        let frames = VecDeque::from([Bytes::from_static(b"a"), Bytes::from_static(b"b")]);
        assert_eq!(outbox.next().await, Outgoing::Frames(frames));
        assert_eq!(outbox.next().await, Outgoing::Close(CloseReason::Gone));
    }

    #[tokio::test]
    async fn a_waiting_reader_wakes() {
        let outbox = Outbox::default();
        let reader = outbox.clone();
        let read = tokio::spawn(async move { reader.next().await });
        outbox.push(Bytes::from_static(b"x"));
        assert_eq!(read.await.ok(), Some(Outgoing::Frames(VecDeque::from([Bytes::from_static(b"x")]))));
    }
}
