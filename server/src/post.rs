//! What rooms say, brought to the sockets of one worker, and rooms that run there.
//!
//! Why: waking a worker costs as much as several writes, and so does a connection's way through HTTP. A room hands each
//! worker one round for all of its sockets, and whoever brings it writes past HTTP where HTTP has nothing in between. A room
//! that runs on a worker needs nobody for the sockets there.
//! Invariant: a frame that cannot leave at once stays in its outbox, in order, and its connection is woken for it.
//! Next: `outbox.rs`, where frames are; `line.rs`, the connection; `rooms/lane.rs`, which rooms run here.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use async_task::Runnable;
use tokio::sync::mpsc;

use crate::line::Handle;
use crate::outbox::Outbox;
use crate::ws::wire::Frame;

/// Outboxes in which something waits. Bounded by them: each is in a round at most once until it was looked after.
type Letters = Vec<Outbox>;

/// What a worker finds on its desk.
enum Work {
    Letters(Letters),
    /// A room that has something to do. Bounded by the rooms: each is on one desk at most.
    Room(Runnable),
}

/// Where a worker is found from any thread.
#[derive(Clone)]
pub struct Desk(mpsc::UnboundedSender<Work>);

impl Desk {
    /// This thread's, if it is a worker that has sockets.
    pub fn here() -> Option<Desk> {
        HERE.try_with(|here| here.desk.borrow().clone()).ok().flatten().filter(|desk| !desk.0.is_closed())
    }

    /// Runs a room there, soon; it comes back from a worker that is gone.
    pub fn run(&self, room: Runnable) -> Result<(), Runnable> {
        self.0.send(Work::Room(room)).map_err(|mpsc::error::SendError(work)| match work {
            Work::Room(room) => room,
            Work::Letters(_) => unreachable!("a room was sent"),
        })
    }

    /// Whether both are the same worker's.
    pub fn is(&self, other: &Desk) -> bool {
        self.0.same_channel(&other.0)
    }
}

/// Where an outbox is emptied: a worker, and a connection of it.
#[derive(Clone)]
pub struct Address {
    worker: Option<Desk>,
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
    desk: RefCell<Option<Desk>>,
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
        (Address { worker: Some(here.desk()), line: number }, Lodging(number))
    })
}

impl Here {
    /// The desk of this worker; who works at it ends with the worker's runtime.
    fn desk(&self) -> Desk {
        let mut desk = self.desk.borrow_mut();
        match desk.as_ref().filter(|desk| !desk.0.is_closed()) {
            Some(desk) => desk.clone(),
            None => {
                let (way, work) = mpsc::unbounded_channel();
                actix_web::rt::spawn(work_through(work));
                desk.insert(Desk(way)).clone()
            }
        }
    }
}

async fn work_through(mut desk: mpsc::UnboundedReceiver<Work>) {
    while let Some(work) = desk.recv().await {
        match work {
            Work::Letters(letters) => bring(letters),
            Work::Room(room) => drop(room.run()),
        }
    }
}

/// To sockets of this worker.
fn bring(letters: Letters) {
    for outbox in letters {
        let line = HERE.with(|here| here.lines.borrow().get(&outbox.address().line).cloned());
        if let Some(line) = line {
            outbox.bring(|bytes| line.try_write(bytes));
        }
    }
}

/// What a room says at once.
#[derive(Default)]
pub struct Round(Vec<(Desk, Letters)>);

impl Round {
    /// Into the outbox, and on the list of its worker.
    pub fn push(&mut self, outbox: &Outbox, frame: Frame) {
        if !outbox.push(frame) {
            return;
        }
        let Some(worker) = &outbox.address().worker else { return };
        match self.0.iter_mut().find(|(known, _)| known.is(worker)) {
            Some((_, letters)) => letters.push(outbox.clone()),
            None => self.0.push((worker.clone(), vec![outbox.clone()])),
        }
    }

    /// Off to every worker; the sockets of this one are written to at once. A worker that is gone has no sockets any more.
    pub fn go(self) {
        let (here, others): (Vec<_>, Vec<_>) = match Desk::here() {
            Some(here) => self.0.into_iter().partition(|(worker, _)| worker.is(&here)),
            None => (Vec::new(), self.0),
        };
        for (worker, letters) in others {
            worker.0.send(Work::Letters(letters)).ok();
        }
        here.into_iter().for_each(|(_, letters)| bring(letters));
    }
}
