//! A socket's bytes behind the frame guard, and what can be told of them while a message is on its way.
//!
//! Invariant: after a violation nothing more of the socket is read, what came whole before it is heard first, and the reader
//! finds the reason here. Next: `frames.rs`, which judges; `ws.rs`, which reads.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpRequest, dev};
use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use super::frames::{FrameGuard, Stop, Takes, Unfinished, Violation};
use crate::http::{Error, at_rate};
use crate::limits::Limits;

/// What is known of the bytes of one socket; clones speak of one.
#[derive(Clone)]
pub struct Watch(Rc<Seen>);

struct Seen {
    opened: Instant,
    patience: Duration,
    slowest: usize,
    guard: RefCell<FrameGuard>,
    violation: Cell<Option<Violation>>,
    heard: Cell<Instant>,
    /// The message on its way: when it began, and what of it is here.
    begun: Cell<Option<(Instant, usize)>>,
}

impl Watch {
    fn new(takes: Takes, limits: &Limits, unfinished: Unfinished) -> Watch {
        let now = Instant::now();
        Watch(Rc::new(Seen {
            opened: now,
            patience: limits.patience,
            slowest: limits.slowest_bytes_per_second,
            guard: RefCell::new(FrameGuard::new(takes, limits, unfinished)),
            violation: Cell::new(None),
            heard: Cell::new(now),
            begun: Cell::new(None),
        }))
    }

    /// What ended it, if the peer broke a rule.
    pub fn violation(&self) -> Option<Violation> {
        self.0.violation.get()
    }

    /// When the last byte came.
    pub fn heard(&self) -> Instant {
        self.0.heard.get()
    }

    /// By when more of the message on its way must have come.
    pub fn due(&self) -> Option<Instant> {
        let Seen { patience, slowest, .. } = &*self.0;
        self.0.begun.get().map(|(begun, bytes)| begun + *patience + at_rate(bytes, *slowest))
    }

    /// The bytes that may be heard, and whether they are the last.
    fn pass(&self, bytes: Bytes) -> (Bytes, bool) {
        let now = Instant::now();
        self.0.heard.set(now);
        let mut guard = self.0.guard.borrow_mut();
        match guard.feed(now - self.0.opened, &bytes) {
            Ok(()) => {
                let (begun, before) = self.0.begun.get().unwrap_or((now, 0));
                self.0.begun.set(guard.is_amid().then_some((begun, before + bytes.len())));
                (bytes, false)
            }
            Err(Stop { why, good }) => {
                self.0.violation.set(Some(why));
                (bytes.slice(..good), true)
            }
        }
    }
}

/// The request's body behind the frame guard.
pub async fn guarded(
    request: &HttpRequest,
    body: web::Payload,
    takes: Takes,
    limits: &Limits,
    unfinished: Unfinished,
) -> Result<(web::Payload, Watch), Error> {
    let watch = Watch::new(takes, limits, unfinished);
    let checked = stream::unfold(Some((Box::pin(body), watch.clone())), |open| async move {
        let (mut body, watch) = open?;
        match body.next().await? {
            Ok(bytes) => {
                let (bytes, last) = watch.pass(bytes);
                Some((Ok(bytes), (!last).then_some((body, watch))))
            }
            Err(error) => Some((Err(error), None)),
        }
    });
    let mut payload: dev::Payload = dev::Payload::Stream { payload: Box::pin(checked) };
    let payload = web::Payload::from_request(request, &mut payload).await.map_err(|_| Error::NotAWebSocket)?;
    Ok((payload, watch))
}
