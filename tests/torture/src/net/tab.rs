//! One person's tab on a bad network: it writes, loses its connection, and brings what was not acked with the next one.
//!
//! Invariant: an edit leaves the list of what is not saved only when the server has acked the write that carries it, on the
//! socket it was sent on; the Step2 of a new socket carries everything before it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use peer::{Heard, Peer, Person, connect_with, new_doc};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use crate::rng::Rng;

/// A socket that has said nothing for this long is given up; the server pings every second.
const SILENCE: Duration = Duration::from_secs(3);
/// For the handshake.
const HANDSHAKE: Duration = Duration::from_secs(3);

/// What everybody does.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Writes.
    Write,
    /// Writes nothing more, and says when everything is saved.
    Save,
    /// Says when it shows this.
    Show(String),
}

/// What a tab tells.
pub enum Told {
    /// Everything is saved.
    Saved(Book),
    /// It shows what it was to show.
    Shows,
}

/// What became of an edit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    Kept,
    TakenBack,
}

/// All a tab wrote, all of it acked.
pub struct Book {
    pub edits: Vec<(String, Fate)>,
    /// Connections it took.
    pub lines: u64,
}

pub struct Tab {
    person: Person,
    document: String,
    proxy: SocketAddr,
    number: u64,
    rng: Rng,
    written: Vec<(String, Fate)>,
    lines: u64,
    /// Changes that are not acked.
    unsaved: u64,
    told: bool,
}

/// Why a socket is left.
enum Left {
    Lost,
    Done,
}

impl Tab {
    pub fn new(person: &Person, document: &str, proxy: SocketAddr, number: u64, seed: u64) -> Tab {
        let (person, document, rng) = (person.clone(), document.to_owned(), Rng::new(seed));
        Tab { person, document, proxy, number, rng, written: Vec::new(), lines: 0, unsaved: 0, told: false }
    }

    /// Until it shows what it was to show.
    pub async fn live(mut self, mut phase: watch::Receiver<Phase>, tell: mpsc::UnboundedSender<Told>) {
        let mut doc = new_doc();
        loop {
            let headers = HashMap::from([
                ("origin", self.person.url.as_str()),
                ("cookie", self.person.cookie.as_str()),
                ("sec-websocket-protocol", "galley.v1"),
            ]);
            let (site, path) = (format!("http://{}", self.proxy), format!("/sync/{}", self.document));
            let Ok(Ok(socket)) = timeout(HANDSHAKE, connect_with(&site, &path, &headers)).await else {
                sleep(Duration::from_millis(self.rng.between(20, 400))).await;
                continue;
            };
            self.lines += 1;
            let mut peer = Peer::over(socket, true, doc).await;
            if let Left::Done = self.work(&mut peer, &mut phase, &tell).await {
                return;
            }
            doc = peer.leave();
            sleep(Duration::from_millis(self.rng.between(0, 200))).await;
        }
    }

    async fn work(
        &mut self,
        peer: &mut Peer,
        phase: &mut watch::Receiver<Phase>,
        tell: &mpsc::UnboundedSender<Told>,
    ) -> Left {
        let mut heard = Instant::now();
        // Changes that the writes of this socket carry, and the last of those writes.
        let (mut carried, mut last) = (0, None);
        loop {
            let now = phase.borrow().clone();
            if now == Phase::Write && self.rng.chance(25) {
                self.write(peer).await;
                (carried, last) = (self.unsaved, last.map(|_| peer.sent));
            }
            let before = peer.sent;
            let pause = Duration::from_millis(self.rng.between(1, 60));
            match peer.hear(pause).await {
                Heard::Something => heard = Instant::now(),
                Heard::Nothing if heard.elapsed() < SILENCE => {}
                Heard::Nothing | Heard::End => return Left::Lost,
            }
            if peer.sent > before {
                // The Step2 just sent holds everything there is.
                (carried, last) = (self.unsaved, Some(peer.sent));
            }
            if !peer.nacks.is_empty() {
                return Left::Lost;
            }
            if last.is_some_and(|last| peer.acked >= last) {
                self.unsaved -= carried;
                carried = 0;
            }
            if now != Phase::Write && self.unsaved == 0 && !self.told && last.is_some() {
                self.told = true;
                tell.send(Told::Saved(Book { edits: self.written.clone(), lines: self.lines })).ok();
            }
            if matches!(&now, Phase::Show(text) if self.told && peer.content() == *text) {
                tell.send(Told::Shows).ok();
                return Left::Done;
            }
        }
    }

    /// An edit at the front or at the end, or an earlier one taken back.
    async fn write(&mut self, peer: &mut Peer) {
        self.unsaved += 1;
        let kept = self.written.iter_mut().filter(|(_, fate)| *fate == Fate::Kept);
        if let Some((edit, fate)) = kept.last().filter(|_| self.rng.chance(15)) {
            let at = peer.content().find(edit.as_str()).expect("whoever wrote it has it");
            *fate = Fate::TakenBack;
            return peer.delete(at as u32, edit.len() as u32).await;
        }
        let edit = format!("<{}.{}>", self.number, self.written.len());
        self.written.push((edit.clone(), Fate::Kept));
        match self.rng.chance(50) {
            true => peer.insert(0, &edit).await,
            false => peer.append(&edit).await,
        }
    }
}
