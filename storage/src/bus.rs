//! The bus of a single node: casts reach this process's own subscribers, and no entry ever comes from elsewhere.
//!
//! Awareness, access changes and deletions travel here even on one node, so a cluster changes nothing above.
//! Invariant: casting never waits; a subscriber that lags loses the oldest casts and is told so.
//! Next: `server/src/rooms.rs`, which subscribes once and routes.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use crate::{Entry, StoreError, Stream};

/// Casts kept for a slow subscriber; older ones are lost, and it hears so.
pub(crate) const CASTS_KEPT: usize = 4096;

/// A message to whoever listens now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cast {
    /// Who may do what with this document changed: look again.
    AccessChanged {
        /// The document.
        document: Uuid,
    },
    /// This person's sessions, name or password changed: look again.
    PrincipalChanged {
        /// The person.
        author: Uuid,
    },
    /// The document was erased: let go of it.
    DocumentGone {
        /// The document.
        document: Uuid,
    },
    /// Cursors and names.
    Awareness {
        /// The document.
        document: Uuid,
        /// Opaque here.
        states: Bytes,
    },
}

/// Some casts were missed: look at everything again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lagged;

/// What a [`Feed`] yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedEvent {
    /// Another node appended this.
    Entry(Entry),
    /// Some were missed: read `entries` from the last one seen.
    Lagged,
}

/// Every cast since it was made.
#[derive(Debug)]
pub struct Subscription(broadcast::Receiver<Cast>);

impl Subscription {
    /// The next one; `None` once the store is closed.
    pub async fn next(&mut self) -> Option<Result<Cast, Lagged>> {
        match self.0.recv().await {
            Ok(message) => Some(Ok(message)),
            Err(RecvError::Lagged(_)) => Some(Err(Lagged)),
            Err(RecvError::Closed) => None,
        }
    }
}

/// The entries other nodes append to one stream.
#[derive(Debug)]
pub struct Feed(broadcast::Receiver<Entry>);

impl Feed {
    /// The next one; `None` once the store is closed. On one node it only ever waits for that.
    pub async fn next(&mut self) -> Option<FeedEvent> {
        match self.0.recv().await {
            Ok(entry) => Some(FeedEvent::Entry(entry)),
            Err(RecvError::Lagged(_)) => Some(FeedEvent::Lagged),
            Err(RecvError::Closed) => None,
        }
    }
}

/// The senders' side; gone once closed, which is what ends the receivers.
#[derive(Clone, Debug)]
pub(crate) struct Bus(Arc<Mutex<Option<Senders>>>);

#[derive(Debug)]
struct Senders {
    casts: broadcast::Sender<Cast>,
    /// Nothing is ever sent here on one node; it exists so that feeds end with the store.
    entries: broadcast::Sender<Entry>,
}

impl Bus {
    pub(crate) fn new() -> Self {
        let casts = broadcast::Sender::new(CASTS_KEPT);
        let entries = broadcast::Sender::new(1);
        Bus(Arc::new(Mutex::new(Some(Senders { casts, entries }))))
    }

    pub(crate) fn join(&self, _stream: Stream) -> Result<Feed, StoreError> {
        self.open(|senders| Feed(senders.entries.subscribe()))
    }

    pub(crate) fn cast(&self, _document: Uuid, message: Cast) -> Result<(), StoreError> {
        // Nobody listening is no failure: a cast is for whoever listens now.
        self.open(|senders| drop(senders.casts.send(message)))
    }

    pub(crate) fn subscribe(&self) -> Subscription {
        self.open(|senders| Subscription(senders.casts.subscribe()))
            .unwrap_or_else(|_| Subscription(broadcast::Sender::new(1).subscribe()))
    }

    pub(crate) fn close(&self) {
        crate::op::lock(&self.0).take();
    }

    fn open<T>(&self, act: impl FnOnce(&Senders) -> T) -> Result<T, StoreError> {
        crate::op::lock(&self.0).as_ref().map(act).ok_or(StoreError::Closed)
    }
}
