//! One client: a socket that says hello, answers what a provider answers, and gives what it hears to whoever measures.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::Error;
use crate::dialect::Heard;
use crate::target::{Place, Target};
use crate::wire::{self, Line, Reader, Refused};

/// Longer than anything takes; reached only when something is wrong.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// An open socket.
pub struct Tab {
    reader: Reader,
    unpacked: Vec<u8>,
    early: bool,
    /// Its writing half.
    pub hand: Hand,
}

/// What writes on a socket.
#[derive(Clone)]
pub struct Hand {
    /// The socket.
    pub line: Rc<Line>,
    /// The document.
    pub place: Rc<Place>,
    /// When each write was sent, in order: acks count them.
    pub writes: Rc<RefCell<Vec<Instant>>>,
}

impl Tab {
    /// Opens a socket and says hello.
    pub async fn open(target: &Target, place: &Rc<Place>) -> Result<Tab, Refused> {
        let (reader, line) = wire::open(target.address, &place.path, &target.upgrade_headers()).await?;
        for message in place.dialect.hello() {
            line.send(&message).await?;
        }
        let hand = Hand { line, place: place.clone(), writes: Rc::default() };
        Ok(Tab { reader, unpacked: Vec::new(), early: true, hand })
    }

    /// Opens a socket and waits for the document's state, where the server has one.
    pub async fn join(target: &Target, place: &Rc<Place>) -> Result<(Tab, Vec<u8>), Error> {
        let mut tab = Tab::open(target, place).await?;
        let state = tab.state().await?;
        Ok((tab, state))
    }

    /// Waits for the document's state.
    pub async fn state(&mut self) -> Result<Vec<u8>, Error> {
        let mut state = (!self.hand.place.dialect.has_state()).then(Vec::new);
        let waiting = async {
            while state.is_none() {
                let open = self.hear(|heard| {
                    if let Heard::Step2(update) = heard {
                        state = Some(update.to_vec());
                    }
                });
                if !open.await {
                    break;
                }
            }
        };
        timeout(DEADLINE, waiting).await.map_err(|_| "the state never came")?;
        state.ok_or_else(|| "the socket ended before the state came".into())
    }

    /// Reads once and gives what came to `each`; `false` when the socket has ended.
    pub async fn hear(&mut self, mut each: impl FnMut(Heard<'_>)) -> bool {
        let Tab { reader, unpacked, early, hand } = self;
        let mut asked = false;
        let mut take = |message: &[u8]| {
            let heard = hand.place.dialect.read(message, unpacked);
            asked |= heard == Heard::Step1;
            each(heard);
        };
        let open = if std::mem::take(early) {
            reader.early(&mut take);
            true
        } else {
            reader.next(&mut take).await
        };
        if asked {
            let nothing = hand.place.dialect.nothing();
            hand.writes.borrow_mut().push(Instant::now());
            return hand.line.send(&nothing).await.is_ok() && open;
        }
        open
    }
}

impl Hand {
    /// Sends an edit; when it was sent. `None` when the socket has ended.
    pub async fn write(&self, update: &[u8]) -> Option<Instant> {
        let message = self.place.dialect.update(update);
        let now = Instant::now();
        self.writes.borrow_mut().push(now);
        self.line.send(&message).await.ok().map(|()| now)
    }
}
