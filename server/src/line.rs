//! One TCP connection, under HTTP: what it may hold without saying or taking anything.
//!
//! actix times the head of a connection's first request and nothing after it: a second head that never ends, a peer that
//! takes no byte of what is written to it, and one that keeps its side open after the goodbye would be held for ever.
//! Invariant: whatever a peer leaves undone, its connection ends within a named wait; connections that have asked
//! nothing yet are bounded for each address. Next: `http.rs`, which serves from these; `ws.rs`, which hangs up.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use crate::config::Config;
use crate::guard::network;
use crate::limits::Limits;
use crate::metrics::Metrics;

#[cfg(test)]
mod tests;

/// Bytes thrown away at once while a connection closes, and how often before others get a turn.
const DISCARDED: usize = 8 * 1024;
const TURNS: usize = 16;

/// Every connection of this process; clones share the counts.
#[derive(Clone)]
pub struct Lines(Arc<Shared>);

struct Shared {
    patience: Patience,
    per_address_max: usize,
    silent: Mutex<HashMap<IpAddr, usize>>,
    metrics: Arc<Metrics>,
    config: Option<Config>,
}

#[derive(Clone, Copy)]
struct Patience {
    head: Duration,
    stalled: Duration,
    goodbye: Duration,
}

/// A place among the connections of one address that have asked nothing yet.
struct Silent {
    lines: Lines,
    address: IpAddr,
}

impl Lines {
    /// None yet.
    pub fn new(config: &Config, metrics: Arc<Metrics>) -> Lines {
        Lines::with(&config.limits, Some(config.clone()), metrics)
    }

    fn with(limits: &Limits, config: Option<Config>, metrics: Arc<Metrics>) -> Lines {
        let patience = Patience { head: limits.request_head, stalled: limits.stalled, goodbye: limits.goodbye };
        let per_address_max = limits.connections_per_address;
        Lines(Arc::new(Shared { patience, per_address_max, silent: Mutex::default(), metrics, config }))
    }

    /// A new connection from there. One too many of those that have asked nothing ends at once.
    pub fn begin<S: Shortcut + 'static>(&self, stream: S, peer: Option<IpAddr>) -> Line<S> {
        let stream = Rc::new(RefCell::new(stream));
        let handle = Handle::default();
        *handle.0.shortcut.borrow_mut() = Some(stream.clone());
        match self.silent(peer) {
            Ok(place) => *handle.0.silent.borrow_mut() = place,
            Err(()) => handle.cut(),
        }
        Line {
            stream,
            handle,
            lines: self.clone(),
            head: Due::default(),
            heads: 0,
            taking: Due::default(),
            closing: Due::default(),
        }
    }

    fn silent(&self, peer: Option<IpAddr>) -> Result<Option<Silent>, ()> {
        let Some(address) = peer.filter(|peer| !self.is_proxy(peer)).map(network) else { return Ok(None) };
        let mut silent = self.counts();
        let count = silent.entry(address).or_default();
        if *count >= self.0.per_address_max {
            self.0.metrics.reached("connections_per_address");
            return Err(());
        }
        *count += 1;
        Ok(Some(Silent { lines: self.clone(), address }))
    }

    /// Whoever passes on for many is not one of them.
    fn is_proxy(&self, peer: &IpAddr) -> bool {
        self.0.config.as_ref().is_some_and(|config| config.trusts(peer))
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.silent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        let mut counts = self.lines.counts();
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

/// What the request being answered can tell its connection; clones speak of one.
#[derive(Clone, Default)]
pub struct Handle(Rc<Told>);

#[derive(Default)]
struct Told {
    phase: Cell<Phase>,
    /// Heads that came whole.
    heads: Cell<u64>,
    waker: RefCell<Option<Waker>>,
    silent: RefCell<Option<Silent>>,
    /// HTTP holds bytes the stream did not take yet.
    blocked: Cell<bool>,
    /// The stream, while there is one.
    shortcut: RefCell<Option<Rc<dyn Shortcut>>>,
}

/// A stream that takes bytes at once, or says that it would have to wait.
pub trait Shortcut {
    /// How many it took; never waits.
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize>;
}

impl<S: Shortcut> Shortcut for RefCell<S> {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.borrow().try_write(bytes)
    }
}

impl Shortcut for TcpStream {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        TcpStream::try_write(self, bytes)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    /// The first head is on its way; actix times it.
    #[default]
    First,
    /// A request is being answered.
    Busy,
    /// It is answered; what comes now is another head.
    Answered,
    /// A socket: it has rules of its own.
    Upgraded,
    /// Nothing more is listened to; what was written may still leave.
    HungUp,
    /// What comes is thrown away for a moment first: a reset would take our last words along.
    Lingering,
    /// Over.
    Cut,
}

impl Handle {
    /// A whole head is here.
    pub fn arrived(&self) {
        self.0.silent.borrow_mut().take();
        self.0.heads.set(self.0.heads.get() + 1);
        self.0.phase.set(Phase::Busy);
    }

