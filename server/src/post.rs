//! What rooms say, brought to the sockets of one worker.
//!
//! Why: waking a worker costs as much as several writes, and so does a connection's way through HTTP. A room hands each
//! worker one round for all of its sockets, and whoever brings it writes past HTTP where HTTP has nothing in between.
//! Invariant: a frame that cannot leave at once stays in its outbox, in order, and its connection is woken for it.
//! Next: `outbox.rs`, where frames are; `line.rs`, the connection.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use tokio::sync::mpsc;

use crate::line::Handle;
use crate::outbox::Outbox;
use crate::ws::wire::Frame;

/// Outboxes in which something waits. Bounded by them: each is in a round at most once until it was looked after.
type Letters = Vec<Outbox>;

/// Where an outbox is emptied: a worker, and a connection of it.
#[derive(Clone)]
pub struct Address {
    worker: Option<mpsc::UnboundedSender<Letters>>,
    line: u64,
}

impl Address {
    /// Nobody brings anything; connections come for it.
    #[cfg(test)]
    pub fn nowhere() -> Address {
        Address { worker: None, line: 0 }
    }
}

/// A connection's place among those of its worker; ends with it.
pub struct Lodging(u64);

impl Drop for Lodging {
    fn drop(&mut self) {
        HERE.with(|here| here.lines.borrow_mut().remove(&self.0));
    }
}

/// One worker's.
#[derive(Default)]
struct Here {
    post: RefCell<Option<mpsc::UnboundedSender<Letters>>>,
    lines: RefCell<HashMap<u64, Handle>>,
    next: Cell<u64>,
}

thread_local! {
    static HERE: Here = Here::default();
}

/// Where this connection of this worker is found, for as long as the lodging is kept.
pub fn lodge(line: Handle) -> (Address, Lodging) {
    HERE.with(|here| {
        let number = here.next.get();
        here.next.set(number + 1);
        here.lines.borrow_mut().insert(number, line);
        (Address { worker: Some(here.post()), line: number }, Lodging(number))
    })
}

impl Here {
    /// The way here; whoever brings ends with the worker's runtime.
    fn post(&self) -> mpsc::UnboundedSender<Letters> {
        let mut post = self.post.borrow_mut();
        match post.as_ref().filter(|post| !post.is_closed()) {
            Some(post) => post.clone(),
            None => {
                let (way, letters) = mpsc::unbounded_channel();
                actix_web::rt::spawn(bring(letters));
                post.insert(way).clone()
            }
        }
    }
}

async fn bring(mut rounds: mpsc::UnboundedReceiver<Letters>) {
    while let Some(outboxes) = rounds.recv().await {
        for outbox in outboxes {
            let line = HERE.with(|here| here.lines.borrow().get(&outbox.address().line).cloned());
            if let Some(line) = line {
                outbox.bring(|bytes| line.try_write(bytes));
            }
        }
    }
}

/// What a room says at once.
#[derive(Default)]
pub struct Round(Vec<(mpsc::UnboundedSender<Letters>, Letters)>);

impl Round {
    /// Into the outbox, and on the list of its worker.
    pub fn push(&mut self, outbox: &Outbox, frame: Frame) {
        if !outbox.push(frame) {
            return;
        }
        let Some(worker) = &outbox.address().worker else { return };
        match self.0.iter_mut().find(|(known, _)| known.same_channel(worker)) {
            Some((_, letters)) => letters.push(outbox.clone()),
            None => self.0.push((worker.clone(), vec![outbox.clone()])),
        }
    }

    /// Off to every worker. One that is gone has no sockets any more.
    pub fn go(self) {
        for (worker, letters) in self.0 {
            worker.send(letters).ok();
        }
    }
}