    /// Its answer is known.
    pub fn answered(&self) {
        if self.0.phase.get() == Phase::Busy {
            self.0.phase.set(Phase::Answered);
        }
    }

    /// From here on it is a socket.
    pub fn upgraded(&self) {
        self.0.phase.set(Phase::Upgraded);
    }

    /// Writes past HTTP what a socket says, if nothing of HTTP's own is before it; how many bytes the stream took.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        let is_free = self.0.phase.get() == Phase::Upgraded && !self.0.blocked.get();
        match self.0.shortcut.borrow().as_ref().filter(|_| is_free) {
            Some(stream) => stream.try_write(bytes),
            None => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    /// Ends the connection as soon as what was written has left, or after `goodbye`.
    pub fn hang_up(&self) {
        self.change(Phase::HungUp);
    }

    /// The same after a moment of throwing away what still comes.
    pub fn linger(&self) {
        self.change(Phase::Lingering);
    }

    /// Ends the connection now, whatever was not written.
    pub fn cut(&self) {
        self.change(Phase::Cut);
    }

    fn change(&self, phase: Phase) {
        self.0.phase.set(phase);
        if let Some(waker) = self.0.waker.borrow_mut().take() {
            waker.wake();
        }
    }
}

/// A moment by which something must have happened; unset, it never comes.
#[derive(Default)]
struct Due(Option<Pin<Box<Sleep>>>);

impl Due {
    fn within(&mut self, wait: Duration) -> &mut Due {
        self.0.get_or_insert_with(|| Box::pin(sleep(wait)));
        self
    }

    fn clear(&mut self) {
        self.0 = None;
    }

    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        self.0.as_mut().is_some_and(|due| due.as_mut().poll(cx).is_ready())
    }
}

/// One connection.
pub struct Line<S> {
    stream: Rc<RefCell<S>>,
    handle: Handle,
    lines: Lines,
    /// A head that began after an answer.
    head: Due,
    /// As many had come whole when it began.
    heads: u64,
    /// The peer takes something of what is written.
    taking: Due,
    /// After the goodbye.
    closing: Due,
}

impl<S> Line<S> {
    /// For requests on this connection.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    fn phase(&self) -> Phase {
        self.handle.0.phase.get()
    }

    /// Notes whom to wake, and looks whether it is over.
    fn look(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let mut waker = self.handle.0.waker.borrow_mut();
        if !waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            *waker = Some(cx.waker().clone());
        }
        drop(waker);
        match self.phase() {
            Phase::Cut => Err(io::ErrorKind::ConnectionAborted.into()),
            Phase::HungUp | Phase::Lingering => {
                self.closing.within(self.lines.0.patience.goodbye);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn late(&self, limit: &'static str) -> io::Error {
        self.lines.0.metrics.reached(limit);
        io::ErrorKind::TimedOut.into()
    }
}

impl<S> Drop for Line<S> {
    // A handle may be held longer; the stream ends here.
    fn drop(&mut self) {
        self.handle.0.shortcut.borrow_mut().take();
    }
}

impl<S: AsyncRead + Unpin> Line<S> {
    /// What comes is thrown away, until the peer leaves or it is time.
    fn discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        for _ in 0..TURNS {
            let mut bytes = [0; DISCARDED];
            let mut scratch = ReadBuf::new(&mut bytes);
            if self.phase() == Phase::HungUp || self.closing.is_over(cx) {
                return Poll::Ready(Ok(()));
            }
            match Pin::new(&mut *self.stream.borrow_mut()).poll_read(cx, &mut scratch) {
                Poll::Ready(Ok(())) if scratch.filled().is_empty() => return Poll::Ready(Ok(())),
                Poll::Ready(Ok(())) => {}
                other => return other,
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Line<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.look(cx)?;
        if matches!(this.phase(), Phase::HungUp | Phase::Lingering) {
            return this.discard(cx);
        }
        let heads = this.handle.0.heads.get();
        if this.phase() != Phase::Answered || this.heads != heads {
            this.head.clear();
        }
        if this.head.is_over(cx) {
            return Poll::Ready(Err(this.late("request_head")));
        }
        let before = bytes.filled().len();
        let read = Pin::new(&mut *this.stream.borrow_mut()).poll_read(cx, bytes);
        if bytes.filled().len() > before && this.phase() == Phase::Answered {
            this.heads = heads;
            this.head.within(this.lines.0.patience.head);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Line<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.look(cx)?;
        let written = Pin::new(&mut *this.stream.borrow_mut()).poll_write(cx, bytes);
        this.handle.0.blocked.set(written.is_pending());
        if written.is_ready() {
            this.taking.clear();
            // Who still takes an answer owes no head.
            this.head.clear();
            return written;
        }
        if this.closing.is_over(cx) || this.taking.within(this.lines.0.patience.stalled).is_over(cx) {
            return Poll::Ready(Err(this.late("stalled")));
        }
        Poll::Pending
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.look(cx)?;
        Pin::new(&mut *this.stream.borrow_mut()).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream.borrow_mut()).poll_shutdown(cx)
    }
}
